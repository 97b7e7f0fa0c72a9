"""Pictures that are far longer than they are high (or the other way round), searched piece by piece.

Reduced as a whole to what a detector works on, a panorama of 16000×500 pixels would be 30 pixels high and its faces
gone. Pieces overlap by the picture's shorter side, so that every face is whole in one of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from metaface_gui.types import FaceDetections, Image

_LONGEST_WHOLE = 2.5
"""Sides' ratio up to which a picture is looked at as a whole; wider than any camera's."""
_SAME_FACE = 0.5
"""Share of the smaller of two boxes that lies in the other from which both are the same face's."""


def detect_in_pieces(image_bgr: Image, working_side: int, detect: Callable[[Image], FaceDetections]) -> FaceDetections:
    """Find the faces of an image (height, width, 3) with `detect`, which sees it whole or a piece at a time.

    Only images longer than `working_side` pixels are cut: shorter ones are not reduced by the detector.
    """
    longer, shorter = max(image_bgr.shape[:2]), min(image_bgr.shape[:2])
    piece = max(round(_LONGEST_WHOLE * shorter), working_side)
    if longer <= piece:
        return detect(image_bgr)
    is_wide = image_bgr.shape[1] == longer
    n_pieces = 1 + int(np.ceil((longer - piece) / (piece - shorter)))
    boxes, landmarks, confidence = [], [], []
    for start in np.linspace(0, longer - piece, n_pieces).astype(int).tolist():
        cut = image_bgr[:, start : start + piece] if is_wide else image_bgr[start : start + piece]
        found = detect(np.ascontiguousarray(cut))
        shift = np.array([start, 0] if is_wide else [0, start], np.float32)
        boxes.append(found.boxes_xyxy + np.tile(shift, 2))
        landmarks.append(found.landmarks + shift)
        confidence.append(found.confidence)
    return _each_once(FaceDetections(np.concatenate(boxes), np.concatenate(landmarks), np.concatenate(confidence)))


def _each_once(found: FaceDetections) -> FaceDetections:
    """Of the boxes that lie on each other keep the surest: a face that a cut went through is less sure than a whole.

    Overlap is measured as a share of the smaller box, which of a face that was cut lies within that of the whole.
    """
    kept: list[int] = []
    area = (found.boxes_xyxy[:, 2] - found.boxes_xyxy[:, 0]) * (found.boxes_xyxy[:, 3] - found.boxes_xyxy[:, 1])
    for index in np.argsort(-found.confidence, kind="stable").tolist():
        box, others = found.boxes_xyxy[index], found.boxes_xyxy[kept]
        sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
        common = np.clip(sides, 0.0, None).prod(axis=1)
        if not (common > _SAME_FACE * np.minimum(area[index], area[kept])).any():
            kept.append(index)
    return FaceDetections(found.boxes_xyxy[kept], found.landmarks[kept], found.confidence[kept])
