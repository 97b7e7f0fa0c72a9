from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.metalearning.self_test import (
    MAX_FOLDS,
    LearnerScore,
    NothingToTestError,
    ProbedPeople,
    leave_out,
    recommend,
    self_test,
    sign_test,
    wilson_interval,
)
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import MetaLearner, OnStep, SupportSet
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, PrototypicalSettings
from tests.pipeline.enrolled import enrolled
from tests.pipeline.torch_samples import at

PLANE = FeatureSpace(2)
NOBODY = torch.zeros((0, 2))


def faces(
    angles: Sequence[Sequence[float]],
    degraded: Sequence[Sequence[Sequence[float]]] = (),
    negatives: Sequence[tuple[float, int]] = (),
) -> ProbedPeople:
    """Shots at these angles, a list a person; degraded copies likewise, a list a copy."""
    labels = [label for label, own in enumerate(angles) for _ in own]
    copies = [at(*(angle for own in copy for angle in own)) for copy in degraded]
    people = enrolled(
        at(*(angle for own in angles for angle in own)),
        labels,
        names="ABCDEFGHIJ"[: len(angles)],
        negatives=at(*(angle for angle, _ in negatives)),
        denied=[who for _, who in negatives],
    )
    return ProbedPeople(people, torch.stack(copies) if copies else None)


class Means(MetaLearner):
    """Cosine to the mean of a person's shots; writes down what it was adapted to and asked."""

    key = "means"
    title = short_title = explanation = citation = "Means"

    def __init__(self, space: FeatureSpace = PLANE, *_: object) -> None:
        super().__init__(space)
        self.supports: list[SupportSet] = []
        self.asked: list[Tensor] = []

    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> MeansClassifier:
        self.supports.append(support)
        ways = [support.features[support.labels == way].mean(0) for way in range(support.n_way)]
        return MeansClassifier(normalize(torch.stack(ways)), self.asked)


class MeansClassifier:
    def __init__(self, means: Tensor, asked: list[Tensor]) -> None:
        self._means, self._asked = means, asked

    @property
    def n_way(self) -> int:
        return len(self._means)

    def scores(self, features: Tensor) -> Tensor:
        self._asked.append(features)
        return normalize(features) @ self._means.T

    def embed(self, features: Tensor) -> Tensor:
        return normalize(features)

    def class_vectors(self) -> Tensor:
        return self._means


def test_shares_counts_and_threshold_of_a_case_done_by_hand() -> None:
    # A at 0° and 20°, B at 90° and 110°. Adapted to the second shots, A is 20° and B 110°; to the first, 0° and 90°.
    # Strangers of the even half come as near as 60° (to either), so whoever is nearer than 60° is named.
    enrolled = faces([[0, 20], [90, 110]], [[[-41, 50], [88, 170]]])
    cohort = at(-60, -60, 170, 155, 180, 185, 190, 200)
    report = self_test([Means()], enrolled, cohort, fpir=0.01)
    (row,) = report.rows
    # Fold 1 is adapted to 20°, 110°: even strangers -60 (80° away), 170 (60°), 180, 190: threshold 60°.
    # Fold 2 is adapted to 0°, 90°: -60 (60°), 170 (80°) …: threshold 60°. (A probe at just 60° does not pass.)
    assert (row.accuracy_clean, row.tpir_clean) == (1.0, 1.0)
    # Degraded: A's -41° is 61° from 20°: nearest right, but Unknown. 50° is 50° from A's 0°, 40° from B's 90°: B.
    # B's 88° is 22° from 110°: right. B's 170° is 80° from 90° and Unknown.
    assert row.accuracy_degraded == 3 / 4
    assert row.tpir_degraded == 1 / 4
    np.testing.assert_array_equal(row.confusion, [[2, 1, 1], [0, 3, 1]])
    # Odd strangers: -60, 155, 185, 200. Fold 1 lets 155° through (45° from 110°); fold 2 nobody (-60° is at just 60°).
    assert row.fpir == pytest.approx((1 / 4 + 0) / 2)
    assert (report.n_probes, report.n_degraded, report.n_tested, report.n_strangers) == (4, 4, 2, 8)
    assert report.recommended == "means"
    assert report.tied == ("means",)
    assert report.row("means") is row
    with pytest.raises(KeyError):
        report.row("maml")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 13), min_size=1, max_size=5).filter(lambda counts: max(counts) > 1))
