"""The orientation stored in a picture's file (EXIF tag 0x0112), for the format where OpenCV ignores it: AVIF.

Pillow also reports AVIF's own `irot` and `imir` properties as that tag.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags
from PIL import Image as PillowImage

from metaface_gui.pipeline.capture.file_content import BROKEN
from metaface_gui.types import Image

UPRIGHT = 1


def orientation_left_to_us(path: Path) -> int:
    """Read the orientation, 1 to 8, that OpenCV does not apply; 1 if there is none or OpenCV applies it."""
    try:
        with warnings.catch_warnings(action="ignore"), PillowImage.open(path) as header:
            orientation = header.getexif().get(ExifTags.Base.Orientation) if header.format == "AVIF" else UPRIGHT
    except (*BROKEN, PillowImage.DecompressionBombError):
        return UPRIGHT  # not one of Pillow's formats; decoding shows whether OpenCV knows it
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else UPRIGHT


def upright(image: Image, orientation: int) -> Image:
    """Rotate and mirror an image (height, width, 3) stored with this orientation so that it is upright.

    Orientations 5 to 8 are transposed: the first stored row is a column. 2, 4, 5 and 7 are mirrored.
    """
    if orientation >= 5:
        image = image.transpose(1, 0, 2)
    if orientation in {2, 3, 6, 7}:
        image = image[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        image = image[::-1]
    return np.ascontiguousarray(image)
