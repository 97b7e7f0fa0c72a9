"""Everybody else: directions that stand for people outside a gallery, so that one person has somebody to differ from.

A softmax over one person is always 1 and says nothing. Methods whose adaptation needs others own these directions as
meta-parameters. Each starts as the middle of a cluster of many training people, so none is anybody's template.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import TrainingFeatures
from metaface_gui.pipeline.learners.clustering import k_means
from metaface_gui.pipeline.learners.tail import adapted_embedding

BACKGROUND = "background"
"""Name of the directions (m, d) among the meta-parameters."""

DIRECTIONS = 64
"""m, how many by default: with some thousand training people, dozens a direction."""


def initial_background(space: FeatureSpace, m: int = DIRECTIONS) -> Tensor:
    """Random unit vectors (m, d), always the same."""
    return normalize(torch.randn(m, space.embedding_dim, generator=torch.Generator().manual_seed(0)), dim=-1)


def fitted_background(faces: TrainingFeatures, tail: Tensor, m: int = DIRECTIONS) -> Tensor:
    """Spherical k-means centres (m, d) of the training people's mean embeddings in the tail (d, r)."""
    return k_means(people_means(faces, tail), m, spherical=True)


def people_means(faces: TrainingFeatures, tail: Tensor) -> Tensor:
    """Mean embedding (n_people, d) of each person's pictures and their copies, in the tail (d, r)."""
    embeddings = adapted_embedding(faces.features, tail).mean(1)
    n_people = int(faces.person.max()) + 1
    sums = embeddings.new_zeros(n_people, embeddings.shape[1]).index_add_(0, faces.person, embeddings)
    return sums / torch.bincount(faces.person, minlength=n_people).to(sums.dtype)[:, None]
