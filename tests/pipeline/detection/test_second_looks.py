"""A face's landmarks are the mean of what several looks at it say."""

from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.second_looks import LOOK_SIDE, placed_by_more_looks
from metaface_gui.types import FaceDetections, Floats, Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace

FACE = np.array([[40, 40], [80, 40], [60, 60], [45, 85], [75, 85]], np.float32)


class Says(FaceDetector):
    """A detector that says where faces are in what it is shown."""

    key, surely_upright = "fake", 0.9

    def __init__(self, *landmarks: Floats) -> None:
        self._found = np.asarray(landmarks, np.float32).reshape(-1, 5, 2)
        self.shown = list[Image]()

    def detect(self, image_bgr: Image) -> FaceDetections:
        self.shown.append(image_bgr)
        boxes = np.concatenate([self._found.min(axis=1), self._found.max(axis=1)], axis=1)
        return FaceDetections(boxes, self._found, np.full(len(self._found), 0.9, np.float32))


def looked_for(landmarks: Floats, row: int = 0) -> tuple[Floats, Floats]:
    """Where a face's landmarks (5, 2) are in the look at it, and in the one in the mirror to the right of that."""
    length = round(2.5 * 2.45 * float(np.hypot(*(landmarks[3:].mean(axis=0) - landmarks[:2].mean(axis=0)))))
    corner = np.floor(landmarks.mean(axis=0) - length / 2)
    there = ((landmarks - corner) * LOOK_SIDE / length).astype(np.float32)
    mirrored = (np.array([2 * LOOK_SIDE, 0]) + there[[1, 0, 2, 4, 3]] * np.array([-1, 1])).astype(np.float32)
    down = np.array([0, row * LOOK_SIDE], np.float32)
    return there + down, mirrored + down


RIGHT, DOWN, BESIDE = (np.array(step, np.float32) for step in ((3, 0), (0, 3), (70, 0)))
SCALE = LOOK_SIDE / round(2.5 * 2.45 * 45.0)


def test_it_is_the_mean_of_three_looks_one_of_them_in_the_mirror() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    there, mirrored = looked_for(FACE)
    detector = Says(there + RIGHT + RIGHT, mirrored + RIGHT + DOWN)
    (placed,) = placed_by_more_looks(detector, picture, FACE[None])
    np.testing.assert_allclose(placed - FACE, np.broadcast_to([1.0 / SCALE, 1.0 / SCALE], (5, 2)), atol=1e-3)
    (sheet,) = detector.shown
    assert sheet.shape == (LOOK_SIDE, 2 * LOOK_SIDE, 3)
    assert np.array_equal(sheet[:, LOOK_SIDE:], sheet[:, LOOK_SIDE - 1 :: -1])


def test_several_faces_are_looked_at_together_and_each_is_placed_by_its_own_looks() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (200, 1200, 3), np.uint8)
    faces = np.stack([FACE + np.array([130.0 * number, 0.0], np.float32) for number in range(8)])
    rows = [number % 6 for number in range(8)]
    detector = Says(
        *(looked_for(face, row)[0] + np.float32(row / 3) * DOWN for face, row in zip(faces, rows, strict=True))
    )
    placed = placed_by_more_looks(detector, picture, faces)
    assert [sheet.shape[0] for sheet in detector.shown] == [6 * LOOK_SIDE, 2 * LOOK_SIDE]
    for face, there, row in zip(faces, placed, rows, strict=True):
        np.testing.assert_allclose(there - face, np.broadcast_to([0.0, 0.5 * row / SCALE], (5, 2)), atol=1e-3)


def test_what_is_not_found_again_stays_and_a_neighbour_is_not_taken_for_it() -> None:
    picture = np.full((200, 200, 3), 90, np.uint8)
    there, mirrored = looked_for(FACE)
    assert np.array_equal(placed_by_more_looks(Says(), picture, FACE[None])[0], FACE)
    assert np.array_equal(placed_by_more_looks(Says(there + BESIDE), picture, FACE[None])[0], FACE)
    both = Says(there + BESIDE, there, mirrored)
    np.testing.assert_allclose(placed_by_more_looks(both, picture, FACE[None])[0], FACE, atol=1e-3)


def test_none_too_small_too_large_or_at_the_edge() -> None:
    picture, detector = np.full((120, 120, 3), 90, np.uint8), Says()
    assert placed_by_more_looks(detector, picture, np.zeros((0, 5, 2), np.float32)).shape == (0, 5, 2)
    odd = np.stack([FACE * np.float32(0.01), FACE * np.float32(9e3), np.full((5, 2), np.nan, np.float32)])
    assert np.array_equal(placed_by_more_looks(detector, picture, odd), odd, equal_nan=True)
    assert not detector.shown
    outside = FACE + np.array([-90.0, 300.0], np.float32)
    assert np.array_equal(placed_by_more_looks(detector, picture, outside[None])[0], outside)
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
