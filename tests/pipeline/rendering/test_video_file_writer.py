"""Videos of a constant rate from pictures that come at any: read back with OpenCV."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.errors import KnownError
from metaface_gui.pipeline.rendering import video_file_writer
from metaface_gui.pipeline.rendering.video_file_writer import VideoFileWriter, fitted
from metaface_gui.types import Image


def grey(value: int, width: int = 64, height: int = 48) -> Callable[[], Image]:
    return lambda: np.full((height, width, 3), value, np.uint8)


def read(path: Path) -> tuple[list[int], float]:
    """The frames' brightness in their middle, and the rate."""
    capture = cv2.VideoCapture(str(path))
    assert capture.isOpened()
    fps, values = capture.get(cv2.CAP_PROP_FPS), []
    while True:
        done, image = capture.read()
        if not done:
            break
        values.append(round(float(image[image.shape[0] // 2, image.shape[1] // 2].mean())))
    capture.release()
    return values, fps


def test_a_picture_is_shown_until_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    writer = VideoFileWriter(path)
    for time_s, value in ((0.0, 40), (0.2, 120), (0.52, 200)):
        writer.show(time_s, grey(value))
    assert not path.exists(), "it has its name once it can be played"
    assert writer.close(0.8) == path
    assert writer.close(0.8) is None
    values, fps = read(path)
    assert fps == 25.0
    assert values == pytest.approx([40] * 5 + [120] * 8 + [200] * 7, abs=6)
    assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]


def test_pictures_that_come_too_fast_are_left_out_and_not_drawn(tmp_path: Path) -> None:
    drawn: list[int] = []

    def draw(index: int) -> Image:
        drawn.append(index)
        return grey(index)()

    with VideoFileWriter(tmp_path / "out.mp4") as writer:
        for index in range(100):
            writer.show(index / 100, lambda index=index: draw(index))  # type: ignore[misc]
        writer.hold(1.0)
    values, _ = read(tmp_path / "out.mp4")
    assert len(values) == len(drawn) == 25
    assert drawn == sorted(drawn)


@pytest.mark.parametrize("fps", [1.0, 23.976, 29.97, 59.94])
def test_a_file_at_its_own_rate_keeps_every_frame(tmp_path: Path, fps: float) -> None:
    writer = VideoFileWriter(tmp_path / "out.mp4", fps)
    for index in range(60):
        writer.show(index / fps, grey(4 * index))
    writer.close(60 / fps)
    values, rate = read(tmp_path / "out.mp4")
    assert rate == pytest.approx(fps, abs=0.01)
    assert values == pytest.approx([4 * index for index in range(60)], abs=6)


@settings(max_examples=15, deadline=None)
@given(gaps=st.lists(st.floats(0.0, 0.3), min_size=1, max_size=20), last=st.floats(0.0, 0.5))
def test_it_lasts_as_long_as_what_it_shows(
    gaps: list[float], last: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("video") / "out.mp4"
    times = np.cumsum(gaps)
    writer = VideoFileWriter(path)
    for time_s in times:
        writer.show(float(time_s), grey(100))
    end_s = float(times[-1]) + last
    writer.close(end_s)
    assert abs(len(read(path)[0]) / 25.0 - end_s) <= 1 / 25.0


def test_late_pictures_and_a_clock_that_was_held_forward(tmp_path: Path) -> None:
    writer = VideoFileWriter(tmp_path / "out.mp4")
    writer.hold(5.0)
    assert writer.n_written == 0, "there is nothing to show yet"
    writer.show(0.1, grey(50))
    writer.hold(0.4)
    writer.show(0.2, grey(200))
    writer.close(0.6)
    assert read(tmp_path / "out.mp4")[0] == pytest.approx([50] * 10 + [200] * 5, abs=6)


def test_a_gap_of_years_is_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a damaged file: the disk would be full of one picture."""
    monkeypatch.setattr(video_file_writer, "_LONGEST_STILL_S", 2.0)
    with VideoFileWriter(tmp_path / "a.mp4", 10.0) as writer:
        for time_s in (0.0, 0.1, 1e7, 1e7 + 0.5):
            writer.show(time_s, lambda: np.zeros((32, 32, 3), np.uint8))
        writer.close(1e7 + 1.0)
    assert writer.n_written == pytest.approx(10 * (0.1 + 2.0 + 1.0), abs=1)


def test_one_picture_is_one_frame_and_none_is_no_file(tmp_path: Path) -> None:
    with VideoFileWriter(tmp_path / "still.mp4", fps=30.0) as writer:
        writer.show(0.0, grey(90))
    assert len(read(tmp_path / "still.mp4")[0]) == 1
    with VideoFileWriter(tmp_path / "none.mp4") as writer:
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["still.mp4"]


def test_what_was_shown_before_an_error_can_be_played(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"

    def show_and_be_interrupted() -> None:
        with VideoFileWriter(path) as writer:
            writer.show(0.0, grey(90))
            writer.show(0.4, grey(90))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        show_and_be_interrupted()
    assert len(read(path)[0]) == 10


def test_a_picture_that_cannot_be_drawn_is_not_tried_again(tmp_path: Path) -> None:
    def broken() -> Image:
        raise ZeroDivisionError

    writer = VideoFileWriter(tmp_path / "out.mp4")
    writer.show(0.0, grey(90))
    writer.show(0.2, broken)
    with pytest.raises(ZeroDivisionError):
        writer.show(0.4, grey(10))
    writer.close(0.4)
    assert read(tmp_path / "out.mp4")[0] == pytest.approx([90] * 10, abs=6)


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47), (1, 1), (2, 3)])
def test_odd_sizes_are_made_even(tmp_path: Path, size: tuple[int, int]) -> None:
    with VideoFileWriter(tmp_path / "out.mp4") as writer:
        for index in range(5):
            writer.show(index / 25, grey(120, *size))
        writer.hold(5 / 25)
    capture = cv2.VideoCapture(str(tmp_path / "out.mp4"))
    done, image = capture.read()
    assert done
    assert image.shape[:2] == (size[1] + size[1] % 2, size[0] + size[0] % 2)
    assert abs(float(image.mean()) - 120) < 6, "the doubled edge is no black line"


def test_pictures_of_another_size_are_fitted_into_the_first_ones(tmp_path: Path) -> None:
    writer = VideoFileWriter(tmp_path / "out.mp4")
    writer.show(0.0, grey(60, 64, 48))
    writer.show(0.2, grey(200, 48, 96))
    writer.close(0.4)
    capture = cv2.VideoCapture(str(tmp_path / "out.mp4"))
    images = [capture.read()[1] for _ in range(10)]
    assert {image.shape for image in images} == {(48, 64, 3)}
    columns = images[-1].mean(axis=(0, 2))
    assert columns[32] > 150
    assert columns[:12].max() < 60, "a bar"
    assert columns[-12:].max() < 60, "another bar"


@given(
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    size=st.tuples(st.integers(1, 45).map(lambda n: 2 * n), st.integers(1, 45).map(lambda n: 2 * n)),
)
@settings(max_examples=60, deadline=None)
def test_fitting_keeps_the_proportions(width: int, height: int, size: tuple[int, int]) -> None:
    picture = np.full((height, width, 3), 255, np.uint8)
    made = fitted(picture, size)
    assert made.shape == (size[1], size[0], 3)
    ink_height, ink_width = (made[..., 0] > 0).any(axis=1).sum(), (made[..., 0] > 0).any(axis=0).sum()
    assert ink_height == size[1] or ink_width == size[0]
    scale = min(size[0] / width, size[1] / height)
    assert abs(ink_width - width * scale) <= 1
    assert abs(ink_height - height * scale) <= 1


def test_an_older_file_is_replaced_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("an older video")
    writer = VideoFileWriter(path)
    writer.show(0.0, grey(60))
    writer.hold(0.4)
    assert path.read_text() == "an older video"
    writer.close(0.4)
    assert len(read(path)[0]) == 10


def test_places_that_cannot_be_written_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "no folder" / "out.mp4", tmp_path / "folder.mp4", tmp_path / "file" / "out.mp4"):
        with pytest.raises(KnownError, match=r"Cannot write .*Choose another place"):
            VideoFileWriter(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for this user")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(KnownError, match="Permission denied"):
            VideoFileWriter(tmp_path / "out.mp4")
    finally:
        tmp_path.chmod(0o700)


def test_a_name_that_is_no_video_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    writer = VideoFileWriter(tmp_path / "out.nonsense")
    writer.show(0.0, grey(10))
    with pytest.raises(KnownError, match=r"ends in \.mp4"):
        writer.close(1.0)
    assert list(tmp_path.iterdir()) == []
    assert writer.close() is None


_FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from metaface_gui.errors import KnownError
from metaface_gui.pipeline.rendering import video_file_writer
limit = 150_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
noise = np.random.default_rng(0)
writer = video_file_writer.VideoFileWriter(Path(sys.argv[1]))
try:
    for index in range(int(sys.argv[2])):
        writer.show(index / 25, lambda: noise.integers(0, 255, (120, 160, 3), np.uint8))
    writer.close(index / 25)
except KnownError as error:
    print(error)
"""


def fill_disk(path: Path, n_frames: int) -> str:
    """Write so many frames of a video where there is room for few; what is said of it."""
    pytest.importorskip("resource")
    command = [sys.executable, "-c", _FULL_DISK, str(path), str(n_frames)]
    root = Path(__file__).parents[3]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout


def test_what_there_is_room_for_can_be_played(tmp_path: Path) -> None:
    assert fill_disk(tmp_path / "out.mp4", 8) == ""
    assert len(read(tmp_path / "out.mp4")[0]) == 7


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mkv", ".mov"])
def test_a_full_disk_is_said_and_leaves_nothing_that_cannot_be_played(tmp_path: Path, suffix: str) -> None:
    assert "perhaps the disk is full" in fill_disk(tmp_path / f"out{suffix}", 400)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file")
@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_file_that_somebody_deletes_meanwhile_is_said(tmp_path: Path, suffix: str) -> None:
    """Found by `tests.soak`, whose visitor tidies up while a recording is being finished."""
    writer = VideoFileWriter(tmp_path / f"out{suffix}")
    writer.show(0.0, grey(90))
    writer.hold(0.2)
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(KnownError, match=rf"Cannot write .*out\..*{os.strerror(errno.ENOENT)}"):
        writer.close()
    assert writer.close() is None
    assert not list(tmp_path.iterdir())


def test_any_name_can_be_written(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.MP4"))
    with VideoFileWriter(path) as writer:
        writer.show(0.0, grey(90))
    path.rename(tmp_path / "read.mp4")
    assert len(read(tmp_path / "read.mp4")[0]) == 1


def test_a_part_that_is_somebody_elses_stays(tmp_path: Path) -> None:
    (tmp_path / "out.part.mp4").write_text("mine")
    with VideoFileWriter(tmp_path / "out.mp4") as writer:
        writer.show(0.0, grey(90))
    assert (tmp_path / "out.part.mp4").read_text() == "mine"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.mp4", "out.part.mp4"]
