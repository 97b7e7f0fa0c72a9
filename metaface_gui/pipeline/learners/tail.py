"""The adapted tail: how a learner turns features [s; v] into the embedding that its own meta-training found.

z = normalise(s + A v) is the embedding of the tail W₀ + A B, since s ∝ BN(W₀ u) and v ∝ B u (`FeatureSpace`). A is
small, so every method has its own, and inner loops move it within milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, normalize, torch, without_gradients
from metaface_gui.pipeline.feature_space import FeatureSpace

TAIL = "tail.a"
"""Name of A among the meta-parameters."""


def initial_tail(space: FeatureSpace) -> Tensor:
    """A = 0 (d, r): z is s, the embedding under the stock tail."""
    return torch.zeros(space.embedding_dim, space.projection_dim)


def adapted_embedding(features: Tensor, a: Tensor) -> Tensor:
    """z = normalise(s + A v): features (…, d + r) and A (d, r) → (…, d), unit vectors."""
    d = a.shape[0]
    return normalize(features[..., :d] + features[..., d:] @ a.T, dim=-1)


@dataclass(frozen=True, slots=True, eq=False)
class CosineClassifier:
    """Scores a face by its cosine to each person's unit row of `head` (n_way, d), in the adapted `tail` (d, r)."""

    head: Tensor
    tail: Tensor

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""
        return len(self.head)

    @without_gradients
    def scores(self, features: Tensor) -> Tensor:
        """(n_query, p) → (n_query, n_way) float32, larger = more alike, −1 … 1."""
        return self.embed(features) @ self.head.T

    @without_gradients
    def embed(self, features: Tensor) -> Tensor:
        """z in that tail: (n, p) → (n, d), each of length 1."""
        return adapted_embedding(features, self.tail)

    def class_vectors(self) -> Tensor:
        """The head's rows: (n_way, d), each of length 1."""
        return self.head
