from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.video_file import VideoFileSource

FRAMES = 60


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Sixty frames at 25 a second, each brighter than the one before, in a container with its index at the end."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (160, 120))
    rng = np.random.default_rng(0)
    for i in range(FRAMES):
        writer.write(rng.integers(0, 100 + i, (120, 160, 3), np.uint8))
    writer.release()
    return path


def read_all(source: VideoFileSource) -> list[float]:
    times = []
    while (frame := source.read()) is not None:
        times.append(frame.time_s)
    return times


def test_every_frame_with_the_files_times(video: Path) -> None:
    source = VideoFileSource(video)
    source.open()
    assert source.frame_count == FRAMES
    assert source.nominal_fps == 25.0
    assert read_all(source) == pytest.approx([i / 25.0 for i in range(FRAMES)])
    assert not source.is_live
    source.close()
    assert source.read() is None


def test_can_be_opened_again(video: Path) -> None:
    source = VideoFileSource(video)
    for _ in range(2):
        source.open()
        assert len(read_all(source)) == FRAMES
    source.close()


def test_truncated_video_says_how_much_could_be_read(video: Path) -> None:
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    source = VideoFileSource(video)
    source.open()
    with pytest.raises(SourceError, match=r"of 60 frames could be read"):
        read_all(source)
    source.close()


@pytest.mark.parametrize(
    ("said", "there", "breaks_off"),
    [(60, 55, False), (60, 54, True), (200, 190, False), (200, 189, True), (20, 16, False)],
)
def test_a_header_may_be_off_by_five_frames_or_a_twentieth(
    video: Path, monkeypatch: pytest.MonkeyPatch, said: int, there: int, breaks_off: bool
) -> None:
    class Container:
        """As many pictures as there are, and what the header says of them."""

        def __init__(self, path: str, api: int) -> None:
            self.left = there

        def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
            return True

        def get(self, key: int) -> float:
            return {cv2.CAP_PROP_FRAME_COUNT: float(said), cv2.CAP_PROP_FPS: 25.0}.get(key, 100.0)

        def read(self) -> tuple[bool, np.ndarray | None]:
            self.left -= 1
            return (True, np.zeros((100, 100, 3), np.uint8)) if self.left >= 0 else (False, None)

        def release(self) -> None:
            pass

    monkeypatch.setattr(cv2, "VideoCapture", Container)
    source = VideoFileSource(video)
    source.open()
    if breaks_off:
        with pytest.raises(SourceError, match=f"{there} of {said} frames"):
            read_all(source)
    else:
        assert len(read_all(source)) == there
    source.close()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        VideoFileSource(tmp_path / "no.mp4").open()


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(SourceError, match="0 bytes"):
        VideoFileSource(path).open()


def test_text_called_mp4(tmp_path: Path) -> None:
    path = tmp_path / "letter.mp4"
    path.write_text("Dear reader, " * 100)
    with pytest.raises(SourceError, match="not a video"):
        VideoFileSource(path).open()


def test_one_frame_video(tmp_path: Path) -> None:
    path = tmp_path / "one.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (160, 120))
    writer.write(np.full((120, 160, 3), 90, np.uint8))
    writer.release()
    source = VideoFileSource(path)
    source.open()
    assert len(read_all(source)) == 1
    source.close()
