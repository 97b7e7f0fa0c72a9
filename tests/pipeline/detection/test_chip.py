from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from metaface_gui.pipeline.detection.align import TEMPLATE_SIZES, align
from metaface_gui.pipeline.detection.chip import DEFAULT_MAX_SIDE, chip
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.types import FaceDetection, Floats, Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace


def in_frame(face: Image, landmarks: Floats, x: int, y: int) -> tuple[Image, FaceDetection]:
    """Put the painted picture into a 720p frame of noise; true landmarks and box."""
    frame = np.random.default_rng(0).integers(80, 160, (720, 1280, 3)).astype(np.uint8)
    frame = cv2.GaussianBlur(frame, (0, 0), 2).astype(np.uint8)
    height, width = face.shape[:2]
    frame[y : y + height, x : x + width] = face[: 720 - y, : 1280 - x]
    points = (landmarks * height + [x, y]).astype(np.float32)
    low, high = points.min(axis=0), points.max(axis=0)
    spread = high - low
    box = np.concatenate([low - 0.5 * spread, high + 0.5 * spread]).astype(np.float32)
    return frame, FaceDetection(np.clip(box, 0, [1280, 720, 1280, 720]).astype(np.float32), points, 0.9)


@pytest.mark.parametrize("height", [90, 200, 600])
@pytest.mark.parametrize("size", TEMPLATE_SIZES)
def test_aligning_from_the_chip_is_aligning_from_the_frame(
    height: int, size: int, paint_face: PaintFace, painted_landmarks: Floats
) -> None:
    frame, detection = in_frame(paint_face(height), painted_landmarks, 300, 60)
    cut = chip(frame, detection)
    from_frame = align(frame, detection.landmarks[None], size)[0].astype(int)
    from_chip = align(cut.image_bgr, cut.landmarks[None], size)[0].astype(int)
    # A chip that needed no reduction holds the very pixels; a reduced one is smoother.
    assert np.abs(from_frame - from_chip).mean() < (0.1 if height < 200 else 2.5)


def test_the_embedding_from_the_chip_is_the_embedding_from_the_frame(
    paint_face: PaintFace, painted_landmarks: Floats, store: WeightsStore
) -> None:
    sface = make_embedder("sface", torch.device("cpu"), store)

    def embed(image: Image, landmarks: Floats) -> torch.Tensor:
        return sface.embed(torch.from_numpy(align(image, landmarks[None], 112)).permute(0, 3, 1, 2))[0]

    for height, least in ((120, 0.999), (600, 0.95)):
        frame, detection = in_frame(paint_face(height), painted_landmarks, 300, 60)
        cut = chip(frame, detection)
        assert embed(frame, detection.landmarks) @ embed(cut.image_bgr, cut.landmarks) > least


def test_a_chip_is_bounded_and_holds_the_box(paint_face: PaintFace, painted_landmarks: Floats) -> None:
    frame, detection = in_frame(paint_face(600), painted_landmarks, 300, 60)
    cut = chip(frame, detection)
    assert max(cut.image_bgr.shape[:2]) == DEFAULT_MAX_SIDE
    height, width = cut.image_bgr.shape[:2]
    assert (cut.box_xyxy >= 0).all()
    assert (cut.box_xyxy <= [width, height, width, height]).all()
    assert (cut.landmarks > cut.box_xyxy[:2]).all()
    assert (cut.landmarks < cut.box_xyxy[2:]).all()
    assert max(chip(frame, detection, max_side=64).image_bgr.shape[:2]) == 64


def test_a_chip_is_a_copy(paint_face: PaintFace, painted_landmarks: Floats) -> None:
    frame, detection = in_frame(paint_face(120), painted_landmarks, 300, 60)
    cut = chip(frame, detection)
    before = cut.image_bgr.copy()
    frame[:] = 0
    assert (cut.image_bgr == before).all()


def test_a_face_half_out_of_the_picture_keeps_its_black_beyond(
    paint_face: PaintFace, painted_landmarks: Floats
) -> None:
    frame, detection = in_frame(paint_face(300), painted_landmarks, 1150, 450)
    cut = chip(frame, detection, max_side=1000)
    np.testing.assert_allclose(
        align(cut.image_bgr, cut.landmarks[None], 112)[0],
        align(frame, detection.landmarks[None], 112)[0],
        atol=16,  # interpolation weights have five bits, and the origin differs
    )


def test_a_face_outside_of_the_picture_is_refused(paint_face: PaintFace, painted_landmarks: Floats) -> None:
    frame, detection = in_frame(paint_face(120), painted_landmarks, 300, 60)
    far = FaceDetection(detection.box_xyxy + 5000, detection.landmarks + 5000, 0.9)
    with pytest.raises(ValueError, match="outside"):
        chip(frame, far)
