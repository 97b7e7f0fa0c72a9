"""What cameras do to pictures: the physics that test conditions and training degradations share.

May not live here: random draws. Which light, blur or compression is drawn how often differs between the two on purpose.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Floats, Image

_DISC_REACH = 7
_DARKEST_MEAN = 1e-3


def jpeg(image: Image, quality: int) -> Image:
    """Compress as JPEG and decode again; `quality` is 0..100."""
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def underexposed(
    crop: Image, exposure: float, fine: NDArray[np.float64], coarse: NDArray[np.float64], brightness: float
) -> Image:
    """A crop (s, s, 3) taken with the share `exposure` of its light, then amplified to a mean of `brightness`.

    `fine` and `coarse` (s, s, 3) are the sensor's noise, 1 being white. Eight bits round before the gain: dark tones
    come out in steps.
    """
    # Summed in the order of the reference that `hard` reproduces: another order rounds a few pixels otherwise.
    dark = np.round(np.clip(crop / 255.0 * exposure + fine + coarse, 0.0, 1.0) * 255.0) / 255.0
    bright = np.clip(dark / max(float(dark.mean()), _DARKEST_MEAN) * brightness, 0.0, 1.0)
    return (bright * 255.0).astype(np.uint8)


def enlarged_noise(coarse: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Noise (g, g, 3) of a grid coarser than the pixels, spread over (size, size, 3): a sensor's blotches."""
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float64)


def motion_kernel(length_px: int, angle_degrees: float) -> Floats:
    """The path of a point during a straight motion: (length, length), not yet normalised."""
    line = np.zeros((length_px, length_px), np.float32)
    line[length_px // 2] = 1.0
    middle = length_px / 2 - 0.5
    turn = cv2.getRotationMatrix2D((middle, middle), angle_degrees, 1.0)
    return np.asarray(cv2.warpAffine(line, turn, (length_px, length_px)), np.float32)


def defocus_kernel(radius_px: float) -> Floats:
    """The disc that an unfocused lens makes of a point: (15, 15), not yet normalised; radii up to 7 pixels fit."""
    y, x = np.mgrid[-_DISC_REACH : _DISC_REACH + 1, -_DISC_REACH : _DISC_REACH + 1]
    return np.asarray(x**2 + y**2 <= radius_px**2, np.float32)


def blurred(crop: Image, kernel: Floats) -> Image:
    """The crop under this point spread function, which is normalised here."""
    return np.asarray(cv2.filter2D(crop, -1, kernel / kernel.sum()), np.uint8)


def resized(crop: Image, side: int) -> Image:
    """A square crop with `side` pixels a side: averaged when smaller, by cubics when larger, itself when equal."""
    if len(crop) == side:
        return crop
    interpolation = cv2.INTER_AREA if side < len(crop) else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(crop, (side, side), interpolation=interpolation), np.uint8)