def test_a_left_out_shot_is_never_in_its_own_folds_support(counts: list[int]) -> None:
    angles, copies, next_angle = [], [], 0.0
    for count in counts:
        angles.append([next_angle + number for number in range(count)])
        copies.append([next_angle + number + 0.5 for number in range(count)])
        next_angle += count
    probed = faces(angles, [copies])
    clean, degraded = probed.looks
    learner = Means()
    self_test([learner], probed, None, fpir=0.01)
    supports = learner.supports[1:]  # the first is the warm-up
    assert len(supports) == min(max(counts), MAX_FOLDS)
    # Without a cohort a fold asks about the boundary faces, then about its probes.
    probes = learner.asked[1::2]
    times_probed = torch.zeros(len(clean))
    for support, asked in zip(supports, probes, strict=True):
        is_left_out = ~(clean[:, None] == support.features[None]).all(2).any(1)
        assert is_left_out.any()
        assert torch.equal(asked, torch.cat([clean[is_left_out], degraded[is_left_out]]))
        times_probed += is_left_out
    expected = [1.0 if count > 1 else 0.0 for count in counts for _ in range(count)]
    assert times_probed.tolist() == expected


def test_folds_leave_one_shot_of_everybody_out_and_several_only_of_those_with_more_than_ten() -> None:
    folds = leave_out(faces([[0, 1], [10, 11, 12], [20]]))
    assert [fold.tolist() for fold in folds] == [
        [True, False, True, False, False, False],
        [False, True, False, True, False, False],
        [False, False, False, False, True, False],
    ]
    many = leave_out(faces([list(range(12))]))
    assert [fold.sum() for fold in many] == [2, 2, 1, 1, 1, 1, 1, 1, 1, 1]


def test_who_has_one_shot_stays_enrolled_and_is_no_probe() -> None:
    # C has one shot, at 30°: B's shot at 40° is taken for C, which is what would happen.
    report = self_test([Means()], faces([[0, 1], [40, 90], [30]]), None, fpir=0.01)
    np.testing.assert_array_equal(report.rows[0].confusion[:2, 2], [0, 1])
    assert report.rows[0].confusion[2].sum() == 0
    assert (report.n_tested, report.n_probes, report.people) == (2, 4, ("A", "B", "C"))


def test_only_the_tested_people_are_probes_and_the_others_stay_enrolled() -> None:
    enrolled = replace(faces([[0, 1], [90, 91, 92], [180, 181]]), tested=torch.tensor([0, 2]))
    learner = Means()
    report = self_test([learner], enrolled, None, fpir=0.01)
    assert (report.n_tested, report.n_probes, len(report.people)) == (2, 4, 3)
    assert report.rows[0].confusion.sum(1).tolist() == [2, 0, 2]
    assert [len(support.labels) for support in learner.supports[1:]] == [5, 5]


def test_the_threshold_comes_from_the_even_half_and_the_fpir_from_the_odd_one() -> None:
    enrolled = faces([[0, 1]])
    even, odd = [90.0] * 50, [180.0] * 25 + [10.0] * 25
    mixed = [angle for pair in zip(even, odd, strict=True) for angle in pair]
    assert self_test([Means()], enrolled, at(*mixed), fpir=0.02).rows[0].fpir == 0.5
    other_way = [angle for pair in zip(odd, even, strict=True) for angle in pair]
    assert self_test([Means()], enrolled, at(*other_way), fpir=0.02).rows[0].fpir == 0.0


def test_without_a_cohort_the_threshold_is_the_live_views_and_no_fpir_is_known() -> None:
    # A cosine of 0.65 is 49.5°.
    report = self_test([Means()], faces([[0, 0]], [[[49, 50]]]), None, fpir=0.01)
    (row,) = report.rows
    assert (row.tpir_clean, row.tpir_degraded) == (1.0, 0.5)
    assert math.isnan(row.fpir)
    assert report.n_strangers == 0


def test_no_copies_leave_the_degraded_figures_unknown() -> None:
    report = self_test([Means()], faces([[0, 1]]), None, fpir=0.01)
    assert math.isnan(report.rows[0].tpir_degraded)
    assert report.n_degraded == 0


def test_what_was_said_to_be_somebody_else_is_not_taken_for_them() -> None:
    angles, copies = [[0, 2], [90, 92]], [[[30, 30], [90, 90]]]
    assert self_test([Means()], faces(angles, copies), None, fpir=0.01).rows[0].confusion.tolist() == [
        [4, 0, 0],
        [0, 4, 0],
    ]
    denied = self_test([Means()], faces(angles, copies, negatives=[(30, 0)]), None, fpir=0.01)
    assert denied.rows[0].confusion.tolist() == [[2, 0, 2], [0, 4, 0]]


def test_confusions_add_up_and_the_diagonal_is_what_was_named() -> None:
    random = np.random.default_rng(0)
    angles = [random.normal(60 * person, 15, 4).tolist() for person in range(6)]
    copies = [[random.normal(60 * person, 40, 4).tolist() for person in range(6)] for _ in range(3)]
    learners = [Means(), PrototypicalLearner(PLANE)]
    report = self_test(learners, faces(angles, copies), at(*random.uniform(0, 360, 400)), fpir=0.3)
    for row in report.rows:
        assert row.confusion.shape == (6, 7)
        np.testing.assert_array_equal(row.confusion.sum(1), [4 * 4] * 6)
        named = row.tpir_clean * report.n_probes + row.tpir_degraded * report.n_degraded
        assert np.trace(row.confusion) == pytest.approx(named)
        assert row.tpir_degraded <= row.accuracy_degraded
    assert 0 < report.rows[0].tpir_degraded < 1


