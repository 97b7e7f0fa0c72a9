from __future__ import annotations

import pytest
import torch
from torch import Tensor

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import AdaptStep, Episode, Params, SupportSet
from metaface_gui.pipeline.learners.one_step import OneStepLearner, single_step
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner


class Threshold:
    """Two people, told apart by one number."""

    n_way = 2

    def __init__(self) -> None:
        self.asked: list[int] = []

    def scores(self, features: Tensor) -> Tensor:
        self.asked.append(len(features))
        return torch.cat([-features, features], 1)

    def embed(self, features: Tensor) -> Tensor:
        raise NotImplementedError

    def class_vectors(self) -> Tensor:
        raise NotImplementedError


@pytest.mark.parametrize(("shots", "scored"), [(4, 4), (2000, 2000), (2001, 1001), (9999, 2000)])
def test_of_many_shots_every_nth_is_scored_for_the_report(shots: int, scored: int) -> None:
    labels = torch.arange(shots) % 2
    # Every fourth shot is on the wrong side, whichever are asked about.
    features = (labels * 2.0 - 1.0)[:, None] * torch.where(torch.arange(shots) // 7 % 4 == 0, -1.0, 1.0)[:, None]
    classifier = Threshold()
    step = single_step(classifier, SupportSet(features, labels, 2))
    assert classifier.asked == [scored]
    assert (step.step, step.steps) == (1, 1)
    if shots > 4:
        assert step.accuracy == pytest.approx(0.75, abs=0.05)


class ThresholdLearner(OneStepLearner[Threshold]):
    key = "threshold"

    def fit(self, support: SupportSet) -> Threshold:
        return Threshold()

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        raise NotImplementedError


def test_nothing_is_scored_that_nobody_asked_for() -> None:
    support = SupportSet(torch.tensor([[-1.0], [1.0]]), torch.tensor([0, 1]), 2)
    steps: list[AdaptStep] = []
    learner = ThresholdLearner(FeatureSpace(1))
    assert learner.adapt(support).asked == []
    assert learner.adapt(support, on_step=steps.append).asked == [2]
    assert [step.accuracy for step in steps] == [1.0]


def test_meta_parameters_must_be_those_of_the_method() -> None:
    space = FeatureSpace(8, 2)
    wanted = PrototypicalLearner.initial_params(space)
    assert PrototypicalLearner(space, wanted).is_trained
    name = next(iter(wanted))
    with pytest.raises(ValueError, match="want meta-parameters"):
        PrototypicalLearner(space, wanted | {name: torch.zeros(99)})
    with pytest.raises(ValueError, match="not finite"):
        PrototypicalLearner(space, wanted | {name: torch.full_like(wanted[name], float("inf"))})
    with pytest.raises(ValueError, match="want PrototypicalSettings, got int"):
        PrototypicalLearner(space, settings=3)
