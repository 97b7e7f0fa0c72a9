"""Export and import: the chosen people in a gallery file of their own.

The format is the gallery's own SQLite schema: it is not an archive that could expand or name other files, and reading
it runs no code. With a passphrase its faces and templates are encrypted (`protection`). An imported file is not
trusted: it is opened read-only, must have exactly a gallery's schema and pass SQLite's check, and each row goes through
the same record checks as an enrolment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import changes, choices, protection, rows
from metaface_gui.gallery.checksums import seal_all
from metaface_gui.gallery.cipher import ValueCipher, of_embedding, of_shot
from metaface_gui.gallery.files import (
    check_file,
    connect,
    has_log,
    new_database_file,
    sidecar,
    untouching_mode,
    usable_path,
)
from metaface_gui.gallery.keys import KeyStore
from metaface_gui.gallery.living import living_name
from metaface_gui.gallery.names import clean_name, name_key, numbered_name
from metaface_gui.gallery.pictures import picture_size
from metaface_gui.gallery.records import NewShot, Person, Shot
from metaface_gui.gallery.schema import APPLICATION_ID, MIGRATIONS, application_id, migrate, user_version
from metaface_gui.gallery.sqlite_errors import NOT_A_GALLERY, damaged, translated
from metaface_gui.types import PersonId

MAX_CHIP_SIDE = 4096
"""Maximum width and height of an imported shot's picture, in pixels."""

OnProgress = Callable[[int, int], None]
"""Called with the number of people done and the total."""


class ClashPolicy(Enum):
    """What to do with an imported person whose name is taken; the values are command-line arguments."""

    SKIP = "skip"
    """Leave out the imported person."""
    RENAME = "rename"
    """Add the imported person under a numbered name."""
    MERGE = "merge"
    """Treat both as the same person, and add the shots that are not there yet."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of an import, by names; `renamed` holds pairs of the name in the file and the one in the gallery.

    `shots_added` does not count negatives.
    """

    added: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    merged: tuple[str, ...]
    skipped: tuple[str, ...]
    shots_added: int


@dataclass(frozen=True, slots=True)
class OpenGallery:
    """A gallery's connection, inside a transaction opened by the caller, and the cipher of its values."""

    connection: sqlite3.Connection
    cipher: ValueCipher

    @property
    def path(self) -> Path | None:
        """The file; None in memory."""
        return self.cipher.path


def export_to(
    source: OpenGallery,
    target_path: Path,
    person_ids: Sequence[PersonId] | None,
    passphrase: str | None,
    on_progress: OnProgress | None,
) -> int:
    """See `Gallery.export_to`."""
    target_path = usable_path(target_path)
    _require_exportable(target_path, source.path)
    if person_ids is None:
        query = "SELECT id FROM person WHERE deletion IS NULL ORDER BY id"
        chosen = [row[0] for row in source.connection.execute(query)]
    else:
        chosen = sorted(set(person_ids))
        for person_id in chosen:
            living_name(source.connection, person_id)
    with new_database_file(target_path) as connection:
        migrate(connection)
        target = OpenGallery(connection, _new_cipher(connection, target_path, passphrase))
        connection.execute("BEGIN")
        for table in ("embedder", "person", "consent", "shot", "embedding"):
            for done, person_id in enumerate(chosen, start=1):
                _copy_rows(source, target, table, person_id)
                if on_progress is not None and table == "shot":
                    on_progress(done, len(chosen))
        for person_id in chosen:
            for other_id in choices.told_apart_from(source.connection, person_id):
                if other_id in chosen:
                    choices.put_apart(connection, person_id, other_id)
        seal_all(connection)
        connection.execute("COMMIT")
    return len(chosen)


def _new_cipher(connection: sqlite3.Connection, path: Path, passphrase: str | None) -> ValueCipher:
    if passphrase is None:
        return ValueCipher(path)
    return protection.protect_by_passphrase(connection, path, passphrase)


_CHOSEN_ROWS = {
    "embedder": """id IN (
        SELECT embedder_id FROM embedding JOIN shot ON shot.id = shot_id WHERE person_id = ? AND deletion IS NULL)""",
    "person": "id = ?",
    "consent": "person_id = ?",
    "shot": "person_id = ? AND deletion IS NULL",
    "embedding": "shot_id IN (SELECT id FROM shot WHERE person_id = ? AND deletion IS NULL)",
}


def _copy_rows(source: OpenGallery, target: OpenGallery, table: str, person_id: PersonId) -> None:
    with translated(source.path):
        cursor = source.connection.execute(f"SELECT * FROM {table} WHERE {_CHOSEN_ROWS[table]}", (person_id,))
        columns = [description[0] for description in cursor.description]
        found = [dict(zip(columns, row, strict=True)) for row in cursor]
    for row in found:
        # Ids are preserved, so references between rows stay valid and encrypted values keep their places.
        for column, place in _places(table, row).items():
            row[column] = target.cipher.encrypt(source.cipher.decrypt(row[column], place), place)
    values = ", ".join("?" * len(columns))
    # OR IGNORE: several people's shots refer to the same embedder.
    target.connection.executemany(
        f"INSERT OR IGNORE INTO {table} VALUES ({values})", [tuple(row.values()) for row in found]
    )


