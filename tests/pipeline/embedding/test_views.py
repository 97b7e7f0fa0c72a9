"""A face and its mirror image as one: what their mean is, either of them, and that nothing but finite numbers pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of, features_of_both, mirrored_where
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import Floats, Image

_SIDE, _D, _R = 6, 4, 3
_SPACE = FeatureSpace(_D, _R)

Look = Callable[[FaceEmbedder, Image], Floats]


@dataclass
class LinearEmbedder:
    """Before they are normalised, embeddings are W times the pixels; v is B times the pixels, and the last 1.

    `seen` are the crops that it was given, in order.
    """

    space: FeatureSpace = _SPACE
    id: str = "linear"
    key: str = "linear"
    crop_size: int = _SIDE
    embedding_dim: int = _D
    device: str = "cpu"
    seen: list[Image] = field(default_factory=list)

    def embedded(self, crops_rgb: Image) -> Floats:
        """Rows (n, d + r) of [W u; B u; 1], not normalised."""
        weight = np.random.default_rng(0).normal(size=(_D + _R - 1, _SIDE * _SIDE * 3)) * 0.01
        linear = crops_rgb.reshape(len(crops_rgb), _SIDE * _SIDE * 3) @ weight.T
        return np.asarray(np.concatenate([linear, np.ones((len(crops_rgb), 1))], axis=1), np.float32)

    def features_of(self, crops_rgb: Image) -> Floats:
        """As an embedder's: normalised by the length of the first d, cut to what its space holds."""
        assert crops_rgb.flags.c_contiguous  # OpenVINO reads the memory as it lies
        self.seen += [*crops_rgb]
        return _normalised(self.embedded(crops_rgb))[:, : self.space.feature_dim]

    def features(self, crops_rgb: Tensor) -> Tensor:
        """The same, of (n, 3, s, s)."""
        return torch.from_numpy(self.features_of(np.ascontiguousarray(crops_rgb.permute(0, 2, 3, 1).numpy())))


def _normalised(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows[:, :_D], axis=1, keepdims=True), np.float32)


def _crops(lengths: list[float]) -> Image:
    """Random faces of about those lengths under `LinearEmbedder`."""
    raw = np.random.default_rng(1).integers(40, 256, (len(lengths), _SIDE, _SIDE, 3), np.uint8)
    now = np.linalg.norm(LinearEmbedder().embedded(raw)[:, :_D], axis=1)
    return np.asarray(raw * (np.asarray(lengths) / now)[:, None, None, None], np.uint8)


def test_both_views_are_the_mean_of_what_the_network_says_of_them() -> None:
    embedder, crops = LinearEmbedder(), _crops([2.0, 3.0, 1.0])
    both = embedder.embedded(crops) + embedder.embedded(crops[:, :, ::-1])
    np.testing.assert_allclose(features_of_both(embedder, crops), _normalised(both), rtol=1e-4)


def test_a_face_and_its_mirror_image_are_alike_in_both_views() -> None:
    crops = _crops([2.0, 3.0, 1.0])
    mirrored = np.ascontiguousarray(crops[:, :, ::-1])
    there, back = (features_of_both(LinearEmbedder(), pictures) for pictures in (crops, mirrored))
    np.testing.assert_allclose(there, back, rtol=1e-4)
    one, other = features_of(LinearEmbedder(), crops), features_of(LinearEmbedder(), mirrored)
    assert not np.allclose(one, other, rtol=0.1)


def test_an_embedder_without_projection_sees_the_crops_alone() -> None:
    embedder, crops = LinearEmbedder(space=FeatureSpace(_D)), _crops([1.0, 2.0])
    np.testing.assert_array_equal(features_of_both(embedder, crops), _normalised(embedder.embedded(crops))[:, :_D])
    assert len(embedder.seen) == 2


@pytest.mark.parametrize("look", [features_of, features_of_both])
def test_of_no_faces_there_are_no_features(look: Look) -> None:
    assert look(LinearEmbedder(), np.zeros((0, _SIDE, _SIDE, 3), np.uint8)).shape == (0, _D + _R)


def test_crops_are_mirrored_where_that_is_said() -> None:
    crops = _crops([1.0, 2.0, 3.0, 4.0])
    seen = mirrored_where(np.array([False, True, False, True]), crops)
    assert seen.flags.c_contiguous
    np.testing.assert_array_equal(seen[[0, 2]], crops[[0, 2]])
    np.testing.assert_array_equal(seen[[1, 3]], crops[[1, 3], :, ::-1])
    assert mirrored_where(np.zeros(0, bool), crops[:0]).shape == (0, _SIDE, _SIDE, 3)


class BrokenEmbedder(LinearEmbedder):
    """As from a broken card: mirror images come out as nothing that is a number."""

    def features_of(self, crops_rgb: Image) -> Floats:
        """Not a number from the second call on."""
        is_first = not self.seen
        return super().features_of(crops_rgb) * np.float32(1.0 if is_first else np.nan)


def test_what_is_not_finite_does_not_pass() -> None:
    crops, embedder = _crops([2.0]), BrokenEmbedder()
    with pytest.raises(ArithmeticError, match="linear gave values that are not finite"):
        features_of_both(embedder, crops)
    with pytest.raises(ArithmeticError, match="linear gave values that are not finite"):
        features_of(embedder, crops)
