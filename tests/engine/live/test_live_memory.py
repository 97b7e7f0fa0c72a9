from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metaface_gui.engine.live.live_memory import LiveMemory
from metaface_gui.types import UNKNOWN, Floats, FrameResult, Look, QualityIssue, TrackTemplate
from tests.gui.fakes import make_face, make_frame

FRAME = make_frame(1280, 720)


def embedding(angle_deg: float) -> Floats:
    vector = np.zeros(128, np.float32)
    vector[:2] = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return vector


def see(
    memory: LiveMemory, at_s: float, angle_deg: float, *issues: QualityIssue, score: float = 0.8, track_id: int = 1
) -> None:
    face = make_face(track_id, name="Anna", issues=issues)
    face = replace(face, quality=replace(face.quality, score=score), embedding=embedding(angle_deg))
    memory.remember(FrameResult(FRAME, (face,), round(at_s * 1e9)))


@pytest.fixture
def memory() -> LiveMemory:
    return LiveMemory()


def test_a_track_nobody_saw_has_nothing(memory: LiveMemory) -> None:
    assert memory.samples_of_track(1) == memory.best_of_track(1) == memory.latest_of_track(1, 3) == ()


def test_a_poor_face_is_remembered_as_it_is_now_but_is_no_shot(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0, QualityIssue.BLURRED)
    assert memory.samples_of_track(1) == memory.best_of_track(1) == ()
    (newest,) = memory.latest_of_track(1, 3)
    assert newest.quality.issues == (QualityIssue.BLURRED,)


def test_a_face_says_whether_there_are_shots_of_it(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0, QualityIssue.BLURRED)
    see(memory, 1.0, 40.0, track_id=2)
    now = FrameResult(FRAME, tuple(make_face(track) for track in (1, 2, 3)), 0)
    assert [face.has_shots for face in memory.with_shots(now).faces] == [False, True, False]
    see(memory, 2.0, 0.0)
    see(memory, 2.0, 80.0, track_id=3)
    assert memory.with_shots(now) is now


def test_the_best_picture_of_a_track(memory: LiveMemory) -> None:
    for number, score in enumerate([0.5, 0.9, 0.7]):
        see(memory, 1.0 + number, 30.0 * number, score=score)
    (best,) = memory.best_of_track(1)
    assert best.quality.score == 0.9


def test_the_best_shots_of_a_track_differ(memory: LiveMemory) -> None:
    for number, (angle, score) in enumerate([(0.0, 0.5), (40.0, 0.9), (50.0, 0.8), (90.0, 0.6)]):
        see(memory, 1.0 + number, angle, score=score)
    chosen = [float(np.degrees(np.arctan2(*sample.embedding[1::-1]))) for sample in memory.best_of_track(1, 3)]
    assert chosen == pytest.approx([40.0, 90.0, 0.0], abs=0.1)
    assert len(memory.best_of_track(1, 99)) == 4


def test_the_latest_look_and_those_that_differ_most_from_it(memory: LiveMemory) -> None:
    for number, angle in enumerate([0.0, 80.0, 40.0, 20.0]):
        see(memory, 1.0 + number, angle)
    see(memory, 6.0, 10.0, QualityIssue.TOO_DARK)
    chosen = [float(np.degrees(np.arctan2(*sample.embedding[1::-1]))) for sample in memory.latest_of_track(1, 3)]
    assert chosen == pytest.approx([10.0, 80.0, 40.0], abs=0.1)
    assert len(memory.latest_of_track(1, 99)) == 5
    assert len(memory.latest_of_track(1, 1)) == 1


def test_a_good_latest_look_is_not_taken_twice(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0)
    assert len(memory.latest_of_track(1, 3)) == 1


def test_faces_are_sampled_four_times_a_second(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0)
    see(memory, 1.1, 50.0)
    assert len(memory.samples_of_track(1)) == 1
    see(memory, 1.3, 50.0)
    assert len(memory.samples_of_track(1)) == 2


def test_the_first_good_look_is_taken_at_once(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0, QualityIssue.BLURRED)
    see(memory, 1.05, 10.0, QualityIssue.BLURRED)
    assert memory.latest_of_track(1, 1)[0].embedding[0] == 1.0, "not yet time"
    see(memory, 1.1, 20.0)
    assert len(memory.samples_of_track(1)) == 1
    see(memory, 1.15, 60.0)
    assert len(memory.samples_of_track(1)) == 1


