"""What boxes have in common: for stages that do not know each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Floats

Matrix = NDArray[np.float64]


def box_iou(a: Floats, b: Floats) -> Matrix:
    """Intersection over union of each of n boxes with each of m: (n, 4), (m, 4) → (n, m)."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = np.prod(np.clip(bottom_right - top_left, 0.0, None), axis=2, dtype=np.float64)
    union = box_area(a)[:, None] + box_area(b)[None, :] - overlap
    return np.asarray(overlap / np.maximum(union, 1e-9))


def box_area(boxes: Floats) -> Matrix:
    """Areas (n,) of boxes (n, 4); 0 of one whose corners are the wrong way round."""
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None).astype(np.float64)
    return np.asarray(sides[:, 0] * sides[:, 1])
