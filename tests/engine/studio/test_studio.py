"""What the studio asks of the whole engine, with real models, on still pictures that are shown again and again."""

from __future__ import annotations

import csv
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    Adapted,
    Explained,
    GalleryChanged,
    JobChanged,
    MapChanged,
    ResultReady,
    SelfTested,
    SessionRecordingChanged,
    TaughtTrack,
    Trouble,
    Undoable,
    UntaughtTrack,
)
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.engine.studio.self_test_job import run_self_test
from metaface_gui.errors import KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.maml import MamlLearner
from metaface_gui.types import Truth
from tests.engine.listening import Listener, Someone, names, only_face, show
from tests.patience import PATIENCE_S

OTHERS = [key for key in LEARNERS if key != "prototypical"]
TWO_STEPS = replace(MamlLearner.settings_type(), inner_steps=2)


# Map, explanation, self-test ----------------------------------------------------------------------------------------


def test_a_face_lies_on_the_map_near_its_own_shots(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    engine.studio.set_map_learner("reptile")
    plane = listener.wait(MapChanged).map
    assert plane is not None
    assert (plane.learner, plane.names) == ("reptile", tuple(one.name for one in people))
    assert len(plane.class_vectors_xy) == 2, "a learner that does not run may be looked at all the same"
    face = only_face(listener.wait(ResultReady, lambda event: only_face(event).map_xy.shape == (2,)))
    assert list(face.per_learner) == ["prototypical"]
    apart = np.linalg.norm(plane.shots_xy - face.map_xy, axis=1)
    assert plane.shot_people[apart.argmin()] == 0
    engine.studio.set_map_learner(None)
    assert listener.wait(MapChanged).map is None
    assert only_face(listener.wait(ResultReady)).map_xy.shape == (0,)


def test_the_map_follows_the_gallery(engine: Engine, listener: Listener, people: tuple[Someone, Someone]) -> None:
    engine.studio.set_map_learner("prototypical")
    before = listener.wait(MapChanged).map
    assert before is not None
    engine.people.delete_shot(before.shot_ids[0])
    after = listener.wait(MapChanged).map
    assert after is not None
    assert after.shot_ids == before.shot_ids[1:]


def test_why_a_face_has_its_name(engine: Engine, listener: Listener, people: tuple[Someone, Someone]) -> None:
    face = only_face(listener.wait(ResultReady))
    engine.studio.explain_track(face.track_id)
    explained = listener.wait(Explained)
    assert explained.track_id == face.track_id
    explanation = explained.explanation
    assert explanation is not None
    assert (explanation.learner, explanation.decision.name) == ("prototypical", people[0].name)
    assert explanation.shots[0].name == people[0].name
    assert explanation.shots[0].picture.startswith(b"\xff\xd8")
    assert explanation.heat.max() > 0.0


def test_of_a_face_that_nobody_saw_nothing_can_be_explained(engine: Engine, listener: Listener) -> None:
    engine.studio.explain_track(4711)
    assert listener.wait(Explained).explanation is None


def test_only_the_newest_explanation_comes(engine: Engine, listener: Listener, people: tuple[Someone, Someone]) -> None:
    busy, go_on = threading.Event(), threading.Event()

    def hold(_job: object) -> None:
        busy.set()
        assert go_on.wait(PATIENCE_S)

    engine.jobs.explanations.submit("hold", hold)
    assert busy.wait(PATIENCE_S)
    face = only_face(listener.wait(ResultReady))
    for track_id in (111, 222, face.track_id):
        engine.studio.explain_track(track_id)
    go_on.set()
    assert listener.wait(Explained).track_id == face.track_id


def test_every_method_is_tested_with_progress(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    engine.studio.self_test()
    assert listener.wait(JobChanged).title == "Testing the methods"
    report = listener.wait(SelfTested).report
    assert {row.learner for row in report.rows} == set(LEARNERS)
    assert report.people == tuple(one.name for one in people)
    assert listener.wait(JobChanged, lambda event: event.is_finished).error is None


def test_a_self_test_can_be_cancelled_and_the_next_one_runs(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], monkeypatch: pytest.MonkeyPatch
) -> None:
    began, cancelled = threading.Event(), threading.Event()

    def held(*args: Any, **named: Any) -> Any:
        began.set()
        assert cancelled.wait(PATIENCE_S)
        return run_self_test(*args, **named)

    monkeypatch.setattr("metaface_gui.engine.studio.studio.run_self_test", held)
    request = engine.studio.self_test()
    assert began.wait(PATIENCE_S)
    engine.jobs.cancel(request)
    cancelled.set()
    ended = listener.finished(request)
    assert ended.is_cancelled
    assert ended.error is None
    engine.studio.self_test()
    listener.wait(SelfTested)


def test_a_self_test_without_people_says_what_to_do(engine: Engine, listener: Listener) -> None:
    engine.studio.self_test()
    error = listener.wait(JobChanged, lambda event: event.title == "Testing the methods" and event.is_finished).error
    assert error is not None
    assert "enrolled" in str(error)


def test_a_self_test_knows_the_users_settings(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[object]()

    def run_self_test(_gallery: object, _embedder: object, learners: list[MamlLearner], **_: object) -> object:
        seen.extend(learner.settings for learner in learners if learner.key == "maml")
        raise KnownError("Seen enough.")

    monkeypatch.setattr("metaface_gui.engine.studio.studio.run_self_test", run_self_test)
    engine.models.set_hyperparameters("maml", TWO_STEPS)
    engine.studio.self_test()
    listener.wait(JobChanged, lambda event: event.error is not None)
    assert seen == [TWO_STEPS]


# Teaching -----------------------------------------------------------------------------------------------------------


def test_a_wrong_name_is_denied_at_once_by_all_that_run_and_undone(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], gallery: Gallery
) -> None:
    engine.models.set_compared(["maml", "siamese"])
    face = only_face(listener.wait(ResultReady, lambda event: len(only_face(event).per_learner) == 3))
    wrong_id = face.identification.person_id
    assert wrong_id is not None
    engine.faces.reject_track(face.track_id, wrong_id)
    undoable = listener.wait(Undoable)
    assert listener.wait(TaughtTrack) == TaughtTrack(face.track_id, wrong_id, is_denial=True)
    listener.wait(
        ResultReady,
        lambda event: all(decision.person_id != wrong_id for decision in only_face(event).per_learner.values()),
    )
    assert 1 <= gallery.snapshot().people[0].negative_count <= 3
    engine.studio.explain_track(face.track_id)
    explanation = listener.wait(Explained).explanation
    assert explanation is not None
    assert (explanation.decision.name, explanation.denied) == (None, people[0].name), "as the picture says"
    engine.people.undo(undoable.token)
    listener.wait(ResultReady, lambda event: names(event) == [people[0].name])


def test_a_confirmed_face_joins_the_persons_shots(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], gallery: Gallery
) -> None:
    before = gallery.snapshot().people[1]
    face = only_face(listener.wait(ResultReady))
    engine.faces.confirm_track(face.track_id, before.id)
    undoable = listener.wait(Undoable)
    assert listener.wait(TaughtTrack) == TaughtTrack(face.track_id, before.id)
    assert listener.wait(Adapted).n_shots == sum(one.shot_count for one in gallery.snapshot().people)
    assert gallery.snapshot().people[1].shot_count == before.shot_count + 1
    engine.people.undo(undoable.token)
    listener.wait(GalleryChanged, lambda event: event.snapshot.people[1].shot_count == before.shot_count)


