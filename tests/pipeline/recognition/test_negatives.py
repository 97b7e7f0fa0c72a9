"""Who a face cannot be: the rule on scores small enough to see through, and against a loop that spells it out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.negatives import check_denied_people, floored, without_denied
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.types import Identification

ANN, BOB = 7, 9
DENIES_ANN = torch.tensor([0])


@dataclass(frozen=True)
class Columns:
    """A scorer whose scores are the face's features."""

    n_way: int

    def scores(self, features: Tensor) -> Tensor:
        return features


@dataclass(frozen=True)
class Counting(Columns):
    """The same, and counts how often it is asked."""

    asked: list[int] = field(default_factory=list)

    def scores(self, features: Tensor) -> Tensor:
        self.asked.append(len(features))
        return features


def strangers(negative: float = -1.0, n: int = 1000) -> Tensor:
    """Score i/n for Ann, 0 for Bob and always the same for the denied face."""
    first = torch.arange(n) / n
    return torch.stack([first, torch.zeros(n), torch.full((n,), negative)], 1)


def classifier(
    cohort: Tensor | None,
    *,
    fpir: float = 0.5,
    scorer: Columns | None = None,
    boundary: Tensor | None = None,
    denied: Tensor | None = DENIES_ANN,
) -> OpenSetClassifier:
    """Of Ann, Bob and "not Ann", unless the scorer has fewer columns: Bob is the first to be left out."""
    scorer = scorer or Columns(3)
    n_people = scorer.n_way - (0 if denied is None else len(denied))
    return OpenSetClassifier.calibrated(
        scorer,
        person_ids=(ANN, BOB)[:n_people],
        names=("Ann", "Bob")[:n_people],
        cohort=cohort,
        fpir=fpir,
        boundary=boundary,
        denied_people=denied,
    )


def of_ann_alone(cohort: Tensor) -> OpenSetClassifier:
    return classifier(cohort[:, [0, 2]], scorer=Columns(2))


def decide(*scores: float) -> Identification:
    """What the classifier, whose threshold is one half, says of a face with these scores: Ann's, Bob's, "not Ann"."""
    return classifier(strangers()).identify(torch.tensor([scores]))[0]


# The rule -------------------------------------------------------------------------------------------------------------


def test_a_face_less_like_the_denied_one_is_judged_as_before() -> None:
    ann = decide(0.9, 0.2, 0.8)
    assert (ann.person_id, ann.nearest_id, ann.is_denied) == (ANN, ANN, False)
    assert ann.score == pytest.approx(0.9)


@pytest.mark.parametrize("negative", [0.9, 0.95])
def test_a_face_as_like_the_denied_one_is_unknown(negative: float) -> None:
    nobody = decide(0.9, 0.2, negative)
    assert (nobody.person_id, nobody.name, nobody.is_denied) == (None, None, True)
    assert nobody.nearest_id == BOB
    assert nobody.score == pytest.approx(0.2)


def test_the_next_best_is_taken() -> None:
    bob = decide(0.9, 0.7, 0.95)
    assert (bob.person_id, bob.name, bob.is_denied) == (BOB, "Bob", True)
    assert bob.score == pytest.approx(0.7)


def test_a_negative_denies_nobody_else() -> None:
    bob = decide(0.3, 0.8, 0.99)
    assert (bob.person_id, bob.is_denied) == (BOB, False)


def test_nobody_denies_a_face_that_nobody_reached() -> None:
    nobody = decide(0.3, 0.1, 0.4)
    assert (nobody.person_id, nobody.is_denied, nobody.nearest_id) == (None, False, BOB)


@pytest.mark.parametrize(("score", "is_denied"), [(0.9, True), (0.2, False)])
def test_where_nobody_is_left_there_is_no_score(score: float, is_denied: bool) -> None:
    alone = of_ann_alone(strangers())
    nobody = alone.identify(torch.tensor([[score, 0.95]]))[0]
    assert (nobody.person_id, nobody.score, nobody.nearest_id) == (None, -math.inf, None)
    assert (nobody.threshold, nobody.is_denied) == (alone.threshold, is_denied)


def test_no_faces_give_no_decisions() -> None:
    assert classifier(strangers()).identify(torch.zeros(0, 3)) == ()


# The threshold --------------------------------------------------------------------------------------------------------


def test_strangers_are_denied_too() -> None:
    """Of 1,000 strangers, those who score below 0.6 are denied to be Ann: 400 are left, 250 of them may pass."""
    cohort = strangers(negative=0.6)
    denying = classifier(cohort, fpir=0.25)
    assert denying.threshold == pytest.approx(0.749, abs=1e-5)
    assert sum(not one.is_unknown for one in denying.identify(cohort)) == 250


def test_the_threshold_stays_where_strangers_were_measured() -> None:
    """Nearly all strangers are denied, so far fewer pass than may; what nobody was left to measure is not let in."""
    mostly = of_ann_alone(strangers(negative=0.99))
    assert mostly.threshold == pytest.approx(0.991, abs=1e-5)
    assert mostly.with_fpir(0.001).threshold == pytest.approx(0.998, abs=1e-5)
    wholly = of_ann_alone(strangers(negative=2.0))
    assert wholly.threshold == pytest.approx(0.499, abs=1e-5)  # as without negatives


