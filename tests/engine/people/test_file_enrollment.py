"""Shots from files: every picture of a folder, four looks a second into a video, and what cannot be read is told."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.engine.people.file_enrollment import Offered, Unreadable, faces_in_files
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import Image


class Looks(FacePipeline):
    """Finds nobody, and remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, ...]] = []

    def extract(self, image_bgr: Image, *, is_still: bool = True) -> tuple[FaceSample, ...]:
        self.seen.append(image_bgr.shape)
        return ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A picture, a video of two seconds at 25 frames a second, a letter, a hidden file and a folder with a picture."""
    picture = np.full((60, 80, 3), 120, np.uint8)
    assert cv2.imwrite(str(tmp_path / "a.png"), picture)
    assert cv2.imwrite(str(tmp_path / ".hidden.png"), picture)
    (tmp_path / "below").mkdir()
    assert cv2.imwrite(str(tmp_path / "below" / "b.png"), picture)
    writer = cv2.VideoWriter(str(tmp_path / "c.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (160, 120))
    for _ in range(50):
        writer.write(np.full((120, 160, 3), 90, np.uint8))
    writer.release()
    (tmp_path / "letter.txt").write_text("Dear reader")
    return tmp_path


def test_a_folder_is_looked_through_and_a_video_four_times_a_second(folder: Path) -> None:
    pipeline = Looks()
    shares: list[float | None] = []
    found = list(faces_in_files([folder], pipeline, shares.append))
    offered = [one.title for one in found if isinstance(one, Offered)]
    assert offered[0] == "a.png"
    assert offered[1:] == [f"c.avi @ {time_s:.2f} s" for time_s in (0.0, 0.28, 0.56, 0.84, 1.12, 1.40, 1.68, 1.96)]
    assert pipeline.seen == [(60, 80, 3)] + [(120, 160, 3)] * 8
    (unreadable,) = [one for one in found if isinstance(one, Unreadable)]
    assert unreadable.title == "letter.txt"
    assert [share for share in shares if share is not None] == [0.0, pytest.approx(1 / 3), pytest.approx(2 / 3)]
    assert shares.count(None) == 1 + 50, "a sign of life with every frame, so that cancelling is noticed"


def test_one_file_may_be_named_itself(folder: Path) -> None:
    pipeline = Looks()
    found = list(faces_in_files([folder / "below" / "b.png", folder / "no.png"], pipeline, lambda share: None))
    assert [type(one) for one in found] == [Offered, Unreadable]
    assert len(pipeline.seen) == 1


def test_a_folder_that_cannot_be_read_does_not_end_the_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    names = [folder / "below", folder / ("x" * 300), folder / "a.png"]
    closed, too_long, picture = faces_in_files(names, Looks(), lambda share: None)
    assert isinstance(closed, Unreadable)
    assert "Permission denied" in str(closed.error)
    assert isinstance(too_long, Unreadable)
    assert isinstance(picture, Offered)