def test_naming_a_face_says_who_its_track_is_until_it_is_undone(
    engine: Engine, listener: Listener, person: Someone
) -> None:
    engine.models.set_compared(["maml"])
    show(engine, person.stills[0])
    face = only_face(listener.wait(ResultReady, lambda event: len(event.result.faces) == 1))
    engine.faces.name_track(face.track_id, Enrollee("Somebody", consent_given=True))
    undoable = listener.wait(Undoable)
    assert listener.wait(TaughtTrack) == TaughtTrack(face.track_id, 1)
    listener.wait(ResultReady, lambda event: only_face(event).truth == Truth(person_id=1))
    engine.people.undo(undoable.token)
    assert listener.wait(UntaughtTrack) == UntaughtTrack(face.track_id)
    listener.wait(ResultReady, lambda event: only_face(event).truth is None)


def test_a_face_that_is_long_gone_teaches_nothing(engine: Engine, listener: Listener) -> None:
    engine.faces.reject_track(4711, 1)
    assert "not been seen well enough" in str(listener.wait(Trouble).error)
    engine.faces.confirm_track(4711, 1)
    assert "not been seen well enough" in str(listener.wait(Trouble).error)


# Recording ----------------------------------------------------------------------------------------------------------


def test_a_session_is_recorded_with_every_learners_decision(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], tmp_path: Path
) -> None:
    engine.models.set_compared(["maml"])
    listener.wait(ResultReady, lambda event: len(only_face(event).per_learner) == 2)
    engine.recording.start(tmp_path / "sessions")
    assert listener.wait(SessionRecordingChanged).is_recording
    for _ in range(5):
        listener.wait(ResultReady)
    engine.recording.save_snapshot(tmp_path / "now.png")
    assert listener.wait(SessionRecordingChanged).files[0].kind == "snapshot"
    engine.recording.stop()
    ended = listener.wait(SessionRecordingChanged)
    assert not ended.is_recording
    assert ended.error is None
    files = {file.kind: file.path for file in ended.files}
    assert files.keys() == {"video", "jsonl", "csv"}
    with files["csv"].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["learner"] for row in rows} == {"prototypical", "maml"}


def test_before_the_first_frame_there_is_nothing_to_save(engine: Engine, listener: Listener, tmp_path: Path) -> None:
    engine.recording.save_snapshot(tmp_path / "nothing.png")
    assert "no picture" in str(listener.wait(Trouble).error)


# Life ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def before_the_engine() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_an_engine_that_is_stopped_in_the_middle_leaves_no_thread(
    before_the_engine: set[threading.Thread], engine: Engine, people: tuple[Someone, Someone], tmp_path: Path
) -> None:
    engine.recording.start(tmp_path)
    engine.models.set_compared(OTHERS)
    engine.studio.set_map_learner("rl2")
    engine.studio.self_test()
    engine.studio.explain_track(1)
    engine.faces.reject_track(1, 1)
    assert engine.stop(timeout_s=PATIENCE_S)
    assert set(threading.enumerate()) <= before_the_engine
