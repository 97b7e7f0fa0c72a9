from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from metaface_gui.pipeline.detection.align import (
    TEMPLATE_SIZES,
    align,
    crop_transforms,
    similarity_transforms,
    template_of,
)
from metaface_gui.types import Floats
from tests.pipeline.conftest import PaintFace

ARCFACE = template_of(112).points.astype(np.float32)


def apply(matrix: object, points: object) -> NDArray[np.float64]:
    """Map points (n, 2) by an affine matrix (2, 3)."""
    m, p = np.asarray(matrix, np.float64), np.asarray(points, np.float64)
    return np.asarray(p @ m[:, :2].T + m[:, 2], np.float64)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.05, 20.0), st.floats(-np.pi, np.pi), st.floats(-500, 500), st.floats(-500, 500), st.integers(0, 2**31)
)
def test_a_similarity_is_recovered_exactly(scale: float, angle: float, dx: float, dy: float, seed: int) -> None:
    target = np.random.default_rng(seed).normal(50, 20, (5, 2))
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = ((target - [dx, dy]) @ rotation).astype(np.float32)  # so that the way back is a similarity
    matrix = similarity_transforms(source[None], target)[0]
    np.testing.assert_allclose(apply(matrix, source.astype(np.float64)), target, atol=0.02)


def umeyama(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The paper's own solution by singular value decomposition, equations 40 to 42."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    covariance = (target - target_mean).T @ (source - source_mean) / len(source)
    u, d, vt = np.linalg.svd(covariance)
    s = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = u @ np.diag(s) @ vt
    scale = (d * s).sum() / ((source - source_mean) ** 2).sum(axis=1).mean()
    return np.column_stack([scale * rotation, target_mean - scale * rotation @ source_mean])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31))
def test_agrees_with_umeyamas_solution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    source, target = rng.normal(100, 30, (5, 2)).astype(np.float32), rng.normal(50, 20, (5, 2))
    matrix = similarity_transforms(source[None], target)[0]
    np.testing.assert_allclose(matrix, umeyama(source.astype(np.float64), target), atol=1e-9)


def test_no_other_similarity_is_nearer() -> None:
    rng = np.random.default_rng(3)
    source, target = rng.normal(100, 30, (5, 2)).astype(np.float32), rng.normal(50, 20, (5, 2))
    matrix = similarity_transforms(source[None], target)[0]

    def error(p: NDArray[np.float64]) -> float:
        other = np.array([[p[0], -p[1], p[2]], [p[1], p[0], p[3]]])
        return float(((apply(other, source) - target) ** 2).sum())

    found = error(np.array([matrix[0, 0], matrix[1, 0], matrix[0, 2], matrix[1, 2]]))
    assert found <= minimize(error, np.array([1.0, 0.0, 0.0, 0.0])).fun + 1e-6


def test_several_faces_at_once_are_as_one_by_one() -> None:
    faces = np.random.default_rng(0).normal(100, 30, (4, 5, 2)).astype(np.float32)
    together = crop_transforms(faces, 160)
    for face, matrix in zip(faces, together, strict=True):
        np.testing.assert_allclose(crop_transforms(face[None], 160)[0], matrix)


def in_life(size: int) -> NDArray[np.float64]:
    """The template's points as they lie in an unstretched face, middle kept."""
    template = template_of(size)
    return (template.points - [size / 2, 0]) / [template.stretch, 1] + [size / 2, 0]


@pytest.mark.parametrize("size", TEMPLATE_SIZES)
def test_a_face_of_the_templates_proportions_lands_on_it(size: int) -> None:
    face = (in_life(size) * 3.0 + [100, 50]).astype(np.float32)
    np.testing.assert_allclose(apply(crop_transforms(face[None], size)[0], face), template_of(size).points, atol=1e-4)


def test_a_face_that_already_lies_on_the_template_is_only_cut_out() -> None:
    image = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    crops = align(image, ARCFACE[None], 112)
    assert crops.shape == (1, 112, 112, 3)
    assert crops.dtype == np.uint8
    # Within one step: the template's rounding to float32 shifts the crop by a millionth of a pixel.
    assert np.abs(crops[0].astype(int) - image[:, :, ::-1]).max() <= 8
    assert np.abs(crops[0].astype(int) - image[:, :, ::-1]).mean() < 0.5


def test_crops_are_rgb() -> None:
    blue = np.zeros((200, 200, 3), np.uint8)
    blue[..., 0] = 255
    crop = align(blue, (ARCFACE + 40)[None], 112)[0]
    assert (crop == [0, 0, 255]).all()


def test_beyond_the_picture_is_black() -> None:
    white = np.full((60, 60, 3), 255, np.uint8)
    crop = align(white, ARCFACE[None], 112)[0]
    assert (crop[:59, :59] == 255).all()
    assert (crop[61:] == 0).all()


@pytest.mark.parametrize("size", TEMPLATE_SIZES)
def test_eyes_land_on_the_template_however_the_face_is_turned(
    size: int, paint_face: PaintFace, painted_landmarks: Floats
) -> None:
    import cv2

    picture = paint_face(480)
    upright = align(picture, (painted_landmarks * 480)[None], size)[0]
    turn = cv2.getRotationMatrix2D((200, 260), 30, 0.8)
    turned = cv2.warpAffine(picture, turn, (400, 480), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    landmarks = apply(turn, painted_landmarks * 480).astype(np.float32)
    again = align(turned, landmarks[None], size)[0]
    middle = slice(size // 4, size * 3 // 4)
    difference = np.abs(upright[middle, middle].astype(int) - again[middle, middle])
    assert difference.mean() < 4


def test_no_faces_are_no_crops() -> None:
    assert align(np.zeros((9, 9, 3), np.uint8), np.zeros((0, 5, 2), np.float32), 112).shape == (0, 112, 112, 3)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_landmarks_that_are_not_finite_are_refused(bad: float) -> None:
    landmarks = ARCFACE[None].copy()
    landmarks[0, 2, 1] = bad
    with pytest.raises(ValueError, match="finite"):
        align(np.zeros((9, 9, 3), np.uint8), landmarks, 112)


def test_landmarks_that_coincide_are_refused() -> None:
    with pytest.raises(ValueError, match="coincide"):
        align(np.zeros((9, 9, 3), np.uint8), np.full((1, 5, 2), 3.0, np.float32), 112)


def test_a_size_nobody_was_trained_on_is_refused() -> None:
    with pytest.raises(ValueError, match="112 and for 160"):
        template_of(224)
