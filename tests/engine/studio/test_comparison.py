from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from metaface_gui.engine.studio.comparison import ComparisonTally, LearnerTally
from metaface_gui.types import FaceTruth, FrameResult, Identification, TrackedFace, Truth
from tests.gui.fakes import make_face, make_frame

ANNA = Identification(1, "Anna", 0.7, 0.4, 1, "Anna")
BORIS = Identification(2, "Boris", 0.7, 0.4, 2, "Boris")
NOBODY = Identification(None, None, 0.2, 0.4, 1, "Anna")
LEFT, RIGHT = (100.0, 100.0, 200.0, 200.0), (500.0, 100.0, 600.0, 200.0)
SECOND_NS = 1_000_000_000


def face(
    track_id: int, decisions: Mapping[str, Identification], box: tuple[float, float, float, float] = LEFT
) -> TrackedFace:
    return replace(make_face(track_id, box), per_learner=decisions)


def result(*faces: TrackedFace, at_s: float = 0.0, truth: tuple[FaceTruth, ...] = ()) -> FrameResult:
    frame = replace(make_frame(64, 36), truth=truth)
    return FrameResult(frame, faces, round(at_s * SECOND_NS))


def truth(person: str | None, box: tuple[float, float, float, float] = LEFT) -> FaceTruth:
    return FaceTruth(np.array(box, np.float32), person)


def tally_of(tally: ComparisonTally, learner: str) -> LearnerTally:
    return next(one for one in tally.tallies() if one.learner == learner)


@pytest.fixture
def tally() -> ComparisonTally:
    return ComparisonTally()


def test_named_and_unknown_are_all_faces_that_a_learner_decided_on(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {"maml": ANNA, "reptile": NOBODY}), face(2, {"maml": BORIS, "reptile": BORIS}, RIGHT)))
    tally.add(result(face(1, {"maml": NOBODY, "reptile": NOBODY}), at_s=0.1))
    tally.add(result(at_s=0.2))
    assert [(one.learner, one.named, one.unknown) for one in tally.tallies()] == [("maml", 2, 1), ("reptile", 1, 2)]
    assert tally.n_frames == 2, "a frame without a face compares nothing"
    assert tally.seconds == pytest.approx(0.2)


def test_switches_are_counted_by_track_and_by_looking_time(tally: ComparisonTally) -> None:
    for index, decision in enumerate([ANNA, BORIS, BORIS, NOBODY]):
        steady, other = {"maml": decision, "reptile": ANNA}, {"maml": BORIS, "reptile": NOBODY}
        tally.add(result(face(1, steady), face(2, other, RIGHT), at_s=0.5 * index))
    assert tally_of(tally, "maml").switches == 2
    assert tally_of(tally, "maml").switches_per_minute == pytest.approx(2 / (1.5 / 60))
    assert tally_of(tally, "reptile").switches == 0


def test_a_pause_counts_as_a_second_at_most(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {"maml": ANNA})))
    tally.add(result(face(1, {"maml": ANNA}), at_s=600.0))
    assert tally.seconds == pytest.approx(1.0)


def test_agreement_is_with_more_than_half_of_those_that_run(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {"maml": ANNA, "reptile": ANNA, "siamese": NOBODY})))
    tally.add(result(face(1, {"maml": ANNA, "reptile": BORIS, "siamese": NOBODY}), at_s=0.1))
    counted = {one.learner: (one.agreeing, one.contested) for one in tally.tallies()}
    assert counted == {"maml": (1, 1), "reptile": (1, 1), "siamese": (0, 1)}


def test_two_that_disagree_and_one_alone_are_no_majority(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {"maml": ANNA, "reptile": BORIS})))
    assert {one.contested for one in tally.tallies()} == {0}
    tally.add(result(face(1, {"maml": ANNA}), at_s=0.1))
    assert tally_of(tally, "maml").contested == 0


