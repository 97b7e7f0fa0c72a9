"""The whole engine with real models, on still pictures of the demo's people that are shown again and again."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    Adapted,
    EngineStats,
    EnrollmentChanged,
    GalleryChanged,
    ImportLookedAt,
    LooksEnrolled,
    ModelsChanged,
    ModelState,
    ResultReady,
    SourceChanged,
    SourceState,
    Trouble,
    Undoable,
    UnknownsChanged,
)
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.gallery import Gallery, PassphraseError
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners.base import OnStep, SupportSet
from metaface_gui.pipeline.learners.inner_loop import LinearHeadClassifier
from metaface_gui.pipeline.learners.maml import MamlLearner
from metaface_gui.pipeline.recognition.attention import LIVE, THOROUGH
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Image
from metaface_gui.weights.store import WeightsStore
from tests.engine.listening import Listener, Someone, enroll, names, running, show, take_shots
from tests.patience import PATIENCE_S
from tests.pipeline.capture.videos import moving, write_video


def test_unknown_until_enrolled_then_named_then_deleted_then_back(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone
) -> None:
    show(engine, person.stills[0])
    assert listener.wait(SourceChanged, lambda event: event.state is SourceState.RUNNING).title
    assert names(listener.wait(ResultReady)) == [None]
    enroll(engine, listener, person)
    listener.wait(ResultReady, lambda event: names(event) == [person.name])
    enrolled = gallery.snapshot().people[0]
    assert enrolled.shot_count >= 1
    assert len(gallery.consents(enrolled.id)) == 1

    engine.people.delete(enrolled.id)
    undoable = listener.wait(Undoable)
    assert undoable.name == person.name
    listener.wait(ResultReady, lambda event: names(event) == [None])
    engine.people.undo(undoable.token)
    listener.wait(ResultReady, lambda event: names(event) == [person.name])


def test_who_is_this_names_a_face_in_the_view(engine: Engine, listener: Listener, person: Someone) -> None:
    show(engine, person.stills[0])
    groups = listener.wait(UnknownsChanged, lambda event: len(event.groups) == 1).groups
    assert groups[0].picture.startswith(b"\xff\xd8")
    face = listener.wait(ResultReady, lambda event: len(event.result.faces) == 1).result.faces[0]
    engine.faces.name_track(face.track_id, Enrollee("Somebody", consent_given=True))
    listener.wait(UnknownsChanged, lambda event: event.groups == ())  # who has a name leaves the tray
    listener.wait(ResultReady, lambda event: names(event) == ["Somebody"])


def test_recording_keeps_shots_and_stops(engine: Engine, listener: Listener, person: Someone) -> None:
    engine.enrollment.start()
    show(engine, person.stills[0])
    listener.wait(EnrollmentChanged, lambda event: len(event.shots) == 1)
    engine.enrollment.stop()
    # A look that was under way may be heard of in between.
    listener.wait(EnrollmentChanged, lambda event: not event.is_recording)
    engine.enrollment.discard()
    listener.wait(EnrollmentChanged, lambda event: event.can_undo)


def test_while_shots_are_recorded_another_detector_looks_at_every_frame_too(
    engine: Engine, listener: Listener, person: Someone
) -> None:
    engine.enrollment.start()
    show(engine, person.stills[0])
    former = engine.models.running
    assert former is not None
    listener.wait(ResultReady, lambda _event: former.attention is THOROUGH)
    engine.models.set_detector("mtcnn")
    listener.wait(ModelsChanged, lambda event: event.state is ModelState.READY)
    running = engine.models.running
    assert running is not None
    assert running is not former
    for is_recording, attention in ((True, THOROUGH), (False, LIVE)):
        for _ in range(3):  # looked at, asked for, done
            listener.heard()
            listener.wait(ResultReady)
        assert running.attention is attention, is_recording
        engine.enrollment.stop()


def test_without_consent_or_shots_nothing_is_saved(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone
) -> None:
    engine.enrollment.save(Enrollee("Nobody", consent_given=True))
    assert "no usable shot" in str(listener.wait(Trouble).error)
    take_shots(engine, listener, person)
    engine.enrollment.save(Enrollee(person.name))
    assert "must agree" in str(listener.wait(Trouble).error)
    assert gallery.snapshot().people == ()


@pytest.mark.parametrize("name", ["", "   ", "x" * 10_000, "nul\0"])
def test_a_bad_name_keeps_the_shots(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone, name: str
) -> None:
    take_shots(engine, listener, person)
    engine.enrollment.save(Enrollee(name, consent_given=True))
    listener.wait(Trouble)
    assert gallery.snapshot().people == ()
    engine.enrollment.save(Enrollee("Fine", consent_given=True))
    listener.wait(GalleryChanged, lambda event: [p.name for p in event.snapshot.people] == ["Fine"])


def test_missing_weights_leave_the_former_models_at_work(engine: Engine, listener: Listener, person: Someone) -> None:
    engine.models.set_embedder("facenet-vggface2")
    failed = listener.wait(ModelsChanged, lambda event: event.state is ModelState.FAILED)
    assert failed.embedder == "sface"
    assert failed.error is not None
    show(engine, person.stills[0])
    assert len(listener.wait(ResultReady).result.faces) == 1


def test_another_detector_and_threshold(engine: Engine, listener: Listener, person: Someone) -> None:
    enroll(engine, listener, person)
    show(engine, person.stills[0])
    engine.models.set_fpir(0.001)
    strict = listener.wait(ResultReady, lambda e: names(e) != [] and e.result.faces[0].identification.threshold < 9)
    engine.models.set_fpir(0.1)
    before = strict.result.faces[0].identification.threshold
    listener.wait(ResultReady, lambda e: names(e) != [] and e.result.faces[0].identification.threshold < before)
    engine.models.set_detector("mtcnn")
    listener.wait(ModelsChanged, lambda event: event.state is ModelState.READY and event.detector == "mtcnn")
    listener.wait(ResultReady, lambda event: names(event) == [person.name])


def test_what_was_adapted_serves_another_detector_too(
    engine: Engine, listener: Listener, person: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    enroll(engine, listener, person)
    supports: list[int] = []
    adapt = MamlLearner.adapt

    def noted(learner: MamlLearner, support: SupportSet, *, on_step: OnStep | None = None) -> LinearHeadClassifier:
        if threading.current_thread().name == "gallery":  # judging adapts too, elsewhere
            supports.append(len(support.labels))
        return adapt(learner, support, on_step=on_step)

    monkeypatch.setattr(MamlLearner, "adapt", noted)
    engine.models.set_learner("maml")
    listener.wait(Adapted, lambda event: event.learner == "maml")
    assert len(supports) == 2, "to the shots, and to all but one of each person's for the scale of margins"
    assert supports[1] < supports[0]
    engine.models.set_detector("mtcnn")
    listener.wait(Adapted, lambda event: event.learner == "maml")
    assert len(supports) == 2, "gallery and embedder are the same"


def test_files_that_will_not_do_are_named_and_the_others_are_taken(
    engine: Engine, listener: Listener, person: Someone, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear reader")
    engine.enrollment.add_files([letter, tmp_path / "gone.png", *person.stills])
    assert "letter.jpg" in str(listener.wait(Trouble).error)
    assert "gone.png" in str(listener.wait(Trouble).error)
    listener.wait(EnrollmentChanged, lambda event: len(event.shots) > 0)


@pytest.mark.parametrize("by", ["discard", "save"])
def test_of_files_that_are_still_being_read_nothing_is_taken_any_more(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone, by: str
) -> None:
    """The rest of one person's pictures would be saved with those of the next."""
    looked_at = threading.Event()
    extract = FacePipeline.extract

    def at_leisure(pipeline: FacePipeline, image_bgr: Image, *, is_still: bool = True) -> tuple[FaceSample, ...]:
        if engine.enrollment.samples:  # the first ones are there: what the user does now comes in between
            assert looked_at.wait(PATIENCE_S)
        return extract(pipeline, image_bgr, is_still=is_still)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FacePipeline, "extract", at_leisure)
        read = engine.enrollment.add_files(person.stills)
        waiting = engine.enrollment.add_files(person.stills)
        listener.wait(EnrollmentChanged, lambda event: len(event.shots) > 0)
        if by == "discard":
            engine.enrollment.discard()
        else:
            engine.enrollment.save(Enrollee(person.name, consent_given=True))
        listener.wait(EnrollmentChanged, lambda event: not event.shots)
        looked_at.set()
        for request in (read, waiting):
            assert listener.finished(request).error is None
    assert engine.enrollment.samples == ()
    assert [enrolled.shot_count for enrolled in gallery.snapshot().people] == ([] if by == "discard" else [1])
    take_shots(engine, listener, person)
    assert engine.enrollment.samples