def test_what_all_looks_at_a_track_say_is_kept_as_it_is_now(memory: LiveMemory) -> None:
    quality = make_face(1).quality
    looks = [Look(embedding(0), 1.0, quality, i / 30, i + 1, np.zeros((4, 4, 3), np.uint8)) for i in range(2)]
    for i in range(2):
        template = TrackTemplate(tuple(looks[: i + 1]), embedding(0), (1.0,), 1.0, 0.6)
        face = replace(make_face(1, name="Anna"), embedding=embedding(0), template=template)
        memory.remember(FrameResult(FRAME, (face,), 1 + i, embedder_id="sface"))
    evidence = memory.evidence_of_track(1, "sface")
    assert evidence is not None
    assert len(evidence.template.looks) == 2, "between two samples as well"
    assert evidence.shown_id == face.identification.person_id is not None
    denied = replace(face, identification=UNKNOWN, template=replace(template, denied=frozenset({1})), is_fresh=False)
    memory.note_decisions(FrameResult(FRAME, (denied,), 3, embedder_id="sface"))
    evidence = memory.evidence_of_track(1, "sface")
    assert evidence is not None
    assert evidence.shown_id is None
    assert evidence.template.denied == {1}, "without another look"
    assert memory.evidence_of_track(1, "facenet") is None, "its looks cannot be compared with another embedder's"
    assert memory.evidence_of_track(2, "sface") is None
    memory.forget_faces(embedding(90)[None])
    assert memory.evidence_of_track(1, "sface") is None, "who is shown may be somebody who was deleted"
    assert memory.latest_of_track(1, 1)


def test_tracks_that_are_long_gone_are_forgotten(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0)
    see(memory, 100.0, 0.0, track_id=2)
    assert memory.latest_of_track(1, 1) == ()
    assert len(memory.latest_of_track(2, 1)) == 1


def test_whoever_was_deleted_is_in_no_track_and_in_no_tray(memory: LiveMemory) -> None:
    for track_id, angle in ((1, 0.0), (2, 90.0)):
        face = make_face(track_id)  # unknown
        memory.remember(FrameResult(FRAME, (replace(face, embedding=embedding(angle)),), track_id * 10**9, "stock"))
    assert len(memory.unknown_groups(3 * 10**9)) == 2
    memory.forget_faces(np.stack([embedding(200.0), embedding(10.0)]))
    assert memory.latest_of_track(1, 3) == ()
    assert len(memory.latest_of_track(2, 3)) == 1
    assert [group.count for group in memory.unknown_groups(3 * 10**9)] == [1]


@pytest.mark.parametrize("shape", [(0, 128), (0, 0), (2, 512)])
def test_faces_that_cannot_be_compared_forget_nobody(memory: LiveMemory, shape: tuple[int, int]) -> None:
    see(memory, 1.0, 0.0)
    memory.forget_faces(np.ones(shape, np.float32))
    assert len(memory.latest_of_track(1, 3)) == 1


def test_nobody_was_named_nobody_is_forgotten(memory: LiveMemory) -> None:
    see(memory, 1.0, 0.0)
    memory.forget_named(())
    assert len(memory.latest_of_track(1, 3)) == 1


def unknown(
    memory: LiveMemory, at_s: float, angle_deg: float, *, learner: str = "maml", name: str | None = None
) -> bool:
    face = replace(make_face(1, name=name), embedding=embedding(angle_deg))
    return memory.remember(FrameResult(FRAME, (face,), round(at_s * 1e9), learner))


def test_while_nobody_decides_nobody_is_unknown(memory: LiveMemory) -> None:
    unknown(memory, 1.0, 0.0, learner="")
    assert memory.unknown_groups(10**9) == ()
    assert len(memory.samples_of_track(1)) == 1, "who clicks on it can still name it"
    unknown(memory, 2.0, 0.0)
    assert len(memory.unknown_groups(2 * 10**9)) == 1


def test_whoever_gets_a_name_leaves_the_tray(memory: LiveMemory) -> None:
    assert unknown(memory, 1.0, 0.0)
    assert unknown(memory, 2.0, 90.0)
    assert unknown(memory, 3.0, 10.0, name="Anna"), "the tray is another one"
    (left,) = memory.unknown_groups(3 * 10**9)
    assert left.last_seen_ns == 2 * 10**9
    assert not unknown(memory, 4.0, 10.0, name="Anna")


def test_whoever_was_imported_leaves_the_tray(memory: LiveMemory) -> None:
    unknown(memory, 1.0, 0.0)
    unknown(memory, 2.0, 90.0)
    memory.forget_groups_like(np.stack([embedding(5.0)]))
    assert [group.last_seen_ns for group in memory.unknown_groups(3 * 10**9)] == [2 * 10**9]
