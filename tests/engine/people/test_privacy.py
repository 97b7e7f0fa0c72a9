"""What people may ask for, of a whole engine with the models that ship."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    Adapted,
    ConsentsRead,
    EnrollmentChanged,
    EverythingForgotten,
    ExpiredDeleted,
    GalleryChanged,
    JobChanged,
    ReportWritten,
    RequestEnded,
    ResultReady,
    StorageRead,
    Undoable,
    UnknownsChanged,
)
from metaface_gui.engine.people.gallery_editor import Enrollee, Terms, consent
from metaface_gui.gallery import Gallery, Retention
from tests.engine.listening import Listener, Someone, enroll, names, take_shots
from tests.engine.references import holders
from tests.faults.galleries import plain_shot

DAY = timedelta(days=1)
FIRST, SECOND = "Zenobia Quill", "Balthazar Finch"


def agree_until(gallery: Gallery, person_id: int, left: timedelta) -> None:
    """Let somebody have agreed, again, to a day that ends in `left`."""
    shot = gallery.account_of(person_id).shots[0]
    again = plain_shot(shot.shot.chip, embeddings=shot.embeddings)
    terms = Terms(retention=Retention(datetime.now(UTC) + left, DAY))
    gallery.add_shots(person_id, [again], consent(terms=terms))


def test_a_new_person_agrees_to_what_was_on_screen(engine: Engine, listener: Listener, person: Someone) -> None:
    take_shots(engine, listener, person)
    until = datetime.now(UTC) + DAY
    terms = Terms("the fair", "her mother", Retention(until, DAY))
    engine.enrollment.save(Enrollee(person.name, consent_given=True, terms=terms))
    (enrolled,) = listener.wait(GalleryChanged, lambda event: bool(event.snapshot.people)).snapshot.people
    assert enrolled.keep_until == until
    request = engine.privacy.load_consents(enrolled.id)
    (agreed,) = listener.wait(ConsentsRead, lambda event: event.request_id == request).consents
    assert (agreed.purpose, agreed.given_by) == ("the fair", "her mother")


def test_whose_period_is_over_is_deleted_for_good_when_asked_and_nobody_else(
    engine: Engine, gallery: Gallery, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    first, second = (person.id for person in gallery.snapshot().people)
    agree_until(gallery, first, -DAY)
    agree_until(gallery, second, DAY / 10)
    engine.privacy.delete_expired()
    assert listener.wait(ExpiredDeleted).names == (people[0].name,)
    listener.wait(Adapted, lambda event: event.n_people == 1)
    assert [person.id for person in gallery.snapshot().people] == [second]
    engine.privacy.extend([second])
    event = listener.wait(GalleryChanged, lambda event: bool(event.snapshot.people[0].retention))
    until = event.snapshot.people[0].keep_until
    assert until
    assert until > datetime.now(UTC) + DAY


def test_a_report_is_a_job_that_says_where_it_is(
    engine: Engine, gallery: Gallery, listener: Listener, person: Someone, tmp_path: Path
) -> None:
    enroll(engine, listener, person)
    (enrolled,) = gallery.snapshot().people
    engine.privacy.write_report(enrolled.id, tmp_path / "report")
    written = listener.wait(ReportWritten)
    assert (written.name, written.path) == (person.name, tmp_path / "report")
    report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert len(report["shots"]) == enrolled.shot_count == len(list(written.path.glob("*.png")))
    engine.privacy.write_report(enrolled.id, tmp_path / "report")
    failed = listener.wait(JobChanged, lambda event: event.error is not None)
    assert "already exists" in str(failed.error)


def test_forgetting_everything_leaves_nothing_and_goes_on(
    engine: Engine, gallery: Gallery, listener: Listener, people: tuple[Someone, Someone], tmp_path: Path
) -> None:
    first, second = (person.id for person in gallery.snapshot().people)
    engine.people.rename(first, FIRST)  # the demo's names are also in the names of the files that are shown
    engine.people.rename(second, SECOND)
    engine.models.set_learner("matching")
    engine.models.set_compared(["siamese", "prototypical"])
    engine.studio.set_map_learner("siamese")
    listener.wait(Adapted, lambda event: event.learner == "prototypical" and not event.is_primary)
    listener.wait(ResultReady, lambda event: names(event) == [FIRST])
    assert holders(engine, FIRST), "the search finds who is enrolled"
    engine.people.delete(second)
    token = listener.wait(Undoable).token
    take_shots(engine, listener, people[1])
    engine.privacy.forget_everything()
    assert listener.wait(EnrollmentChanged, lambda event: not event.shots).shots == ()
    assert listener.wait(EverythingForgotten).n_people == 1
    engine.people.undo(token)  # too late, and without effect
    listener.wait(ResultReady, lambda event: names(event) == [None])
    listener.wait(UnknownsChanged)
    assert gallery.snapshot().people == ()
    left = b"".join(file.read_bytes() for file in tmp_path.glob("people.metaface*"))
    for name in (FIRST, SECOND):
        assert name.encode() not in left
        assert holders(engine, name) == []
    engine.privacy.load_storage()
    storage = listener.wait(StorageRead).storage
    assert (storage.path, storage.people, storage.shots) == (gallery.path, 0, 0)
    assert storage.size_bytes > 0
    enroll(engine, listener, people[0])


def test_a_gallery_that_cannot_be_forgotten_says_so(
    engine: Engine, listener: Listener, person: Someone, tmp_path: Path
) -> None:
    enroll(engine, listener, person)
    (tmp_path / "people.metaface").rename(tmp_path / "elsewhere")
    engine.privacy.forget_everything()
    failed = listener.wait(JobChanged, lambda event: event.error is not None)
    assert "moved, deleted or replaced" in str(failed.error)
    (tmp_path / "elsewhere").rename(tmp_path / "people.metaface")


def test_with_nobody_over_nothing_is_deleted_or_said(
    engine: Engine, gallery: Gallery, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    first, _second = (person.id for person in gallery.snapshot().people)
    agree_until(gallery, first, DAY)
    request = engine.privacy.delete_expired()
    listener.wait(RequestEnded, lambda event: event.request_id == request)
    assert len(gallery.snapshot().people) == len(people)
    assert not [event for event in listener.heard() if isinstance(event, ExpiredDeleted)]
