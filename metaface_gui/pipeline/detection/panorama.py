"""Search pictures that are far wider than high (or the other way round) piece by piece.

Reduced as a whole to a detector's working size, a panorama of 16000×500 pixels would be 30 pixels high and its faces
gone. Pieces overlap by the picture's shorter side, so that every face is complete in one of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from metaface_gui.pipeline.detection.clean import WORKING_SIDE
from metaface_gui.pipeline.detection.merge import each_once, joined
from metaface_gui.types import FaceDetections, Image

_LONGEST_WHOLE = 2.5
"""Ratio of the sides up to which a picture is searched as a whole; larger than any camera's."""


def detect_in_pieces(image_bgr: Image, detect: Callable[[Image], FaceDetections]) -> FaceDetections:
    """Find the faces of an image (height, width, 3) with `detect`, called on the whole or on one piece at a time.

    Only images longer than `WORKING_SIDE` pixels are cut: the detector does not reduce shorter ones.
    """
    longer, shorter = max(image_bgr.shape[:2]), min(image_bgr.shape[:2])
    piece = max(round(_LONGEST_WHOLE * shorter), WORKING_SIDE)
    if longer <= piece:
        return detect(image_bgr)
    is_wide = image_bgr.shape[1] == longer
    n_pieces = 1 + int(np.ceil((longer - piece) / (piece - shorter)))
    parts = []
    for start in np.linspace(0, longer - piece, n_pieces).astype(int).tolist():
        cut = image_bgr[:, start : start + piece] if is_wide else image_bgr[start : start + piece]
        found = detect(np.ascontiguousarray(cut))
        shift = np.array([start, 0] if is_wide else [0, start], np.float32)
        parts.append(found.shifted(shift))
    return each_once(joined(parts))
