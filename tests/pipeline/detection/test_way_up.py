from __future__ import annotations

import numpy as np
import pytest
import torch

from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.chip import Chip, chip
from metaface_gui.pipeline.detection.way_up import (
    boxes_back,
    find_upright,
    is_upside_down,
    landmarks_back,
    upright_chip,
)
from metaface_gui.types import FaceDetection, FaceDetections, Floats, Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace


@pytest.fixture
def yunet(store: WeightsStore) -> FaceDetector:
    # To the digit: landmarks are compared pixel by pixel, and in bfloat16 many lie between two of them.
    return make_detector("yunet", torch.device("cpu"), store, is_exact=True)


def portrait(paint_face: PaintFace) -> Image:
    picture = np.full((500, 700, 3), (120, 115, 110), np.uint8)
    face = paint_face(300)
    picture[60 : 60 + face.shape[0], 100 : 100 + face.shape[1]] = face
    return picture


@pytest.mark.parametrize("turns", range(4))
def test_a_picture_is_turned_upright_and_its_faces_are_told_as_it_lies(
    yunet: FaceDetector, paint_face: PaintFace, painted_landmarks: Floats, turns: int
) -> None:
    upright = portrait(paint_face)
    lying = np.ascontiguousarray(np.rot90(upright, turns))
    found = find_upright(yunet, lying)
    assert (found.quarter_turns + turns) % 4 == 0
    np.testing.assert_array_equal(found.image_bgr, upright)
    assert len(found.detections) == 1
    truth = painted_landmarks * 300 + np.array([100, 60])
    assert np.linalg.norm(found.detections.landmarks[0] - truth, axis=1).max() < 20

    # As the picture lies, the same pixels are under eyes, nose, mouth and in the box.
    (there,) = landmarks_back(found.detections.landmarks, found).round().astype(int)
    (here,) = found.detections.landmarks.round().astype(int)
    assert [lying[y, x].tolist() for x, y in there] == [upright[y, x].tolist() for x, y in here]
    x1, y1, x2, y2 = boxes_back(found.detections.boxes_xyxy.round(), found)[0].astype(int)
    left, top, right, bottom = found.detections.boxes_xyxy[0].round().astype(int)
    np.testing.assert_array_equal(np.rot90(lying[y1:y2, x1:x2], -turns), upright[top:bottom, left:right])


def test_a_picture_without_a_face_stays_as_it_is(yunet: FaceDetector) -> None:
    wall = np.full((300, 400, 3), 128, np.uint8)
    found = find_upright(yunet, wall)
    assert found.image_bgr is wall
    assert len(found.detections) == 0


class Sure(FaceDetector):
    """Finds one face in pictures that are higher than wide, with the confidence that is next; counts its searches."""

    key = "sure"
    surely_upright = 0.9

    def __init__(self, *confidences: float) -> None:
        self.confidences = list(confidences)

    def detect(self, image_bgr: Image) -> FaceDetections:
        confidence = self.confidences.pop(0)
        boxes, points = np.zeros((1, 4), np.float32), np.zeros((1, 5, 2), np.float32)
        return FaceDetections(boxes, points, np.array([confidence], np.float32))


def test_where_the_face_is_sure_nothing_else_is_tried() -> None:
    detector = Sure(0.95)
    assert find_upright(detector, np.zeros((2, 3, 3), np.uint8)).quarter_turns == 0
    assert detector.confidences == []


@pytest.mark.parametrize(
    ("confidences", "turns"),
    [
        ((0.85, 0.7, 0.93, 0.7), 2),
        ((0.85, 0.7, 0.851, 0.7), 0),  # no surer than chance makes it
        ((0.5, 0.7, 0.75, 0.7), 0),  # a doubtful face that is not there as the picture is
        ((0.7, 0.85, 0.7, 0.93), 3),
    ],
)
def test_the_way_up_with_the_surest_face_wins(confidences: tuple[float, ...], turns: int) -> None:
    assert find_upright(Sure(*confidences), np.zeros((2, 3, 3), np.uint8)).quarter_turns == turns


def test_a_face_on_its_head_is_told_from_one_that_stands(yunet: FaceDetector, paint_face: PaintFace) -> None:
    upright = portrait(paint_face)
    for picture, wanted in ((upright, False), (np.ascontiguousarray(upright[::-1, ::-1]), True)):
        (face,) = yunet.detect(picture)
        assert is_upside_down(yunet, chip(picture, face).image_bgr, 0.0) is wanted


@pytest.mark.parametrize("turns", range(4))
def test_a_chip_is_turned_until_the_eyes_are_above_the_mouth(
    paint_face: PaintFace, painted_landmarks: Floats, turns: int
) -> None:
    picture = paint_face(300)
    upright = chip(picture, FaceDetection(np.array([60, 70, 190, 240], np.float32), painted_landmarks * 300, 0.9))
    # The same chip as it lies in a turned picture: where its points are there is what `upright_chip` has to undo.
    lying = np.ascontiguousarray(np.rot90(upright.image_bgr, turns))
    height, width = upright.image_bgr.shape[:2]
    points, corners = upright.landmarks, upright.box_xyxy.reshape(2, 2)
    for _ in range(turns):
        points = np.stack([points[:, 1], width - 1 - points[:, 0]], axis=1)
        corners = np.stack([corners[:, 1], width - corners[:, 0]], axis=1)
        height, width = width, height
    box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    turned = upright_chip(Chip(lying, points.astype(np.float32), box.astype(np.float32)))
    np.testing.assert_array_equal(turned.image_bgr, upright.image_bgr)
    np.testing.assert_allclose(turned.landmarks, upright.landmarks, atol=1e-3)
    np.testing.assert_allclose(turned.box_xyxy, upright.box_xyxy, atol=1e-3)
