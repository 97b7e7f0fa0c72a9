"""Synthetic faces at a fixed cosine threshold, which convert it to any method's scale when there is no stranger cohort.

A fixed threshold is a cosine, and only some methods score by cosines. But any method can score a face whose embedding
lies at exactly that cosine from an enrolled person: that score is the same threshold on the method's own scale.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, normalize, one_hot, torch

_AT_LEAST = 256
_SEED = 20_240_602


def boundary_faces(features: Tensor, labels: Tensor, *, embedding_dim: int, cosine: float) -> Tensor:
    """Make faces whose embedding has the given cosine to the mean of a person's shots, in random directions.

    `features` (n, p) are the shots, whose first `embedding_dim` values are the embedding (`FeatureSpace`); `labels`
    (n,) int64 the people, 0 … n_way-1. Returns (m, p), equally many for each person, at least 256 in all, always the
    same ones.
    """
    belongs = one_hot(labels).to(features.dtype)
    means = belongs.T @ features
    means = means / means[:, :embedding_dim].norm(dim=1, keepdim=True).clamp_min(1e-12)
    means = means.repeat_interleave(-(-_AT_LEAST // len(means)), dim=0)
    directions = means[:, :embedding_dim]
    random = torch.randn(directions.shape, generator=torch.Generator().manual_seed(_SEED)).to(means)
    across = normalize(random - (random * directions).sum(1, keepdim=True) * directions)
    faces: Tensor = cosine * means
    faces[:, :embedding_dim] += (1.0 - cosine**2) ** 0.5 * across
    return faces
