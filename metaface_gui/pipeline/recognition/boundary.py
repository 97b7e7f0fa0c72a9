"""Faces at the edge of being alike: what says where a method's threshold lies when there is no cohort of strangers.

A fixed threshold is a cosine, and only some methods score by cosines. But any method can be asked what it makes of a
face whose embedding lies at just that cosine from an enrolled person: the score it gives is the same edge on its scale.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, normalize, one_hot, torch

_AT_LEAST = 256
_SEED = 20_240_602


def boundary_faces(features: Tensor, labels: Tensor, *, embedding_dim: int, cosine: float) -> Tensor:
    """Make faces whose embedding has that cosine to the mean of a person's shots, in random directions from it.

    `features` (n, p) are the shots, their first `embedding_dim` the embedding (`FeatureSpace`); `labels` (n,) int64 the
    people, 0 … n_way-1. Returns (m, p), as many for each person and at least 256 in all; always the same ones.
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
