"""Pictures come upright, whatever orientation their file names and whoever has to apply it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageOps

from metaface_gui.pipeline.capture.images import read_image
from metaface_gui.pipeline.capture.orientation import orientation_left_to_us

ORIENTATION = 0x0112


def four_colours() -> PillowImage.Image:
    """60×40, another colour in each quarter: no turn and no reflection of it looks like another."""
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:20, :30], picture[:20, 30:], picture[20:, :30] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    return PillowImage.fromarray(picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["avif", "jpg", "png", "tiff", "webp"])
def test_a_picture_is_turned_as_its_file_says(tmp_path: Path, suffix: str, orientation: int) -> None:
    path = tmp_path / f"picture.{suffix}"
    tags = PillowImage.Exif()
    tags[ORIENTATION] = orientation
    four_colours().save(path, exif=tags, quality=95)
    with PillowImage.open(path) as stored:
        wanted = np.asarray(ImageOps.exif_transpose(stored).convert("RGB"))
    read = read_image(path)[:, :, ::-1]
    assert read.shape == wanted.shape
    assert np.abs(read.astype(int) - wanted).mean() < 5


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\0" * 100])
def test_what_is_no_picture_has_no_orientation(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.avif"
    path.write_bytes(content)
    assert orientation_left_to_us(path) == 1


def test_only_what_opencv_leaves_is_left_to_us(tmp_path: Path) -> None:
    path = tmp_path / "picture.avif"
    tags = PillowImage.Exif()
    tags[ORIENTATION] = 6
    four_colours().save(path, exif=tags, quality=95)
    assert orientation_left_to_us(path) == 6
    assert orientation_left_to_us(tmp_path / "none.avif") == 1
