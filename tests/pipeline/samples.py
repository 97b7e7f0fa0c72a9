"""Face samples made of numbers, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.types import FaceDetection, FaceQuality, Floats, Identification, QualityIssue, TrackedFace


def unit(*angles_deg: float) -> list[Floats]:
    """Points on the unit circle."""
    radians = np.radians(angles_deg)
    return [np.array([np.cos(angle), np.sin(angle)], np.float32) for angle in radians]


def sample(embedding: Floats, score: float = 0.8, *issues: QualityIssue) -> FaceSample:
    """A sample with this embedding and quality."""
    detection = FaceDetection(
        np.array([8, 8, 56, 56], np.float32),
        np.array([[24, 28], [40, 28], [32, 36], [26, 46], [38, 46]], np.float32),
        0.9,
    )
    quality = FaceQuality(size_px=48.0, brightness=120.0, sharpness=1.0, frontality=1.0, score=score, issues=issues)
    picture = np.full((64, 64, 3), round(score * 255), np.uint8)
    return FaceSample(picture, detection, quality, embedding)


def decided(
    track_id: int,
    box: tuple[float, float, float, float],
    decision: Identification,
    per_learner: Mapping[str, Identification] | None = None,
) -> TrackedFace:
    """A tracked face about which this was decided."""
    return TrackedFace(
        track_id=track_id,
        box_xyxy=np.array(box, np.float32),
        landmarks=np.zeros((5, 2), np.float32),
        confidence=0.9,
        identification=decision,
        quality=FaceQuality(box[2] - box[0], 120.0, 1.0, 1.0, 1.0),
        embedding=np.zeros(4, np.float32),
        per_learner=per_learner or {},
    )
