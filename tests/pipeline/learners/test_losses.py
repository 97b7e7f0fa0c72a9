"""The outer loss against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.func import grad, vmap

from metaface_gui.pipeline.learners.base import STRANGER
from metaface_gui.pipeline.learners.losses import membership, open_set_loss


def softplus(x: float) -> float:
    return math.log1p(math.exp(x))


def loss(scores: list[list[float]], labels: list[int], scale: float = 2.0, threshold: float = 0.5) -> float:
    return float(
        open_set_loss(torch.tensor(scores), torch.tensor(labels), scale=scale, threshold=torch.tensor(threshold))
    )


def test_a_shot_is_a_member_of_one_person_and_a_stranger_of_nobody() -> None:
    got = membership(torch.tensor([1, 0, STRANGER]), 3)
    assert got.tolist() == [[False, True, False], [True, False, False], [False, False, False]]


def test_a_known_probe_pays_for_its_name_and_for_both_sides_of_the_threshold() -> None:
    # Logits 2 · (0.9 − 0.5) = 0.8 for the right person and 2 · (0.3 − 0.5) = −0.4 for the other.
    name = math.log(math.exp(0.8) + math.exp(-0.4)) - 0.8
    assert loss([[0.9, 0.3]], [0]) == pytest.approx(name + softplus(-0.8) + softplus(-0.4), abs=1e-6)


def test_a_stranger_pays_for_whatever_is_above_the_threshold() -> None:
    everybody = math.log(math.exp(0.8) + math.exp(-0.4))
    assert loss([[0.9, 0.3]], [STRANGER]) == pytest.approx(softplus(everybody), abs=1e-6)


def test_known_probes_are_averaged_apart_from_strangers() -> None:
    scores, labels = [[0.9, 0.3], [0.2, 0.6], [0.9, 0.3]], [0, 0, STRANGER]
    first = math.log(math.exp(0.8) + math.exp(-0.4)) - 0.8 + softplus(-0.8)
    second = math.log(math.exp(-0.6) + math.exp(0.2)) + 0.6 + softplus(0.6)
    negatives = softplus(-0.4) + softplus(0.2) + softplus(math.log(math.exp(0.8) + math.exp(-0.4)))
    assert loss(scores, labels) == pytest.approx((first + second) / 2 + negatives / 3, abs=1e-6)


def test_one_person_alone_is_asked_about_the_threshold_only() -> None:
    assert loss([[0.9], [0.1]], [0, STRANGER]) == pytest.approx(softplus(-0.8) + softplus(-0.8) / 2, abs=1e-6)


@pytest.mark.parametrize(
    ("n_way", "labels"),
    [(1, [0, 0, 0]), (1, [STRANGER] * 3), (1, [0, STRANGER, 0]), (2, [STRANGER] * 3), (2, [0, 1, 1])],
    ids=["one person", "one person, all strangers", "one person and a stranger", "all strangers", "no stranger"],
)
def test_value_and_gradient_are_finite_whoever_comes(n_way: int, labels: list[int]) -> None:
    scores = torch.tensor([[0.9, 0.1], [0.2, 0.3], [-0.5, 1.0]])[:, :n_way]

    def at(scores: Tensor, threshold: Tensor) -> Tensor:
        return open_set_loss(scores, torch.tensor(labels), scale=30.0, threshold=threshold)

    by_score, by_threshold = grad(at, argnums=(0, 1))(scores, torch.tensor(0.4))
    assert at(scores, torch.tensor(0.4)).isfinite()
    assert by_score.isfinite().all()
    assert by_threshold.isfinite()


def test_it_goes_through_vmap() -> None:
    scores = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[0, 1, STRANGER], [STRANGER] * 3, [0, 0, 0], [1, STRANGER, 1]])

    def one(scores: Tensor, labels: Tensor) -> Tensor:
        return open_set_loss(scores, labels, scale=2.0, threshold=torch.tensor(0.1))

    apart = torch.stack([one(*pair) for pair in zip(scores, labels, strict=True)])
    torch.testing.assert_close(vmap(one)(scores, labels), apart)
