"""Pooling of shots by person, by hand and in both of its forms."""

from __future__ import annotations

import math

import pytest
import torch

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.learners.losses import membership
from metaface_gui.pipeline.learners.matching import MatchingLearner
from metaface_gui.pipeline.learners.pooling import (
    drawn_together,
    in_runs,
    log_mean_odds,
    log_mean_odds_in_runs,
    reduce_runs,
)
from metaface_gui.pipeline.learners.siamese import SiameseLearner

LABELS = torch.tensor([0, 0, 1])
LOGITS = torch.tensor([[0.0, math.log(3.0), -2.0]])


def test_it_is_the_logarithm_of_the_mean_odds() -> None:
    # Odds 1 and 3 for the first person's shots: 2 in the mean. The second has one shot.
    want = torch.tensor([[math.log(2.0), -2.0]])
    torch.testing.assert_close(log_mean_odds(LOGITS, membership(LABELS, 2).float()), want)
    torch.testing.assert_close(log_mean_odds_in_runs(LOGITS, torch.tensor([2, 1])), want)


def test_shots_of_one_person_lie_together() -> None:
    support = SupportSet(torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([2, 0, 1, 0]), 3)
    ordered, counts = in_runs(support)
    assert counts.tolist() == [2, 1, 1]
    assert ordered.labels.tolist() == [0, 0, 1, 2]
    assert ordered.features.flatten().tolist() == [1.0, 3.0, 2.0, 0.0]


def test_the_same_shot_twice_counts_once() -> None:
    torch.testing.assert_close(
        log_mean_odds_in_runs(torch.tensor([[1.5, 1.5, 1.5]]), torch.tensor([3])), torch.tensor([[1.5]])
    )


@pytest.mark.parametrize("spread", [1.0, 50.0, 1e4])
def test_it_stays_finite_and_between_the_mean_and_the_best(spread: float) -> None:
    logits = spread * torch.randn(6, 40, generator=torch.Generator().manual_seed(0))
    counts = torch.tensor([1, 29, 10])
    pooled = log_mean_odds_in_runs(logits, counts)
    assert pooled.isfinite().all()
    if spread <= 1.0:
        assert (pooled <= reduce_runs(logits, counts, "max") + 1e-4).all()
        assert (pooled >= reduce_runs(logits, counts, "mean") - 1e-4).all()


def test_runs_are_reduced_by_mean_and_by_maximum() -> None:
    counts = torch.tensor([2, 1])
    assert reduce_runs(torch.tensor([[1.0, 3.0, 5.0]]), counts, "mean").tolist() == [[2.0, 5.0]]
    assert reduce_runs(torch.tensor([[1.0, 3.0, 5.0]]), counts, "max").tolist() == [[3.0, 5.0]]


def test_shots_are_drawn_towards_the_mean_of_their_persons() -> None:
    # Ann looks along both axes, Ben along the first; the third number is no part of the embedding.
    shots = torch.tensor([[1.0, 0.0, 3.0], [0.0, 1.0, 1.0], [1.0, 0.0, 5.0]])
    support = SupportSet(shots, torch.tensor([0, 0, 1]), 2)
    torch.testing.assert_close(drawn_together(support, 0.0, 2).features, shots)
    halfway = torch.tensor([[0.75, 0.25, 2.5], [0.25, 0.75, 1.5]]) / math.hypot(0.75, 0.25)
    torch.testing.assert_close(drawn_together(support, 0.5, 2).features, torch.cat([halfway, shots[2:]]))
    together = drawn_together(support, 1.0, 2).features
    torch.testing.assert_close(together[0], together[1])
    torch.testing.assert_close(together[0], torch.tensor([0.5, 0.5, 2.0]) / math.hypot(0.5, 0.5))


@pytest.mark.parametrize("learner", [MatchingLearner, SiameseLearner])
def test_one_poor_shot_of_several_costs_less(learner: type[MatchingLearner | SiameseLearner]) -> None:
    # A stranger near the one shot of Ann's that shows hardly anything of her.
    angles = torch.tensor([0.0, 5.0, -5.0, 80.0, 90.0]).deg2rad()
    faces = torch.stack([angles.cos(), angles.sin()], 1)
    ann = SupportSet(faces[:4], torch.zeros(4, dtype=torch.int64), 1)
    space = FeatureSpace(2)
    as_it_is = learner(space, settings=learner.settings_type(shrinkage=0.0)).adapt(ann)
    drawn = learner(space).adapt(ann)
    own, stranger = faces[:1], faces[4:]
    gap = [float(one.scores(own) - one.scores(stranger)) for one in (as_it_is, drawn)]
    assert gap[1] > gap[0]
