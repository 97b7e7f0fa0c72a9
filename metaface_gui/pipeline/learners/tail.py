"""The adapted tail: turns features [s; v] into the embedding that a learner's own meta-training found.

z = normalise(s + A v) is the embedding of the tail W₀ + A B, since s ∝ BN(W₀ u) and v ∝ B u (`FeatureSpace`). A is
small, so every method can have its own, and inner loops can move it within milliseconds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from metaface_gui.deferred import Tensor, normalize, torch, without_gradients
from metaface_gui.pipeline.feature_space import FeatureSpace

TAIL = "tail.a"
"""Name of A among the meta-parameters."""


def initial_tail(space: FeatureSpace) -> Tensor:
    """Return A = 0 (d, r), with which z is s, the embedding under the stock tail."""
    return torch.zeros(space.embedding_dim, space.projection_dim)


def adapted_embedding(features: Tensor, a: Tensor) -> Tensor:
    """Return z = normalise(s + A v): features (…, d + r) and A (d, r) → (…, d), unit vectors."""
    d = a.shape[0]
    return normalize(features[..., :d] + features[..., d:] @ a.T, dim=-1)


@dataclass(frozen=True, slots=True, eq=False)
class TailClassifier(ABC):
    """An `AdaptedClassifier` in the adapted `tail` (d, r); a method implements what it compares, and how."""

    tail: Tensor

    @property
    def n_way(self) -> int:
        """Number of people that the classifier distinguishes."""
        return len(self.class_vectors())

    @final
    @without_gradients
    def scores(self, features: Tensor) -> Tensor:
        """Score faces against people: (n_query, p) → (n_query, n_way) float32, larger = more alike."""
        return self.compare(self.place(features))

    @final
    @without_gradients
    def embed(self, features: Tensor) -> Tensor:
        """Embed faces in the space where they are compared: (n, p) → (n, d), each of length 1."""
        return normalize(self.place(features), dim=1)

    def place(self, features: Tensor) -> Tensor:
        """Map faces (n, p) to the points (n, d), of any length, that `compare` takes: z, unless overridden."""
        return adapted_embedding(features, self.tail)

    @abstractmethod
    def compare(self, points: Tensor) -> Tensor:
        """Score points (n, d) that `place` returned against people: (n, n_way), as `scores`."""

    @abstractmethod
    def class_vectors(self) -> Tensor:
        """Return each person's representative in that space: (n_way, d) float32, each of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class CosineClassifier(TailClassifier):
    """Scores a face by its cosine to each person's unit row of `head` (n_way, d)."""

    head: Tensor

    def compare(self, points: Tensor) -> Tensor:
        """Return cosines, −1 … 1."""
        return points @ self.head.T

    def class_vectors(self) -> Tensor:
        """Return the head's rows."""
        return self.head
