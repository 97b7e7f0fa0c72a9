from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.url import UrlSource
from metaface_gui.types import Frame
from tests.patience import PATIENCE_S
from tests.pipeline.capture.videos import moving, write_video

FRAMES = 40


class Camera(BaseHTTPRequestHandler):
    """What a network camera sends as Motion JPEG: pictures without an end, here one that comes all too soon."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for i in range(FRAMES):
            done, jpeg = cv2.imencode(".jpg", np.full((120, 160, 3), 40 + i, np.uint8))
            assert done
            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
            self.wfile.write(f"Content-Length: {len(jpeg)}\r\n\r\n".encode() + jpeg.tobytes() + b"\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def camera() -> Iterator[str]:
    """The address of a camera on this computer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://anna:secret@127.0.0.1:{server.server_port}/video"
    server.shutdown()
    server.server_close()
    thread.join(PATIENCE_S)


def test_a_network_camera_is_watched_until_it_breaks_off(camera: str) -> None:
    source = UrlSource(camera)
    assert source.read() is None, "not opened"
    source.open()
    assert source.is_live
    assert 0.0 <= source.nominal_fps < 1000.0
    frames: list[Frame] = []

    def watch() -> None:
        while (frame := source.read()) is not None:
            frames.append(frame)

    with pytest.raises(SourceError, match="broke off") as caught:
        watch()
    assert "secret" not in str(caught.value)
    assert len(frames) >= FRAMES // 2
    assert frames[0].image_bgr.shape == (120, 160, 3)
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert all(former.time_s <= later.time_s for former, later in pairwise(frames))
    assert frames[-1].image_bgr.mean() > frames[0].image_bgr.mean() + 10
    source.close()
    assert source.read() is None


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that a web server on this computer hands out, and its address."""
    handler = partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(PATIENCE_S)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def test_a_video_that_is_kept_somewhere_ends(shelf: tuple[Path, str]) -> None:
    folder, address = shelf
    write_video(folder / "clip.mkv", moving(30))
    source = UrlSource(f"{address}/clip.mkv")
    source.open()
    assert not source.is_live
    assert source.frame_count == 30
    times = [frame.time_s for frame in iter(source.read, None)]
    assert times == pytest.approx([i / 25 for i in range(30)])
    source.close()


def test_a_damaged_picture_does_not_end_a_stream(shelf: tuple[Path, str]) -> None:
    folder, address = shelf
    path = write_video(folder / "clip.mjpeg", moving(30), container="mjpeg")
    data = bytearray(path.read_bytes())
    starts = [place for place in range(len(data)) if data[place : place + 3] == b"\xff\xd8\xff"]
    data[starts[10] + 2 : starts[10] + 400] = bytes(398)
    path.write_bytes(data)
    source = UrlSource(f"{address}/clip.mjpeg")
    source.open()
    frames = 0

    def watch() -> None:
        nonlocal frames
        while source.read() is not None:
            frames += 1

    with pytest.raises(SourceError, match="broke off"):
        watch()
    source.close()
    assert frames >= 28