def test_a_scene_knows_who_is_right(tally: ComparisonTally) -> None:
    faces = face(1, {"maml": ANNA, "reptile": NOBODY}), face(2, {"maml": BORIS, "reptile": NOBODY}, RIGHT)
    tally.add(result(*faces, truth=(truth("Anna"), truth(None, RIGHT))))
    assert (tally_of(tally, "maml").right, tally_of(tally, "maml").counted) == (1, 2)
    assert (tally_of(tally, "reptile").right, tally_of(tally, "reptile").counted) == (1, 2)


def test_a_face_that_the_scene_has_elsewhere_is_not_judged(tally: ComparisonTally) -> None:
    shifted = (160.0, 100.0, 260.0, 200.0)  # IoU 0.25
    tally.add(result(face(1, {"maml": ANNA}), truth=(truth("Anna", shifted),)))
    assert tally_of(tally, "maml").counted == 0


def test_two_faces_drawn_in_one_place_are_matched_to_two(tally: ComparisonTally) -> None:
    near = (110.0, 100.0, 210.0, 200.0)
    faces = face(1, {"maml": ANNA}), face(2, {"maml": BORIS}, near)
    tally.add(result(*faces, truth=(truth("Boris", near), truth("Anna"))))
    assert (tally_of(tally, "maml").right, tally_of(tally, "maml").counted) == (2, 2)


def test_whom_nobody_enrolled_is_rightly_unknown(tally: ComparisonTally) -> None:
    tally.set_enrolled(["Boris"])
    tally.add(result(face(1, {"maml": BORIS, "reptile": NOBODY}), truth=(truth("Anna"),)))
    assert (tally_of(tally, "maml").right, tally_of(tally, "reptile").right) == (0, 1)


def test_the_users_word_counts_for_the_track_and_before_the_scenes(tally: ComparisonTally) -> None:
    tally.take_word(1, 2, is_denial=False)
    frame = result(
        face(1, {"maml": BORIS, "reptile": ANNA}),
        face(2, {"maml": BORIS, "reptile": BORIS}, RIGHT),
        truth=(truth("Anna"),),
    )
    tally.add(frame)
    assert (tally_of(tally, "maml").right, tally_of(tally, "maml").counted) == (1, 1)
    assert (tally_of(tally, "reptile").right, tally_of(tally, "reptile").counted) == (0, 1)


def test_what_was_taken_back_is_the_truth_no_more(tally: ComparisonTally) -> None:
    tally.take_word(1, 2, is_denial=False)
    tally.forget_word(1)
    tally.forget_word(2)
    tally.add(result(face(1, {"maml": BORIS, "reptile": ANNA}), truth=(truth("Anna"),)))
    assert tally_of(tally, "maml").right == 0
    assert tally_of(tally, "reptile").right == 1, "what the scene knows counts again"


def test_a_denial_says_only_who_it_is_not(tally: ComparisonTally) -> None:
    """ "Not Anna" is no word against whoever says Boris, nor for whoever says Unknown."""
    tally.take_word(1, 1, is_denial=True)
    frame = result(face(1, {"maml": ANNA, "reptile": BORIS, "siamese": NOBODY}))
    tally.add(frame)
    counted = {one.learner: (one.right, one.wrong, one.let_through, one.counted) for one in tally.tallies()}
    assert counted == {"maml": (0, 1, 0, 1), "reptile": (0, 0, 0, 0), "siamese": (0, 0, 0, 0)}
    truths = [one.truth for one in tally.with_truths(frame).faces]
    assert [[known and known.fits(one) for one in (ANNA, BORIS, NOBODY)] for known in truths] == [[False, None, None]]


def test_denials_add_up_and_leave_what_was_said_and_what_a_scene_knows(tally: ComparisonTally) -> None:
    for person_id in (1, 2):
        tally.take_word(1, person_id, is_denial=True)
    tally.take_word(2, 2, is_denial=False)
    tally.take_word(2, 1, is_denial=True)
    tally.take_word(3, 2, is_denial=True)
    places = [LEFT, RIGHT, (900.0, 0.0, 950.0, 50.0)]
    faces = [face(number, {"maml": BORIS, "reptile": ANNA}, box) for number, box in enumerate(places, start=1)]
    shown = tally.with_truths(result(*faces, truth=(truth("Anna", places[2]),)))
    assert [one.truth for one in shown.faces] == [Truth(not_ids=frozenset({1, 2})), Truth(2), Truth(name="Anna")]
    tally.take_word(2, 2, is_denial=True)
    (taken_back,) = tally.with_truths(result(faces[1])).faces
    assert taken_back.truth == Truth(not_ids=frozenset({2}))