def _places(table: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the encrypted columns of a row, each with its value's place."""
    match table:
        case "shot":
            return {column: of_shot(column, row["id"]) for column in protection.SHOT_COLUMNS}
        case "embedding":
            return {"vector": of_embedding(row["shot_id"], row["embedder_id"])}
        case _:
            return {}


def _require_exportable(target_path: Path, source_path: Path | None) -> None:
    if not target_path.parent.is_dir():
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "There is no folder {folder}. Create it first, or choose another."),
            folder=str(target_path.parent),
        )
    # Replacing a gallery that has a writer would mix its log into the new file.
    if target_path == source_path or has_log(target_path) or sidecar(target_path, "-journal").exists():
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "{path} is a gallery in use. Export to a new file."), path=str(target_path)
        )


@contextmanager
def source_database(path: Path, keys: KeyStore, passphrase: str | None) -> Iterator[OpenGallery]:
    """Open a file to import from, without changing it; an older one is migrated in a temporary copy.

    Raises:
        PassphraseError: if it needs a passphrase, and none or a wrong one was given.
        GalleryError: if it is missing, not a gallery, damaged, or was written by a newer MetaFace.
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
            cipher = protection.unlock(connection, path, keys, passphrase)
        yield OpenGallery(connection, cipher)


def needs_passphrase(path: Path) -> bool:
    """Return whether importing this file needs a passphrase; fast, changes nothing and checks nothing else.

    Raises:
        GalleryError: if it cannot be read, or is not a gallery.
    """
    path = usable_path(path)
    with translated(path), closing(connect(path, untouching_mode(path))) as connection:
        if application_id(connection) != APPLICATION_ID:
            raise GalleryError(NOT_A_GALLERY, path=str(path))
        if user_version(connection) < protection.SINCE_VERSION:
            return False
        # A malicious view of that name could compute for hours.
        kind = connection.execute("SELECT type FROM sqlite_schema WHERE name = 'protection'").fetchone()
        if kind != ("table",):
            raise damaged(path, "its tables are not those of a gallery")
        return connection.execute("SELECT 1 FROM protection WHERE wrapped_key IS NOT NULL").fetchone() is not None


def import_from(
    source: OpenGallery, target: OpenGallery, on_clash: ClashPolicy, on_progress: OnProgress | None
) -> ImportReport:
    """Import as `Gallery.import_from` describes, within the caller's transaction on `target`."""
    with translated(source.path):
        people = rows.read_people(source.connection, source.cipher)
    added, renamed, merged, skipped, shots_added = [], [], [], [], 0
    new_ids = dict[PersonId, PersonId]()
    for done, person in enumerate(people, start=1):
        name = _checked_name(source, person)
        bearer = changes.bearer_of(target.connection, name)
        if bearer is None or on_clash is ClashPolicy.RENAME:
            new_name = name if bearer is None else _free_name(target.connection, name)
            bearer = rows.insert_person(target.connection, new_name, name_key(new_name), person.created_at)
            new_ids[person.id] = bearer
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
    _import_choices(source, target, people, new_ids)
    return ImportReport(tuple(added), tuple(renamed), tuple(merged), tuple(skipped), shots_added)


def _import_choices(
    source: OpenGallery, target: OpenGallery, people: Sequence[Person], new_ids: Mapping[PersonId, PersonId]
) -> None:
    """Copy the choices of the newly added `people`: who is hidden, their covers, and who was told apart."""
    for person in people:
        if (new_id := new_ids.get(person.id)) is None:
            continue
        with translated(source.path):
            apart = choices.told_apart_from(source.connection, person.id)
            is_chosen = choices.chosen_cover(source.connection, person.id) == person.cover_id is not None
        if person.is_hidden:
            choices.put_hidden(target.connection, new_id, is_hidden=True)
        for other_id in apart:
            if other_id in new_ids:
                choices.put_apart(target.connection, new_id, new_ids[other_id])
        if is_chosen and person.thumbnail is not None:
            cover = rows.shot_of_picture(target.connection, target.cipher, new_id, person.thumbnail)
            choices.put_cover(target.connection, new_id, cover)


def _import_person(source: OpenGallery, target: OpenGallery, person: Person, into_id: PersonId) -> int:
    """Copy a person's consents, shots and negatives; return how many shots were new."""
    with translated(source.path):
        consents = rows.read_consents(source.connection, source.path, person.id)
        shots = [_checked_shot(source, shot) for shot in rows.read_shots(source.connection, source.cipher, person.id)]
    if not consents:
        raise damaged(source.path, f"it holds no consent of {person.name}")
    query = "SELECT id, chip, is_negative FROM shot WHERE person_id = ? AND deletion IS NULL"
    known = {
        (sha256(target.cipher.decrypt(chip, of_shot("chip", shot_id))).digest(), bool(negative))
        for shot_id, chip, negative in target.connection.execute(query, (into_id,))
    }
    new = [shot for shot in shots if (sha256(shot.chip).digest(), shot.is_negative) not in known]
    known_consents = {
        (consent.given_at, consent.purpose, consent.given_by, consent.text_version)
        for consent in rows.read_consents(target.connection, target.path, into_id)
    }
    for consent in consents:
        if (consent.given_at, consent.purpose, consent.given_by, consent.text_version) not in known_consents:
            rows.insert_consent(target.connection, into_id, consent)
    try:
        rows.insert_shots(target.connection, target.cipher, into_id, new)
    except ValueError as error:  # here an embedder of this id has vectors of another length
        raise damaged(source.path, error) from error
    return sum(not shot.is_negative for shot in new)


def _checked_name(source: OpenGallery, person: Person) -> str:
    try:
        return clean_name(person.name)
    except GalleryError as error:
        raise damaged(source.path, error) from error


def _checked_shot(source: OpenGallery, shot: Shot) -> NewShot:
    embeddings = rows.read_embeddings(source.connection, source.cipher, shot.id)
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
