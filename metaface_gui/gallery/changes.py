"""Rename, merge, delete, undo and purge, in SQL, inside the caller's transaction.

Deletion has two steps. First the row is marked with the revision that deleted it: queries then skip it, and the record
returned here can restore it. Later a purge removes it for good. Each record can be undone only once, because an undo or
a purge removes the mark that it refers to. Undoing an addition deletes the added rows in the same way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import choices, rows
from metaface_gui.gallery.checksums import seal
from metaface_gui.gallery.cipher import ValueCipher
from metaface_gui.gallery.contradictions import contradicted_by_merge, contradicted_by_shots, pictures_of
from metaface_gui.gallery.living import living_name, next_revision, owner_of, set_scrub_due, too_late
from metaface_gui.gallery.names import name_key
from metaface_gui.gallery.records import NewShot, ShotId
from metaface_gui.types import PersonId


@dataclass(frozen=True, slots=True)
class DeletedPerson:
    """A person was deleted with all their shots; `withdrawn` are other people's negatives that are pictures of them."""

    revision: int
    person_id: PersonId
    name: str
    withdrawn: tuple[ShotId, ...] = ()


@dataclass(frozen=True, slots=True)
class DeletedShot:
    """A shot, or a negative, was deleted."""

    revision: int
    shot_id: ShotId
    person_id: PersonId
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class RenamedPerson:
    """A person was given another name."""

    revision: int
    person_id: PersonId
    old_name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class MergedPeople:
    """All of one person's shots, negatives and consents were moved to `into_id`, and `from_id` was deleted.

    `withdrawn` are the negatives of either person that showed the other (`contradictions`).
    """

    revision: int
    into_id: PersonId
    from_id: PersonId
    from_name: str
    shot_ids: tuple[ShotId, ...]
    consent_ids: tuple[int, ...]
    last_seen_us: tuple[int | None, int | None]
    """When `into_id` was last seen, before and after the merge, in microseconds since 1970."""
    withdrawn: tuple[ShotId, ...] = ()
    told_apart: tuple[PersonId, ...] = ()
    """The people from whom `into_id` is now told apart only because `from_id` was."""


@dataclass(frozen=True, slots=True)
class EnrolledPerson:
    """A person was added, with these shots."""

    revision: int
    person_id: PersonId
    shot_ids: tuple[ShotId, ...]


@dataclass(frozen=True, slots=True)
class AddedShots:
    """Shots or negatives were added to a person; `withdrawn` are negatives that the new shots contradict.

    `had_shots` tells whether the person already had a shot of their own.
    """

    revision: int
    person_id: PersonId
    shot_ids: tuple[ShotId, ...]
    withdrawn: tuple[ShotId, ...] = ()
    had_shots: bool = True


_OWN_SHOTS = "SELECT id FROM shot WHERE person_id = ? AND deletion IS NULL AND NOT is_negative"

GalleryChange = (
    DeletedPerson | DeletedShot | RenamedPerson | MergedPeople | EnrolledPerson | AddedShots | choices.Choice
)
"""The changes that `Gallery.undo` can reverse."""


def require_shots(shots: Sequence[NewShot]) -> None:
    """Check that there is at least one shot to add.

    Raises:
        GalleryError: if there is none.
    """
    if not shots:
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "There are no shots to learn the person from. Record or choose pictures first.")
        )


def bearer_of(connection: sqlite3.Connection, name: str) -> PersonId | None:
    """Return who has this name or an equivalent one; None if nobody does."""
    query = "SELECT id FROM person WHERE name_key = ? AND deletion IS NULL"
    row = connection.execute(query, (name_key(name),)).fetchone()
    return None if row is None else int(row[0])


def former_bearer_of(connection: sqlite3.Connection, name: str) -> PersonId | None:
    """Return who has this name only once invisible characters are removed from the stored one; None if nobody does.

    Old files hold such names, which nobody can type.
    """
    key = name_key(name)
    query = "SELECT id, name FROM person WHERE name_key GLOB '*[^ -~]*' AND deletion IS NULL ORDER BY id"
    return next((int(number) for number, stored in connection.execute(query) if name_key(stored) == key), None)


def require_free_name(connection: sqlite3.Connection, name: str, *, for_id: PersonId | None = None) -> None:
    """Check that nobody else has this name.

    Raises:
        GalleryError: if somebody does.
    """
    bearer = bearer_of(connection, name)
    if bearer is not None and bearer != for_id:
        raise GalleryError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{name} is in the gallery already. Add the shots to that person, or choose another name for this one.",
            ),
            name=living_name(connection, bearer),
        )


def add_shots(
    connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId, shots: Sequence[NewShot]
) -> AddedShots:
    """Add shots or negatives to a person, and mark as deleted the negatives that the new shots contradict."""
    living_name(connection, person_id)
    revision = next_revision(connection)
    had_shots = bool(_ids(connection, _OWN_SHOTS, person_id))
    withdrawn = contradicted_by_shots(connection, cipher, person_id, [shot for shot in shots if not shot.is_negative])
    _mark(connection, withdrawn, revision)
    shot_ids = rows.insert_shots(connection, cipher, person_id, shots)
    return AddedShots(revision, person_id, shot_ids, withdrawn, had_shots)


