"""One picture of a face out of several: the mean of its aligned pictures, each moved onto those before it.

A sensor's noise and JPEG's blocks differ from frame to frame; a mean of pictures has less of both before the network
sees it, and a network that is not linear makes more of that than a mean of its embeddings does. Landmarks jitter by a
pixel or two and a head rolls, so each picture is turned and shifted first until it fits (Evangelidis and Psarakis,
"Parametric image alignment using enhanced correlation coefficient maximization", PAMI 2008).

Whatever cannot be laid upon each other (a head that turns, a mouth that opens) gets blurred. The embedding of such a
picture is short, so that it counts little in a pool.
"""

from __future__ import annotations

import cv2
import numpy as np

from metaface_gui.types import Floats, Image

_BLUR, _SCALE = 2.0, 0.5
"""Pictures are compared smoothed, and at half their size."""
_MOST_STEPS, _SMALLEST_GAIN = 12, 1e-3
_REMEMBERED = 16
"""So many pictures count at most: older ones fade."""


class MergedPicture:
    """The mean of the pictures of one face so far, all (s, s, 3) uint8; belongs to one thread."""

    def __init__(self, picture_rgb: Image) -> None:
        self._sum = picture_rgb.astype(np.float32)
        self._weight = 1.0

    def add(self, picture_rgb: Image) -> None:
        """Lay another picture upon it."""
        placed = _placed(picture_rgb, self._sum / np.float32(self._weight))
        if self._weight >= _REMEMBERED:
            fading = (_REMEMBERED - 1.0) / self._weight
            self._sum *= np.float32(fading)
            self._weight *= fading
        self._sum += placed
        self._weight += 1.0

    def picture(self) -> Image:
        """The mean as it is now: (s, s, 3) uint8."""
        return np.asarray(np.clip(self._sum / np.float32(self._weight) + 0.5, 0.0, 255.0), np.uint8)


def _placed(picture_rgb: Image, onto: Floats) -> Image:
    """A picture turned and shifted so that it fits, or as it is where no way to is found."""
    move = np.eye(2, 3, dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _MOST_STEPS, _SMALLEST_GAIN)
    model, seen = _compared(onto), _compared(picture_rgb.astype(np.float32))
    try:
        cv2.findTransformECC(model, seen, move, cv2.MOTION_EUCLIDEAN, stop)
    except cv2.error:  # it says so where nothing fits, as with a picture without any structure
        return picture_rgb
    move[:, 2] /= _SCALE
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = picture_rgb.shape[1::-1]
    moved = cv2.warpAffine(picture_rgb, move, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _compared(picture_rgb: Floats) -> Floats:
    smooth = cv2.GaussianBlur(cv2.cvtColor(picture_rgb, cv2.COLOR_RGB2GRAY), (0, 0), _BLUR)
    return np.asarray(cv2.resize(smooth, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_AREA), np.float32)
