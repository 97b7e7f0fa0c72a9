"""What drivers and decoders hand over, made the one kind of picture that the data path knows.

May not live here: opening or reading anything.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Image

MAX_PIXELS = 89_000_000
"""Largest picture that is taken in: what Pillow, too, holds for an attack from there on."""


def as_bgr(picture: NDArray[np.generic] | None) -> Image | None:
    """Return a picture as BGR, (height, width, 3) uint8; None if there is none in it.

    Grey (height, width) or (height, width, 1), BGR and BGRA are taken in, in 8 or 16 bits a channel. Not taken in are
    floats, whose range nobody tells (and which may be NaN), other numbers of channels, pictures without a pixel and
    pictures of more than `MAX_PIXELS`.
    """
    if picture is None or picture.ndim not in (2, 3) or not 0 < picture.shape[0] * picture.shape[1] <= MAX_PIXELS:
        return None
    if picture.dtype == np.uint16:
        image = (picture.astype(np.uint16) >> 8).astype(np.uint8)
    elif picture.dtype == np.uint8:
        image = np.asarray(picture, np.uint8)
    else:
        return None
    match 1 if image.ndim == 2 else image.shape[2]:
        case 1:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
        case 3:
            return image
        case 4:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2BGR), np.uint8)
    return None
