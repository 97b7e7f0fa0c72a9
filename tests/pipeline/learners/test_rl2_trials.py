"""Exams of learning strategies: their reward by hand, and that they depend on the faces alone."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.learners.hallucination import initial_hallucination
from metaface_gui.pipeline.learners.rl2_trials import augmented, canonical, exam_reward, explored, make_exam
from tests.pipeline.torch_samples import seeded

D = 12
PARAMS = initial_hallucination(FeatureSpace(D))


def gallery(shots: list[int], seed: int = 0) -> SupportSet:
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    features = normalize(torch.randn(len(labels), D, generator=seeded(seed)), dim=1)
    return SupportSet(features, labels, len(shots))


def standing(scores: list[float]) -> Tensor:
    """Scores of strangers (n, 1)."""
    return torch.tensor(scores)[:, None]


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


# 21 strangers from 0 to 20: 5 % above 19, standard deviation √38.5.
STRANGERS = standing([float(i) for i in range(21)])
STEP = 0.5 * math.sqrt(38.5)


def test_reward_is_one_half_at_the_threshold_and_grows_with_the_margin() -> None:
    known, labels = torch.tensor([[19.0], [19.0 + STEP], [19.0 - 2 * STEP]]), torch.zeros(3, dtype=torch.int64)
    want = (0.5 + sigmoid(1.0) + sigmoid(-2.0)) / 3
    torch.testing.assert_close(exam_reward(known, labels, STRANGERS), torch.tensor(want))


def test_a_wrong_name_earns_nothing() -> None:
    strangers = torch.cat([STRANGERS, STRANGERS - 1.0], 1)
    known = torch.tensor([[19.0, 0.0], [19.0, 0.0]])
    torch.testing.assert_close(exam_reward(known, torch.tensor([0, 1]), strangers), torch.tensor(0.25))


def test_reward_does_not_depend_on_the_unit_of_the_scores() -> None:
    known, labels = torch.randn(9, 3, generator=seeded(1)), torch.arange(9) % 3
    strangers = torch.randn(50, 3, generator=seeded(2)) - 1.0
    changed = exam_reward(7.0 * known - 20.0, labels, 7.0 * strangers - 20.0)
    torch.testing.assert_close(changed, exam_reward(known, labels, strangers))


def test_reward_is_a_number_when_all_strangers_score_alike() -> None:
    labels = torch.zeros(1, dtype=torch.int64)
    assert exam_reward(torch.tensor([[2.0]]), labels, standing([1.0] * 30)) == 1.0
    assert exam_reward(torch.tensor([[0.5]]), labels, standing([1.0] * 30)) == 0.0


def test_canonical_order_is_the_same_bits_for_any_order_and_numbering() -> None:
    support = gallery([3, 1, 4, 2])
    order, numbers = torch.randperm(10, generator=seeded(5)), torch.tensor([2, 0, 3, 1])
    shuffled = SupportSet(support.features[order], numbers[support.labels[order]], 4)
    one, other = canonical(support), canonical(shuffled)
    assert torch.equal(one.support.features, other.support.features)
    assert torch.equal(one.support.labels, other.support.labels)
    assert torch.equal(one.numbers, other.numbers[numbers])


def test_canonical_order_keeps_every_shot_with_its_person() -> None:
    support = gallery([3, 1, 4, 2])
    sorted_ = canonical(support)
    for number in range(4):
        own = support.features[support.labels == number]
        moved = sorted_.support.features[sorted_.support.labels == sorted_.numbers[number]]
        assert {tuple(shot) for shot in own.tolist()} == {tuple(shot) for shot in moved.tolist()}


@pytest.mark.parametrize(("shots", "people", "faces"), [([1], 1, 1), ([2, 50], 2, 10), ([5] * 100, 20, 100)], ids=str)
def test_a_big_gallery_is_explored_in_part(shots: list[int], people: int, faces: int) -> None:
    part = explored(canonical(gallery(shots)).support)
    assert (part.n_way, len(part.labels)) == (people, faces)


def test_held_out_shots_are_probes_and_not_in_the_support() -> None:
    support = canonical(gallery([3, 1, 2])).support
    exam = make_exam(PARAMS, support, D)
    shots = {tuple(shot) for shot in support.features.tolist()}
    kept = {tuple(shot) for shot in exam.support.features.tolist()}
    held_out = shots - kept
    assert len(kept) == 4
    assert [tuple(probe) for probe in exam.probes[:2].tolist()] == [
        shot for shot in map(tuple, support.features.tolist()) if shot in held_out
    ]
    assert torch.bincount(exam.support.labels).min() >= 1


def test_a_person_with_one_shot_is_probed_with_bad_copies_of_it_only() -> None:
    support = gallery([1, 1])
    exam = make_exam(PARAMS, canonical(support).support, D)
    assert len(exam.support.labels) == 2
    assert (exam.probes @ support.features.T).max() < 0.99
    assert torch.bincount(exam.labels).tolist() == [40, 40]


def test_augmented_adds_copies_with_the_names_of_their_shots() -> None:
    support = canonical(gallery([2, 3])).support
    bigger = augmented(PARAMS, support, D)
    assert torch.equal(torch.bincount(bigger.labels), 3 * torch.bincount(support.labels))
    assert torch.equal(bigger.features[:5], support.features)
    own = (bigger.features[5:] * support.features.repeat_interleave(2, 0)).sum(1)
    assert own.mean() > 0.6


def test_the_context_tells_a_gallerys_size() -> None:
    contexts = [make_exam(PARAMS, canonical(gallery(shots)).support, D).context for shots in ([1], [1] * 30, [9] * 30)]
    assert contexts[0].tolist() == pytest.approx([0.0, 0.0, 1.0, 1.0])
    assert contexts[1][0] == contexts[2][0] == pytest.approx(math.log(30) / math.log(1000))
    assert contexts[2][1:3].tolist() == pytest.approx([math.log(9) / math.log(50), 0.0])
