"""What the user says of a face is saved, told and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.engine.events import EngineEvent, GalleryChanged, TaughtTrack, Undoable, UntaughtTrack
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, Enrollee, GalleryEditor, consent
from metaface_gui.engine.people.teaching import Teacher
from metaface_gui.errors import EnrollmentError, GalleryError
from metaface_gui.gallery import Gallery, NewShot
from tests.faults.galleries import plain_shot

EMBEDDER = "e"
LATER_NS = 10**18
"""A moment when everything has expired; monotonic clocks are far from it."""


def shot(degrees: float, chip: bytes = b"picture") -> NewShot:
    angle = np.deg2rad(degrees)
    return plain_shot(chip, (np.cos(angle), np.sin(angle)))


class World:
    """A gallery in which Ann is, what keeps it and what was told."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self.heard: list[EngineEvent] = []
        self.editor = GalleryEditor(gallery, self.heard.append)
        self.teacher = Teacher(self.editor, self.heard.append)
        self.ann = gallery.enroll("Ann", [shot(0), shot(10)], consent(CONSENT_ON_SCREEN)).id

    def offers(self) -> list[Undoable]:
        """What could be undone, in the order in which it was told."""
        return [event for event in self.heard if isinstance(event, Undoable)]

    def count(self, person_id: int) -> tuple[int, int]:
        """How many shots and how many negatives the last told state has."""
        newest = next(event for event in reversed(self.heard) if isinstance(event, GalleryChanged))
        (person,) = (one for one in newest.snapshot.people if one.id == person_id)
        assert person == self.gallery.person(person_id)
        return person.shot_count, person.negative_count


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Gallery.open(tmp_path / "gallery") as gallery:
        yield World(gallery)


def test_confirming_adds_the_shot_and_undo_takes_out_just_it(world: World) -> None:
    world.teacher.confirm(4, world.ann, [shot(20)])
    assert [type(event) for event in world.heard] == [GalleryChanged, Undoable, TaughtTrack]
    assert world.heard[-1] == TaughtTrack(4, world.ann)
    assert world.count(world.ann) == (3, 0)
    (offer,) = world.offers()
    assert (offer.text.format(name=offer.name)) == "Added a shot to Ann"
    world.editor.undo(offer.token)
    assert world.count(world.ann) == (2, 0)


def test_rejecting_is_remembered_after_a_restart_until_it_is_undone(world: World) -> None:
    world.teacher.reject(4, world.ann, [shot(20), shot(30)])
    assert world.heard[-1] == TaughtTrack(4, world.ann, is_denial=True)
    assert world.count(world.ann) == (2, 2)
    (offer,) = world.offers()
    assert (offer.text.format(name=offer.name)) == "Remembered: not Ann"
    assert world.gallery.path is not None
    with Gallery.open(world.gallery.path, read_only=True) as elsewhere:
        assert elsewhere.negatives(EMBEDDER).person_ids.tolist() == [world.ann] * 2
    world.editor.undo(offer.token)
    assert world.count(world.ann) == (2, 0)


def test_a_mind_that_was_changed_counts(world: World) -> None:
    """ "Not Ann", then "yes, it is Ann" of the same face: nothing may go on denying it."""
    world.teacher.reject(4, world.ann, [shot(40)])
    world.teacher.confirm(4, world.ann, [shot(42)])
    assert world.count(world.ann) == (3, 0)
    world.editor.undo(world.offers()[-1].token)
    assert world.count(world.ann) == (2, 1)


def test_a_track_is_denied_until_that_is_undone_deleted_or_contradicted(world: World) -> None:
    teacher, editor, ann = world.teacher, world.editor, world.ann
    assert teacher.denied(EMBEDDER) == {}
    teacher.reject(4, ann, [shot(40)])
    teacher.reject(5, ann, [shot(60)])
    assert teacher.denied(EMBEDDER) == {4: {ann}, 5: {ann}}
    editor.undo(world.offers()[0].token)
    assert teacher.denied(EMBEDDER) == {5: {ann}}
    teacher.confirm(5, ann, [shot(80)])
    assert teacher.denied(EMBEDDER) == {}
    editor.undo(world.offers()[-1].token)
    assert teacher.denied(EMBEDDER) == {5: {ann}}
    (denial,) = (one for one in world.gallery.shots(ann) if one.is_negative)
    editor.delete_shot(denial.id)
    assert teacher.denied(EMBEDDER) == {}
    editor.undo(world.offers()[-1].token)
    assert teacher.denied(EMBEDDER) == {5: {ann}}
    teacher.forget()
    assert teacher.denied(EMBEDDER) == {}


def test_what_does_not_hold_any_more_is_told(world: World) -> None:
    """Else the tallies would go on counting against what was taken back."""
    teacher, editor, ann = world.teacher, world.editor, world.ann
    added = list[int]()
    eve = editor.save(Enrollee("Eve", consent_given=True), [shot(90)], on_added=added.extend).id
    teacher.say(4, eve, added)
    teacher.confirm(5, ann, [shot(20)])
    undo_enrolling, undo_confirming = (offer.token for offer in world.offers())

    def told() -> list[EngineEvent]:
        world.heard.clear()
        teacher.denied(EMBEDDER)
        return world.heard

    assert told() == []
    editor.undo(undo_confirming)
    assert told() == [UntaughtTrack(5)]
    assert told() == [], "once"
    teacher.reject(5, ann, [shot(250, chip=b"another picture")])
    editor.merge(ann, eve)
    undo_merging = world.offers()[-1].token
    assert told() == [UntaughtTrack(4), TaughtTrack(4, ann)], "one person now"
    editor.undo(undo_merging)
    assert told() == [UntaughtTrack(4), TaughtTrack(4, eve)]
    editor.delete_person(ann)
    undo_deleting = world.offers()[-1].token
    assert told() == [UntaughtTrack(5)]
    editor.undo(undo_deleting)
    assert told() == [UntaughtTrack(5), TaughtTrack(5, ann, is_denial=True)]
    editor.undo(undo_enrolling)
    assert told() == [UntaughtTrack(4)]