def delete_person(connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId) -> DeletedPerson:
    """Mark a person and all their shots as deleted, including pictures of them that are other people's negatives."""
    name = living_name(connection, person_id)
    revision = next_revision(connection)
    # Correcting a name makes one picture a shot of one person and a negative of another. Neither copy may remain.
    withdrawn = pictures_of(connection, cipher, person_id)
    connection.execute("UPDATE person SET deletion = ? WHERE id = ?", (revision, person_id))
    _mark(connection, withdrawn, revision)
    return DeletedPerson(revision, person_id, name, withdrawn)


def delete_shot(connection: sqlite3.Connection, shot_id: ShotId) -> DeletedShot:
    """Mark a shot as deleted."""
    person_id = owner_of(connection, shot_id)
    (is_negative,) = connection.execute("SELECT is_negative FROM shot WHERE id = ?", (shot_id,)).fetchone()
    revision = next_revision(connection)
    _mark(connection, (shot_id,), revision)
    return DeletedShot(revision, shot_id, person_id, bool(is_negative))


def set_kept(connection: sqlite3.Connection, shot_id: ShotId, *, is_kept: bool) -> None:
    """Choose whether a shot yields a template."""
    owner_of(connection, shot_id)
    connection.execute("UPDATE shot SET kept = ? WHERE id = ?", (int(is_kept), shot_id))
    seal(connection, "shot", [shot_id])


def rename(connection: sqlite3.Connection, person_id: PersonId, name: str) -> RenamedPerson:
    """Rename a person; the name must already be cleaned."""
    old_name = living_name(connection, person_id)
    require_free_name(connection, name, for_id=person_id)
    _set_name(connection, person_id, name)
    return RenamedPerson(next_revision(connection), person_id, old_name, name)


def merge(connection: sqlite3.Connection, cipher: ValueCipher, into_id: PersonId, from_id: PersonId) -> MergedPeople:
    """Move all shots, negatives and consents of `from_id` to `into_id` and mark `from_id` as deleted."""
    living_name(connection, into_id)
    from_name = living_name(connection, from_id)
    if into_id == from_id:
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "{name} cannot be merged with themselves. Choose two people."), name=from_name
        )
    withdrawn = contradicted_by_merge(connection, cipher, into_id, from_id)
    shot_ids = _ids(connection, "SELECT id FROM shot WHERE person_id = ?", from_id)
    consent_ids = _ids(connection, "SELECT id FROM consent WHERE person_id = ?", from_id)
    seen = "SELECT max(last_seen_at) FROM person WHERE id IN (?, ?)"
    before = connection.execute(seen, (into_id, into_id)).fetchone()[0]
    after = connection.execute(seen, (into_id, from_id)).fetchone()[0]
    revision = next_revision(connection)
    apart = choices.inherit_apart(connection, into_id, from_id)
    connection.execute("UPDATE shot SET person_id = ? WHERE person_id = ?", (into_id, from_id))
    connection.execute("UPDATE consent SET person_id = ? WHERE person_id = ?", (into_id, from_id))
    connection.execute("UPDATE person SET last_seen_at = ? WHERE id = ?", (after, into_id))
    seal(connection, "person", [into_id])
    connection.execute("UPDATE person SET deletion = ? WHERE id = ?", (revision, from_id))
    _mark(connection, withdrawn, revision)
    return MergedPeople(revision, into_id, from_id, from_name, shot_ids, consent_ids, (before, after), withdrawn, apart)


def undo(connection: sqlite3.Connection, change: GalleryChange) -> None:
    """Undo a change.

    Raises:
        GalleryError: if it was already purged or undone, or a later change prevents the undo.
    """
    match change:
        case DeletedPerson():
            _revive_person(connection, change.person_id, change.revision, change.name)
            _unmark(connection, change.withdrawn, change.revision)
        case DeletedShot():
            _revive_shot(connection, change)
        case RenamedPerson():
            if living_name(connection, change.person_id) != change.new_name:
                raise too_late()
            require_free_name(connection, change.old_name, for_id=change.person_id)
            _set_name(connection, change.person_id, change.old_name)
        case MergedPeople():
            _part_again(connection, change)
        case EnrolledPerson():
            _unenroll(connection, change)
        case AddedShots():
            _take_out(connection, change)
        case _:
            choices.undo(connection, change)
    next_revision(connection)


def _revive_person(connection: sqlite3.Connection, person_id: PersonId, revision: int, name: str) -> None:
    require_free_name(connection, name)
    query = "UPDATE person SET deletion = NULL WHERE id = ? AND deletion = ?"
    if connection.execute(query, (person_id, revision)).rowcount != 1:
        raise too_late()


def _revive_shot(connection: sqlite3.Connection, change: DeletedShot) -> None:
    # The person may have been deleted since, or a merge may have moved the shot to somebody else.
    query = """
        UPDATE shot SET deletion = NULL WHERE id = ? AND deletion = ?
        AND person_id IN (SELECT id FROM person WHERE deletion IS NULL)
    """
    if connection.execute(query, (change.shot_id, change.revision)).rowcount != 1:
        raise too_late()


