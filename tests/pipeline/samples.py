"""Face samples made of numbers, for tests of what is done with them."""

from __future__ import annotations

import numpy as np

from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.types import FaceDetection, FaceQuality, Floats, QualityIssue


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
