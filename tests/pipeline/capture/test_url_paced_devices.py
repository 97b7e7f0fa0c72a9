from __future__ import annotations

import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture import devices
from metaface_gui.pipeline.capture.images import ImageFileSource
from metaface_gui.pipeline.capture.paced import PacedSource
from metaface_gui.pipeline.capture.url import UrlSource
from metaface_gui.types import Frame
from tests.patience import PATIENCE_S


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_unreachable_url_is_an_error_without_the_password() -> None:
    source = UrlSource(f"http://anna:secret@127.0.0.1:{unused_port()}/video?key=secret")
    with pytest.raises(SourceError, match="No video arrives from") as caught:
        source.open()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_unknown_scheme_is_refused_unopened() -> None:
    with pytest.raises(SourceError, match="cannot be played"):
        UrlSource("gopher://example/cam").open()


def test_malformed_url_shows_nothing() -> None:
    assert UrlSource("rtsp://user:secret@[bad/cam").title == "rtsp://…"


class CountingSource(ImageFileSource):
    """Frames 0.25 s apart, without a file."""

    def __init__(self) -> None:
        super().__init__(Path("counting"))

    def open(self) -> None:
        self.count = 0

    def read(self) -> Frame | None:
        frame = Frame(np.zeros((4, 4, 3), np.uint8), self.count, self.count * 0.25, 0)
        self.count += 1
        return frame


def test_paced_source_waits_for_each_frames_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [100.0], []

    def wait(_event: threading.Event, timeout: float | None = None) -> bool:
        waits.append(timeout or 0.0)
        now[0] += timeout or 0.0
        return False

    source = PacedSource(CountingSource(), clock=lambda: now[0])
    source.open()
    monkeypatch.setattr(threading.Event, "wait", wait)
    for _ in range(3):
        source.read()
    assert waits == pytest.approx([0.0, 0.25, 0.25])
    now[0] += 30.0
    source.read()
    source.read()
    assert waits[3:] == pytest.approx([0.0, 0.25]), "after a pause it goes on at its pace instead of rushing"


def test_close_ends_the_waiting() -> None:
    source = PacedSource(CountingSource(), clock=lambda: 0.0)
    source.open()
    assert source.read() is not None
    reader = threading.Thread(target=lambda: [source.read() for _ in range(1000)])
    reader.start()
    source.close()
    reader.join(PATIENCE_S)
    assert not reader.is_alive()


def test_cameras_of_the_kernels_list(tmp_path: Path) -> None:
    for node, name, order in (("video0", "Studio Cam", "0"), ("video1", "Studio Cam", "1"), ("video2", "Desk", "0")):
        folder = tmp_path / node
        folder.mkdir()
        (folder / "name").write_text(name + "\n")
        (folder / "index").write_text(order + "\n")
    cameras = devices._from_sysfs(tmp_path)
    assert sorted((camera.index, camera.name) for camera in cameras) == [(0, "Studio Cam"), (2, "Desk")]


def test_listing_cameras_without_any_is_empty_and_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "enumerate_cameras", lambda _api: [])
    monkeypatch.setattr(devices, "_from_sysfs", lambda _folder: [])
    assert devices.list_cameras() == ()


def test_a_seek_wakes_whoever_waits_for_a_frames_time_and_the_pace_goes_on_from_there() -> None:
    class Far(CountingSource):
        def seek(self, index: int) -> None:
            self.count = index

    source = PacedSource(Far(), clock=lambda: 0.0)
    source.open()
    first = source.read()
    assert first is not None
    read: list[Frame | None] = []
    thread = threading.Thread(target=lambda: read.extend([source.read(), source.read()]))
    source.seek(4000)
    thread.start()  # 4000 is due at once; 4001 in a quarter of a second, if nobody wakes it
    source.interrupt()
    thread.join(PATIENCE_S)
    assert [frame and frame.index for frame in read] == [4000, 4001]
    source.close()
