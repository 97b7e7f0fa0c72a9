"""The rights of enrolled people: an account of what is stored, a retention limit, and permanent deletion."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from metaface_gui.gallery import changes, rows
from metaface_gui.gallery.choices import told_apart_from
from metaface_gui.gallery.contradictions import pictures_of
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.files import sidecar
from metaface_gui.gallery.keys import KeyStore
from metaface_gui.gallery.living import living_name, next_revision, revision, set_scrub_due
from metaface_gui.gallery.protection import protect_by_key, read_protection
from metaface_gui.gallery.records import Consent, NewConsent, Person, Retention, Shot, ShotId
from metaface_gui.types import Floats, PersonId

_LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""No retention period is extended beyond this date; Python's dates end soon after."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredShot:
    """A shot or a negative, with its embeddings: float32 (d,) by embedder id."""

    shot: Shot
    embeddings: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class StoredPerson:
    """Everything that a gallery holds about one person, at one moment.

    `shots` are theirs; `negatives` are other faces, denied to be them. `denials` are those of their pictures that are
    also negatives of other people, by the negative's id. `n_told_apart` counts the people they were told apart from.
    """

    person: Person
    consents: tuple[Consent, ...]
    shots: tuple[StoredShot, ...]
    negatives: tuple[StoredShot, ...]
    denials: tuple[ShotId, ...]
    n_told_apart: int = 0


class Rights:
    """The part of `Gallery` that reports and deletes personal data; not meant to be instantiated on its own."""

    _database: Database
    _keys: KeyStore

    def consents(self, person_id: PersonId) -> tuple[Consent, ...]:
        """Return a person's consents, oldest first.

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.reading() as connection:
            living_name(connection, person_id)
            return rows.read_consents(connection, self._database.path, person_id)

    def account_of(self, person_id: PersonId) -> StoredPerson:
        """Return everything that is stored about a person.

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.reading() as connection:
            person = rows.read_person(connection, self._database.cipher, person_id)
            stored = [
                StoredShot(shot, rows.read_embeddings(connection, self._database.cipher, shot.id))
                for shot in rows.read_shots(connection, self._database.cipher, person_id)
            ]
            return StoredPerson(
                person,
                rows.read_consents(connection, self._database.path, person_id),
                tuple(one for one in stored if not one.shot.is_negative),
                tuple(one for one in stored if one.shot.is_negative),
                pictures_of(connection, self._database.cipher, person_id),
                len(told_apart_from(connection, person_id)),
            )

    def extend(self, person_id: PersonId, given_by: str, now: datetime) -> Person:
        """Extend a person's retention by the same period again, from its end or, if that has passed, from now.

        This adds a consent record given by `given_by`; a person kept without limit gets none.

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.changing() as connection:
            living_name(connection, person_id)
            consents = rows.read_consents(connection, self._database.path, person_id)
            longer = _extended(consents[-1], given_by, now) if consents else None
            if longer is not None:
                next_revision(connection)
                rows.insert_consent(connection, person_id, longer)
            return rows.read_person(connection, self._database.cipher, person_id)

    def delete_for_good(self, person_ids: Iterable[PersonId]) -> tuple[str, ...]:
        """Delete people immediately, bytes included, without undo; return their names.

        Other deletions that can still be undone are not affected. People already gone are skipped.
        """
        names = []
        with self._database.changing() as connection:
            present = {person.id for person in rows.read_people(connection, self._database.cipher)}
            for person_id in sorted(present.intersection(person_ids)):
                change = changes.delete_person(connection, self._database.cipher, person_id)
                changes.purge_one(connection, change)
                names.append(change.name)
        if names:
            self._scrub()
        return tuple(names)

    def discard_if_unused(self) -> None:
        """Close the gallery; delete its file and key if opening it created it and nothing was ever stored in it.

        Raises:
            GalleryError: if they cannot be deleted.
        """
        database = self._database
        with database.reading() as connection:
            is_used = revision(connection) > 0
            protection = read_protection(connection, database.path)
        if is_used or not database.is_new:
            database.close()
            return
        if database.discard() and protection is not None:
            self._keys.remove(protection.key_id)

    def forget_everything(self) -> int:
        """Delete everybody and everything stored, including bytes and backups; return how many people there were.

        The gallery stays open and usable, under a new key. Nothing can be undone, not even earlier deletions: the old
        key is destroyed, so that faces in a copy of the file elsewhere can no longer be decrypted.
        """
        database = self._database
        with ExitStack() as on_failure:
            with database.changing() as connection:
                (count,) = connection.execute("SELECT count(*) FROM person WHERE deletion IS NULL").fetchone()
                for table in ("embedding", "shot", "consent", "told_apart", "person", "embedder"):
                    connection.execute(f"DELETE FROM {table}")
                old = read_protection(connection, database.path)
                if old is not None:
                    connection.execute("DELETE FROM protection")
                    on_failure.callback(setattr, database, "cipher", database.cipher)
                    # Nobody else can write before this block ends; from now on, everything uses the new key.
                    database.cipher = protect_by_key(connection, database.path, self._keys)
                next_revision(connection)
                set_scrub_due(connection, is_due=True)
            on_failure.pop_all()  # only now: if the disk is too full for the commit, the old key stays valid
        if old is not None:
            self._keys.remove(old.key_id)
        self._scrub()
        path = database.path
        if path is not None:
            # Left half-written by a killed process; `scrub` has already deleted the backups.
            for leftover in path.parent.glob(f".{glob.escape(path.name)}*.part"):
                leftover.unlink()
        return int(count)

    @property
    def is_encrypted(self) -> bool:
        """Whether faces and templates are encrypted in the file."""
        return self._database.cipher.is_encrypting

    def size_bytes(self) -> int:
        """Return the size on disk of the gallery and its log; 0 in memory."""
        path = self._database.path
        files = () if path is None else (path, sidecar(path, "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def _scrub(self) -> None:
        self._database.scrub()
        with self._database.changing() as connection:
            set_scrub_due(connection, is_due=False)


def _extended(consent: Consent, given_by: str, now: datetime) -> NewConsent | None:
    retention = consent.retention
    if retention is None:
        return None
    start = max(now, retention.until)
    until = start + min(retention.period, max(_LATEST - start, retention.period * 0))
    return NewConsent(
        given_at=max(now, consent.given_at),  # the newest record decides, even if the clock was set back
        purpose=consent.purpose,
        given_by=given_by,
        text_version=consent.text_version,
        retention=Retention(until, retention.period),
    )
