"""Made-up faces: corrupted copies of a shot, and strangers, both drawn from Gaussians that meta-training fitted.

Method: Hariharan and Girshick, "Low-shot Visual Recognition by Shrinking and Hallucinating Features", ICCV 2017, in its
simplest form; the Gaussians are factor analysers (Bishop, "Pattern Recognition and Machine Learning", section 12.2.4):

    x ~ N(μ, L Lᵀ + diag ρ²),   drawn as   μ + L g + ρ ∘ n   with standard normal g and n.

Each is an average over all meta-training people, a few thousand numbers; nobody's template can be read from it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params, TrainingFeatures

CORRUPTION_RANK, STRANGER_RANK = 16, 32

_KEPT = "corruption.kept"
HALLUCINATION = (
    _KEPT,
    *(f"{what}.{part}" for what in ("corruption", "strangers") for part in ("mean", "factors", "residual")),
)
"""Names of the meta-parameters here: (), then (p,), (p, rank) and (p,) of each of the two Gaussians."""

_UNTRAINED_CORRUPTION = 0.8
"""Length of an untrained corruption: a copy then has a cosine of about 1/√(1 + 0.8²) = 0.78 to its face."""


def initial_hallucination(space: FeatureSpace) -> Params:
    """Isotropic noise on the stock embedding for corruption, and strangers in any direction, each as likely."""
    d, p = space.embedding_dim, space.feature_dim
    per_axis = torch.cat([torch.full((d,), d**-0.5), torch.zeros(p - d)])
    return {
        _KEPT: torch.tensor(1.0),
        "corruption.mean": torch.zeros(p),
        "corruption.factors": torch.zeros(p, CORRUPTION_RANK),
        "corruption.residual": _UNTRAINED_CORRUPTION * per_axis,
        "strangers.mean": torch.zeros(p),
        "strangers.factors": torch.zeros(p, STRANGER_RANK),
        "strangers.residual": per_axis,
    }


def fit_hallucination(params: Params, faces: TrainingFeatures, space: FeatureSpace) -> Params:
    """Return `params` with both Gaussians fitted to the meta-training people.

    Strangers: the people's means of their clean faces. Corruption: what remains of a degraded copy y after the best
    y ≈ κ x + μ from its clean face x, with one κ (least squares on the embedding): a bad picture keeps only a part of
    what is special about a face. Without degraded copies, or with a single person, that part stays as it was.
    """
    clean, degraded = faces.features[:, 0], faces.features[:, 1:]
    fitted = dict(params)
    if int(faces.person.max()) > 0:
        means = renormalised(_means(clean, faces.person), space.embedding_dim)
        fitted |= _factor_analysis("strangers", means, STRANGER_RANK)
    if degraded.shape[1] > 0:
        x, y = clean[:, None].expand_as(degraded).flatten(0, 1), degraded.flatten(0, 1)
        d = space.embedding_dim
        x_about, y_about = x[:, :d] - x[:, :d].mean(0), y[:, :d] - y[:, :d].mean(0)
        fitted[_KEPT] = (x_about * y_about).sum() / x_about.square().sum().clamp_min(1e-12)
        fitted |= _factor_analysis("corruption", y - fitted[_KEPT] * x, CORRUPTION_RANK)
    return fitted


def renormalised(features: Tensor, embedding_dim: int) -> Tensor:
    """Divide features (n, p) by the length of their stock embedding: what `FeatureSpace` asks of a face's features."""
    length: Tensor = features[:, :embedding_dim].norm(dim=1, keepdim=True)
    return features / length.clamp_min(1e-12)


def corrupted(params: Params, features: Tensor, embedding_dim: int, random: torch.Generator) -> Tensor:
    """Draw one corrupted copy of each face: features (n, p) → (n, p). The generator is on the CPU on any device."""
    noise = _draw(params, "corruption", len(features), random)
    return renormalised(params[_KEPT] * features + noise, embedding_dim)


def strangers(params: Params, n: int, embedding_dim: int, random: torch.Generator) -> Tensor:
    """Draw n faces of people who do not exist: (n, p), every other one corrupted."""
    faces = renormalised(_draw(params, "strangers", n, random), embedding_dim)
    faces[1::2] = corrupted(params, faces[1::2], embedding_dim, random)
    return faces


def _draw(params: Params, what: str, n: int, random: torch.Generator) -> Tensor:
    mean, factors, residual = (params[f"{what}.{part}"] for part in ("mean", "factors", "residual"))
    # Drawn on the CPU, so that a GPU sees the same faces.
    common = torch.randn(n, factors.shape[1], generator=random).to(mean.device)
    own = torch.randn(n, len(mean), generator=random).to(mean.device)
    return mean + common @ factors.T + own * residual


def _means(features: Tensor, person: Tensor) -> Tensor:
    """Mean of each person's faces (n_people, p)."""
    sums = features.new_zeros(int(person.max()) + 1, features.shape[1]).index_add_(0, person, features)
    return sums / torch.bincount(person).to(sums.dtype)[:, None]


def _factor_analysis(what: str, samples: Tensor, rank: int) -> Params:
    """Fit mean, factors and residual to samples (n, p): principal axes, and what they leave of each variance."""
    mean = samples.double().mean(0)
    about = samples.double() - mean
    covariance = about.T @ about / len(samples)
    variances, axes = torch.linalg.eigh(covariance)
    kept = min(rank, len(mean))
    factors = covariance.new_zeros(len(mean), rank)
    factors[:, :kept] = (axes * variances.clamp_min(0.0).sqrt()).flip(1)[:, :kept]
    residual = (covariance.diagonal() - factors.square().sum(1)).clamp_min(0.0).sqrt()
    return {f"{what}.mean": mean.float(), f"{what}.factors": factors.float(), f"{what}.residual": residual.float()}
