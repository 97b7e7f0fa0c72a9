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
_SWAPPED = [1, 0, 2, 4, 3]
"""What was the right eye has the left one's place in the mirror."""
_AT_A_TIME = 6
"""Faces whose looks are one picture: of no more than 960 pixels, to which detectors reduce larger ones."""


def placed_by_more_looks(detector: FaceDetector, image_bgr: Image, landmarks: Floats) -> Floats:
    """Landmarks (n, 5, 2) of faces in an image (height, width, 3) uint8 → where they are in the mean of that, of a look
    at their surroundings and of one in the mirror: (n, 5, 2) float32.

    Of a look in which a face is not found nothing is taken. One too small to look at, or larger than the image, stays
    where it was. Several faces' looks are searched as one picture, which takes half as long as one after another.
    """
    placed = np.array(landmarks, np.float32)
    sizes = _SIZE * np.hypot(*(landmarks[:, 3:].mean(axis=1) - landmarks[:, :2].mean(axis=1)).T)
    # No face is larger than its picture, whatever a damaged gallery says; what is not finite is neither.
    rows = np.flatnonzero((sizes >= _LEAST_SIZE_PX) & (sizes <= max(image_bgr.shape[:2])))
    for start in range(0, len(rows), _AT_A_TIME):
        some = rows[start : start + _AT_A_TIME]
        placed[some] = _placed(detector, image_bgr, landmarks[some], sizes[some])
    return placed


def _placed(detector: FaceDetector, image_bgr: Image, landmarks: Floats, sizes: Floats) -> Floats:
    """Of a few faces, whose sizes are (n,) pixels."""
    seen_around = [
        _surroundings(image_bgr, face.mean(axis=0), float(size)) for face, size in zip(landmarks, sizes, strict=True)
    ]
    sheet = np.concatenate([np.concatenate([picture, picture[:, ::-1]], axis=1) for picture, _, _ in seen_around])
    seen = detector.detect(np.ascontiguousarray(sheet)).landmarks
    means = []
    for row, (face, (_, corner, scale)) in enumerate(zip(landmarks, seen_around, strict=True)):
        looks, top = [face], np.array([0, row * LOOK_SIDE], np.float32)
        there = (face - corner) * scale
        for turned in (_as_it_is, _in_the_mirror):
            # Where it is looked for in the sheet, and from there back: a mirror's mirror image is what was before it.
            apart = np.linalg.norm(seen - (turned(there) + top), axis=2).mean(axis=1)
            if len(apart) and apart.min() <= _SAME_FACE * LOOK_SIDE / _SURROUNDINGS:
                looks.append(turned(seen[int(apart.argmin())] - top) / scale + corner)
        means.append(np.mean(looks, axis=0))
    return np.asarray(means, np.float32)


def _as_it_is(landmarks: Floats) -> Floats:
    return landmarks


def _in_the_mirror(landmarks: Floats) -> Floats:
    """Landmarks (5, 2) of a look in its mirror image, which lies to the right of it."""
    return landmarks[_SWAPPED] * np.array([-1, 1], np.float32) + np.array([2 * LOOK_SIDE, 0], np.float32)


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
