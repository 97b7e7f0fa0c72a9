"""Features of many people → the generator that stands for strangers (`recognition.cohort`).

A mixture of Gaussians by expectation maximisation (Dempster, Laird and Rubin 1977), each face weighted so that every
person counts once: a data set's celebrities must not become its typical strangers. Component covariances are drawn
towards the overall one, the posterior mean under an inverse-Wishart prior (Fraley and Raftery 2007).

Gaussians are too round: real strangers come closer to an enrolled person than the mixture's samples do, because faces
vary along fewer directions than a sample covariance says. So each covariance's spectrum is sharpened, Λ → c Λ^γ with
the trace kept. `cohort_sharpening` chooses γ for each embedder. Stock SFace and InceptionResnetV1 (CASIA-WebFace) had
theirs chosen earlier, by two-fold cross-fitting within the meta-training people: SFace's FPIR with 1, 5, 20 and 100
people enrolled was 1.1, 1.5, 1.6 and 2.4 % with γ = 1 and 0.9, 1.1, 1.2 and 1.7 % with γ = 2.5; InceptionResnetV1's
was 1.2, 1.4, 1.5 and 1.6 % with γ = 1 and 1.1, 1.2, 1.2 and 1.1 % with γ = 1.3.

Features of an embedder with a projection are [s; v], and the scale of v is the projection's affair. So the fit is made
in coordinates in which every column of v varies as much as those of s do on average, and clusters are begun on s alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metaface_gui.pipeline.recognition.cohort import CohortGenerator
from metaface_gui.types import Floats

Doubles = NDArray[np.float64]

_FLOOR = 1e-6
"""Least variance along a direction; embeddings are unit vectors, whose variances are about 1/d."""


@dataclass(frozen=True, slots=True)
class CohortFitSettings:
    """How to fit: components, EM steps, prior strength (in faces per dimension), γ of the docstring, factor rank."""

    components: int = 16
    steps: int = 30
    prior: float = 0.1
    sharpening: float = 2.5
    rank: int = 64
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A mixture of Gaussians in balanced coordinates: `shares` (k,), `means` (k, p), `covariances` (k, p, p).

    `scales` (p,) lead back to features, whose first `embedding_dim` are the stock embedding.
    """

    shares: Doubles
    means: Doubles
    covariances: Doubles
    scales: Doubles
    embedding_dim: int

    def generator(self, sharpening: float, rank: int, metadata: dict[str, str]) -> CohortGenerator:
        """Sharpen each covariance's spectrum by γ and keep its `rank` largest directions.

        Put the embedder's id into the metadata, as `embedder_id`: a cohort is only ever used with the trunk and
        projection that it was fitted to. d is noted there too.
        """
        factors = np.stack([_sharpened_factor(c, sharpening, rank) for c in self.covariances])
        return CohortGenerator(
            self.shares.astype(np.float32),
            (self.means * self.scales).astype(np.float32),
            (factors * self.scales[:, None]).astype(np.float32),
            metadata={**metadata, "embedding_dim": str(self.embedding_dim)},
        )


def fit_mixture(
    features: Floats, person: NDArray[np.int64], settings: CohortFitSettings, *, embedding_dim: int | None = None
) -> Mixture:
    """Fit to features (n, p), the first d L2-normalised, of the people numbered by `person` (n,).

    `embedding_dim` is d; None: p, there is no projection. The settings' γ and rank are for `Mixture.generator`.

    Raises:
        ValueError: if shapes do not fit, or there are too few people for nobody to stand out: at least 16 a component.
    """
    if features.ndim != 2 or person.shape != features.shape[:1]:
        raise ValueError(f"want (n, p) features and (n,) people, got {features.shape} and {person.shape}")
    d = features.shape[1] if embedding_dim is None else embedding_dim
    if not 1 <= d <= features.shape[1]:
        raise ValueError(f"embedding_dim must lie in 1 … {features.shape[1]}, got {d}")
    _, which, counts = np.unique(person, return_inverse=True, return_counts=True)
    if len(counts) < 16 * settings.components:
        raise ValueError(f"{settings.components} components need at least {16 * settings.components} people")
    face_weights = (1.0 / counts)[which] * (len(features) / len(counts))
    scales = _balancing_scales(features.astype(np.float64), face_weights, d)
    points = features / scales
    responsibilities = _spherical_k_means(points[:, :d], face_weights, settings)
    for _ in range(settings.steps):
        shares, means, covariances = _maximise(points, face_weights, responsibilities, settings.prior)
        responsibilities = _expect(points, shares, means, covariances)
    return Mixture(shares, means, covariances, scales, d)


