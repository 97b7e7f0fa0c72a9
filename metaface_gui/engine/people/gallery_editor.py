"""The window's changes to the gallery: undo for a limited time, and the events that follow."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime

from metaface_gui.engine.events import EngineListener, GalleryChanged, Undoable
from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError
from metaface_gui.gallery import (
    AddedShots,
    EnrolledPerson,
    Gallery,
    GalleryChange,
    NewConsent,
    NewShot,
    Person,
    Retention,
    ShotId,
)
from metaface_gui.types import PersonId

CONSENT_TEXT_VERSION = "2026-11"
CONSENT_PURPOSE = QT_TRANSLATE_NOOP("Consent", "recognise this person in this computer's camera pictures and files")
CONSENT_ON_SCREEN = QT_TRANSLATE_NOOP("Consent", "confirmed on screen by the person who enrolled them")
CONSENT_ON_COMMAND_LINE = "confirmed on the command line by whoever enrolled them"
_UNDO_NS = 10_000_000_000
_PUT_OFF_NS = 60_000_000_000
"""The longest delay of a purge after an undo expired; it waits for all undos to expire, to rewrite the file once."""


class GalleryEditor:
    """Carries out changes on the jobs' thread; sends the listener the new state and what can be undone."""

    def __init__(self, gallery: Gallery, listener: EngineListener) -> None:
        self.gallery = gallery
        self._listener = listener
        self._tokens = itertools.count(1)
        self._lock = threading.Lock()
        self._undoable: dict[int, tuple[GalleryChange, int]] = {}
        self._taken_back: list[GalleryChange] = []
        """Undone additions, whose shots have to be purged."""
        self._seen: dict[PersonId, datetime] = {}

    def publish(self) -> None:
        """Send who is enrolled."""
        self._listener(GalleryChanged(self.gallery.snapshot()))

    def save(
        self,
        enrollee: Enrollee,
        shots: Sequence[NewShot],
        *,
        on_added: Callable[[Sequence[ShotId]], None] = lambda _shot_ids: None,
    ) -> Person:
        """Enrol a new person, or add shots to an existing one, who is then no longer hidden; can be undone.

        `on_added` is told which shots these are.

        Raises:
            EnrollmentError: if there is no shot, or a new person has not consented.
            GalleryError: if the name is invalid or taken, or the file cannot be written.
        """
        if not shots:
            raise EnrollmentError(
                QT_TRANSLATE_NOOP("Errors", "There is no usable shot to save. Record some, or choose other pictures.")
            )
        if enrollee.person_id is not None:
            on_added(self.add_shots(enrollee.person_id, shots).shot_ids)
            if self.gallery.person(enrollee.person_id).is_hidden:
                self.set_hidden(enrollee.person_id, is_hidden=False)  # shots are added of people to be recognised
            return self.gallery.person(enrollee.person_id)
        if not enrollee.consent_given:
            raise EnrollmentError(
                QT_TRANSLATE_NOOP("Errors", "“{name}” was not saved: the person must agree first."), name=enrollee.name
            )
        change = self.gallery.enroll_undoably(enrollee.name, shots, consent(terms=enrollee.terms))
        on_added(change.shot_ids)
        person = self.gallery.person(change.person_id)
        self._changed(change, QT_TRANSLATE_NOOP("Undo", "Enrolled {name}"), person.name)
        return person

    def add_shots(self, person_id: PersonId, shots: Sequence[NewShot]) -> AddedShots:
        """Add shots to a person, and return the change; can be undone.

        Raises:
            GalleryError: if there is no such person or no shot, or the file cannot be written.
        """
        change = self.gallery.add_shots_undoably(person_id, shots)
        one, several = (
            QT_TRANSLATE_NOOP("Undo", "Added a shot to {name}"),
            QT_TRANSLATE_NOOP("Undo", "Added shots to {name}"),
        )
        self._changed(change, one if len(shots) == 1 else several, self._name(person_id))
        return change

    def add_negatives(self, person_id: PersonId, shots: Sequence[NewShot]) -> AddedShots:
        """Store faces that are not this person, and return the change; can be undone.

        Raises:
            GalleryError: if there is no such person or no shot, or the file cannot be written.
        """
        change = self.gallery.add_negatives(person_id, shots)
        self._changed(change, QT_TRANSLATE_NOOP("Undo", "Remembered: not {name}"), self._name(person_id))
        return change

    def rename(self, person_id: PersonId, name: str) -> None:
        """Rename a person."""
        token = self.gallery.rename(person_id, name)
        self._changed(token, QT_TRANSLATE_NOOP("Undo", "Renamed to {name}"), name)

    def merge(self, into_id: PersonId, from_id: PersonId) -> None:
        """Move all shots of one person to another."""
        name = self._name(into_id)
        token = self.gallery.merge(into_id, from_id)
        self._changed(token, QT_TRANSLATE_NOOP("Undo", "Merged into {name}"), name)

    def delete_person(self, person_id: PersonId) -> None:
        """Delete a person, permanently once the undo has expired."""
        name = self._name(person_id)
        token = self.gallery.delete_person(person_id)
        self._changed(token, QT_TRANSLATE_NOOP("Undo", "Deleted {name}"), name)

    def delete_shot(self, shot_id: int) -> None:
        """Delete a shot, permanently once the undo has expired."""
        token = self.gallery.delete_shot(shot_id)
        text = QT_TRANSLATE_NOOP("Undo", "Deleted a shot")
        if token.is_negative:
            text = QT_TRANSLATE_NOOP("Undo", "Removed: not {name}")
        self._changed(token, text, self._name(token.person_id))

    def set_cover(self, shot_id: int) -> None:
        """Make this shot its person's cover."""
        change = self.gallery.set_cover(shot_id)
        self._changed(change, QT_TRANSLATE_NOOP("Undo", "New picture of {name}"), self._name(change.person_id))

    def set_hidden(self, person_id: PersonId, *, is_hidden: bool) -> None:
        """Hide a person, so that they are not recognised, or undo that."""
        change = self.gallery.set_hidden(person_id, is_hidden=is_hidden)
        hidden, shown = QT_TRANSLATE_NOOP("Undo", "Hid {name}"), QT_TRANSLATE_NOOP("Undo", "{name} is recognised again")
        self._changed(change, hidden if is_hidden else shown, self._name(person_id))

    def tell_apart(self, one_id: PersonId, other_id: PersonId) -> None:
        """Record that two people are different."""
        change = self.gallery.tell_apart(one_id, other_id)
        text = QT_TRANSLATE_NOOP("Undo", "Remembered: {name} is somebody else")
        self._changed(change, text, self._name(one_id))

    def undo(self, token: int) -> None:
        """Restore what was deleted, or delete what was added; an expired token has no effect.

        Raises:
            GalleryError: if a later change prevents it; once that is undone, the token works.
        """
        with self._lock:
            undoable = self._undoable.get(token)
        if undoable is not None:
            self.gallery.undo(undoable[0])
            with self._lock:
                self._undoable.pop(token, None)
                if isinstance(undoable[0], AddedShots | EnrolledPerson):
                    self._taken_back.append(undoable[0])
            self.publish()

    def has_expired(self, now_ns: int) -> bool:
        """Return whether a purge is due: nothing can be undone any more, or something has waited long enough."""
        with self._lock:
            ends = [expires for _, expires in self._undoable.values()]
            if not ends:
                return bool(self._taken_back)
            return max(ends) < now_ns or min(ends) + _PUT_OFF_NS < now_ns

    def purge(self, now_ns: int | None = None) -> bool:
        """Purge deletions, at `now_ns` only those that can no longer be undone; return whether none is left."""
        with self._lock:
            kept = {
                token: (change, expires)
                for token, (change, expires) in self._undoable.items()
                if now_ns is not None and expires >= now_ns
            }
            gone = [change for token, (change, _) in self._undoable.items() if token not in kept] + self._taken_back
            self._undoable, self._taken_back = kept, []
        if kept:
            self.gallery.forget(*gone)
        else:
            self.gallery.purge_deleted()
        return not kept

    def forget_everything(self) -> int:
        """Delete everything stored and every undo; return how many people there were.

        Raises:
            GalleryError: if the file cannot be written.
        """
        with self._lock:
            self._undoable.clear()
            self._seen.clear()
            self._taken_back.clear()
        count = self.gallery.forget_everything()
        self.publish()
        return count

    def note_seen(self, person_ids: Sequence[PersonId]) -> None:
        """Note that these people were seen now; `flush_seen` writes it."""
        now = datetime.now(UTC)
        with self._lock:
            self._seen.update(dict.fromkeys(person_ids, now))

    def flush_seen(self) -> None:
        """Write when people were last seen."""
        with self._lock:
            seen, self._seen = self._seen, {}
        if seen and not self.gallery.is_read_only:
            self.gallery.touch_last_seen(seen)
            self.publish()

    def _name(self, person_id: PersonId) -> str:
        names = (person.name for person in self.gallery.snapshot().people if person.id == person_id)
        return next(names, "")

    def _changed(self, token: GalleryChange, text: str, name: str) -> None:
        number, expires_ns = next(self._tokens), time.monotonic_ns() + _UNDO_NS
        with self._lock:
            self._undoable[number] = (token, expires_ns)
        self.publish()
        self._listener(Undoable(number, text, name, expires_ns))


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a consent: purpose, who states it and how, and until when; None: without limit.

    Raises:
        ValueError: as `NewConsent`, when the consent is made from it.
    """

    purpose: str = CONSENT_PURPOSE
    given_by: str = CONSENT_ON_SCREEN
    retention: Retention | None = None


@dataclass(frozen=True, slots=True)
class Enrollee:
    """Whom shots are saved for: a new person called `name`, or the enrolled person `person_id`.

    A new person must have agreed (`consent_given`) to `terms` (None: the usual ones). Unless the user `is_sure`, a new
    person who looks like an enrolled one, and shots that the person already has, are not saved but answered by
    `LooksEnrolled`.
    """

    name: str
    person_id: PersonId | None = None
    _: KW_ONLY
    consent_given: bool = False
    terms: Terms | None = None
    is_sure: bool = False


def consent(given_by: str = CONSENT_ON_SCREEN, terms: Terms | None = None) -> NewConsent:
    """Return the consent of somebody enrolled just now; `given_by` is used if no terms are given."""
    agreed = terms or Terms(given_by=given_by)
    return NewConsent(
        given_at=datetime.now(UTC),
        purpose=agreed.purpose,
        given_by=agreed.given_by,
        text_version=CONSENT_TEXT_VERSION,
        retention=agreed.retention,
    )
