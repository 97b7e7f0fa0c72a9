from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.recognition.vote import TemporalVote
from metaface_gui.types import FaceQuality, Identification

GOOD = FaceQuality(100.0, 120.0, 1.0, 1.0, score=0.9)
POOR = FaceQuality(20.0, 30.0, 0.1, 0.4, score=0.05)


def anna(score: float = 0.7) -> Identification:
    return Identification(1, "Anna", score, 0.4, 1, "Anna")


def boris(score: float = 0.7) -> Identification:
    return Identification(2, "Boris", score, 0.4, 2, "Boris")


def unknown(score: float = 0.2) -> Identification:
    return Identification(None, None, score, 0.4, 1, "Anna")


def shown(decisions: list[Identification], quality: FaceQuality = GOOD, step_s: float = 1 / 30) -> list[int | None]:
    vote = TemporalVote()
    return [vote.update(1, now, quality, i * step_s).person_id for i, now in enumerate(decisions)]


def test_the_first_frame_decides_at_once() -> None:
    assert shown([anna()]) == [1]
    assert shown([unknown()]) == [None]


def test_names_that_alternate_switch_at_most_once() -> None:
    ids = shown([anna(), boris()] * 30)
    assert sum(a != b for a, b in itertools.pairwise(ids)) <= 1


def test_a_wrong_first_name_is_corrected_in_a_few_frames() -> None:
    ids = shown([boris(), *[anna()] * 5])
    assert ids[0] == 2
    assert ids[-1] == 1


def test_one_bad_frame_does_not_unname_anybody() -> None:
    vote = TemporalVote()
    for i in range(10):
        vote.update(1, anna(), GOOD, i / 30)
    assert vote.update(1, unknown(), POOR, 10 / 30).person_id == 1


def test_good_frames_outweigh_more_poor_ones() -> None:
    vote = TemporalVote()
    for i in range(4):
        answer = vote.update(1, boris(), POOR, i / 30)
    assert answer.person_id == 2
    answers = [vote.update(1, anna(), GOOD, (4 + i) / 30).person_id for i in range(2)]
    assert answers == [2, 1]


def test_somebody_always_in_the_dark_takes_over_from_whom_the_track_showed_before() -> None:
    vote = TemporalVote()
    for i in range(60):
        vote.update(1, boris(), GOOD, i / 30)
    answers = [vote.update(1, anna(), POOR, (60 + i) / 30).person_id for i in range(60)]
    assert answers[0] == 2
    assert answers[-1] == 1


def test_a_clear_score_outweighs_a_borderline_one() -> None:
    vote = TemporalVote()
    vote.update(1, boris(0.401), GOOD, 0.0)
    assert vote.update(1, anna(0.9), GOOD, 0.01).person_id == 1


def test_the_answer_carries_the_shown_persons_own_score() -> None:
    vote = TemporalVote()
    for i in range(5):
        vote.update(1, anna(0.7), GOOD, i / 30)
    answer = vote.update(1, boris(0.5), GOOD, 5 / 30)
    assert (answer.name, answer.score) == ("Anna", 0.7)


def test_tracks_vote_apart_and_are_forgotten() -> None:
    vote = TemporalVote()
    for i in range(10):
        vote.update(1, anna(), GOOD, i / 30)
    assert vote.update(2, boris(), GOOD, 0.4).person_id == 2
    assert vote.update(1, boris(), GOOD, 5.0).person_id == 2, "out of sight for seconds: begins anew"


def test_what_stands_is_what_was_shown_last_and_asking_is_no_vote() -> None:
    vote = TemporalVote()
    assert vote.current(1) is None
    for i in range(5):
        shown_last = vote.update(1, anna(0.7 + 0.01 * i), GOOD, i / 30)
        assert all(vote.current(1) == shown_last for _ in range(20))
    assert vote.current(2) is None
    assert vote.update(1, boris(), GOOD, 5 / 30).name == "Anna"
    standing = vote.current(1)
    assert standing is not None
    assert (standing.name, standing.score) == ("Anna", 0.74)
    assert [vote.update(1, boris(), GOOD, (6 + i) / 30).name for i in range(6)][-1] == "Boris", (
        "asking gave Anna nothing"
    )


def test_nothing_stands_of_a_track_that_was_forgotten() -> None:
    vote = TemporalVote()
    vote.update(1, anna(), GOOD, 0.0)
    vote.update(2, boris(), GOOD, 3.0)
    assert vote.current(1) is None
    assert vote.current(2) == boris()
    vote.reset()
    assert vote.current(2) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([anna(), boris(), unknown()]), min_size=1, max_size=40))
def test_only_what_some_frame_said_is_ever_shown(decisions: list[Identification]) -> None:
    for i, person_id in enumerate(shown(decisions)):
        assert person_id in {now.person_id for now in decisions[: i + 1]}