def test_a_source_that_is_not_there_fails_with_a_sentence(engine: Engine, listener: Listener, tmp_path: Path) -> None:
    picture = tmp_path / "soon gone.png"
    picture.write_bytes(b"no picture")
    spec = parse_source(str(picture))
    picture.unlink()
    engine.source.open(spec)
    assert listener.wait(SourceChanged, lambda event: event.state is SourceState.FAILED).error is not None
    engine.source.open(replace(spec, text=str(tmp_path)))
    assert listener.wait(SourceChanged, lambda event: event.state is SourceState.FAILED).error is not None


def test_statistics_come_by_themselves(engine: Engine, listener: Listener, person: Someone) -> None:
    show(engine, person.stills[0])
    stats = listener.wait(EngineStats, lambda event: event.inference_fps > 0)
    assert stats.device == "cpu" or stats.device.startswith(("cuda", "mps"))
    assert 0 < stats.latency_ms < 60_000
    engine.source.close()
    listener.wait(SourceChanged, lambda event: event.state is SourceState.CLOSED)


def test_export_and_import(engine: Engine, listener: Listener, person: Someone, tmp_path: Path) -> None:
    enroll(engine, listener, person)
    listener.finished(engine.people.export_to(tmp_path / "copy.metaface"))
    with Gallery.open(tmp_path / "copy.metaface", read_only=True) as copy:
        assert [p.name for p in copy.snapshot().people] == [person.name]
    under_passphrase = tmp_path / "secret.metaface"
    listener.finished(engine.people.export_to(under_passphrase, passphrase="secret words"))
    for path, needs in ((under_passphrase, True), (tmp_path / "copy.metaface", False)):
        request = engine.people.load_needs_passphrase(path)
        answer = listener.wait(ImportLookedAt)
        assert (answer.request_id, answer.needs_passphrase) == (request, needs)
    for passphrase, is_refused in (("other words", True), ("secret words", False)):
        imported = listener.finished(engine.people.import_from(under_passphrase, passphrase=passphrase))
        assert isinstance(imported.error, PassphraseError) == is_refused
    assert listener.finished(engine.people.import_from(tmp_path / "nothing.metaface")).error is not None


