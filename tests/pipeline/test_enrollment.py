from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.enrollment import EnrollmentBurst
from metaface_gui.types import QualityIssue
from tests.pipeline.samples import sample, unit


def offered(burst: EnrollmentBurst, *angles: float) -> EnrollmentBurst:
    for point in unit(*angles):
        burst, _ = burst.offer([sample(point)])
    return burst


def test_no_face_and_several_faces_are_refused() -> None:
    (a,) = unit(0)
    burst = EnrollmentBurst()
    assert burst.offer([]) == (burst, QualityIssue.NO_FACE)
    assert burst.offer([sample(a), sample(a)]) == (burst, QualityIssue.SEVERAL_FACES)


@pytest.mark.parametrize("issue", [QualityIssue.BLURRED, QualityIssue.TOO_DARK, QualityIssue.TURNED_AWAY])
def test_a_poor_picture_is_refused_with_its_reason(issue: QualityIssue) -> None:
    (a,) = unit(0)
    assert EnrollmentBurst().offer([sample(a, 0.3, issue)]) == (EnrollmentBurst(), issue)


def test_keeps_different_shots_until_it_is_full() -> None:
    burst = offered(EnrollmentBurst(wanted=3), 0, 30, 60)
    assert burst.is_full
    assert [shot.id for shot in burst.kept] == [1, 2, 3]


def test_the_same_picture_again_is_too_similar() -> None:
    burst = offered(EnrollmentBurst(), 0)
    again, issue = burst.offer([sample(unit(2)[0])])
    assert issue is QualityIssue.TOO_SIMILAR
    assert again is burst


def test_a_clearly_better_twin_takes_the_place() -> None:
    burst, _ = EnrollmentBurst().offer([sample(unit(0)[0], 0.4)])
    better, issue = burst.offer([sample(unit(2)[0], 0.9)])
    assert issue is QualityIssue.TOO_SIMILAR
    assert [shot.sample.quality.score for shot in better.kept] == [0.9]


def test_a_full_burst_swaps_the_poorer_of_its_closest_pair_for_a_farther_shot() -> None:
    burst, _ = EnrollmentBurst(wanted=3).offer([sample(unit(0)[0], 0.9)])
    burst, _ = burst.offer([sample(unit(12)[0], 0.5)])
    burst, _ = burst.offer([sample(unit(60)[0], 0.8)])
    burst, issue = burst.offer([sample(unit(120)[0], 0.8)])
    assert issue is None
    assert [shot.id for shot in burst.kept] == [1, 3, 4]


def test_a_full_burst_ignores_a_shot_that_adds_nothing() -> None:
    burst = offered(EnrollmentBurst(wanted=3), 0, 40, 80)
    assert burst.offer([sample(unit(20)[0])]) == (burst, None)


def test_leaving_out_and_bringing_back() -> None:
    burst = offered(EnrollmentBurst(), 0, 40, 80)
    gone = burst.kept[1]
    assert [shot.id for shot in burst.without(gone.id).kept] == [1, 3]
    assert burst.without(gone.id).with_shot(gone) == burst
    assert burst.without(99) == burst


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 180), max_size=30), st.integers(1, 6))
def test_never_more_than_wanted_never_the_same_and_no_number_twice(angles: list[float], wanted: int) -> None:
    burst, ids = EnrollmentBurst(wanted=wanted), set()
    for point in unit(*angles):
        burst, _ = burst.offer([sample(point)])
        ids |= {shot.id for shot in burst.kept}
        assert len(burst.kept) <= wanted
        points = np.stack([shot.sample.embedding for shot in burst.kept])
        cosines = points @ points.T - 2 * np.eye(len(points))
        assert cosines.max() < burst.too_similar
    assert burst.next_id == len(ids) + 1
