"""Several learners on one face: who says what, and who agrees."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.rendering.overlay import OverlayKind, overlay_items
from metaface_gui.pipeline.rendering.verdicts import (
    Agreement,
    Majority,
    count_agreeing,
    count_right,
    majority,
    verdicts_of,
)
from metaface_gui.types import UNKNOWN, Frame, FrameResult, Identification, PersonId, TrackedFace, Truth
from tests.pipeline.samples import decided

NAMES = {1: "Anna", 2: "Ben"}


def decision(person: PersonId | None, score: float = 0.8, threshold: float = 0.4) -> Identification:
    return Identification(person, NAMES.get(person) if person else None, score, threshold, 1, "Anna")


def face(**per_learner: Identification) -> TrackedFace:
    first = next(iter(per_learner.values()), UNKNOWN)
    return decided(1, (0, 0, 90, 90), first, per_learner)


def result(shown: TrackedFace, learner: str = "") -> FrameResult:
    return FrameResult(Frame(np.zeros((9, 9, 3), np.uint8), 0, 0.0, 0), (shown,), 0, learner)


def agreements(*people: PersonId | None) -> list[Agreement]:
    shown = face(**{f"m{i}": decision(person) for i, person in enumerate(people)})
    return [verdict.agreement for verdict in verdicts_of(shown)]


YES, NO, NONE = Agreement.AGREES, Agreement.DISAGREES, Agreement.NO_MAJORITY


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ((1, 1, 2), [YES, YES, NO]),
        ((1, 1, None), [YES, YES, NO]),
        ((None, None, 1), [YES, YES, NO]),
        ((1, 2), [NONE, NONE]),
        ((1, 1, 2, 2), [NONE] * 4),
        ((1, 1, 2, None), [NONE] * 4),
        ((1, 1, 1, 2, None), [YES, YES, YES, NO, NO]),
        ((None, None), [YES, YES]),
    ],
)
def test_the_majority_is_what_more_than_half_decide(people: tuple[int | None, ...], expected: list[Agreement]) -> None:
    assert agreements(*people) == expected


def test_two_people_of_one_name_are_not_one_person() -> None:
    same = Identification(2, "Anna", 0.8, 0.4)
    verdicts = verdicts_of(face(a=decision(1), b=decision(1), c=same))
    assert [verdict.agreement for verdict in verdicts] == [YES, YES, NO]


def test_nothing_is_compared_until_two_run() -> None:
    assert verdicts_of(face()) == ()
    assert verdicts_of(face(maml=decision(1))) == ()
    assert len(verdicts_of(face(maml=decision(1), reptile=decision(1)))) == 2


def test_a_verdict_says_name_bar_and_who_decides() -> None:
    shown = face(maml=decision(1, 2.0, 1.0), reptile=decision(None, -3.0, -2.0), rl2=UNKNOWN)
    maml, reptile, auto = verdicts_of(shown, "reptile")
    assert (maml.learner, maml.name, maml.is_deciding) == ("maml", "Anna", False)
    assert (reptile.name, reptile.is_deciding) == ("", True)
    assert maml.fill > maml.mark
    assert 0.0 < reptile.fill < reptile.mark
    assert auto.fill == 0.0


def test_each_score_is_measured_against_its_own_threshold() -> None:
    """On its own scale each of the two is halfway from nothing to twice its threshold."""
    small, large = verdicts_of(face(a=decision(1, 0.02, 0.02), b=decision(1, 200.0, 200.0)))
    assert small.fill == pytest.approx(large.fill) == pytest.approx(small.mark)


people = st.lists(st.sampled_from([None, 1, 2, 3]), min_size=1, max_size=9)


@settings(max_examples=80, deadline=None)
@given(people)
def test_a_majority_depends_on_no_order_and_is_more_than_half(chosen: list[int | None]) -> None:
    found = majority([decision(person) for person in chosen])
    assert found == majority([decision(person) for person in reversed(chosen)])
    counts = Counter(chosen)
    if found is None:
        assert all(2 * count <= len(chosen) for count in counts.values())
    else:
        assert 2 * counts[found.person_id] > len(chosen)


@settings(max_examples=80, deadline=None)
@given(people)
def test_those_who_agree_are_the_majority(chosen: list[int | None]) -> None:
    verdicts = verdicts_of(face(**{f"m{i}": decision(person) for i, person in enumerate(chosen)}))
    assert count_agreeing(verdicts) == 0 or 2 * count_agreeing(verdicts) > len(chosen)


def test_right_and_wrong_are_by_the_truth_and_not_by_most() -> None:
    shown = face(maml=decision(1), reptile=decision(None), rl2=decision(None))
    assert [verdict.is_right for verdict in verdicts_of(shown)] == [None] * 3
    assert count_right(verdicts_of(shown)) is None
    known = verdicts_of(replace(shown, truth=Truth(name="Anna")))
    assert [verdict.is_right for verdict in known] == [True, False, False]
    assert count_right(known) == 1
    assert [verdict.is_right for verdict in verdicts_of(replace(shown, truth=Truth()))] == [False, True, True]


def test_nobody_s_decisions_have_no_majority() -> None:
    assert majority([]) is None
    assert majority([decision(None)]) == Majority(None)


def test_an_overlay_carries_the_verdicts_and_who_decides() -> None:
    shown = face(maml=decision(1), reptile=decision(None, 0.1))
    (item,) = overlay_items(result(shown, "maml"))
    assert (item.kind, item.name) == (OverlayKind.KNOWN, "Anna")
    assert [(verdict.learner, verdict.is_deciding) for verdict in item.verdicts] == [("maml", True), ("reptile", False)]


def test_an_overlay_of_one_learner_shows_its_decision() -> None:
    shown = face(maml=decision(1), reptile=decision(None, 0.1))
    (item,) = overlay_items(result(shown, "maml"), "reptile")
    assert (item.kind, item.name, item.score_text) == (OverlayKind.UNKNOWN, "", "−0.75")
    assert [verdict.is_deciding for verdict in item.verdicts] == [False, True]


def test_a_learner_that_has_not_judged_the_face_yet_has_no_score_and_borrows_no_name() -> None:
    (item,) = overlay_items(result(face(maml=decision(1)), "maml"), "siamese")
    assert (item.kind, item.name, item.score_text, item.verdicts) == (OverlayKind.UNKNOWN, "", "", ())
