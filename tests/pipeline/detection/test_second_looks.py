"""A face's landmarks are the mean of what several looks at it say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.second_looks import placed_by_more_looks
from metaface_gui.types import FaceDetections, Floats, Image
from metaface_gui.weights.store import WeightsStore

PaintFace = Callable[[int], Image]
FACE = np.array([[40, 40], [80, 40], [60, 60], [45, 85], [75, 85]], np.float32)


class Says:
    """A detector that says where faces are in the picture of the surroundings, looked at in turn."""

    key, surely_upright = "fake", 0.9

    def __init__(self, *answers: Floats) -> None:
        self._answers = list(answers)
        self.shown = list[Image]()

    def detect(self, image_bgr: Image) -> FaceDetections:
        self.shown.append(image_bgr)
        found = self._answers[len(self.shown) - 1]
        boxes = np.concatenate([found.min(axis=1), found.max(axis=1)], axis=1) if len(found) else np.zeros((0, 4))
        return FaceDetections(boxes.astype(np.float32), found, np.full(len(found), 0.9, np.float32))


NOBODY = np.zeros((0, 5, 2), np.float32)


def surroundings_of(picture: Image, landmarks: Floats) -> tuple[Floats, Floats]:
    """Where landmarks (5, 2) are in the picture that is looked at, and in its mirror image."""
    marked = picture.copy()
    detector = Says(NOBODY, NOBODY)
    placed_by_more_looks(detector, marked, landmarks[None])
    size = 2.45 * float(np.hypot(*(landmarks[3:].mean(axis=0) - landmarks[:2].mean(axis=0))))
    length = round(2.5 * size)
    corner = np.floor(landmarks.mean(axis=0) - length / 2)
    there = ((landmarks - corner) * 160 / length).astype(np.float32)
    mirrored = (np.array([160, 0]) + there[[1, 0, 2, 4, 3]] * np.array([-1, 1])).astype(np.float32)
    return there, mirrored


def test_it_is_the_mean_of_three_looks_one_of_them_in_the_mirror() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    there, mirrored = surroundings_of(picture, FACE)
    detector = Says(there[None] + 3.0, mirrored[None] + np.array([0.0, 3.0], np.float32))
    (placed,) = placed_by_more_looks(detector, picture, FACE[None])
    scale = 160 / round(2.5 * 2.45 * 45.0)
    np.testing.assert_allclose(placed - FACE, np.broadcast_to([1.0 / scale, 2.0 / scale], (5, 2)), atol=1e-3)
    shown, in_the_mirror = detector.shown
    assert shown.shape == (160, 160, 3)
    assert np.array_equal(in_the_mirror, shown[:, ::-1])


def test_what_is_not_found_again_stays_and_a_neighbour_is_not_taken_for_it() -> None:
    picture = np.full((200, 200, 3), 90, np.uint8)
    there, mirrored = surroundings_of(picture, FACE)
    beside = Says(there[None] + np.array([70.0, 0.0], np.float32), NOBODY)
    np.testing.assert_allclose(placed_by_more_looks(beside, picture, FACE[None])[0], FACE, atol=1e-3)
    both = np.stack([there + np.array([70.0, 0.0], np.float32), there])
    np.testing.assert_allclose(
        placed_by_more_looks(Says(both, mirrored[None]), picture, FACE[None])[0], FACE, atol=1e-3
    )


def test_none_too_small_or_at_the_edge() -> None:
    picture, detector = np.full((60, 60, 3), 90, np.uint8), Says(NOBODY, NOBODY)
    assert placed_by_more_looks(detector, picture, NOBODY).shape == (0, 5, 2)
    tiny, broken = FACE * np.float32(0.01), np.full((5, 2), np.nan, np.float32)
    assert np.array_equal(
        placed_by_more_looks(detector, picture, np.stack([tiny, broken])), [tiny, broken], equal_nan=True
    )
    assert not detector.shown
    outside = FACE + np.array([-90.0, 300.0], np.float32)
    np.testing.assert_allclose(placed_by_more_looks(detector, picture, outside[None])[0], outside, atol=1e-3)
    assert not detector.shown[0].any(), "all of it is beyond the picture's edge"


@pytest.mark.parametrize("pixels", [60, 120, 300])
def test_landmarks_of_the_same_face_scatter_less(store: WeightsStore, paint_face: PaintFace, pixels: int) -> None:
    detector, face = make_detector("yunet", "cpu", store), paint_face(pixels)
    random, before, after = np.random.default_rng(0), list[Floats](), list[Floats]()
    for _ in range(24):
        frame = np.full((480, 640, 3), 110.0)
        corner = random.integers(0, (640 - face.shape[1], 480 - face.shape[0]))
        frame[corner[1] : corner[1] + face.shape[0], corner[0] : corner[0] + face.shape[1]] = face
        picture = np.clip(frame + random.normal(0.0, 8.0, frame.shape), 0, 255).astype(np.uint8)
        found = detector.detect(picture).landmarks
        assert len(found) == 1
        before.append(found[0] - corner)
        after.append(placed_by_more_looks(detector, picture, found)[0] - corner)
    scatter = [float(np.std(np.stack(each), axis=0).mean()) for each in (before, after)]
    assert scatter[1] < 0.9 * scatter[0]
