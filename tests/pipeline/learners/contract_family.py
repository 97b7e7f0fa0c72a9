"""Learners and galleries for the contract tests: each method untrained, and as if it had been meta-trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import MetaLearner, Params, SettingRange, SupportSet, TrainableLearner
from tests.pipeline.torch_samples import seeded

DIMENSION = 128
STOCK_SPACE = FeatureSpace(DIMENSION)
PROJECTED_SPACE = FeatureSpace(DIMENSION, 17)
METHODS = sorted(ALL_LEARNERS)
TRAINABLE = [key for key in METHODS if issubclass(ALL_LEARNERS[key], TrainableLearner) and key in LEARNERS]


def moved_params(learner: type[MetaLearner], space: FeatureSpace) -> Params:
    """The untrained meta-parameters plus a little noise, but for those that `prepare` fits."""
    random = seeded(7)
    kept = learner.frozen if issubclass(learner, TrainableLearner) else ()
    return {
        name: tensor + 0.01 * torch.randn(tensor.shape, generator=random)
        if tensor.is_floating_point() and name not in kept
        else tensor
        for name, tensor in learner.initial_params(space).items()
    }


def make(key: str, space: FeatureSpace, settings: object | None = None) -> MetaLearner:
    """The learner untrained in a space without a projection, else as if meta-trained, and its fellows too."""
    if space.projection_dim == 0:
        return make_learner(key, space, settings=settings)
    return make_learner(key, space, {key: moved_params(LEARNERS[key], space) for key in LEARNERS}, settings)


def faces(stock: Tensor, space: FeatureSpace, random: torch.Generator) -> Tensor:
    """Features (n, p) of faces with these stock embeddings (n, d), which need not be of length 1."""
    projected = torch.randn(len(stock), space.projection_dim, generator=random) * 0.2
    return torch.cat([normalize(stock, dim=1), projected], 1)


def people(shots: list[int], space: FeatureSpace, seed: int = 0) -> SupportSet:
    """A gallery in which person i has `shots[i]` shots scattered about a random direction."""
    random = seeded(seed)
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    centres = normalize(torch.randn(len(shots), DIMENSION, generator=random))
    noise = torch.randn(len(labels), DIMENSION, generator=random) * 0.05
    return SupportSet(faces(centres[labels] + noise, space, random), labels, len(shots))


def probes(space: FeatureSpace, n: int = 7, seed: int = 9) -> Tensor:
    random = seeded(seed)
    return faces(torch.randn(n, DIMENSION, generator=random), space, random)


def extremes(key: str) -> Iterator[object]:
    """The settings of a learner with one field at the end of its range, or at one of its choices."""
    default = ALL_LEARNERS[key].settings_type()
    for field in dataclasses.fields(default):
        allowed: SettingRange = field.metadata["range"]
        kind = type(getattr(default, field.name))
        for value in allowed.choices or (allowed.low, allowed.high):
            yield dataclasses.replace(default, **{field.name: kind(value)})
