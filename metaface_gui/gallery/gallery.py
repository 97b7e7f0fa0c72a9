"""The gallery as the rest of MetaFace sees it: people, their shots, their consent, their templates."""

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
    """People and what they are recognised by, in one SQLite file, usable from any thread.

    Each method that changes something is one transaction: when it returns, the change is on the disk; when it raises,
    nothing has changed. One process at a time may write a gallery; others may open it to read.

    Deleting takes effect at once and can be undone until `purge_deleted`, `forget`, `close` or the next `open` removes
    the bytes for good, log and free pages included.

    Every method may raise `GalleryError` for what disks, files and permissions do, and `ValueError` once closed.
    """

    def __init__(self, database: Database, keys: KeyStore | None = None) -> None:
        self._database = database
        self._keys = keys or default_keys()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, keys: KeyStore | None = None) -> Gallery:
        """Open a gallery file; make it, and its folder, if it does not exist and may be written.

        Faces and templates in it are encrypted; an older file, or an export without a passphrase, becomes so unless it
        is opened only to read. `keys` is where the key is kept; None: in the system's keyring, or a file of the user's.

        Raises:
            GalleryError: if the file is no gallery, damaged or newer than this program; if its key is not here; if it,
                its folder or disk cannot be used; if another window may write it (`read_only=True` still works then).
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
        """Make a gallery that vanishes when it is closed."""
        return cls(Database.in_memory())

    @staticmethod
    def default_path() -> Path:
        """Return where the user's own gallery is."""
        return user_data_dir() / "gallery.metaface"

    def close(self) -> None:
        """Remove for good what was deleted, and close the file; safe to call twice."""
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
        """A number kept in the file that grows with each change of people, shots or templates (not of "last seen")."""
        with self._database.reading() as connection:
            return living.revision(connection)

    def snapshot(self) -> GallerySnapshot:
        """Return everybody, and the revision that this is."""
        with self._database.reading() as connection:
            return GallerySnapshot(rows.read_people(connection, self._database.cipher), living.revision(connection))

    def person(self, person_id: PersonId) -> Person:
        """Return one person.

        Raises:
            GalleryError: if there is none with this id.
        """
        with self._database.reading() as connection:
            return rows.read_person(connection, self._database.cipher, person_id)

    def find(self, name: str) -> Person | None:
        """Return who bears this name, regardless of case and the like; None if nobody does.

        Raises:
            GalleryError: if it cannot be a name.
        """
        name = clean_name(name)
        with self._database.reading() as connection:
            person_id = changes.bearer_of(connection, name)
            if person_id is None:
                person_id = changes.former_bearer_of(connection, name)
            return None if person_id is None else rows.read_person(connection, self._database.cipher, person_id)

    def shots(self, person_id: PersonId) -> tuple[Shot, ...]:
        """Return a person's shots, oldest first, and behind them the faces that are not theirs (`is_negative`).

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.reading() as connection:
            living_name(connection, person_id)
            return rows.read_shots(connection, self._database.cipher, person_id)

    def templates(self, embedder_id: str, *, with_hidden: bool = False) -> Templates:
        """Return the kept shots' embeddings by this embedder, and by no other; (0, d), or (0, 0), if there are none.

        Those of hidden people, who are not recognised, are among them only `with_hidden`; negatives are not.
        """
        with self._database.reading() as connection:
            return rows.read_templates(
                connection, self._database.cipher, embedder_id, of_negatives=False, with_hidden=with_hidden
            )

    def negatives(self, embedder_id: str) -> Templates:
        """Return what `templates` leaves out: faces that were said not to be `person_ids`; as many rows as there are.

        Somebody may have negatives of this embedder and no template.
        """
        with self._database.reading() as connection:
            return rows.read_templates(connection, self._database.cipher, embedder_id, of_negatives=True)

    def shots_without(self, embedder_id: str, *, after_id: ShotId = 0, limit: int = 64) -> tuple[Shot, ...]:
        """Return the next page of kept shots and negatives that this embedder has not embedded; empty at the end.

        Pass the last shot's id as `after_id` for the next page, so that a shot that cannot be embedded is passed by.
        """
        with self._database.reading() as connection:
            return rows.read_shots_without(connection, self._database.cipher, embedder_id, after_id, limit)

    def count_shots_without(self, embedder_id: str) -> int:
        """Return how many shots `shots_without` gives in all."""
        with self._database.reading() as connection:
            return rows.count_shots_without(connection, embedder_id)

    # Changing --------------------------------------------------------------------------------------------------------

    def enroll(self, name: str, shots: Sequence[NewShot], consent: NewConsent) -> Person:
        """Add a person with their shots and their consent.

        Raises:
            GalleryError: if the name is taken or cannot be one, or there are no shots of theirs.
        """
        return self.person(self.enroll_undoably(name, shots, consent).person_id)

    def enroll_undoably(self, name: str, shots: Sequence[NewShot], consent: NewConsent) -> EnrolledPerson:
        """Do as `enroll`; `undo` deletes the person again."""
        name = clean_name(name)
        changes.require_shots([shot for shot in shots if not shot.is_negative])
        with self._database.changing() as connection:
            changes.require_free_name(connection, name)
            person_id = rows.insert_person(connection, name, name_key(name), datetime.now(UTC))
            rows.insert_consent(connection, person_id, consent)
            shot_ids = rows.insert_shots(connection, self._database.cipher, person_id, shots)
            return EnrolledPerson(next_revision(connection), person_id, shot_ids)

    def add_shots(self, person_id: PersonId, shots: Sequence[NewShot], consent: NewConsent | None = None) -> Person:
        """Add shots, and a further consent record if one was given, to a person.

        Negatives of theirs that would deny these very faces are withdrawn: the user's last word counts.

        Raises:
            GalleryError: if there is no such person, or there are no shots.
        """
        self.add_shots_undoably(person_id, shots, consent)
        return self.person(person_id)

    def add_shots_undoably(
        self, person_id: PersonId, shots: Sequence[NewShot], consent: NewConsent | None = None
    ) -> AddedShots:
        """Do as `add_shots`; `undo` deletes just these again. The consent stays."""
        changes.require_shots(shots)
        with self._database.changing() as connection:
            change = changes.add_shots(connection, self._database.cipher, person_id, shots)
            if consent is not None:
                rows.insert_consent(connection, person_id, consent)
            return change

    def add_negatives(self, person_id: PersonId, shots: Sequence[NewShot]) -> AddedShots:
        """Remember faces that are not this person, whatever their `is_negative` says; `undo` deletes them again.

        Raises:
            GalleryError: if there is no such person, or there are no shots.
        """
        return self.add_shots_undoably(person_id, [replace(shot, is_negative=True) for shot in shots])

    def set_kept(self, shot_id: ShotId, *, is_kept: bool) -> None:
        """Choose whether a shot gives a template.

        Raises:
            GalleryError: if there is no such shot.
        """
        with self._changing() as connection:
            changes.set_kept(connection, shot_id, is_kept=is_kept)

    def put_embeddings(self, embedder_id: str, vectors: Mapping[ShotId, Floats]) -> None:
        """Add or replace embeddings, float32 (d,) each; those of shots deleted meanwhile are left out.

        Raises:
            ValueError: if a vector is not finite float32 (d,), or not as long as this embedder's others.
        """
        checked = {shot_id: checked_embedding(embedder_id, vector) for shot_id, vector in vectors.items()}
        if checked:
            with self._changing() as connection:
                rows.insert_embeddings(connection, self._database.cipher, embedder_id, checked)

    def touch_last_seen(self, seen_at: Mapping[PersonId, datetime]) -> None:
        """Note when people were seen; earlier times than those known, and people deleted meanwhile, are left out.

        Waits for the disk like any change, so call it now and then, not for each frame. Leaves `revision` as it is.
        """
        values = [(rows.to_microseconds(time), person_id) for person_id, time in seen_at.items()]
        with self._database.changing() as connection:
            connection.executemany(
                "UPDATE person SET last_seen_at = max(?, coalesce(last_seen_at, 0)) WHERE id = ? AND deletion IS NULL",
                values,
            )
            seal(connection, "person", seen_at)

    def rename(self, person_id: PersonId, name: str) -> RenamedPerson:
        """Give a person another name, or the same one spelt otherwise.

        Raises:
            GalleryError: if there is no such person, or the name is somebody else's or cannot be one.
        """
        name = clean_name(name)
        with self._database.changing() as connection:
            return changes.rename(connection, person_id, name)

    def merge(self, into_id: PersonId, from_id: PersonId) -> MergedPeople:
        """Move all shots, negatives and consents of `from_id` to `into_id`, who keeps their name; delete `from_id`.

        A "not this person" of one that shows the other is withdrawn: they are one person now.

        Raises:
            GalleryError: if one of them is not there, or both are the same.
        """
        with self._database.changing() as connection:
            return changes.merge(connection, self._database.cipher, into_id, from_id)

    def delete_person(self, person_id: PersonId) -> DeletedPerson:
        """Delete a person with all that is known of them, also shots of theirs that say who they are not.

        `undo` works until it is purged.

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.changing() as connection:
            return changes.delete_person(connection, self._database.cipher, person_id)

    def delete_shot(self, shot_id: ShotId) -> DeletedShot:
        """Delete a shot or a negative; `undo` works until it is purged. A person may be left with none.

        Raises:
            GalleryError: if there is no such shot.
        """
        with self._database.changing() as connection:
            return changes.delete_shot(connection, shot_id)

    def undo(self, change: GalleryChange) -> None:
        """Take back a rename, a merge or a deletion; or delete what was added, which can be purged from then on.

        Raises:
            GalleryError: if it was purged or undone already, or something done since stands in the way.
        """
        with self._database.changing() as connection:
            changes.undo(connection, change)

    def forget(self, *given_up: GalleryChange) -> None:
        """Give up the undo of these changes: what they, or their undo, deleted is removed for good, bytes and all."""
        with self._database.changing() as connection:
            for change in given_up:
                changes.purge_one(connection, change)
        self._scrub()

    def purge_deleted(self) -> None:
        """Remove for good, bytes and all, everything that was deleted; no deletion can be undone any more.

        Takes no time if nothing was.
        """
        with self._database.reading() as connection:
            is_due = changes.has_deleted(connection)
        if is_due:
            with self._database.changing() as connection:
                changes.purge(connection)
            self._scrub()

    # One file from gallery to gallery --------------------------------------------------------------------------------

    def export_to(
        self,
        path: Path,
        person_ids: Sequence[PersonId] | None = None,
        *,
        passphrase: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> int:
        """Write everybody, or the people named, to one file that `import_from` reads; return how many.

        With a passphrase faces and templates in it are encrypted under that; without one anybody can read them.

        The file appears, or replaces what was there, only once it is whole. `on_progress` is called with how many
        people are done of how many; what it raises cancels the export.

        Raises:
            PassphraseError: if the passphrase is empty or longer than 1,000 characters.
            GalleryError: if a person is not there, or the file cannot be written or is a gallery in use.
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
        """Add everybody in another gallery file; all of them, or after any exception nobody.

        `passphrase` is what the file was exported with; one that has none (`needs_passphrase`) leaves it unused.

        `on_progress` is called with how many people are done of how many; what it raises cancels the import.

        Raises:
            PassphraseError: if the file needs a passphrase, and none or another one was given.
            GalleryError: if the file is missing, no gallery, newer, damaged, or holds what no gallery would; if it is
                encrypted with a key that is not here.
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