def _part_again(connection: sqlite3.Connection, change: MergedPeople) -> None:
    living_name(connection, change.into_id)
    _revive_person(connection, change.from_id, change.revision, change.from_name)
    _give_back(connection, "shot", change.shot_ids, change)
    _give_back(connection, "consent", change.consent_ids, change)
    _unmark(connection, change.withdrawn, change.revision)
    choices.forget_apart(connection, change.into_id, change.told_apart)
    # If they were seen since the merge, we cannot know which of the two it was, so the later time stays.
    before, after = change.last_seen_us
    connection.execute(
        "UPDATE person SET last_seen_at = ? WHERE id = ? AND last_seen_at IS ?", (before, change.into_id, after)
    )
    seal(connection, "person", [change.into_id])


def _give_back(connection: sqlite3.Connection, table: str, ids: tuple[int, ...], change: MergedPeople) -> None:
    for row_id in ids:
        owner = connection.execute(f"SELECT person_id FROM {table} WHERE id = ?", (row_id,)).fetchone()
        # Rows purged since are simply missing. Rows that a later merge moved on require that merge to be undone first.
        if owner is not None and owner[0] != change.into_id:
            raise too_late()
        connection.execute(f"UPDATE {table} SET person_id = ? WHERE id = ?", (change.from_id, row_id))


def _unenroll(connection: sqlite3.Connection, change: EnrolledPerson) -> None:
    living = set(_ids(connection, "SELECT id FROM shot WHERE person_id = ? AND deletion IS NULL", change.person_id))
    # People merged into this person since, and shots added since, must not be deleted with them.
    query = "UPDATE person SET deletion = ? WHERE id = ? AND deletion IS NULL"
    if living - set(change.shot_ids) or connection.execute(query, (change.revision, change.person_id)).rowcount != 1:
        raise too_late()


def _take_out(connection: sqlite3.Connection, change: AddedShots) -> None:
    """Mark the added shots as deleted with the revision that added them, so that forgetting the change purges them."""
    places = ", ".join("?" * len(change.shot_ids))
    query = f"""
        SELECT shot.id, shot.person_id FROM shot JOIN person ON person.id = shot.person_id
        WHERE shot.id IN ({places}) AND shot.deletion IS NULL AND person.deletion IS NULL
    """
    living = connection.execute(query, change.shot_ids).fetchall()
    if not living:
        raise too_late()
    _mark(connection, [shot_id for shot_id, _ in living], change.revision)
    _unmark(connection, change.withdrawn, change.revision)
    for owner in {owner for _, owner in living}:  # a different person if they were merged since
        if change.had_shots and not _ids(connection, _OWN_SHOTS, owner):
            raise too_late()  # their older shots were deleted since


def _mark(connection: sqlite3.Connection, shot_ids: Sequence[ShotId], revision: int) -> None:
    connection.executemany("UPDATE shot SET deletion = ? WHERE id = ?", [(revision, shot_id) for shot_id in shot_ids])


def _unmark(connection: sqlite3.Connection, shot_ids: Sequence[ShotId], revision: int) -> None:
    """Restore the negatives that this change withdrew; those purged since are simply missing."""
    query = "UPDATE shot SET deletion = NULL WHERE id = ? AND deletion = ?"
    connection.executemany(query, [(shot_id, revision) for shot_id in shot_ids])


def has_deleted(connection: sqlite3.Connection) -> bool:
    """Return whether deleted rows are still in the file, or were purged without the file being scrubbed since."""
    query = """
        SELECT (SELECT scrub_due FROM state)
            OR EXISTS (SELECT 1 FROM person WHERE deletion IS NOT NULL)
            OR EXISTS (SELECT 1 FROM shot WHERE deletion IS NOT NULL)
    """
    return bool(connection.execute(query).fetchone()[0])


def purge(connection: sqlite3.Connection) -> None:
    """Remove everything marked as deleted; a person's shots, consents and embeddings are removed with them."""
    connection.execute("DELETE FROM person WHERE deletion IS NOT NULL")
    connection.execute("DELETE FROM shot WHERE deletion IS NOT NULL")
    set_scrub_due(connection, is_due=True)


def purge_one(connection: sqlite3.Connection, change: GalleryChange) -> None:
    """Remove what one change, or its undo, marked as deleted, and nothing else."""
    connection.execute("DELETE FROM person WHERE deletion = ?", (change.revision,))
    connection.execute("DELETE FROM shot WHERE deletion = ?", (change.revision,))
    set_scrub_due(connection, is_due=True)


def _set_name(connection: sqlite3.Connection, person_id: PersonId, name: str) -> None:
    connection.execute("UPDATE person SET name = ?, name_key = ? WHERE id = ?", (name, name_key(name), person_id))
    seal(connection, "person", [person_id])


def _ids(connection: sqlite3.Connection, query: str, person_id: PersonId) -> tuple[int, ...]:
    return tuple(row[0] for row in connection.execute(query, (person_id,)))
