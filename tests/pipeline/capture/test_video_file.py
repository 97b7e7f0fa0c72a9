from __future__ import annotations

import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.video_file import VideoFileSource
from metaface_gui.pipeline.capture.video_reader import turned
from metaface_gui.types import Image
from tests.pipeline.capture.videos import moving, write_video

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


@contextmanager
def opened(path: Path) -> Iterator[VideoFileSource]:
    source = VideoFileSource(path)
    source.open()
    yield source
    source.close()


def read_all(source: VideoFileSource) -> list[float]:
    return [frame.time_s for frame in iter(source.read, None)]


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
    with opened(video) as source, pytest.raises(SourceError, match=r"of 60 frames could be read"):
        read_all(source)


@pytest.mark.parametrize(
    ("said", "there", "breaks_off"),
    [(60, 55, False), (60, 54, True), (200, 190, False), (200, 189, True), (20, 16, False)],
)
def test_a_header_may_be_off_by_five_frames_or_a_twentieth(
    tmp_path: Path, said: int, there: int, breaks_off: bool
) -> None:
    path = write_video(tmp_path / "clip.avi", moving(there))
    data = bytearray(path.read_bytes())
    place = data.index(b"strh") + 8 + 32  # AVISTREAMHEADER.dwLength
    assert int.from_bytes(data[place : place + 4], "little") == there
    data[place : place + 4] = said.to_bytes(4, "little")
    path.write_bytes(data)
    with opened(path) as source:
        if breaks_off:
            with pytest.raises(SourceError, match=f"{there} of {said} frames"):
                read_all(source)
        else:
            assert len(read_all(source)) == there


def test_each_frame_has_its_own_time(tmp_path: Path) -> None:
    """A recorded screen: a frame only when something moves. Nothing in it is missing, whatever its rate says."""
    times_ms = [40 * i if i < 25 else 1000 * i for i in range(50)]
    path = write_video(tmp_path / "screen.mkv", moving(50), codec="mpeg4", pixels="yuv420p", times_ms=times_ms)
    with opened(path) as source:
        assert read_all(source) == pytest.approx([time / 1000 for time in times_ms])
        assert source.remarks == ()


def test_a_file_that_begins_late_begins_at_nought(tmp_path: Path) -> None:
    """Broadcasts count from any moment on."""
    path = write_video(tmp_path / "cast.ts", moving(20), codec="mpeg2video", pixels="yuv420p")
    with opened(path) as source:
        assert read_all(source) == pytest.approx([i / 25 for i in range(20)], abs=1e-3)


INTERLACED = [
    ("i.mp4", "libx264", {"flags": "+ildct+ilme", "x264-params": "tff=1"}),
    ("i.mpg", "mpeg2video", {"flags": "+ildct+ilme"}),
    ("i.avi", "mpeg4", {"flags": "+ildct+ilme"}),
]


@pytest.mark.parametrize(("name", "codec", "options"), INTERLACED, ids=["H.264", "MPEG-2", "MPEG-4"])
def test_interlaced_pictures_are_pictures(tmp_path: Path, name: str, codec: str, options: dict[str, str]) -> None:
    """One field is of the picture before, as a camera films it; what comes out is without combs."""
    whole = moving(24, 320, 240)
    woven = [picture.copy() for picture in whole[1:]]
    for picture, former in zip(woven, whole, strict=False):
        picture[1::2] = former[1::2]
    path = write_video(tmp_path / name, woven, codec=codec, pixels="yuv420p", options=options)
    with opened(path) as source:
        pictures = [frame.image_bgr for frame in iter(source.read, None)]
    assert len(pictures) == len(woven)
    for picture, original, combed in zip(pictures[2:-2], whole[3:-2], woven[2:-2], strict=True):
        assert abs(picture.mean() - original.mean()) < 6, "black, OpenCV 5.0 gives"
        assert combs(picture) < 0.5 * combs(combed)


def combs(picture: Image) -> float:
    """How much rows differ from those above and below them."""
    rows = picture.astype(float)
    return float(np.abs(rows[1:-1] - (rows[:-2] + rows[2:]) / 2).mean())


@pytest.mark.parametrize("codec", ["libsvtav1", "libvpx-vp9", "libx265"])
def test_what_opencv_cannot_decode_everywhere(tmp_path: Path, codec: str) -> None:
    pictures = moving(10, 128, 96)
    path = write_video(tmp_path / "new.mkv", pictures, codec=codec, pixels="yuv420p")
    with opened(path) as source:
        frame = source.read()
        assert frame is not None
        assert np.abs(frame.image_bgr.astype(int) - pictures[0]).mean() < 10
        assert len(read_all(source)) == 9