def test_the_same_faces_give_the_same_report() -> None:
    enrolled, cohort = faces([[0, 9], [40, 49]], [[[5, 30], [20, 60]]]), at(*range(80, 300, 3))
    one, other = (self_test([Means()], enrolled, cohort, fpir=0.01) for _ in range(2))
    for name in ("accuracy_clean", "accuracy_degraded", "tpir_clean", "tpir_degraded", "fpir"):
        assert getattr(one.rows[0], name) == getattr(other.rows[0], name)
    np.testing.assert_array_equal(one.rows[0].confusion, other.rows[0].confusion)


def test_progress_rises_and_what_it_raises_ends_the_test_before_the_next_adaptation() -> None:
    shares: list[float] = []
    self_test([Means(), Means()], faces([[0, 1, 2]]), None, fpir=0.01, on_progress=shares.append)
    assert shares == pytest.approx([step / 8 for step in range(8)]), "two methods: a warm-up and three folds each"

    class StopError(Exception):
        pass

    def stop(share: float) -> None:
        if share >= 0.5:
            raise StopError

    learner = Means()
    with pytest.raises(StopError):
        self_test([learner], faces([[0, 1, 2]]), None, fpir=0.01, on_progress=stop)
    assert len(learner.supports) == 2


def test_nothing_to_test_is_one_sentence_with_a_next_step() -> None:
    with pytest.raises(NothingToTestError, match="Record a second shot of A"):
        self_test([Means()], faces([[0], [90]]), None, fpir=0.01)
    nobody = ProbedPeople(enrolled(NOBODY, ()))
    with pytest.raises(NothingToTestError, match="Nobody is enrolled"):
        self_test([Means()], nobody, None, fpir=0.01)
    with pytest.raises(ValueError, match="learner"):
        self_test([], faces([[0, 1]]), None, fpir=0.01)


def test_faces_that_do_not_fit_are_refused() -> None:
    probed = faces([[0, 1], [90]])
    with pytest.raises(ValueError, match="degraded: want"):
        ProbedPeople(probed.people, torch.zeros((1, 2, 2)))
    with pytest.raises(ValueError, match="without a room"):
        ProbedPeople(replace(probed.people, unlabelled=at(30)))


def row(key: str, adapt_ms: float) -> LearnerScore:
    return LearnerScore(key, 1.0, 1.0, 1.0, 1.0, 0.01, adapt_ms, np.zeros((1, 2), np.int64))


def test_the_best_is_recommended_unless_a_quicker_one_cannot_be_told_from_it() -> None:
    slow, quick = row("slow", 200.0), row("quick", 1.0)
    good, worse = np.ones(12), np.ones(12)
    worse[:6] = 0.5
    assert recommend([slow, quick], [good, worse]) == ("slow", ("slow",)), "6 of 6 differences: p = 0.03"
    worse[5] = 1.0
    assert recommend([slow, quick], [good, worse]) == ("quick", ("slow", "quick")), "5 of 5: p = 0.06"


def test_times_that_nobody_feels_do_not_decide() -> None:
    rows = [row("a", 0.4), row("b", 9.0), row("c", 11.0), row("d", 0.9)]
    best, good, fair = np.array([1, 1, 1, 1.0]), np.array([1, 1, 1, 0.5]), np.array([1, 1, 0.5, 0.5])
    assert recommend(rows, [fair, good, best, good])[0] == "b", "c is slower by over 10 ms; b comes before d"


def test_the_sign_test() -> None:
    one = np.array([1.0, 1, 1, 1, 1, 1, 0, 0.5])
    assert sign_test(one, np.zeros(8)) == pytest.approx(2 / 2**7)
    assert sign_test(one, one) == 1.0
    assert sign_test(np.array([1.0, 0, 0, 0, 0]), np.array([0.0, 1, 1, 1, 1])) == pytest.approx(2 * 6 / 32)


def test_a_row_names_the_hyper_parameters_that_were_turned() -> None:
    turned = PrototypicalLearner(PLANE, settings=replace(PrototypicalSettings(), distance="euclidean"))
    report = self_test([PrototypicalLearner(PLANE), turned, Means()], faces([[0, 1]]), None, fpir=0.01)
    assert [row.changed_settings for row in report.rows] == ["", "distance=euclidean", ""]


def test_wilsons_interval() -> None:
    assert wilson_interval(0.96, 100) == pytest.approx((0.9016, 0.9843), abs=1e-4)
    assert wilson_interval(1.0, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    assert wilson_interval(math.nan, 5) == wilson_interval(0.0, 0) == (0.0, 1.0)
