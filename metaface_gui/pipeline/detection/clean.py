"""Prepare a network's input and output: reduce frames to a working size, and sanitise detections."""

from __future__ import annotations

import cv2
import numpy as np

from metaface_gui.types import FaceDetections, Floats, Image

WORKING_SIDE = 960
"""Longer side, in pixels, to which detectors reduce larger pictures."""
_FARTHEST_PX = 1e6
_MIN_SIDE_PX = 4.0
_MIN_EYE_DISTANCE_PX = 1.0


def working_copy(image_bgr: Image, longest_side: int) -> tuple[Image, Floats]:
    """Return the image, contiguous and with no side longer than `longest_side`, and the scale (2,) back to its (x, y).

    Smaller images are not enlarged.
    """
    image_bgr = np.ascontiguousarray(image_bgr)
    height, width = image_bgr.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1.0:
        return image_bgr, np.ones(2, np.float32)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Above half size both interpolations use every pixel, and OpenCV's area mean takes six times as long.
    interpolation = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
    small: Image = cv2.resize(image_bgr, size, interpolation=interpolation).astype(np.uint8, copy=False)
    return small, np.array([width / size[0], height / size[1]], np.float32)


def clean_detections(
    boxes_xyxy: Floats, landmarks: Floats, confidence: Floats, *, width: int, height: int
) -> FaceDetections:
    """Clip boxes (n, 4) to the frame; drop faces not finite, absurdly far, nearly empty, or with coinciding landmarks.

    Landmarks (n, 5, 2) are not clipped, so that a face half outside the picture is still aligned correctly.
    """
    # The comparison also drops NaN, infinity, and values so large that their square would overflow.
    near = (np.abs(boxes_xyxy) < _FARTHEST_PX).all(axis=1) & (np.abs(landmarks) < _FARTHEST_PX).all(axis=(1, 2))
    sane = near & np.isfinite(confidence)
    boxes_xyxy, landmarks, confidence = boxes_xyxy[sane], landmarks[sane], confidence[sane]
    limits = np.array([width, height, width, height], np.float32)
    boxes = np.clip(boxes_xyxy, 0.0, limits).astype(np.float32)
    sides = boxes[:, 2:] - boxes[:, :2]
    eye_distance = np.linalg.norm(landmarks[:, 1] - landmarks[:, 0], axis=1)
    spread = np.ptp(landmarks, axis=1).max(axis=1)
    keep = (sides >= _MIN_SIDE_PX).all(axis=1) & (np.maximum(eye_distance, spread) >= _MIN_EYE_DISTANCE_PX)
    return FaceDetections(boxes, np.asarray(landmarks, np.float32), np.asarray(confidence, np.float32)).rows(keep)
