"""A bar a person: who has one, and how long it is."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import pytest

from metaface_gui.gui.presentation.parts import Part, parts_of, parts_text
from metaface_gui.gui.presentation.people_margins import PeopleMargins, margins_of
from metaface_gui.types import Identification, PersonScore, ScoreScale, TrackedFace
from tests.gui.fakes import make_face

SCALE = ScoreScale(strangers=0.2, people=0.8)


def face(track_id: int, *scores: tuple[int, float], threshold: float = 0.5) -> TrackedFace:
    """A face that scored so against these people, the best first."""
    ranking = tuple(PersonScore(person_id, score) for person_id, score in scores)
    best_id, best = scores[0]
    known = best >= threshold
    decision = Identification(best_id if known else None, None, best, threshold, best_id, scale=SCALE, ranking=ranking)
    return replace(make_face(track_id), identification=decision)


def test_a_margin_is_the_best_that_any_face_has_to_somebody() -> None:
    margins = margins_of([face(1, (7, 0.8), (8, 0.35)), face(2, (8, 0.5), (7, 0.2))])
    assert margins == {7: pytest.approx(1.0), 8: pytest.approx(0.0)}


def test_without_a_ranking_the_nearest_person_alone_has_one() -> None:
    plain = replace(make_face(1), identification=Identification(7, "Ann", 0.65, 0.5, 7, "Ann", scale=SCALE))
    assert margins_of([plain]) == {7: pytest.approx(0.5)}
    assert margins_of([]) == {}


def test_everybody_keeps_their_place_whoever_is_seen() -> None:
    people = PeopleMargins()
    people.set_people({7: "Ann", 8: "Bob"})
    people.take([face(1, (8, 0.9))])
    (ann, ann_margin), (bob, bob_margin) = people.rows(5)
    assert (ann, bob, bob_margin) == ("Ann", "Bob", 1.0)
    assert isnan(ann_margin)


def test_where_not_all_fit_who_is_seen_takes_the_place_of_who_was_not_for_longest() -> None:
    people = PeopleMargins()
    people.set_people({number: f"p{number}" for number in range(5)})
    assert [name for name, _ in people.rows(2)] == ["p0", "p1"]
    people.take([face(1, (0, 0.9))])
    people.take([face(2, (4, 0.9))])
    assert [name for name, _ in people.rows(2)] == ["p0", "p4"]
    people.take([face(3, (2, 0.3))])  # below the threshold: nobody has to go for it
    assert [name for name, _ in people.rows(2)] == ["p0", "p4"]


def test_who_left_has_no_bar() -> None:
    people = PeopleMargins()
    people.set_people({7: "Ann", 8: "Bob"})
    people.take([face(1, (7, 0.9))])
    people.set_people({8: "Bob"})
    assert [name for name, _ in people.rows(5)] == ["Bob"]


@pytest.mark.parametrize("parts", [(), (Part.MAP,), tuple(Part)])
def test_parts_are_read_as_they_were_written(parts: tuple[Part, ...]) -> None:
    assert parts_of(parts_text(parts)) == frozenset(parts)
    assert parts_of("nonsense map") == {Part.MAP}