def test_who_is_enrolled_is_not_in_the_tray_however_early_they_are_seen(
    gallery: Gallery, listener: Listener, person: Someone, tmp_path: Path
) -> None:
    """Faces come before the first classifier does: nobody is unknown yet."""
    first = Engine(gallery, WeightsStore(weights_dir(), tmp_path / "weights"), listener, RecognitionSettings())
    with running(first, listener):
        enroll(first, listener, person)
    listener.heard()
    second = Engine(gallery, WeightsStore(weights_dir(), tmp_path / "weights"), listener, RecognitionSettings())
    show(second, person.stills[0])
    with running(second, listener):
        listener.wait(ResultReady, lambda event: names(event) == [person.name])
        second.faces.publish_unknowns()
        assert listener.wait(UnknownsChanged).groups == ()


def test_a_face_under_a_second_name_and_the_same_picture_twice_are_asked_about(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone
) -> None:
    show(engine, person.stills[0])
    enroll(engine, listener, person)
    (known,) = gallery.snapshot().people
    take_shots(engine, listener, person)
    engine.enrollment.save(Enrollee("Another", consent_given=True))
    event = listener.wait(LooksEnrolled)
    assert (event.name, [other.id for other in event.alike], event.is_same_picture) == ("Another", [known.id], False)
    engine.enrollment.save(Enrollee(known.name, known.id))
    assert listener.wait(LooksEnrolled).is_same_picture
    assert gallery.snapshot().people[0].shot_count == known.shot_count
    engine.enrollment.save(Enrollee("Another", consent_given=True, is_sure=True))
    listener.wait(Adapted, lambda adapted: adapted.n_people == 2)
    assert {other.name for other in gallery.snapshot().people} == {known.name, "Another"}


def test_a_face_on_screen_that_looks_enrolled_is_asked_about(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone
) -> None:
    show(engine, person.stills[0])
    face = listener.wait(ResultReady, lambda event: len(event.result.faces) == 1).result.faces[0]
    engine.faces.name_track(face.track_id, Enrollee("Somebody", consent_given=True))
    listener.wait(Adapted, lambda adapted: adapted.n_people == 1)
    (known,) = gallery.snapshot().people
    request = engine.faces.name_track(face.track_id, Enrollee("Another", consent_given=True), not_id=known.id)
    event = listener.wait(LooksEnrolled)
    assert (event.name, event.request_id) == ("Another", request)
    assert [other.id for other in event.alike] == [known.id]
    engine.faces.name_track(face.track_id, Enrollee("Somebody", known.id))
    assert listener.wait(LooksEnrolled).is_same_picture
    assert gallery.snapshot().people == (known,)  # nor is anybody denied before the answer
    engine.faces.name_track(face.track_id, Enrollee("Another", consent_given=True, is_sure=True), not_id=known.id)
    listener.wait(Adapted, lambda adapted: adapted.n_people == 2)
    assert {other.name for other in gallery.snapshot().people} == {"Somebody", "Another"}


def test_a_video_that_has_ended_is_sought_and_goes_on(engine: Engine, listener: Listener, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", moving(3))
    engine.source.open(parse_source(str(clip)))
    assert listener.wait(SourceChanged, lambda event: event.state is SourceState.ENDED).n_frames == 3
    engine.source.seek(2)
    listener.wait(SourceChanged, lambda event: event.state is SourceState.RUNNING)
    listener.wait(ResultReady, lambda event: (event.result.frame.index, event.result.frame.segment) == (2, 2))
    engine.source.set_looping(True)
    # Recognition takes the newest frame, so on a busy machine a lap may pass without a result.
    listener.wait(ResultReady, lambda event: event.result.frame.segment >= 5)
