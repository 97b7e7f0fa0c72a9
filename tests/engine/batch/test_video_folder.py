from __future__ import annotations

from pathlib import Path

import pytest

from metaface_gui.engine.batch.video_folder import find_videos
from metaface_gui.errors import SourceError


def folder_of(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def test_videos_are_found_in_folders_below_too_and_in_order(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "b.mp4", "A/z.MOV", "A/a.avi", "a.mkv", "notes.txt", "._b.mp4", ".trash/c.mp4")
    found = find_videos(folder)
    assert found is not None
    assert [video.as_posix() for video in found.videos] == ["A/a.avi", "A/z.MOV", "a.mkv", "b.mp4"]
    assert found.pictures == 0


@pytest.mark.parametrize(
    ("names", "videos", "pictures"),
    [
        (("a.jpg",), 0, 0),
        ((), 0, 0),
        (("a.jpg", "below/a.mp4"), 0, 0),
        (("below/a.mp4", "below/a.jpg"), 1, 0),
        (("a.mp4", "a.jpg", "b.png"), 1, 2),
    ],
    ids=["pictures", "nothing", "pictures, videos only below", "videos only below", "both"],
)
def test_what_a_folder_is_taken_for(tmp_path: Path, names: tuple[str, ...], videos: int, pictures: int) -> None:
    found = find_videos(folder_of(tmp_path, *names))
    assert (len(found.videos), found.pictures) == (videos, pictures) if found else videos == 0


def test_a_link_in_a_circle_is_not_followed(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.mp4")
    (tmp_path / "circle").symlink_to(tmp_path, target_is_directory=True)
    found = find_videos(tmp_path)
    assert found is not None
    assert len(found.videos) == 1


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="gone"):
        find_videos(tmp_path / "gone")
