"""Which way up a picture is: scanners and cameras held askew give pictures that lie on a side or stand on their head.

Detectors take a head that stands on its chin for a face too, and put its eyes where the chin is, so landmarks alone do
not tell. How sure the detector is does: with YuNet the same faces (Labeled Faces in the Wild) are found at 0.93
upright (median), at 0.85 upside down and, one of three, at 0.8 lying; with MTCNN at 1, at 0.976 (one of five), at 0.95
(one of nine). So a picture is turned to where its faces are found most surely. Of 790 upright pictures of four sets 4
are turned by that (masked faces all); of as many upside down 97 % are put right, of those on a side 98 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.chip import Chip
from metaface_gui.types import FaceDetections, Floats, Image

_FOUND_TURNED = 0.8
_GAIN = 0.005
_DOUBTFUL = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Upright:
    """A picture (height, width, 3) turned by `quarter_turns` (0 to 3) against the clock, and the faces found in it."""

    original: Image
    image_bgr: Image
    quarter_turns: int
    detections: FaceDetections


def find_upright(detector: FaceDetector, image_bgr: Image) -> Upright:
    """Find the faces of a still picture, turned by a quarter, half or three quarters where they are surer so."""
    found = detector.detect(image_bgr)
    best = Upright(image_bgr, image_bgr, 0, found)
    if _surest(found) >= detector.surely_upright:
        return best
    to_beat = _sureness(found) + _GAIN
    for quarter_turns in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(image_bgr, quarter_turns))
        found = detector.detect(turned)
        if _surest(found) >= _FOUND_TURNED and _sureness(found) >= to_beat:
            best, to_beat = Upright(image_bgr, turned, quarter_turns, found), _sureness(found)
    return best


def is_upside_down(detector: FaceDetector, chip_bgr: Image, confidence: float) -> bool:
    """Whether a face, found at `confidence` in the picture whose part `chip_bgr` is, stands on its head there.

    Asks the detector only where it was not sure.
    """
    if confidence >= detector.surely_upright:
        return False
    return find_upright(detector, chip_bgr).quarter_turns == 2


def boxes_back(boxes_xyxy: Floats, upright: Upright) -> Floats:
    """Say where boxes (n, 4) of the turned picture lie in the original."""
    corners = _back(boxes_xyxy.reshape(-1, 2), upright, last=0.0).reshape(-1, 2, 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def landmarks_back(landmarks: Floats, upright: Upright) -> Floats:
    """Say where landmarks (n, 5, 2) of the turned picture lie in the original: the eyes stay the eyes."""
    return _back(landmarks.reshape(-1, 2), upright, last=1.0).reshape(-1, 5, 2)


def upright_chip(cut: Chip) -> Chip:
    """Turn a face's picture by quarters so that its eyes are above its mouth, which its landmarks must know."""
    down = cut.landmarks[3:].mean(axis=0) - cut.landmarks[:2].mean(axis=0)
    quarter_turns = round(-np.arctan2(float(down[0]), float(down[1])) / (np.pi / 2)) % 4
    if not quarter_turns:
        return cut
    # Turning it there is the same as turning it back by what is left of a whole turn.
    picture = np.ascontiguousarray(np.rot90(cut.image_bgr, quarter_turns))
    turned = Upright(picture, cut.image_bgr, (4 - quarter_turns) % 4, FaceDetections.empty())
    return Chip(picture, landmarks_back(cut.landmarks[None], turned)[0], boxes_back(cut.box_xyxy[None], turned)[0])


def _back(points: Floats, upright: Upright, last: float) -> Floats:
    """Turn points (n, 2) back with their picture; `last`: by how much the last of `w` pixels is less than w.

    0 for edges, which lie between pixels; 1 for landmarks, which count pixels' centres.
    """
    height, width = upright.image_bgr.shape[:2]
    for _ in range(upright.quarter_turns):
        # np.rot90 once: the row of the turned picture is the column of the original, counted from the right.
        points = np.stack([height - last - points[:, 1], points[:, 0]], axis=1)
        height, width = width, height
    return np.asarray(points, np.float32)


def _surest(found: FaceDetections) -> float:
    return float(found.confidence.max(initial=0.0))


def _sureness(found: FaceDetections) -> float:
    """How much speaks for a picture's being upright: two faces more than one, a doubtful one next to nothing."""
    return float(np.clip(found.confidence - _DOUBTFUL, 0.0, None).sum())
