"""Pooling of shots by person, by hand and in both of its forms."""

from __future__ import annotations

import math

import pytest
import torch

from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.learners.losses import membership
from metaface_gui.pipeline.learners.pooling import in_runs, log_mean_odds, log_mean_odds_in_runs, reduce_runs

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