def test_a_damaged_frame_does_not_end_a_file(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", moving(50), codec="libx264", pixels="yuv420p", options={"g": "10"})
    data = bytearray(path.read_bytes())
    start, end = data.index(b"mdat"), data.index(b"moov")
    middle = (start + end) // 2
    data[middle : middle + 300] = np.random.default_rng(3).bytes(300)
    path.write_bytes(data)
    with opened(path) as source:
        assert len(read_all(source)) >= 45
        (remark,) = source.remarks
        assert "is damaged in" in str(remark.error)
        assert not remark.is_loss


def test_where_only_a_duration_disagrees_it_is_a_remark(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", moving(60))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with opened(path) as source:
        assert 20 < len(read_all(source)) < 40
        (remark,) = source.remarks
        assert "its header says 2.4 s" in str(remark.error)


def test_any_name_can_be_opened(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", moving(3))
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.mkv"))
    path.rename(odd)
    with opened(odd) as source:
        assert len(read_all(source)) == 3


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    with pytest.raises(SourceError, match="no video"):
        VideoFileSource(path).open()


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0), (-1, 0, 0, 1)])
def test_pictures_are_turned_as_the_matrix_says(matrix: tuple[int, int, int, int]) -> None:
    """A point (x, y) of the picture goes to (a x + c y, b x + d y), ISO/IEC 14496-12."""
    image = np.zeros((20, 30, 3), np.uint8)
    image[2, 5] = 255
    a, b, c, d = matrix
    x, y = a * 5 + c * 2, b * 5 + d * 2
    width, height = (30, 20) if a else (20, 30)
    result = turned(image, matrix)
    assert result.shape == (height, width, 3)
    assert result[y if y >= 0 else height - 1 + y, x if x >= 0 else width - 1 + x, 0] == 255


def test_what_ffmpeg_lacks_is_named(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", moving(3))
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"XVC7"))
    with pytest.raises(SourceError, match=r"format \(XVC7\) that cannot be decoded here. Convert it"):
        VideoFileSource(path).open()


@pytest.mark.parametrize(
    ("content", "match"),
    [(None, "There is no file"), (b"", "0 bytes"), (b"Dear reader, " * 100, "not a video")],
    ids=["missing", "empty", "text"],
)
def test_what_is_no_video_is_said(tmp_path: Path, content: bytes | None, match: str) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=match):
        VideoFileSource(path).open()


def test_one_frame_video(tmp_path: Path) -> None:
    path = tmp_path / "one.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (160, 120))
    writer.write(np.full((120, 160, 3), 90, np.uint8))
    writer.release()
    with opened(path) as source:
        assert len(read_all(source)) == 1


def levels_of(path: Path, index: int, seek: int | None = None) -> tuple[int, float, float]:
    """Number, time and mean of a frame, read from the beginning or sought."""
    source = VideoFileSource(path)
    source.open()
    if seek is not None:
        for _ in range(seek):
            source.read()
        source.seek(index)
    else:
        for _ in range(index):
            source.read()
    frame = source.read()
    source.close()
    assert frame is not None
    return frame.index, round(frame.time_s, 6), float(frame.image_bgr[:, :20].mean())


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi", "clip.h264", "clip.mjpeg"])
def test_a_frame_that_is_sought_is_the_one_that_comes_there(tmp_path: Path, name: str) -> None:
    """Whatever the format: by its index, or, where there is none, by reading up to there."""
    is_jpeg = name.endswith(("avi", "mjpeg"))
    codec, pixels = ("mjpeg", "yuvj420p") if is_jpeg else ("libx264", "yuv420p")
    options = {} if is_jpeg else {"g": "12", "bf": "2"}
    path = write_video(tmp_path / name, moving(50), codec=codec, pixels=pixels, options=options)
    for index, seek in [(0, 7), (1, 30), (23, 0), (24, 30), (47, 3)]:
        assert levels_of(path, index, seek) == levels_of(path, index)


def test_reading_goes_on_to_the_end_after_a_seek(video: Path) -> None:
    with opened(video) as source:
        read_all(source)
        source.seek(FRAMES - 5)
        assert read_all(source) == pytest.approx([i / 25.0 for i in range(FRAMES - 5, FRAMES)])
        assert source.remarks == ()