def _balancing_scales(features: Doubles, face_weights: Doubles, d: int) -> Doubles:
    """What to divide each column by (p,): 1 for s, and for v what makes it vary as much as s does on average."""
    mean = np.average(features, axis=0, weights=face_weights)
    deviations = np.sqrt(np.average(np.square(features - mean), axis=0, weights=face_weights))
    scales = np.ones(features.shape[1])
    typical = np.sqrt(np.square(deviations[:d]).mean())
    # A column that hardly varies stays as it is.
    scales[d:] = np.where(deviations[d:] > 1e-9, deviations[d:] / typical, 1.0)
    return scales


def _spherical_k_means(points: Doubles, face_weights: Doubles, settings: CohortFitSettings) -> Doubles:
    """Hard responsibilities (n, k) to start from (Dhillon and Modha 2001)."""
    random = np.random.default_rng(settings.seed)
    chances = face_weights / face_weights.sum()
    centres = points[random.choice(len(points), settings.components, replace=False, p=chances)]
    for _ in range(20):
        hard: Doubles = np.eye(settings.components)[(points @ centres.T).argmax(1)]
        sums = (hard * face_weights[:, None]).T @ points
        # A cluster that lost all its faces starts again at a random one.
        lost = hard.sum(0) == 0
        sums[lost] = points[random.choice(len(points), int(lost.sum()), p=chances)]
        centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return hard


def _maximise(
    points: Doubles, face_weights: Doubles, responsibilities: Doubles, prior: float
) -> tuple[Doubles, Doubles, Doubles]:
    """Shares (k,), means (k, d) and covariances (k, d, d) that suit the responsibilities."""
    dimension = points.shape[1]
    weighted = responsibilities * face_weights[:, None]
    masses = weighted.sum(0) + 1e-9
    means = weighted.T @ points / masses[:, None]
    overall = np.cov(points.T, aweights=face_weights)
    covariances = np.empty((len(masses), dimension, dimension))
    for j, mass in enumerate(masses):
        centred = points - means[j]
        scatter = (weighted[:, j, None] * centred).T @ centred
        strength = prior * dimension
        covariances[j] = (scatter + strength * overall) / (mass + strength) + _FLOOR * np.eye(dimension)
    return masses / masses.sum(), means, covariances


def _expect(points: Doubles, shares: Doubles, means: Doubles, covariances: Doubles) -> Doubles:
    """P(component | face), (n, k)."""
    log_joint = np.empty((len(points), len(shares)))
    for j, (share, mean, covariance) in enumerate(zip(shares, means, covariances, strict=True)):
        lower = np.linalg.cholesky(covariance)
        whitened = np.linalg.solve(lower, (points - mean).T)
        log_joint[:, j] = np.log(share) - 0.5 * np.square(whitened).sum(0) - np.log(np.diag(lower)).sum()
    joint = np.exp(log_joint - log_joint.max(1, keepdims=True))
    posterior: Doubles = joint / joint.sum(1, keepdims=True)
    return posterior


def _sharpened_factor(covariance: Doubles, exponent: float, rank: int) -> Doubles:
    """F (d, r) with F Fᵀ ≈ Q c Λ^γ Qᵀ, the trace kept, of the r largest directions."""
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[::-1][:rank], vectors[:, ::-1][:, :rank]
    sharpened = values**exponent
    sharpened *= np.trace(covariance) / sharpened.sum()
    factor: Doubles = vectors * np.sqrt(sharpened)
    return factor
