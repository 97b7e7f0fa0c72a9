from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.recognition.attention import FILE, LIVE, THOROUGH, Attention, Followed, worth_embedding
from metaface_gui.types import UNKNOWN, Identification


def decided(score: float, threshold: float = 0.4) -> Identification:
    person_id = 1 if score >= threshold else None
    return Identification(person_id, "Anna" if person_id else None, score, threshold, 1, "Anna")


CONTENT = Followed(looks=9, age_s=0.1, quality=0.8, best_quality=0.8, decision=decided(0.8))
"""A face that nothing is gained by looking at."""
YOUNG = replace(CONTENT, looks=1)
OLD = replace(CONTENT, age_s=0.6)
BETTER = replace(CONTENT, best_quality=0.5)
DOUBTFUL = replace(CONTENT, decision=decided(0.45))


def test_what_is_compared_is_looked_at_wholly() -> None:
    assert THOROUGH.is_thorough
    assert not FILE.is_thorough
    assert not LIVE.is_thorough
    assert THOROUGH.is_close
    assert FILE.is_close
    assert not LIVE.is_close
    assert worth_embedding([CONTENT, None, *[CONTENT] * 9], THOROUGH) == tuple(range(11))


@pytest.mark.parametrize("attention", [Attention(detect_every=2, refresh_s=0.0), Attention(detect_every=1)])
def test_half_thorough_is_not_thorough(attention: Attention) -> None:
    assert not attention.is_thorough


@pytest.mark.parametrize(
    "face", [YOUNG, OLD, BETTER, DOUBTFUL, None], ids=["young", "old", "better", "doubtful", "new"]
)
def test_what_is_worth_a_look(face: Followed | None) -> None:
    assert worth_embedding([CONTENT, face, CONTENT], LIVE) == (1,)


@pytest.mark.parametrize(
    "face",
    [
        replace(CONTENT, looks=3),
        replace(CONTENT, age_s=0.49),
        replace(CONTENT, best_quality=0.75),
        replace(CONTENT, quality=0.2),
        replace(CONTENT, decision=decided(0.1)),
        replace(CONTENT, decision=UNKNOWN),
        replace(CONTENT, decision=replace(UNKNOWN, threshold=0.4, is_denied=True)),
    ],
    ids=["known", "just seen", "hardly better", "worse", "clearly a stranger", "empty gallery", "nobody left"],
)
def test_what_is_not_worth_one(face: Followed) -> None:
    assert worth_embedding([face], LIVE) == ()


@pytest.mark.parametrize(
    ("score", "is_doubtful"), [(0.27, False), (0.29, True), (0.4, True), (0.51, True), (0.53, False)]
)
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["cosines", "negative distances"])
def test_doubt_reaches_as_far_to_either_side_of_the_threshold(score: float, is_doubtful: bool, sign: float) -> None:
    face = replace(CONTENT, decision=decided(sign * score, sign * 0.4))
    assert worth_embedding([face], LIVE) == ((0,) if is_doubtful else ())


def test_the_neediest_come_first() -> None:
    faces = [DOUBTFUL, BETTER, OLD, YOUNG]
    assert [worth_embedding(faces, replace(LIVE, at_most=n, at_most_known=n)) for n in range(5)] == [
        (),
        (3,),
        (2, 3),
        (1, 2, 3),
        (0, 1, 2, 3),
    ]


def test_among_the_equally_needy_who_waited_longest_comes_first() -> None:
    faces = [replace(OLD, age_s=age_s) for age_s in (0.6, 0.9, 0.7, 0.8)]
    assert worth_embedding(faces, replace(LIVE, at_most=2, at_most_known=2)) == (1, 3)


def test_of_faces_that_had_their_first_looks_one_has_its_turn_beside_the_young() -> None:
    assert worth_embedding([DOUBTFUL, OLD, BETTER], LIVE) == (1,)
    assert worth_embedding([YOUNG, OLD, YOUNG, OLD], LIVE) == (0, 2, 3)
    assert worth_embedding([YOUNG] * 4 + [OLD], LIVE) == (1, 2, 3)


def test_new_faces_come_on_top_of_the_most() -> None:
    assert worth_embedding([None, OLD, None, OLD, OLD, None, OLD, None], replace(LIVE, at_most=2, at_most_known=2)) == (
        0,
        2,
        4,
        5,
        6,
        7,
    )


def test_the_longest_waiting_does_not_outrank_a_greater_need() -> None:
    assert worth_embedding([replace(DOUBTFUL, age_s=1e9), YOUNG], replace(LIVE, at_most=1, refresh_s=1e12)) == (1,)


def test_everybody_has_his_turn() -> None:
    """Eight faces that are refreshed two at a time: none waits longer than four searches."""
    attention, looked_s, longest = replace(LIVE, at_most=2, at_most_known=2), [0.0] * 8, 0.0
    for step in range(1, 60):
        now_s = step * 0.5
        chosen = worth_embedding([replace(CONTENT, age_s=now_s - then_s) for then_s in looked_s], attention)
        for index in chosen:
            longest = max(longest, now_s - looked_s[index])
            looked_s[index] = now_s
    assert longest == pytest.approx(2.0)


_scores = st.floats(-2.0, 2.0) | st.just(float("-inf"))
_followed = st.builds(
    Followed,
    looks=st.integers(1, 9),
    age_s=st.floats(0.0, 1e6),
    quality=st.floats(0.0, 1.0),
    best_quality=st.floats(0.0, 1.0),
    decision=st.builds(decided, _scores, st.floats(-1.0, 1.0) | st.just(float("inf"))),
)
_attentions = st.builds(
    Attention,
    detect_every=st.integers(1, 4),
    refresh_s=st.floats(0.0, 2.0),
    at_most=st.integers(0, 5),
    at_most_known=st.integers(0, 5),
    first_looks=st.integers(0, 4),
    better=st.floats(0.0, 1.0),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | _followed, max_size=12), _attentions)
def test_chosen_are_some_of_the_faces_all_new_ones_and_no_more_than_allowed(
    faces: list[Followed | None], attention: Attention
) -> None:
    chosen = worth_embedding(faces, attention)
    assert list(chosen) == sorted(set(chosen) & set(range(len(faces))))
    assert {index for index, face in enumerate(faces) if face is None} <= set(chosen)
    known = [index for index in chosen if faces[index] is not None]
    assert attention.is_thorough or len(known) <= attention.at_most
    assert worth_embedding(faces, attention) == chosen
