"""Where exactly a face's eyes, nose and mouth are: the mean of several looks at what surrounds it.

A detector errs by some hundredths of a face, otherwise at another size and in the mirror, so that the mean errs less
(Sun, Wang and Tang, "Deep convolutional network cascade for facial point detection", CVPR 2013, average several
networks' looks at a face for it). An aligned crop follows the landmarks, and an embedding follows the crop.
"""

from __future__ import annotations

import cv2
import numpy as np

from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.types import Floats, Image

LOOK_SIDE, _SURROUNDINGS = 160, 2.5
"""Pixels of a look across and down, and how many times a face's size they are: a face is 64 pixels large in it, as in
none of 48, 80 and 96 its landmarks were as good."""
_SIZE = 2.45
"""A face's size, the geometric mean of its box's sides, in units of its way from eyes to mouth: so it is in LFW's
median, between 2.4 and 2.5 in half of it."""
_SAME_FACE = 0.2
"""Share of a face's size by which its landmarks lie apart on average in two looks, at most: further away is another."""
_LEAST_SIZE_PX = 8.0
_IN_THE_MIRROR = [1, 0, 2, 4, 3]
"""Whose right eye was has the left one's place there."""


def placed_by_more_looks(detector: FaceDetector, image_bgr: Image, landmarks: Floats) -> Floats:
    """Landmarks (n, 5, 2) of faces in an image (height, width, 3) uint8 → where they are in the mean of that, of a look
    at their surroundings and of one in the mirror: (n, 5, 2) float32.

    Of a look in which a face is not found nothing is taken. A face that is too small to look at stays where it was.
    """
    return np.stack([_placed(detector, image_bgr, each) for each in landmarks]) if len(landmarks) else landmarks


def _placed(detector: FaceDetector, image_bgr: Image, landmarks: Floats) -> Floats:
    size = _SIZE * float(np.hypot(*(landmarks[3:].mean(axis=0) - landmarks[:2].mean(axis=0))))
    if not size >= _LEAST_SIZE_PX:  # nor is what is not finite
        return landmarks
    picture, corner, scale = _surroundings(image_bgr, landmarks.mean(axis=0), size)
    looks = [landmarks]
    for is_mirrored in (False, True):
        seen = detector.detect(np.ascontiguousarray(picture[:, ::-1]) if is_mirrored else picture).landmarks
        if is_mirrored:
            seen = seen[:, _IN_THE_MIRROR] * np.array([-1, 1], np.float32) + np.array([LOOK_SIDE, 0], np.float32)
        there = seen / scale + corner
        apart = np.linalg.norm(there - landmarks, axis=2).mean(axis=1)
        if len(apart) and apart.min() <= _SAME_FACE * size:
            looks.append(there[int(apart.argmin())])
    return np.asarray(np.mean(looks, axis=0), np.float32)


def _surroundings(image_bgr: Image, middle: Floats, size: float) -> tuple[Image, Floats, float]:
    """A face's surroundings (s, s, 3), black beyond the image's edge; where their corner is in the image (2,), and how
    many of their pixels are one of it."""
    length = max(1, round(_SURROUNDINGS * size))
    left, top = np.floor(middle - length / 2.0).astype(int).tolist()
    inside = image_bgr[max(0, top) : max(0, top + length), max(0, left) : max(0, left + length)]
    above, before = min(length, max(0, -top)), min(length, max(0, -left))
    below, behind = length - above - inside.shape[0], length - before - inside.shape[1]
    cut = cv2.copyMakeBorder(inside, above, below, before, behind, cv2.BORDER_CONSTANT)
    interpolation = cv2.INTER_AREA if length > LOOK_SIDE else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(cut, (LOOK_SIDE, LOOK_SIDE), interpolation=interpolation), np.uint8)
    return picture, np.array([left, top], np.float32), LOOK_SIDE / length
