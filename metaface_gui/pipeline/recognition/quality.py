"""Measure how good a picture of a face is: large enough, lit, sharp, facing the camera, entirely in the frame.

Every limit is measured, not guessed; `QualityLimits` names the data. Together they refuse 2.4 % of Labeled Faces in the
Wild. The choice of measures follows ISO/IEC 29794-5, "Biometric sample quality: face image data".
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from metaface_gui.types import FaceDetection, FaceQuality, Floats, HeadTurn, Image, QualityIssue

# The face's part of an aligned crop, as fractions of its side: top, bottom, left, right.
_FACE = (0.21, 0.93, 0.18, 0.82)
_CANONICAL_SIDE = 112
# How far below the midpoint between eyes and mouth the nose lies in a frontal face, as a share of their distance: LFW's
# median.
_NOSE_DOWN = 0.06
_TURNED, _NODDED = 0.12, 0.10
"""Values of `_nose_offset` from which a head counts as turned: about 17 and 15 degrees. The tip of the nose is some 25
mm in front of the eyes, which are 63 mm apart and 65 mm above the mouth."""


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """What a shot must reach to be enrolled, and where full marks begin.

    Sizes are of the face's box (geometric mean of its sides). With SFace the similarity of two pictures of a person
    (median 0.66) falls to 0.65 when one face is 48 pixels large, to 0.62 at 32 and to 0.54 at 20. Mean luma is 76 … 179
    in 98 % of LFW faces; at three tenths of the light the median is 39. LFW's median sharpness is 0.45; it is below
    0.305 in 1.5 % of its faces, but in 90 % of faces blurred and 98 % of faces reduced by the hard condition. Its
    median frontality is 0.80, and below 0.2 in 1 %.
    """

    min_size_px: float = 48.0
    good_size_px: float = 100.0
    min_brightness: float = 45.0
    max_brightness: float = 215.0
    min_sharpness: float = 0.305
    good_sharpness: float = 0.45
    min_frontality: float = 0.2
    good_frontality: float = 0.8
    max_outside: float = 0.1
    """Largest share of the face's height or width that may lie beyond the picture's edge."""


DEFAULT_LIMITS = QualityLimits()


def assess(image_bgr: Image, detection: FaceDetection, crop_rgb: Image) -> FaceQuality:
    """Measure one face of a frame (h, w, 3); `crop_rgb` (s, s, 3) is the same face aligned.

    `score` is the product over the measures, each mapped from its limit (0.1) to full marks (1), so that one bad
    property is enough to give a frame little weight.
    """
    limits = DEFAULT_LIMITS
    size = _size(detection.box_xyxy)
    brightness, sharpness = _light_and_sharpness(crop_rgb)
    facing = frontality(detection.landmarks)
    issues = {
        QualityIssue.CUT_OFF: _outside(detection.landmarks, *image_bgr.shape[:2]) > limits.max_outside,
        QualityIssue.TOO_SMALL: size < limits.min_size_px,
        QualityIssue.TOO_DARK: brightness < limits.min_brightness,
        QualityIssue.TOO_BRIGHT: brightness > limits.max_brightness,
        QualityIssue.TURNED_AWAY: facing < limits.min_frontality,
        QualityIssue.BLURRED: sharpness < limits.min_sharpness,
    }
    score = (
        _marks(size, limits.min_size_px, limits.good_size_px)
        * _marks(sharpness, limits.min_sharpness, limits.good_sharpness)
        * _marks(facing, limits.min_frontality, limits.good_frontality)
        * (0.3 if issues[QualityIssue.TOO_DARK] or issues[QualityIssue.TOO_BRIGHT] else 1.0)
        * (0.3 if issues[QualityIssue.CUT_OFF] else 1.0)
    )
    found = tuple(issue for issue, present in issues.items() if present)
    return FaceQuality(size, brightness, sharpness, facing, score, found)


def frontality(landmarks: Floats) -> float:
    """Return how frontal a face with landmarks (5, 2) is: 1 straight on, 0 from about profile.

    The nose sticks out, so it moves sideways relative to the eyes when a head turns, and along the eyes-to-mouth axis
    when it nods. Both are measured as shares of those distances; rolling the head changes nothing.
    """
    offset = _nose_offset(landmarks)
    return 0.0 if offset is None else float(np.clip(1.0 - 2.0 * np.hypot(*offset), 0.0, 1.0))


def head_turn(landmarks: Floats) -> HeadTurn | None:
    """Return where a face with landmarks (5, 2) in an unmirrored picture looks; None: about straight ahead."""
    turned, nodded = _nose_offset(landmarks) or (0.0, 0.0)
    sideways, upright = turned / _TURNED, nodded / _NODDED
    if max(abs(sideways), abs(upright)) < 1.0:
        return None
    if abs(sideways) >= abs(upright):
        return HeadTurn.LEFT if sideways > 0.0 else HeadTurn.RIGHT  # the picture's right is their own left
    return HeadTurn.DOWN if upright > 0.0 else HeadTurn.UP


def _nose_offset(landmarks: Floats) -> tuple[float, float] | None:
    """Return the nose's offset to the right and down, in units of the eyes' distance and the eyes-to-mouth distance.

    None if landmarks coincide.
    """
    points = landmarks.astype(np.float64)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    across, down = points[1] - points[0], mouth - eyes
    eye_distance, face_height = float(np.hypot(*across)), float(np.hypot(*down))
    if eye_distance < 1e-3 or face_height < 1e-3:
        return None
    right = across / eye_distance
    below = np.array([-right[1], right[0]])
    nose = points[2] - (eyes + mouth) / 2.0
    turned = float(nose @ right) / eye_distance
    nodded = float(nose @ below) / face_height - _NOSE_DOWN
    return turned, nodded


def _size(box_xyxy: Floats) -> float:
    width, height = (box_xyxy[2:] - box_xyxy[:2]).tolist()
    return float(np.sqrt(max(width, 0.0) * max(height, 0.0)))


def _light_and_sharpness(crop_rgb: Image) -> tuple[float, float]:
    """Return the face's mean luma (0..255), and its detail at one or two pixels relative to that at four or more.

    The ratio of two octaves of the same picture cancels out contrast, exposure and skin, but not blur and enlargement.
    """
    luma = cv2.cvtColor(crop_rgb, cv2.COLOR_RGB2GRAY)
    if luma.shape[0] != _CANONICAL_SIDE:
        luma = cv2.resize(luma, (_CANONICAL_SIDE, _CANONICAL_SIDE), interpolation=cv2.INTER_AREA)
    light = luma.astype(np.float32)
    top, bottom, left, right = (round(part * _CANONICAL_SIDE) for part in _FACE)
    levels = [
        cv2.GaussianBlur(light, (0, 0), sigma)[top:bottom, left:right].astype(np.float64)
        for sigma in (0.7, 1.4, 2.8, 5.6)
    ]
    fine, coarse = float((levels[0] - levels[1]).std()), float((levels[2] - levels[3]).std())
    # A crop without any structure, such as a wall, counts as not sharp.
    sharpness = fine / coarse if coarse > 0.1 else 0.0
    return float(light[top:bottom, left:right].mean()), sharpness


def _outside(landmarks: Floats, height: int, width: int) -> float:
    """Return how far the face extends beyond the picture, as a share of its own size.

    Detectors clip or shrink boxes at the edge, so the face's extent is derived from its landmarks: their bounding box,
    extended on every side by half the eyes-to-mouth distance.
    """
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    margin = 0.5 * float(np.hypot(*(landmarks[3:].mean(axis=0) - landmarks[:2].mean(axis=0))))
    extent = np.maximum(high - low, 1e-3) + 2.0 * margin
    beyond = np.maximum(margin - low, 0.0) + np.maximum(high + margin - np.array([width, height]), 0.0)
    return float((beyond / extent).max())


def _marks(value: float, worst: float, best: float) -> float:
    """Map a value to 0.1 at `worst` and below, 1 at `best` and above, linearly in between."""
    return float(np.clip(0.1 + 0.9 * (value - worst) / (best - worst), 0.1, 1.0))
