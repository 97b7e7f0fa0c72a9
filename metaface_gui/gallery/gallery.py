"""The public interface of the gallery: people, their shots, their consents and their templates."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from metaface_gui.gallery import changes, living, rows, transfer
from metaface_gui.gallery.changes import (
    AddedShots,
    DeletedPerson,
    DeletedShot,
    EnrolledPerson,
    GalleryChange,
    MergedPeople,
    RenamedPerson,
)
from metaface_gui.gallery.checksums import seal
from metaface_gui.gallery.choices import Choices
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.keys import KeyStore, default_keys
from metaface_gui.gallery.living import living_name, next_revision
from metaface_gui.gallery.names import clean_name, name_key
from metaface_gui.gallery.records import (
    GallerySnapshot,
    NewConsent,
    NewShot,
    Person,
    Shot,
    ShotId,
    Templates,
    checked_embedding,
)
from metaface_gui.gallery.rights import Rights
from metaface_gui.gallery.transfer import ClashPolicy, ImportReport, OnProgress
from metaface_gui.resources import user_data_dir
from metaface_gui.types import Floats, PersonId


class Gallery(Rights, Choices):
    """Enrolled people and their templates, in one SQLite file; usable from any thread.

    Each method that changes something is one transaction: when it returns, the change is on disk; when it raises,
    nothing has changed. One process at a time may write a gallery; others may open it read-only.

    Deletion takes effect at once and can be undone until `purge_deleted`, `forget`, `close` or the next `open` removes
    the bytes for good, including those in the log and in free pages.

    Every method may raise `GalleryError` for problems with disks, files and permissions, and `ValueError` once closed.
    """

    def __init__(self, database: Database, keys: KeyStore | None = None) -> None:
        self._database = database
        self._keys = keys or default_keys()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, keys: KeyStore | None = None) -> Gallery:
        """Open a gallery file; create it and its folder if it does not exist and is opened for writing.

        Its faces and templates are encrypted; an older file, or an export without a passphrase, is encrypted now unless
        opened read-only. `keys` is where the key is kept; None: the system's keyring, or a file of the user's.

        Raises:
            GalleryError: if the file is not a gallery, damaged or newer than this program; if its key is not available;
                if it, its folder or disk cannot be used; if another window may write it (`read_only=True` still works).
        """
        gallery = cls(Database.open(path, read_only=read_only, keys=keys), keys)
        try:
            gallery._purge_leftovers()
        except BaseException:
            gallery._database.close()
            raise
        return gallery

    @classmethod
    def in_memory(cls) -> Gallery:
        """Create a gallery that is discarded when it is closed."""
        return cls(Database.in_memory())

    @staticmethod
    def default_path() -> Path:
        """Return the path of the user's own gallery."""
        return user_data_dir() / "gallery.metaface"

    def close(self) -> None:
        """Purge what was deleted and close the file; safe to call twice."""
        if not self._database.is_closed:
            try:
                self._purge_leftovers()
            finally:
                self._database.close()

    def __enter__(self) -> Gallery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # Reading ---------------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The file, absolute and with links resolved; None in memory."""
        return self._database.path

    @property
    def is_read_only(self) -> bool:
        """Whether changes are refused."""
        return self._database.is_read_only

    @property
    def revision(self) -> int:
        """A counter kept in the file that grows with each change of people, shots or templates (not of "last seen")."""
        with self._database.reading() as connection:
            return living.revision(connection)

    def snapshot(self) -> GallerySnapshot:
        """Return everybody, with the gallery's current revision."""
        with self._database.reading() as connection:
            return GallerySnapshot(rows.read_people(connection, self._database.cipher), living.revision(connection))

    def person(self, person_id: PersonId) -> Person:
        """Return one person.

        Raises:
            GalleryError: if nobody has this id.
        """
        with self._database.reading() as connection:
            return rows.read_person(connection, self._database.cipher, person_id)

    def find(self, name: str) -> Person | None:
        """Return the person with this name, ignoring case and the like; None if there is none.

        Raises:
            GalleryError: if it is not a valid name.
        """
        name = clean_name(name)
        with self._database.reading() as connection:
            person_id = changes.bearer_of(connection, name)
            if person_id is None:
                person_id = changes.former_bearer_of(connection, name)
            return None if person_id is None else rows.read_person(connection, self._database.cipher, person_id)

    def shots(self, person_id: PersonId) -> tuple[Shot, ...]:
        """Return a person's shots, oldest first, followed by the faces denied to be theirs (`is_negative`).

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.reading() as connection:
            living_name(connection, person_id)
            return rows.read_shots(connection, self._database.cipher, person_id)

    def templates(self, embedder_id: str, *, with_hidden: bool = False) -> Templates:
        """Return the kept shots' embeddings by this embedder only; shape (0, d), or (0, 0), if there are none.

        Hidden people, who are not recognised, are included only if `with_hidden`; negatives never are.
        """
        with self._database.reading() as connection:
            return rows.read_templates(
                connection, self._database.cipher, embedder_id, of_negatives=False, with_hidden=with_hidden
            )

    def negatives(self, embedder_id: str) -> Templates:
        """Return this embedder's negatives, one row each: faces that were denied to be the person in `person_ids`.

        A person may have negatives of this embedder and no template.
        """
        with self._database.reading() as connection:
            return rows.read_templates(connection, self._database.cipher, embedder_id, of_negatives=True)

    def shots_without(self, embedder_id: str, *, after_id: ShotId = 0, limit: int = 64) -> tuple[Shot, ...]:
        """Return the next page of kept shots and negatives that this embedder has not embedded; empty at the end.

        Pass the last shot's id as `after_id` for the next page; that also skips shots that cannot be embedded.
        """
        with self._database.reading() as connection:
            return rows.read_shots_without(connection, self._database.cipher, embedder_id, after_id, limit)

    def count_shots_without(self, embedder_id: str) -> int:
        """Return how many shots `shots_without` yields over all pages."""
        with self._database.reading() as connection:
            return rows.count_shots_without(connection, embedder_id)

    # Changing --------------------------------------------------------------------------------------------------------

    def enroll(self, name: str, shots: Sequence[NewShot], consent: NewConsent) -> Person:
        """Add a person with their shots and consent.

        Raises:
            GalleryError: if the name is taken or invalid, or there is no shot that is not a negative.
        """
        return self.person(self.enroll_undoably(name, shots, consent).person_id)

    def enroll_undoably(self, name: str, shots: Sequence[NewShot], consent: NewConsent) -> EnrolledPerson:
        """Enrol like `enroll`; `undo` deletes the person."""
        name = clean_name(name)
        changes.require_shots([shot for shot in shots if not shot.is_negative])
        with self._database.changing() as connection:
            changes.require_free_name(connection, name)
            person_id = rows.insert_person(connection, name, name_key(name), datetime.now(UTC))
            rows.insert_consent(connection, person_id, consent)
            shot_ids = rows.insert_shots(connection, self._database.cipher, person_id, shots)
            return EnrolledPerson(next_revision(connection), person_id, shot_ids)

    def add_shots(self, person_id: PersonId, shots: Sequence[NewShot], consent: NewConsent | None = None) -> Person:
        """Add shots to a person, and a further consent record if one is given.

        Withdraw this person's negatives that would deny these very faces: the user's latest statement counts.

        Raises:
            GalleryError: if there is no such person, or there are no shots.
        """
        self.add_shots_undoably(person_id, shots, consent)
        return self.person(person_id)

    def add_shots_undoably(
        self, person_id: PersonId, shots: Sequence[NewShot], consent: NewConsent | None = None
    ) -> AddedShots:
        """Add shots like `add_shots`; `undo` deletes only these shots, and the consent stays."""
        changes.require_shots(shots)
        with self._database.changing() as connection:
            change = changes.add_shots(connection, self._database.cipher, person_id, shots)
            if consent is not None:
                rows.insert_consent(connection, person_id, consent)
            return change

    def add_negatives(self, person_id: PersonId, shots: Sequence[NewShot]) -> AddedShots:
        """Store faces that are not this person, whatever their `is_negative`; `undo` deletes them again.

        Raises:
            GalleryError: if there is no such person, or there are no shots.
        """
        return self.add_shots_undoably(person_id, [replace(shot, is_negative=True) for shot in shots])

    def set_kept(self, shot_id: ShotId, *, is_kept: bool) -> None:
        """Choose whether a shot yields a template.

        Raises:
            GalleryError: if there is no such shot.
        """
        with self._changing() as connection:
            changes.set_kept(connection, shot_id, is_kept=is_kept)

    def put_embeddings(self, embedder_id: str, vectors: Mapping[ShotId, Floats]) -> None:
        """Add or replace embeddings, float32 (d,) each; shots deleted in the meantime are skipped.

        Raises:
            ValueError: if a vector is not finite float32 (d,), or differs in length from this embedder's others.
        """
        checked = {shot_id: checked_embedding(embedder_id, vector) for shot_id, vector in vectors.items()}
        if checked:
            with self._changing() as connection:
                rows.insert_embeddings(connection, self._database.cipher, embedder_id, checked)

    def touch_last_seen(self, seen_at: Mapping[PersonId, datetime]) -> None:
        """Record when people were seen; skip times earlier than the stored one and people deleted meanwhile.

        It waits for the disk like any change, so do not call it for each frame. It does not change `revision`.
        """
        values = [(rows.to_microseconds(time), person_id) for person_id, time in seen_at.items()]
        with self._database.changing() as connection:
            connection.executemany(
                "UPDATE person SET last_seen_at = max(?, coalesce(last_seen_at, 0)) WHERE id = ? AND deletion IS NULL",
                values,
            )
            seal(connection, "person", seen_at)

    def rename(self, person_id: PersonId, name: str) -> RenamedPerson:
        """Rename a person; changing only the spelling of the same name is allowed.

        Raises:
            GalleryError: if there is no such person, or the name is taken or invalid.
        """
        name = clean_name(name)
        with self._database.changing() as connection:
            return changes.rename(connection, person_id, name)

    def merge(self, into_id: PersonId, from_id: PersonId) -> MergedPeople:
        """Move all shots, negatives and consents of `from_id` to `into_id`, who keeps their name; delete `from_id`.

        A negative of one that shows the other is withdrawn, because they are now one person.

        Raises:
            GalleryError: if either person is missing, or both are the same.
        """
        with self._database.changing() as connection:
            return changes.merge(connection, self._database.cipher, into_id, from_id)

    def delete_person(self, person_id: PersonId) -> DeletedPerson:
        """Delete a person and everything known about them, including pictures that are other people's negatives.

        `undo` works until it is purged.

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.changing() as connection:
            return changes.delete_person(connection, self._database.cipher, person_id)

    def delete_shot(self, shot_id: ShotId) -> DeletedShot:
        """Delete a shot or a negative; `undo` works until it is purged. A person may be left without shots.

        Raises:
            GalleryError: if there is no such shot.
        """
        with self._database.changing() as connection:
            return changes.delete_shot(connection, shot_id)

    def undo(self, change: GalleryChange) -> None:
        """Undo a change; undoing an addition deletes the added rows, which can then be purged.

        Raises:
            GalleryError: if it was already purged or undone, or a later change prevents the undo.
        """
        with self._database.changing() as connection:
            changes.undo(connection, change)

    def forget(self, *given_up: GalleryChange) -> None:
        """Give up undoing these changes: purge what they, or their undo, deleted, bytes included."""
        with self._database.changing() as connection:
            for change in given_up:
                changes.purge_one(connection, change)
        self._scrub()

    def purge_deleted(self) -> None:
        """Purge everything that was deleted, bytes included; no deletion can be undone afterwards.

        Returns immediately if nothing was deleted.
        """
        with self._database.reading() as connection:
            is_due = changes.has_deleted(connection)
        if is_due:
            with self._database.changing() as connection:
                changes.purge(connection)
            self._scrub()

    # Export and import -----------------------------------------------------------------------------------------------

    def export_to(
        self,
        path: Path,
        person_ids: Sequence[PersonId] | None = None,
        *,
        passphrase: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> int:
        """Write everybody, or only `person_ids`, to one file that `import_from` reads; return how many people.

        With a passphrase the file's faces and templates are encrypted under it; without one, anybody can read them. The
        file appears, or replaces an existing one, only once it is complete. `on_progress` is called with the number of
        people done and the total; an exception raised by it cancels the export.

        Raises:
            PassphraseError: if the passphrase is empty or longer than 1,000 characters.
            GalleryError: if a person is missing, or the file cannot be written or is a gallery in use.
        """
        with self._database.reading() as connection:
            source = transfer.OpenGallery(connection, self._database.cipher)
            return transfer.export_to(source, path, person_ids, passphrase, on_progress)

    def import_from(
        self,
        path: Path,
        *,
        passphrase: str | None = None,
        on_clash: ClashPolicy = ClashPolicy.SKIP,
        on_progress: OnProgress | None = None,
    ) -> ImportReport:
        """Add everybody from another gallery file; if an exception is raised, nobody is added.

        `passphrase` is the one the file was exported with; it is ignored if the file has none (`needs_passphrase`).
        `on_progress` is called with the number of people done and the total; an exception raised by it cancels the
        import.

        Raises:
            PassphraseError: if the file needs a passphrase, and none or a wrong one was given.
            GalleryError: if the file is missing, not a gallery, newer, damaged, or holds values no gallery would; if it
                is encrypted with a key that is not available.
        """
        with transfer.source_database(path, self._keys, passphrase) as source, self._changing() as connection:
            target = transfer.OpenGallery(connection, self._database.cipher)
            return transfer.import_from(source, target, on_clash, on_progress)

    # -----------------------------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._database.changing() as connection:
            next_revision(connection)
            yield connection

    def _purge_leftovers(self) -> None:
        if not self.is_read_only:
            self.purge_deleted()