def test_who_a_face_is_is_said_with_it_where_several_decide(tally: ComparisonTally) -> None:
    tally.take_word(1, 1, is_denial=False)
    frame = result(face(1, {"maml": BORIS, "reptile": ANNA}), face(2, {"maml": ANNA, "reptile": ANNA}))
    assert [one.truth for one in tally.with_truths(frame).faces] == [Truth(person_id=1), None]
    alone = result(face(1, {"maml": BORIS}))
    assert tally.with_truths(alone) is alone


def test_what_was_told_outlives_a_reset_and_the_counts_do_not(tally: ComparisonTally) -> None:
    tally.take_word(1, 1, is_denial=False)
    tally.add(result(face(1, {"maml": BORIS, "reptile": ANNA})))
    tally.reset()
    assert tally.tallies() == (LearnerTally("maml"), LearnerTally("reptile"))
    assert (tally.n_frames, tally.seconds) == (0, 0.0)
    tally.add(result(face(1, {"maml": ANNA, "reptile": ANNA}), at_s=0.1))
    assert tally_of(tally, "maml") == LearnerTally("maml", named=1, agreeing=1, contested=1, right=1, counted=1)


def test_all_tallies_are_of_the_same_frames(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {"maml": ANNA, "reptile": ANNA})))
    tally.add(result(face(1, {"reptile": ANNA}), at_s=0.1))
    assert [(one.learner, one.named) for one in tally.tallies()] == [("reptile", 2)], "one left, the other goes on"
    tally.add(result(face(1, {"maml": ANNA, "reptile": ANNA}), at_s=0.2))
    assert [(one.learner, one.named) for one in tally.tallies()] == [("maml", 1), ("reptile", 1)], "one came: anew"


def test_the_deciding_learner_comes_first_whoever_it_is_now(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {"maml": ANNA, "reptile": ANNA})))
    tally.add(result(face(1, {"reptile": ANNA, "maml": ANNA}), at_s=0.1))
    assert [(one.learner, one.named) for one in tally.tallies()] == [("reptile", 2), ("maml", 2)]


def test_faces_before_anything_is_adapted_count_for_nobody(tally: ComparisonTally) -> None:
    tally.add(result(face(1, {})))
    assert tally.tallies() == ()
    assert tally.n_frames == 0


def test_memory_of_tracks_is_bounded_and_keeps_the_last(tally: ComparisonTally) -> None:
    for track_id in range(1000):
        tally.take_word(track_id, 1, is_denial=False)
        tally.add(result(face(track_id, {"maml": ANNA}), at_s=track_id / 30))
    assert tally_of(tally, "maml").right == 1000
    tally.add(result(face(999, {"maml": BORIS}), face(0, {"maml": BORIS}, RIGHT), at_s=40.0))
    assert tally_of(tally, "maml").switches == 1, "999 is remembered, 0 is not"
    assert tally_of(tally, "maml").counted == 1001


def test_nine_learners_on_five_faces_take_no_time(tally: ComparisonTally) -> None:
    learners = [f"learner {number}" for number in range(9)]
    boxes = [(200.0 * i, 100.0, 200.0 * i + 100.0, 200.0) for i in range(5)]
    frames = [
        result(
            *(
                face(i, {key: (ANNA, BORIS, NOBODY)[(n + i) % 3] for n, key in enumerate(learners)}, box)
                for i, box in enumerate(boxes)
            ),
            at_s=index / 30,
            truth=tuple(truth("Anna", box) for box in boxes),
        )
        for index in range(40)
    ]
    times = []
    for frame in frames:
        started = time.perf_counter()
        tally.add(frame)
        times.append(time.perf_counter() - started)
    assert min(times) < 1e-3, "the inference thread may not wait; measured 0.1 ms"
