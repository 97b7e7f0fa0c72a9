"""Each measure reacts to what it is named for and to nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.recognition.quality import DEFAULT_LIMITS, assess, frontality, head_turn
from metaface_gui.types import FaceDetection, FaceQuality, Floats, HeadTurn, Image, QualityIssue

# Eyes, nose, mouth corners of a face that looks at the camera, 120 pixels large about (0, 0).
STRAIGHT = np.array([[-25, -20], [25, -20], [0, 8], [-20, 30], [20, 30]], np.float32)


def crop(seed: int = 0) -> Image:
    """A picture with detail at every size, as faces have: noise whose amplitude grows with its wavelength."""
    random = np.random.default_rng(seed)
    picture = np.full((112, 112), 125.0)
    for side in (5, 10, 20, 40, 80):
        octave = random.normal(0.0, 60.0 / side**0.5, (side, side)).astype(np.float32)
        picture += cv2.resize(octave, (112, 112), interpolation=cv2.INTER_CUBIC)
    gray = np.clip(picture, 0, 255).astype(np.uint8)
    return np.stack([gray, gray, gray], axis=2)


def lit(factor: float, offset: float = 0.0) -> Image:
    """The same picture in other light."""
    picture: Image = np.clip(crop() * factor + offset, 0, 255).astype(np.uint8)
    return picture


def blurred(sigma: float) -> Image:
    """The same picture out of focus by so many pixels."""
    return cv2.GaussianBlur(crop(), (0, 0), sigma).astype(np.uint8)


def face(x: float = 320.0, y: float = 240.0, side: float = 120.0, landmarks: Floats = STRAIGHT) -> FaceDetection:
    box = np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2], np.float32)
    return FaceDetection(box, (landmarks * side / 120.0 + np.array([x, y])).astype(np.float32), 0.9)


def look(picture: Image | None = None, detection: FaceDetection | None = None) -> FaceQuality:
    frame = np.zeros((480, 640, 3), np.uint8)
    return assess(frame, detection or face(), crop() if picture is None else picture)


def test_a_good_face_has_no_issue_and_full_marks() -> None:
    quality = look()
    assert quality.issues == ()
    assert quality.score > 0.9
    assert quality.size_px == pytest.approx(120.0)


@pytest.mark.parametrize(
    ("picture", "detection", "issue"),
    [
        (None, face(side=30.0), QualityIssue.TOO_SMALL),
        (lit(0.15), None, QualityIssue.TOO_DARK),
        (lit(0.5, 180.0), None, QualityIssue.TOO_BRIGHT),
        (blurred(3.0), None, QualityIssue.BLURRED),
        (np.full((112, 112, 3), 125, np.uint8), None, QualityIssue.BLURRED),
        (None, face(x=10.0), QualityIssue.CUT_OFF),
        (None, face(y=475.0), QualityIssue.CUT_OFF),
        (None, face(x=700.0), QualityIssue.CUT_OFF),
    ],
    ids=["small", "dark", "bright", "blurred", "flat", "left edge", "lower edge", "outside"],
)
def test_one_fault_is_named_and_costs_weight(
    picture: Image | None, detection: FaceDetection | None, issue: QualityIssue
) -> None:
    quality = look(picture, detection)
    assert quality.issues == (issue,)
    assert quality.score < 0.5 * look().score


@pytest.mark.parametrize("nose", [(24, 8), (-24, 8), (0, 28), (0, -18)], ids=["right", "left", "down", "up"])
def test_a_face_turned_away_is_named(nose: tuple[int, int]) -> None:
    landmarks = STRAIGHT.copy()
    landmarks[2] = nose
    assert look(detection=face(landmarks=landmarks)).issues == (QualityIssue.TURNED_AWAY,)


def test_frontality_falls_as_the_head_turns() -> None:
    turned = [STRAIGHT + np.array([[0, 0], [0, 0], [dx, 0], [0, 0], [0, 0]], np.float32) for dx in range(0, 26, 5)]
    values = [frontality(landmarks.astype(np.float32)) for landmarks in turned]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.95
    assert values[-1] < 0.05


@settings(max_examples=30, deadline=None)
@given(st.floats(-3.1, 3.1), st.floats(0.2, 5.0), st.floats(-500, 500), st.booleans())
def test_frontality_ignores_place_size_roll_and_mirroring(
    angle: float, scale: float, shift: float, mirrored: bool
) -> None:
    landmarks = STRAIGHT + np.array([[0, 0], [0, 0], [7, 3], [0, 0], [0, 0]], np.float32)
    rolled = (landmarks @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])) * scale + shift
    if mirrored:  # the image-left points stay first
        rolled = (landmarks * np.array([-1, 1]))[[1, 0, 2, 4, 3]]
    assert frontality(rolled.astype(np.float32)) == pytest.approx(frontality(landmarks), abs=1e-3)


def test_landmarks_that_coincide_face_nowhere() -> None:
    assert frontality(np.zeros((5, 2), np.float32)) == 0.0


def test_sharpness_falls_with_blur_and_ignores_contrast_and_exposure() -> None:
    values = [look(blurred(sigma)).sharpness for sigma in (0.5, 1.0, 2.0, 4.0)]
    assert values == sorted(values, reverse=True)
    assert look(lit(0.4, 80.0)).sharpness == pytest.approx(look().sharpness, rel=0.05)


def test_a_larger_crop_of_another_embedder_is_measured_alike() -> None:
    large = cv2.resize(crop(), (160, 160), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    assert look(large).sharpness == pytest.approx(look().sharpness, rel=0.25)
    assert look(large).brightness == pytest.approx(look().brightness, rel=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_the_score_is_a_share(seed: int) -> None:
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, (112, 112, 3)).astype(np.uint8)
    odd = FaceDetection(
        random.uniform(-50, 700, 4).astype(np.float32), random.uniform(-50, 700, (5, 2)).astype(np.float32), 0.5
    )
    assert 0.0 <= look(noise, odd).score <= 1.0


def test_limits_leave_room_for_full_marks() -> None:
    limits = DEFAULT_LIMITS
    assert limits.min_size_px < limits.good_size_px
    assert limits.min_sharpness < limits.good_sharpness
    assert limits.min_frontality < limits.good_frontality
    assert limits.min_brightness < limits.max_brightness


@pytest.mark.parametrize(
    ("nose", "turn"),
    [
        ((0.0, 0.0), None),
        ((4.0, 0.0), None),
        ((12.0, 2.0), HeadTurn.LEFT),  # the picture's right is their own left
        ((-12.0, -2.0), HeadTurn.RIGHT),
        ((2.0, 12.0), HeadTurn.DOWN),
        ((2.0, -8.0), HeadTurn.UP),
    ],
)
def test_a_head_turns_to_where_its_nose_goes(nose: tuple[float, float], turn: HeadTurn | None) -> None:
    straight = np.array([[0, 0], [60, 0], [30, 33], [8, 60], [52, 60]], np.float32)
    turned = straight.copy()
    turned[2] += nose
    assert head_turn(turned) is turn
    roll = cv2.getRotationMatrix2D((30.0, 30.0), 25.0, 1.0)
    assert head_turn(cv2.transform(turned[None], roll)[0].astype(np.float32)) is turn, "a tilted head is no turned one"
    assert head_turn(np.zeros((5, 2), np.float32)) is None
