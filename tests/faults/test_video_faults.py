"""Damaged videos, at many places and in two containers: what can be decoded is given, the rest is one sentence.

Missing, empty and simply cut off files are in `tests/pipeline/capture/test_video_file.py`.
"""

from __future__ import annotations

import queue
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.engine.live.capture_thread import CaptureThread
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture import video_reader
from metaface_gui.pipeline.capture.video_file import VideoFileSource
from tests.patience import PATIENCE_S

N_FRAMES = 12
CONTAINERS = [("clip.avi", "MJPG"), ("clip.mp4", "mp4v")]


def write_video(path: Path, codec: str, n_frames: int) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 25.0, (64, 48))
    assert writer.isOpened()
    base = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8), (0, 0), 4)
    for i in range(n_frames):
        writer.write(np.roll(base, 3 * i, axis=1))
    writer.release()
    return path.read_bytes()


@pytest.fixture(params=CONTAINERS, ids=["AVI", "MP4"])
def video(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, bytes]:
    name, codec = request.param
    return tmp_path / name, write_video(tmp_path / name, codec, N_FRAMES)


def outcome(path: Path) -> tuple[int, str]:
    """Read all of it: how many frames came, and the sentence that ended it, "" at a good end."""
    source = VideoFileSource(path)
    n_read = 0
    try:
        source.open()
        while (frame := source.read()) is not None:
            assert frame.index == n_read
            assert np.isfinite(frame.time_s)
            n_read += 1
            assert n_read <= 4 * N_FRAMES, "a damaged file must end"
    except SourceError as error:
        return n_read, str(error)
    finally:
        source.close()
    return n_read, ""


SENTENCES = (
    "is not a video that can be read",
    "can be decoded",
    "cannot be decoded",
    "breaks off",
    "is damaged",
    "million pixels",
    "but no video",
)


@pytest.mark.parametrize(("name", "codec"), CONTAINERS, ids=["AVI", "MP4"])
def test_a_video_of_one_frame(tmp_path: Path, name: str, codec: str) -> None:
    write_video(tmp_path / name, codec, 1)
    assert outcome(tmp_path / name) == (1, "")


def test_a_video_without_a_frame(tmp_path: Path) -> None:
    for name, codec in CONTAINERS:
        write_video(tmp_path / name, codec, 0)
        n_read, sentence = outcome(tmp_path / name)
        assert n_read == 0
        assert any(part in sentence for part in (*SENTENCES, "0 bytes"))


def damaged_copies(whole: bytes) -> Iterator[bytes]:
    """Bits flipped, stretches of noise and of zeros, a piece cut out, cut off, and twice over."""
    random = np.random.default_rng(7)
    # The beginning and the end hold the headers and the index.
    places = [*range(0, 400, 16), *range(len(whole) - 400, len(whole), 16)]
    for place in [*places, *random.integers(0, len(whole), 30).tolist()]:
        copy = bytearray(whole)
        copy[place] ^= 1 << int(random.integers(8))
        yield bytes(copy)
    for place in random.integers(0, len(whole) - 200, 15).tolist():
        yield whole[:place] + random.bytes(200) + whole[place + 200 :]
        yield whole[:place] + bytes(200) + whole[place + 200 :]
        yield whole[:place] + whole[place + 100 :]
        yield whole[:place]
    yield whole + whole


def test_damage_anywhere_is_frames_or_a_sentence(video: tuple[Path, bytes]) -> None:
    path, whole = video
    assert outcome(path) == (N_FRAMES, "")
    kinds: Counter[str] = Counter()
    for damaged in damaged_copies(whole):
        path.write_bytes(damaged)
        n_read, sentence = outcome(path) if damaged else (0, SENTENCES[0])
        kind = next((part for part in SENTENCES if part in sentence), "?") if sentence else "played"
        kinds[kind] += 1
        assert kind != "?", sentence
        assert "\n" not in sentence
        assert n_read or sentence, "nothing was shown and nothing was said"
    assert kinds["played"]
    assert kinds["is not a video that can be read"]


def test_frames_too_huge_are_refused_before_one_is_decoded(
    video: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_reader, "MAX_PIXELS", 64 * 48 - 1)
    assert outcome(video[0]) == (0, f"{video[0]} has over 89 million pixels. Make it smaller.")


def test_the_window_shows_what_there_is_and_then_says_why_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    whole = write_video(path, "MJPG", 40)
    path.write_bytes(whole[: len(whole) // 2])
    said: queue.Queue[SourceChanged] = queue.Queue()
    shown = list[int]()
    thread = CaptureThread(
        VideoFileSource(path),
        LatestSlot(),
        LatestSlot(),
        on_frame=lambda frame, _: shown.append(frame.index),
        on_changed=said.put,
    )
    thread.start()
    while (last := said.get(timeout=PATIENCE_S)).state is not SourceState.FAILED:
        assert last.state is not SourceState.ENDED
    assert thread.stop(PATIENCE_S)
    assert shown == list(range(len(shown)))
    assert 10 < len(shown) < 30
    assert str(last.error) == f"{path} breaks off: {len(shown)} of 40 frames could be read. Copy or record it again."
