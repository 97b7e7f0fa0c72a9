"""Converts what drivers and decoders deliver to the single picture format of the data path, and says what it refuses.

May not live here: opening or reading anything.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.types import Image

MAX_PIXELS = 89_000_000
"""Largest accepted picture, from which Pillow, too, suspects a decompression-bomb attack."""


def as_bgr(picture: NDArray[np.generic] | None) -> Image | None:
    """Return a picture as BGR, (height, width, 3) uint8; None if it is not acceptable.

    Accepted are grey (height, width) or (height, width, 1), BGR and BGRA, with 8 or 16 bits per channel. Rejected are
    floats, whose range is unknown (and which may be NaN), other numbers of channels, empty pictures and pictures of
    more than `MAX_PIXELS`.
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


def no_picture(path: Path) -> SourceError:
    """Return the error for a file that no decoder of pictures can read."""
    return SourceError(
        QT_TRANSLATE_NOOP("Errors", "{path} is not a picture that can be read. Choose a JPEG, PNG or WebP."), path=path
    )


def too_large(path: Path) -> SourceError:
    """Return the error for a picture of more than `MAX_PIXELS`."""
    return SourceError(
        QT_TRANSLATE_NOOP("Errors", "{path} has over {limit} million pixels. Make it smaller."),
        path=path,
        limit=MAX_PIXELS // 1_000_000,
    )
