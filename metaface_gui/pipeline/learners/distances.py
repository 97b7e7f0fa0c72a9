"""Distances between points, as metric learners use them. A distance is never a similarity: 0 is the same point.

The base class validates; a subclass writes only the mathematics.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, final

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.learners.losses import membership


class Distance(ABC):
    """A way to say how far apart two points are. Instances are immutable."""

    key: ClassVar[str]
    """Name in settings."""

    def fitted_to(self, support: SupportSet) -> Distance:  # noqa: ARG002 - for those that learn from the shots
        """Return the distance that suits a support set; most need nothing from it and return themselves."""
        return self

    @final
    def between(self, points: Tensor, others: Tensor) -> Tensor:
        """Distances (n, m) ≥ 0 of each of `points` (n, d) to each of `others` (m, d), float32.

        Raises:
            ValueError: if the shapes do not fit each other.
        """
        if points.ndim != 2 or others.ndim != 2 or points.shape[1] != others.shape[1]:
            raise ValueError(f"want (n, d) and (m, d), got {tuple(points.shape)} and {tuple(others.shape)}")
        return self.apart(self.whitened(points), self.whitened(others))

    @final
    def apart(self, points: Tensor, others: Tensor) -> Tensor:
        """`between` of points that are `whitened` already."""
        return self._between(points, others).clamp_min(0.0)

    def score(self, distance: Tensor) -> Tensor:
        """Turn distances into raw scores, larger = more alike; the negative distance unless the field has a habit."""
        return -distance

    def whitened(self, points: Tensor) -> Tensor:
        """Points (n, d) where this distance is the plain one between them, of lengths or of angles: (n, d)."""
        return points

    @abstractmethod
    def _between(self, points: Tensor, others: Tensor) -> Tensor:
        """As `apart`; rounding may leave values a little below zero."""


class SquaredEuclidean(Distance):
    """‖x − y‖², the Bregman divergence for which the class mean is the best prototype (Snell 2017, section 2.3)."""

    key = "euclidean"

    def _between(self, points: Tensor, others: Tensor) -> Tensor:
        # Expanded, ‖x‖² − 2xᵀy + ‖y‖², it is one matrix product, however many people there are.
        return points.square().sum(1, keepdim=True) - 2.0 * points @ others.T + others.square().sum(1)


class CosineDistance(Distance):
    """1 − cos(x, y), in 0 … 2. Its score is the cosine itself, the number everybody in face recognition knows."""

    key = "cosine"

    def _between(self, points: Tensor, others: Tensor) -> Tensor:
        return 1.0 - normalize(points) @ normalize(others).T

    def score(self, distance: Tensor) -> Tensor:
        """Cosine similarity, −1 … 1."""
        return 1.0 - distance


class SquaredMahalanobis(SquaredEuclidean):
    """(x − y)ᵀ Σ⁻¹ (x − y), with one covariance Σ of the shots about their class means, shared by all people.

    A gallery has far fewer shots than dimensions, so Σ is shrunk towards a multiple of the identity by the Oracle
    Approximating Shrinkage of Chen, Wiesel, Eldar and Hero (IEEE TSP 2010, equation 23), which refines Ledoit–Wolf for
    few samples. With one shot a person nothing is known of the spread: Σ = I, and the distance is the Euclidean one.
    """

    key = "mahalanobis"

    def __init__(self, whitening: Tensor | None = None) -> None:
        """`whitening` is W (d, d) with WᵀW = Σ⁻¹; None is the identity."""
        self._whitening = whitening

    def fitted_to(self, support: SupportSet) -> SquaredMahalanobis:
        """Return the distance under the shrunk covariance of these shots."""
        covariance = shrunk_shared_covariance(support)
        lower = torch.linalg.cholesky(covariance)
        identity = torch.eye(len(lower), dtype=lower.dtype, device=lower.device)
        return SquaredMahalanobis(torch.linalg.solve_triangular(lower, identity, upper=False))

    def whitened(self, points: Tensor) -> Tensor:
        """Whitened, W x."""
        return points if self._whitening is None else points @ self._whitening.T


def class_means(support: SupportSet) -> Tensor:
    """Mean of each person's shots: (n_way, p)."""
    sums = support.features.new_zeros(support.n_way, support.features.shape[1])
    sums.index_add_(0, support.labels, support.features)
    counts = torch.bincount(support.labels, minlength=support.n_way)
    return sums / counts.to(sums.dtype)[:, None]


def prototypes(embeddings: Tensor, labels: Tensor, n_way: int) -> Tensor:
    """Directions of the people's means, (n, d) with labels (n,) → (n_way, d), for cosines; `torch.func` can go through
    it. A `STRANGER` is nobody's."""
    return normalize(membership(labels, n_way).to(embeddings.dtype).T @ embeddings, dim=-1)


def shrunk_shared_covariance(support: SupportSet) -> Tensor:
    """Covariance (p, p) of the shots about their class means, shrunk; the identity if all shots equal their means."""
    dimension = support.features.shape[1]
    residuals = support.features - class_means(support)[support.labels]
    freedom = len(residuals) - support.n_way
    identity = torch.eye(dimension, dtype=residuals.dtype, device=residuals.device)
    if freedom == 0:
        return identity
    sample = residuals.T @ residuals / freedom
    variance = sample.trace() / dimension
    if float(variance) <= torch.finfo(sample.dtype).tiny:
        return identity
    trace_of_square, square_of_trace = sample.square().sum(), sample.trace().square()
    numerator = (1.0 - 2.0 / dimension) * trace_of_square + square_of_trace
    denominator = (freedom + 1.0 - 2.0 / dimension) * (trace_of_square - square_of_trace / dimension)
    # A sample that is already a multiple of the identity has denominator 0 and may be shrunk all the way.
    intensity = torch.where(denominator > 0.0, numerator / denominator, 1.0).clamp(0.0, 1.0)
    # Rounding must not leave the matrix singular when many shots repeat a few directions.
    intensity = intensity.clamp_min(1e-3)
    return (1.0 - intensity) * sample + intensity * variance * identity


DISTANCES: tuple[type[Distance], ...] = (CosineDistance, SquaredEuclidean, SquaredMahalanobis)


def make_distance(key: str) -> Distance:
    """Return the distance called `key`: `cosine`, `euclidean` or `mahalanobis`.

    Raises:
        ValueError: if there is none of that name.
    """
    for distance in DISTANCES:
        if distance.key == key:
            return distance()
    raise ValueError(f"no distance {key!r}; there are {', '.join(d.key for d in DISTANCES)}")
