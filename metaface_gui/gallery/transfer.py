"""Export and import: a gallery file of its own, with the chosen people in it.

The format is the gallery's own SQLite schema: no archive that could unpack to more than it is, nothing that runs code
when it is read. An imported file is a stranger's: it is opened read-only, must have exactly a gallery's schema and pass
SQLite's check, and each row goes through the records' own checks, as an enrolment's would.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from itertools import count
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import changes, rows
from metaface_gui.gallery.files import check_file, connect, has_log, new_database_file, sidecar, usable_path
from metaface_gui.gallery.names import clean_name, name_key, numbered_name
from metaface_gui.gallery.pictures import picture_size
from metaface_gui.gallery.records import NewShot, Person, Shot
from metaface_gui.gallery.schema import MIGRATIONS, migrate
from metaface_gui.gallery.sqlite_errors import damaged, translated
from metaface_gui.types import PersonId

MAX_CHIP_SIDE = 4096
"""Widest and highest picture that an imported shot may have, pixels."""

OnProgress = Callable[[int, int], None]
"""Called with how many people are done, of how many."""


class ClashPolicy(Enum):
    """What to do with an imported person whose name somebody here bears; the values are what commands take."""

    SKIP = "skip"
    """Leave the imported one out."""
    RENAME = "rename"
    """Add them under their name with a number."""
    MERGE = "merge"
    """They are the same person: add the shots that are not there yet."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, by names. `renamed` holds the name in the file and the one in the gallery.

    `shots_added` leaves negatives out.
    """

    added: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    merged: tuple[str, ...]
    skipped: tuple[str, ...]
    shots_added: int


@dataclass(frozen=True, slots=True)
class SourceDatabase:
    """A file to import from: checked, up to date, open to read."""

    connection: sqlite3.Connection
    path: Path


def export_to(
    source: sqlite3.Connection,
    source_path: Path | None,
    target_path: Path,
    person_ids: Sequence[PersonId] | None,
    on_progress: OnProgress | None,
) -> int:
    """See `Gallery.export_to`; `source` is inside a reading transaction."""
    target_path = usable_path(target_path)
    _require_exportable(target_path, source_path)
    if person_ids is None:
        chosen = [row[0] for row in source.execute("SELECT id FROM person WHERE deletion IS NULL ORDER BY id")]
    else:
        chosen = sorted(set(person_ids))
        for person_id in chosen:
            changes.living_name(source, person_id)
    with new_database_file(target_path) as target:
        migrate(target)
        target.execute("BEGIN")
        for table in ("embedder", "person", "consent", "shot", "embedding"):
            # Ids stay as they are, so rows keep referring to each other.
            for done, person_id in enumerate(chosen, start=1):
                _copy_rows(source, source_path, target, table, person_id)
                if on_progress is not None and table == "shot":
                    on_progress(done, len(chosen))
        target.execute("COMMIT")
    return len(chosen)


_CHOSEN_ROWS = {
    "embedder": """id IN (
        SELECT embedder_id FROM embedding JOIN shot ON shot.id = shot_id WHERE person_id = ? AND deletion IS NULL)""",
    "person": "id = ?",
    "consent": "person_id = ?",
    "shot": "person_id = ? AND deletion IS NULL",
    "embedding": "shot_id IN (SELECT id FROM shot WHERE person_id = ? AND deletion IS NULL)",
}


def _copy_rows(
    source: sqlite3.Connection, source_path: Path | None, target: sqlite3.Connection, table: str, person_id: PersonId
) -> None:
    with translated(source_path):
        found = source.execute(f"SELECT * FROM {table} WHERE {_CHOSEN_ROWS[table]}", (person_id,)).fetchall()
    if found:
        places = ", ".join("?" * len(found[0]))
        # OR IGNORE: several people's shots name the same embedder.
        target.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", found)


def _require_exportable(target_path: Path, source_path: Path | None) -> None:
    if not target_path.parent.is_dir():
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "There is no folder {folder}. Make it first, or choose another."),
            folder=str(target_path.parent),
        )
    # Replacing a gallery under its writer's feet would mix its log into the new file.
    if target_path == source_path or has_log(target_path) or sidecar(target_path, "-journal").exists():
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "{path} is a gallery in use. Export to a new file."), path=str(target_path)
        )


@contextmanager
def source_database(path: Path) -> Iterator[SourceDatabase]:
    """Open a file to import from, without changing it; an older one is converted in a temporary copy.

    Raises:
        GalleryError: if it is missing, no gallery, damaged, or a newer MetaFace wrote it.
    """
    path = usable_path(path)
    if not path.exists():
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "There is no file {path}. Check the name, or export a gallery first."),
            path=str(path),
        )
    version = check_file(path, MIGRATIONS)
    with ExitStack() as stack:
        with translated(path):
            quiet = "" if has_log(path) else "&immutable=1"
            connection = stack.enter_context(closing(connect(path, "mode=ro" + quiet)))
            if version < len(MIGRATIONS):
                copy = stack.enter_context(closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)))
                connection.backup(copy)
                migrate(copy)
                connection = copy
            connection.execute("BEGIN")
        yield SourceDatabase(connection, path)


def import_from(
    source: SourceDatabase, target: sqlite3.Connection, on_clash: ClashPolicy, on_progress: OnProgress | None
) -> ImportReport:
    """See `Gallery.import_from`; `target` is inside the transaction that holds all of it."""
    with translated(source.path):
        people = rows.read_people(source.connection, source.path)
    added, renamed, merged, skipped, shots_added = [], [], [], [], 0
    for done, person in enumerate(people, start=1):
        name = _checked_name(source, person)
        bearer = changes.bearer_of(target, name)
        if bearer is None or on_clash is ClashPolicy.RENAME:
            new_name = name if bearer is None else _free_name(target, name)
            bearer = rows.insert_person(target, new_name, name_key(new_name), person.created_at)
            if new_name == name:
                added.append(name)
            else:
                renamed.append((name, new_name))
        elif on_clash is ClashPolicy.MERGE:
            merged.append(name)
        else:
            skipped.append(name)
            bearer = None
        if bearer is not None:
            shots_added += _import_person(source, target, person, bearer)
        if on_progress is not None:
            on_progress(done, len(people))
    return ImportReport(tuple(added), tuple(renamed), tuple(merged), tuple(skipped), shots_added)


def _import_person(source: SourceDatabase, target: sqlite3.Connection, person: Person, into_id: PersonId) -> int:
    """Copy a person's consents, shots and negatives; return how many shots were new."""
    with translated(source.path):
        consents = rows.read_consents(source.connection, source.path, person.id)
        shots = [_checked_shot(source, shot) for shot in rows.read_shots(source.connection, source.path, person.id)]
    if not consents:
        raise damaged(source.path, f"it holds no consent of {person.name}")
    query = "SELECT chip, is_negative FROM shot WHERE person_id = ? AND deletion IS NULL"
    known = {(sha256(chip).digest(), bool(negative)) for chip, negative in target.execute(query, (into_id,))}
    new = [shot for shot in shots if (sha256(shot.chip).digest(), shot.is_negative) not in known]
    known_consents = {
        (consent.given_at, consent.purpose, consent.given_by, consent.text_version)
        for consent in rows.read_consents(target, source.path, into_id)
    }
    for consent in consents:
        if (consent.given_at, consent.purpose, consent.given_by, consent.text_version) not in known_consents:
            rows.insert_consent(target, into_id, consent)
    try:
        rows.insert_shots(target, into_id, new)
    except ValueError as error:  # an embedder of this name gives vectors of another length here
        raise damaged(source.path, error) from error
    return sum(not shot.is_negative for shot in new)


def _checked_name(source: SourceDatabase, person: Person) -> str:
    try:
        return clean_name(person.name)
    except GalleryError as error:
        raise damaged(source.path, error) from error


def _checked_shot(source: SourceDatabase, shot: Shot) -> NewShot:
    embeddings = rows.read_embeddings(source.connection, source.path, shot.id)
    with rows.decoding(source.path):
        if not all(1 <= side <= MAX_CHIP_SIDE for side in picture_size(shot.chip)):
            raise ValueError(f"a picture is larger than {MAX_CHIP_SIDE} × {MAX_CHIP_SIDE}")
        return NewShot(
            chip=shot.chip,
            landmarks=shot.landmarks,
            box_xyxy=shot.box_xyxy,
            quality=shot.quality,
            taken_at=shot.taken_at,
            source=shot.source,
            kept=shot.kept,
            is_negative=shot.is_negative,
            embeddings=embeddings,
        )


def _free_name(connection: sqlite3.Connection, name: str) -> str:
    return next(free for n in count(2) if changes.bearer_of(connection, free := numbered_name(name, n)) is None)
