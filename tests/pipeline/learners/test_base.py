from __future__ import annotations

import pytest
import torch
from torch import Tensor

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import AdaptStep, SupportSet, report_single_step
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
def test_of_many_shots_every_nth_is_told_about(shots: int, scored: int) -> None:
    labels = torch.arange(shots) % 2
    # Every fourth shot is on the wrong side, whichever are asked about.
    features = (labels * 2.0 - 1.0)[:, None] * torch.where(torch.arange(shots) // 7 % 4 == 0, -1.0, 1.0)[:, None]
    told: list[AdaptStep] = []
    classifier = Threshold()
    report_single_step(told.append, classifier, SupportSet(features, labels, 2))
    assert classifier.asked == [scored]
    assert (told[0].step, told[0].steps) == (1, 1)
    if shots > 4:
        assert told[0].accuracy == pytest.approx(0.75, abs=0.05)


def test_nothing_is_scored_that_nobody_wants_told() -> None:
    classifier = Threshold()
    report_single_step(None, classifier, SupportSet(torch.tensor([[-1.0], [1.0]]), torch.tensor([0, 1]), 2))
    assert classifier.asked == []


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
