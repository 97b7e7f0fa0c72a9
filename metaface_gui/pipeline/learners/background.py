"""Background directions: unit vectors that represent everyone outside the gallery.

A softmax over one person is always 1 and carries no information. Methods whose adaptation needs negatives own these
directions as meta-parameters. Each starts as the centre of a cluster of many people, so none is anybody's template.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import TrainingFeatures
from metaface_gui.pipeline.learners.clustering import k_means
from metaface_gui.pipeline.learners.tail import adapted_embedding

BACKGROUND = "background"
"""Name of the background directions (m, d) among the meta-parameters."""

DIRECTIONS = 64
"""Default m: with a few thousand training people, each direction averages dozens of them."""


def initial_background(space: FeatureSpace, m: int = DIRECTIONS) -> Tensor:
    """Return random unit vectors (m, d), the same on every call."""
    return normalize(torch.randn(m, space.embedding_dim, generator=torch.Generator().manual_seed(0)), dim=-1)


def fitted_background(faces: TrainingFeatures, tail: Tensor, m: int = DIRECTIONS) -> Tensor:
    """Return spherical k-means centres (m, d) of the training people's mean embeddings in the tail (d, r)."""
    return k_means(people_means(faces, tail), m, spherical=True)


def people_means(faces: TrainingFeatures, tail: Tensor) -> Tensor:
    """Return each person's mean embedding (n_people, d) in the tail (d, r), over all copies of their pictures."""
    embeddings = adapted_embedding(faces.features, tail).mean(1)
    n_people = int(faces.person.max()) + 1
    sums = embeddings.new_zeros(n_people, embeddings.shape[1]).index_add_(0, faces.person, embeddings)
    return sums / torch.bincount(faces.person, minlength=n_people).to(sums.dtype)[:, None]
