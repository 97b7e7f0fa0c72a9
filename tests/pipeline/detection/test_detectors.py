"""The contract of `FaceDetector`, over every detector there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import torch

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.detection import DETECTORS, make_detector
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Floats, Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace


@pytest.fixture(scope="module", params=DETECTORS)
def detector(request: pytest.FixtureRequest, store: WeightsStore) -> FaceDetector:
    return make_detector(request.param, torch.device("cpu"), store)


def frame_with(face: Image, *places: tuple[int, int], size: tuple[int, int] = (720, 1280)) -> Image:
    frame = np.full((*size, 3), (120, 115, 110), np.uint8)
    for x, y in places:
        frame[y : y + face.shape[0], x : x + face.shape[1]] = face
    return frame


def test_finds_the_face_and_its_landmarks_in_our_order(
    detector: FaceDetector, paint_face: PaintFace, painted_landmarks: Floats
) -> None:
    frame = frame_with(paint_face(240), (500, 300))
    found = detector.detect(frame)
    assert len(found) == 1
    assert found.confidence[0] > 0.7
    truth = painted_landmarks * 240 + np.array([500, 300])
    assert np.linalg.norm(found.landmarks[0] - truth, axis=1).max() < 0.1 * 240 * 0.55
    x1, y1, x2, y2 = found.boxes_xyxy[0]
    assert (truth > [x1, y1]).all()
    assert (truth < [x2, y2]).all()
    assert 0.35 * 240 < y2 - y1 < 0.8 * 240
    assert found.landmarks.dtype == found.boxes_xyxy.dtype == np.float32


def test_a_40_pixel_face_in_720p_is_found(paint_face: PaintFace, store: WeightsStore) -> None:
    yunet = make_detector("yunet", torch.device("cpu"), store)
    found = yunet.detect(frame_with(paint_face(75), (900, 200)))  # its face is 41 pixels high
    assert len(found) == 1
    assert 30 < found.boxes_xyxy[0, 3] - found.boxes_xyxy[0, 1] < 55


def test_two_faces_are_two(detector: FaceDetector, paint_face: PaintFace) -> None:
    found = detector.detect(frame_with(paint_face(240), (100, 300), (800, 200)))
    assert len(found) == 2
    assert sorted(round(float(x) / 700) for x in found.boxes_xyxy[:, 0]) == [0, 1]


def test_nobody_of_a_crowd_is_cut(paint_face: PaintFace, store: WeightsStore) -> None:
    yunet = make_detector("yunet", torch.device("cpu"), store)
    crowd = np.tile(paint_face(96), (10, 12, 1))  # 120 faces of some 50 pixels
    found = yunet.detect(crowd)
    assert len(found) == 120
    columns = np.floor(found.landmarks[:, 2, 0] / 80)
    rows = np.floor(found.landmarks[:, 2, 1] / 96)
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == 120


@pytest.mark.parametrize("left", [0, 3900, 4480, 5000, 7700])
@pytest.mark.parametrize("is_wide", [True, False])
def test_a_face_anywhere_in_a_panorama_is_found_once(
    detector: FaceDetector, paint_face: PaintFace, left: int, is_wide: bool
) -> None:
    face = paint_face(270)
    panorama = np.full((300, 8000, 3) if is_wide else (8000, 300, 3), (120, 115, 110), np.uint8)
    y, x = (15, left) if is_wide else (left, 15)
    panorama[y : y + face.shape[0], x : x + face.shape[1]] = face
    found = detector.detect(panorama)
    assert len(found) == 1
    x1, y1, x2, y2 = found.boxes_xyxy[0]
    assert x < x1 < x2 < x + face.shape[1]
    assert y < y1 < y2 < y + face.shape[0]
    assert (found.landmarks[0] > [x1, y1]).all()
    assert (found.landmarks[0] < [x2, y2]).all()


def test_no_face_is_none_of_them(detector: FaceDetector) -> None:
    found = detector.detect(np.full((360, 640, 3), 128, np.uint8))
    assert found.boxes_xyxy.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)
    assert found.confidence.shape == (0,)


@pytest.mark.parametrize(
    "shape",
    [
        (1, 1),
        (2, 2),
        (7, 9),
        (1, 640),
        (640, 1),
        (12, 900),
        (1, 3000),
        (3000, 2),
        (31, 33),
        (39, 80),
        (40, 40),
        (41, 50),
    ],
)
def test_pictures_of_any_shape_and_content(detector: FaceDetector, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    for content in (0, 255, None):
        image = np.full((*shape, 3), content or 0, np.uint8)
        if content is None:
            image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        found = detector.detect(image)
        assert (found.boxes_xyxy >= 0).all()
        assert (found.boxes_xyxy <= [shape[1], shape[0], shape[1], shape[0]]).all()


def test_a_huge_picture(paint_face: PaintFace, store: WeightsStore) -> None:
    yunet = make_detector("yunet", torch.device("cpu"), store)
    frame = frame_with(paint_face(1200), (2500, 1000), size=(3000, 4000))
    found = yunet.detect(frame)
    assert len(found) == 1
    assert 0.35 * 1200 < found.boxes_xyxy[0, 3] - found.boxes_xyxy[0, 1] < 0.8 * 1200


def test_grey_dim_and_strided_pictures(detector: FaceDetector, paint_face: PaintFace) -> None:
    frame = frame_with(paint_face(240), (300, 100), size=(400, 640))
    grey = np.repeat(frame.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    assert len(detector.detect(grey)) == 1
    assert len(detector.detect((frame * 0.4).astype(np.uint8))) == 1
    mirrored = detector.detect(frame[:, ::-1])
    assert len(mirrored) == 1
    assert mirrored.landmarks[0, 0, 0] < mirrored.landmarks[0, 1, 0], "the image-left eye comes first"


def test_the_picture_is_not_changed(detector: FaceDetector, paint_face: PaintFace) -> None:
    frame = frame_with(paint_face(240), (300, 100), size=(400, 640))
    before = frame.copy()
    detector.detect(frame)
    assert (frame == before).all()


def test_sizes_may_alternate(detector: FaceDetector, paint_face: PaintFace) -> None:
    small = frame_with(paint_face(200), (50, 50), size=(300, 300))
    large = frame_with(paint_face(240), (500, 300))
    first = detector.detect(small)
    detector.detect(large)
    again = detector.detect(small)
    np.testing.assert_allclose(first.boxes_xyxy, again.boxes_xyxy)


def test_what_may_be_a_face_is_found_beside_the_same_faces(detector: FaceDetector, paint_face: PaintFace) -> None:
    """Of a face that is far out of focus YuNet is not sure; MTCNN says nothing of what it is not sure of."""
    frame = frame_with(paint_face(240), (60, 100), size=(480, 900))
    frame[100:340, 600:800] = cv2.GaussianBlur(paint_face(240), (0, 0), 16.0)
    faces, found = detector.detect(frame), detector.detect_faint(frame)
    np.testing.assert_array_equal(found.faces.boxes_xyxy, faces.boxes_xyxy)
    np.testing.assert_array_equal(found.faces.landmarks, faces.landmarks)
    assert len(faces) == 1
    if detector.key == "yunet":
        assert (found.faint.boxes_xyxy[:, 0] > 500).all()
        assert len(found.faint) == 1
        assert 0.5 <= found.faint.confidence[0] < 0.7
    else:
        assert len(found.faint) == 0


def test_the_registry(store: WeightsStore, detector: FaceDetector) -> None:
    assert DETECTORS[0] == RecognitionSettings().detector
    assert detector.key in DETECTORS
    with pytest.raises(WeightsError, match="Choose one of: yunet, mtcnn"):
        make_detector("haar", torch.device("cpu"), store)


def test_threads_may_call_at_the_same_time(detector: FaceDetector, paint_face: PaintFace) -> None:
    frames = [frame_with(paint_face(side), (60, 20), size=(side + 60, side + 160)) for side in (120, 150, 200, 240)]
    alone = [detector.detect(frame) for frame in frames]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detector.detect, frames * 5))
    for expected, found in zip(alone * 5, together, strict=True):
        assert np.array_equal(found.boxes_xyxy, expected.boxes_xyxy)
        assert np.array_equal(found.landmarks, expected.landmarks)