def test_a_face_that_was_never_seen_well_teaches_nothing(world: World) -> None:
    for teach in (world.teacher.confirm, world.teacher.reject):
        with pytest.raises(EnrollmentError, match="not been seen well enough"):
            teach(4, world.ann, [])
    with pytest.raises(GalleryError, match="not in the gallery"):
        world.teacher.reject(4, 99, [shot(1)])
    assert world.heard == []


def test_an_enrolment_can_be_undone(world: World) -> None:
    eve = world.editor.save(Enrollee("Eve", consent_given=True), [shot(90)])
    (offer,) = world.offers()
    assert (offer.text.format(name=offer.name)) == "Enrolled Eve"
    assert world.gallery.find("Eve") == eve
    world.editor.undo(offer.token)
    assert world.gallery.find("Eve") is None
    world.editor.undo(offer.token)  # no effect


def test_several_added_shots_are_undone_at_once(world: World) -> None:
    world.editor.save(Enrollee("", world.ann), [shot(5), shot(6)])
    (offer,) = world.offers()
    assert (offer.text.format(name=offer.name)) == "Added shots to Ann"
    world.editor.undo(offer.token)
    assert world.count(world.ann) == (2, 0)


def test_who_gets_shots_is_hidden_no_more(world: World) -> None:
    world.editor.set_hidden(world.ann, is_hidden=True)
    assert world.editor.save(Enrollee("", world.ann), [shot(5)]).is_hidden is False
    assert [offer.text for offer in world.offers()] == [
        "Hid {name}",
        "Added a shot to {name}",
        "{name} is recognised again",
    ]


def test_an_undo_that_comes_too_early_works_later(world: World) -> None:
    eve = world.editor.save(Enrollee("Eve", consent_given=True), [shot(90)])
    world.teacher.confirm(1, eve.id, [shot(91)])
    enrolled, added = world.offers()
    with pytest.raises(GalleryError, match="Undo the later changes first"):
        world.editor.undo(enrolled.token)
    world.editor.undo(added.token)
    world.editor.undo(enrolled.token)
    assert world.gallery.find("Eve") is None


def test_what_was_taken_back_is_destroyed_once_nothing_else_can_be_undone(world: World, tmp_path: Path) -> None:
    world.teacher.reject(4, world.ann, [shot(20, chip=b"a face that must vanish")])
    world.editor.rename(world.ann, "Anna")
    rejected, renamed = world.offers()
    world.editor.undo(rejected.token)
    assert not world.editor.has_expired(renamed.expires_ns - 1)
    world.editor.undo(renamed.token)
    assert world.editor.has_expired(0)
    world.editor.purge()
    assert not world.editor.has_expired(LATER_NS)
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"a face that must vanish" not in left


def test_whoever_goes_on_changing_things_does_not_put_off_the_destruction(world: World) -> None:
    world.teacher.reject(4, world.ann, [shot(20)])
    (rejected,) = world.offers()
    world.editor.undo(rejected.token)
    world.teacher.reject(4, world.ann, [shot(21)])
    world.editor.delete_shot(int(world.gallery.negatives(EMBEDDER).shot_ids[-1]))
    *_, rejected, deleted = world.offers()
    later_ns = rejected.expires_ns + 60_000_000_001
    world.editor._undoable[deleted.token] = (world.editor._undoable[deleted.token][0], later_ns + 1)
    assert not world.editor.has_expired(rejected.expires_ns + 1)
    assert world.editor.has_expired(later_ns)
    assert deleted_rows(world) == 2
    assert not world.editor.purge(later_ns)
    assert deleted_rows(world) == 1
    assert not world.editor.has_expired(later_ns + 1)
    world.editor.undo(deleted.token)  # it still could be undone
    assert world.count(world.ann) == (2, 1)
    assert deleted_rows(world) == 0
    assert world.editor.purge()


def deleted_rows(world: World) -> int:
    """How many shots wait in the file to be destroyed."""
    with world.gallery._database.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM shot WHERE deletion IS NOT NULL").fetchone()[0])


def test_what_was_added_stays_when_its_undo_expires(world: World) -> None:
    world.teacher.reject(4, world.ann, [shot(20)])
    assert world.editor.has_expired(LATER_NS)
    world.editor.purge()
    world.editor.undo(world.offers()[0].token)  # too late
    assert world.count(world.ann) == (2, 1)


def test_forgetting_who_somebody_is_not_can_be_undone(world: World) -> None:
    world.teacher.reject(4, world.ann, [shot(20)])
    world.editor.delete_shot(int(world.gallery.negatives(EMBEDDER).shot_ids[0]))
    assert world.count(world.ann) == (2, 0)
    offer = world.offers()[-1]
    assert (offer.text.format(name=offer.name)) == "Removed: not Ann"
    world.editor.undo(offer.token)
    assert world.count(world.ann) == (2, 1)
