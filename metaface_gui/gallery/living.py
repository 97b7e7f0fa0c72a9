"""Lookups of people and shots that are not deleted, and the revision counter: the first steps of every change."""

from __future__ import annotations

import sqlite3

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery.records import ShotId
from metaface_gui.gallery.rows import is_id, no_such_person, no_such_shot
from metaface_gui.types import PersonId


def next_revision(connection: sqlite3.Connection) -> int:
    """Increment the revision and return it."""
    connection.execute("UPDATE state SET revision = revision + 1")
    return revision(connection)


def revision(connection: sqlite3.Connection) -> int:
    """Return the revision, the number of the last change."""
    return int(connection.execute("SELECT revision FROM state").fetchone()[0])


def living_name(connection: sqlite3.Connection, person_id: PersonId) -> str:
    """Return the name of a person who is in the gallery.

    Raises:
        GalleryError: if nobody has this id.
    """
    query = "SELECT name FROM person WHERE id = ? AND deletion IS NULL"
    row = connection.execute(query, (person_id,)).fetchone() if is_id(person_id) else None
    if row is None:
        raise no_such_person()
    return str(row[0])


def owner_of(connection: sqlite3.Connection, shot_id: ShotId) -> PersonId:
    """Return the id of the person whose shot this is.

    Raises:
        GalleryError: if there is no such shot.
    """
    query = """
        SELECT person.id FROM shot JOIN person ON person.id = shot.person_id
        WHERE shot.id = ? AND shot.deletion IS NULL AND person.deletion IS NULL
    """
    row = connection.execute(query, (shot_id,)).fetchone() if is_id(shot_id) else None
    if row is None:
        raise no_such_shot()
    return int(row[0])


def too_late() -> GalleryError:
    """Return the error for an undo that a later change prevents."""
    return GalleryError(
        QT_TRANSLATE_NOOP(
            "Errors", "That can no longer be undone: something has changed since. Undo the later changes first."
        )
    )


def set_scrub_due(connection: sqlite3.Connection, *, is_due: bool) -> None:
    """Record in the file whether it may hold traces of purged data, so that a crash cannot lose that fact."""
    connection.execute("UPDATE state SET scrub_due = ?", (int(is_due),))