def test_without_a_cohort_the_boundary_obeys_it() -> None:
    boundary = torch.tensor([[0.5, 0.1, 0.0], [0.6, 0.2, 0.0], [0.7, 0.3, 0.9]])
    cautious = classifier(None, boundary=boundary)
    assert cautious.threshold == pytest.approx(0.5)
    assert not cautious.is_calibrated


def test_another_fpir_keeps_what_was_denied() -> None:
    loose = classifier(strangers()).with_fpir(0.9)
    assert loose.identify(torch.tensor([[0.9, 0.05, 0.95]]))[0].is_denied


def test_no_negatives_change_nothing_and_cost_nothing() -> None:
    faces = torch.rand(50, 2, generator=torch.Generator().manual_seed(1))
    cohort = strangers()[:, :2]
    answers, asked = [], []
    for denied in (None, torch.zeros(0, dtype=torch.int64)):
        scorer = Counting(2)
        made = classifier(cohort, fpir=0.3, scorer=scorer, denied=denied)
        assert made.denied_people is None
        answers.append((made.threshold, made.identify(faces)))
        asked.append(scorer.asked)
    assert answers[0] == answers[1]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "denied", [torch.tensor([2]), torch.tensor([-1]), torch.tensor([0.0]), torch.tensor([[0]]), torch.tensor([0, 1])]
)
def test_columns_that_deny_nobody_are_refused(denied: Tensor) -> None:
    with pytest.raises(ValueError, match=r"denied"):
        OpenSetClassifier.calibrated(
            Columns(3),
            person_ids=(ANN, BOB),
            names=("Ann", "Bob"),
            cohort=strangers(),
            fpir=0.5,
            denied_people=denied,
        )


# The arithmetic -------------------------------------------------------------------------------------------------------


def spelt_out(scores: np.ndarray, denied: list[int]) -> np.ndarray:
    """The rule as one says it: face by face, person by person."""
    n_people = scores.shape[1] - len(denied)
    left = scores[:, :n_people].copy()
    for face in range(len(scores)):
        for person in range(n_people):
            against = [scores[face, n_people + column] for column, who in enumerate(denied) if who == person]
            if against and max(against) >= scores[face, person]:
                left[face, person] = -np.inf
    return left


@settings(max_examples=60, deadline=None)
@given(data=st.data(), n_people=st.integers(1, 6), n_faces=st.integers(0, 5))
def test_equals_the_rule_spelt_out(data: st.DataObject, n_people: int, n_faces: int) -> None:
    denied = data.draw(st.lists(st.integers(0, n_people - 1), min_size=1, max_size=8))
    values = st.integers(-3, 3)  # few values, so that many are equal
    columns = n_people + len(denied)
    scores = np.array(
        data.draw(st.lists(st.lists(values, min_size=columns, max_size=columns), min_size=n_faces, max_size=n_faces)),
        np.float32,
    ).reshape(n_faces, columns)
    before = torch.from_numpy(scores.copy())
    found = without_denied(before, torch.tensor(denied))
    np.testing.assert_array_equal(found.numpy(), spelt_out(scores, denied))
    np.testing.assert_array_equal(before.numpy(), scores)


def test_scores_to_sort_are_finite() -> None:
    best, before = torch.tensor([0.4, -torch.inf, 0.2]), torch.tensor([0.4, 0.9, 0.2])
    assert floored(best, before).tolist() == pytest.approx([0.4, 0.2, 0.2])
    assert floored(torch.full((3,), -torch.inf), before).tolist() == before.tolist()


def test_denied_people_are_checked() -> None:
    check_denied_people(torch.tensor([0, 1, 1]), 2)
    check_denied_people(torch.zeros(0, dtype=torch.int64), 2)
    with pytest.raises(ValueError, match="int64"):
        check_denied_people(torch.tensor([0], dtype=torch.int32), 2)


# Every method ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", LEARNERS)
def test_every_method_unlearns_a_wrong_name(key: str) -> None:
    """A stranger who looks like Ann is taken for her; "not Ann", and they are not; Ann and Bob keep their names."""
    random = torch.Generator().manual_seed(3)
    directions = torch.linalg.qr(torch.randn(16, 16, generator=random))[0]
    ann, bob, other = directions[0], directions[1], directions[2]

    def seen(face: Tensor, n: int) -> Tensor:
        return normalize(face + 0.04 * torch.randn(n, 16, generator=random))

    twin = 0.8 * ann + 0.6 * other
    shots = torch.cat([seen(ann, 3), seen(bob, 3)])
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    cohort = seen(torch.zeros(16), 400)
    probes = torch.cat([seen(ann, 5), seen(bob, 5), seen(twin, 5)])
    learner = make_learner(key, FeatureSpace(16), {})
    before, after = (
        OpenSetClassifier.calibrated(
            learner.adapt(support),
            person_ids=(ANN, BOB),
            names=("Ann", "Bob"),
            cohort=cohort,
            fpir=0.05,
            denied_people=denied,
        ).identify(probes)
        for support, denied in (
            (SupportSet(shots, labels, 2), None),
            (SupportSet(torch.cat([shots, seen(twin, 1)]), torch.cat([labels, torch.tensor([2])]), 3), DENIES_ANN),
        )
    )
    assert [one.person_id for one in before] == [ANN] * 5 + [BOB] * 5 + [ANN] * 5
    assert [one.person_id for one in after] == [ANN] * 5 + [BOB] * 5 + [None] * 5
    assert all(one.is_denied for one in after[10:])
