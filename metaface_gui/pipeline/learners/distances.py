"""Distances between points for metric learners. These are distances, not similarities: 0 means the same point.

The base class validates; a subclass implements only the mathematics.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, final

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.learners.losses import membership


class Distance(ABC):
    """A distance between points. Instances are immutable."""

    key: ClassVar[str]
    """Name in settings."""

    def fitted_to(self, support: SupportSet) -> Distance:  # noqa: ARG002 - used by subclasses
        """Return the distance adapted to a support set; most distances need no fitting and return themselves."""
        return self

    @final
    def between(self, points: Tensor, others: Tensor) -> Tensor:
        """Return the distances (n, m) ≥ 0 from each of `points` (n, d) to each of `others` (m, d), float32.

        Raises:
            ValueError: if the shapes do not match.
        """
        if points.ndim != 2 or others.ndim != 2 or points.shape[1] != others.shape[1]:
            raise ValueError(f"want (n, d) and (m, d), got {tuple(points.shape)} and {tuple(others.shape)}")
        return self.apart(self.whitened(points), self.whitened(others))

    @final
    def apart(self, points: Tensor, others: Tensor) -> Tensor:
        """Return the same distances for points that are already `whitened`."""
        return self._between(points, others).clamp_min(0.0)

    def score(self, distance: Tensor) -> Tensor:
        """Turn distances into raw scores, larger = more alike: −distance, unless another score is customary."""
        return -distance

    def whitened(self, points: Tensor) -> Tensor:
        """Transform points (n, d) → (n, d) so that this distance becomes the plain Euclidean or angular one."""
        return points

    @abstractmethod
    def _between(self, points: Tensor, others: Tensor) -> Tensor:
        """Compute what `apart` returns; rounding may leave values slightly below zero."""


class SquaredEuclidean(Distance):
    """‖x − y‖², the Bregman divergence for which the class mean is the best prototype (Snell 2017, section 2.3)."""

    key = "euclidean"

    def _between(self, points: Tensor, others: Tensor) -> Tensor:
        # Expanded to ‖x‖² − 2xᵀy + ‖y‖², it is one matrix product, however many people there are.
        return points.square().sum(1, keepdim=True) - 2.0 * points @ others.T + others.square().sum(1)


class CosineDistance(Distance):
    """1 − cos(x, y), in 0 … 2. Its score is the cosine itself, the usual score in face recognition."""

    key = "cosine"

    def _between(self, points: Tensor, others: Tensor) -> Tensor:
        return 1.0 - normalize(points) @ normalize(others).T

    def score(self, distance: Tensor) -> Tensor:
        """Return the cosine similarity, −1 … 1."""
        return 1.0 - distance


class SquaredMahalanobis(SquaredEuclidean):
    """(x − y)ᵀ Σ⁻¹ (x − y), with one covariance Σ of the shots around their class means, shared by all people.

    A gallery has far fewer shots than dimensions, so Σ is shrunk towards a multiple of the identity by the Oracle
    Approximating Shrinkage of Chen, Wiesel, Eldar and Hero (IEEE TSP 2010, equation 23), which refines Ledoit–Wolf for
    small samples. With one shot per person the spread is unknown: Σ = I, and the distance is the Euclidean one.
    """

    key = "mahalanobis"

    def __init__(self, whitening: Tensor | None = None) -> None:
        """Create the distance; `whitening` is W (d, d) with WᵀW = Σ⁻¹, and None means the identity."""
        self._whitening = whitening

    def fitted_to(self, support: SupportSet) -> SquaredMahalanobis:
        """Return the distance under the shrunk covariance of these shots."""
        covariance = shrunk_shared_covariance(support)
        lower = torch.linalg.cholesky(covariance)
        identity = torch.eye(len(lower), dtype=lower.dtype, device=lower.device)
        return SquaredMahalanobis(torch.linalg.solve_triangular(lower, identity, upper=False))

    def whitened(self, points: Tensor) -> Tensor:
        """Return W x for each point."""
        return points if self._whitening is None else points @ self._whitening.T


def class_means(support: SupportSet) -> Tensor:
    """Return the mean of each person's shots: (n_way, p)."""
    sums = support.features.new_zeros(support.n_way, support.features.shape[1])
    sums.index_add_(0, support.labels, support.features)
    counts = torch.bincount(support.labels, minlength=support.n_way)
    return sums / counts.to(sums.dtype)[:, None]


def prototypes(embeddings: Tensor, labels: Tensor, n_way: int) -> Tensor:
    """Return the unit directions of the people's means, for cosines: (n, d) with labels (n,) → (n_way, d).
    A `STRANGER` is ignored. `torch.func` can transform it."""
    return normalize(membership(labels, n_way).to(embeddings.dtype).T @ embeddings, dim=-1)


def shrunk_shared_covariance(support: SupportSet) -> Tensor:
    """Return the shrunk covariance (p, p) of the shots around their class means; the identity if they never differ."""
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
    # If the sample covariance is already a multiple of the identity, the denominator is 0: shrink it completely.
    intensity = torch.where(denominator > 0.0, numerator / denominator, 1.0).clamp(0.0, 1.0)
    # Keep the matrix non-singular despite rounding when many shots repeat a few directions.
    intensity = intensity.clamp_min(1e-3)
    return (1.0 - intensity) * sample + intensity * variance * identity


DISTANCES: tuple[type[Distance], ...] = (CosineDistance, SquaredEuclidean, SquaredMahalanobis)


def make_distance(key: str) -> Distance:
    """Return the distance called `key`: `cosine`, `euclidean` or `mahalanobis`.

    Raises:
        ValueError: if no distance has that name.
    """
    for distance in DISTANCES:
        if distance.key == key:
            return distance()
    raise ValueError(f"no distance {key!r}; there are {', '.join(d.key for d in DISTANCES)}")
