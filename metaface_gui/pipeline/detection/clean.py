"""What every detector's raw answer goes through: nothing infinite, nothing outside the frame, no empty boxes."""

from __future__ import annotations

import numpy as np

from metaface_gui.types import FaceDetections, Floats

_MIN_SIDE_PX = 4.0
_MIN_EYE_DISTANCE_PX = 1.0


def clean_detections(
    boxes_xyxy: Floats, landmarks: Floats, confidence: Floats, *, width: int, height: int
) -> FaceDetections:
    """Clip boxes (n, 4) to the frame and drop faces that are not finite, nearly empty or have coinciding landmarks.

    Landmarks (n, 5, 2) stay unclipped: a face half out of the picture still aligns by where its eyes would be.
    """
    finite = np.isfinite(boxes_xyxy).all(axis=1) & np.isfinite(landmarks).all(axis=(1, 2)) & np.isfinite(confidence)
    boxes_xyxy, landmarks, confidence = boxes_xyxy[finite], landmarks[finite], confidence[finite]
    limits = np.array([width, height, width, height], np.float32)
    boxes = np.clip(boxes_xyxy, 0.0, limits).astype(np.float32)
    sides = boxes[:, 2:] - boxes[:, :2]
    eye_distance = np.linalg.norm(landmarks[:, 1] - landmarks[:, 0], axis=1)
    spread = np.ptp(landmarks, axis=1).max(axis=1)
    keep = (sides >= _MIN_SIDE_PX).all(axis=1) & (np.maximum(eye_distance, spread) >= _MIN_EYE_DISTANCE_PX)
    return FaceDetections(
        np.ascontiguousarray(boxes[keep]),
        np.ascontiguousarray(landmarks[keep], dtype=np.float32),
        np.ascontiguousarray(confidence[keep], dtype=np.float32),
    )
