"""The moved tail: how a learner turns features [s; v] into the embedding that its own meta-training found.

z = normalise(s + A v) is the embedding of the tail W₀ + A B, since s ∝ BN(W₀ u) and v ∝ B u (`FeatureSpace`). A is
small, so every method has its own, and inner loops move it within milliseconds.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.feature_space import FeatureSpace

TAIL = "tail.a"
"""Name of A among the meta-parameters."""


def initial_tail(space: FeatureSpace) -> Tensor:
    """A = 0 (d, r): z is s, the embedding under the stock tail."""
    return torch.zeros(space.embedding_dim, space.projection_dim)


def moved(features: Tensor, a: Tensor) -> Tensor:
    """z = normalise(s + A v): features (…, d + r) and A (d, r) → (…, d), unit vectors."""
    d = a.shape[0]
    return normalize(features[..., :d] + features[..., d:] @ a.T, dim=-1)
