"""A chip: the generous cut-out around a face that a gallery keeps, from which any embedder's crop can be made later."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from metaface_gui.pipeline.detection.align import TEMPLATE_SIZES, crop_transforms
from metaface_gui.types import FaceDetection, Floats, Image

DEFAULT_MAX_SIDE = 320
_SPARE = 0.1


class Chip(NamedTuple):
    """`image_bgr` (h, w, 3) uint8; `landmarks` (5, 2) and `box_xyxy` (4,) float32 in its pixels."""

    image_bgr: Image
    landmarks: Floats
    box_xyxy: Floats


def chip(image_bgr: Image, detection: FaceDetection, max_side: int = DEFAULT_MAX_SIDE) -> Chip:
    """Cut out what every alignment template sees of the face, and the face's box, with a margin of a tenth.

    Never enlarged; reduced so that no side is longer than `max_side` pixels. The default leaves the largest template
    (160) about as many pixels as it needs. The image's own edge stays an edge, so aligning from the chip puts the same
    black beyond it as aligning from the image.

    Raises:
        ValueError: if the landmarks are not finite or coincide, or no part of the face is in the image.
    """
    height, width = image_bgr.shape[:2]
    x1, y1, x2, y2 = _surroundings(detection)
    left, top = max(0, int(np.floor(x1))), max(0, int(np.floor(y1)))
    right, bottom = min(width, int(np.ceil(x2)) + 1), min(height, int(np.ceil(y2)) + 1)
    if right <= left or bottom <= top:
        raise ValueError("the face lies outside of the image")
    cut = image_bgr[top:bottom, left:right]
    scale = min(1.0, max_side / max(cut.shape[:2]))
    size = max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale))
    picture: Image = (
        cut.copy() if scale == 1.0 else cv2.resize(cut, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    )
    factor = np.array([size[0] / cut.shape[1], size[1] / cut.shape[0]], np.float32)
    origin = np.array([left, top], np.float32)
    # Landmarks count pixel centres, the first of which is half a pixel from the edge at either scale.
    landmarks = (detection.landmarks - origin + 0.5) * factor - 0.5
    corners = (detection.box_xyxy.reshape(2, 2) - origin) * factor
    return Chip(picture, landmarks.astype(np.float32), corners.reshape(4).astype(np.float32))


def _surroundings(detection: FaceDetection) -> tuple[float, float, float, float]:
    """Return the bounding box, in the image, of the face's box and every template's square; x1, y1, x2, y2."""
    points = [detection.box_xyxy.reshape(2, 2).astype(np.float64)]
    for size in TEMPLATE_SIZES:
        forward = crop_transforms(detection.landmarks[None], size)[0]
        linear, shift = forward[:, :2], forward[:, 2]
        square = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float64)
        points.append(np.linalg.solve(linear, (square - shift).T).T)
    low, high = np.concatenate(points).min(axis=0), np.concatenate(points).max(axis=0)
    spare = (high - low) * _SPARE
    return (*(low - spare), *(high + spare))
