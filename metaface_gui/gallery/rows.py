"""Rows to records and back. What a file holds is not trusted: a row that makes no valid record is damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery.checksums import seal
from metaface_gui.gallery.cipher import ValueCipher, of_embedding, of_shot
from metaface_gui.gallery.records import (
    MAX_ID,
    Consent,
    NewConsent,
    NewShot,
    Person,
    Retention,
    Shot,
    ShotId,
    ShotSource,
    Templates,
)
from metaface_gui.gallery.sqlite_errors import damaged
from metaface_gui.types import Floats, PersonId

# Ids often come out of `Templates`' arrays; without this SQLite would store and compare them as bytes.
sqlite3.register_adapter(np.int64, int)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_PEOPLE = """
    SELECT person.id, person.name, person.created_at, person.last_seen_at,
        (SELECT count(*) FROM shot WHERE person_id = person.id AND deletion IS NULL AND NOT is_negative),
        best.id, best.chip,
        (SELECT count(*) FROM shot WHERE person_id = person.id AND deletion IS NULL AND is_negative),
        (SELECT keep_until FROM consent WHERE person_id = person.id ORDER BY given_at DESC, id DESC LIMIT 1),
        (SELECT keep_for FROM consent WHERE person_id = person.id ORDER BY given_at DESC, id DESC LIMIT 1),
        person.is_hidden
    FROM person LEFT JOIN shot AS best ON best.id = coalesce(
        (SELECT id FROM shot
            WHERE id = person.cover_id AND person_id = person.id AND deletion IS NULL AND NOT is_negative),
        (SELECT id FROM shot WHERE person_id = person.id AND deletion IS NULL AND NOT is_negative
            ORDER BY kept DESC, quality DESC, id LIMIT 1))
    WHERE person.deletion IS NULL
"""
_SHOT_COLUMNS = (
    "shot.id, shot.person_id, shot.chip, shot.landmarks, shot.box_xyxy, shot.quality, shot.taken_at, shot.source, "
    "shot.kept, shot.is_negative"
)
_LIVE_SHOTS = """
    FROM shot JOIN person ON person.id = shot.person_id
    WHERE shot.deletion IS NULL AND person.deletion IS NULL
"""


@contextmanager
def decoding(path: Path | None) -> Iterator[None]:
    """Report a row that makes no record as damage to the file. Only decoding belongs into the block."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise damaged(path, error) from error


def to_microseconds(time: datetime) -> int:
    """Return the time as the file holds it: microseconds since 1970, UTC."""
    return (time - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return the UTC time that the file's number means.

    Raises:
        OverflowError: if it lies outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(microseconds=value)


def to_blob(array: Floats) -> bytes:
    """Return float32 values as the file holds them: little-endian, in C order."""
    return array.astype("<f4").tobytes()


def from_blob(blob: bytes, shape: tuple[int, ...]) -> Floats:
    """Return the float32 array of this shape that the file's bytes mean.

    Raises:
        ValueError: if they are too few or too many.
    """
    return np.frombuffer(blob, "<f4").astype(np.float32).reshape(shape)


def no_such_person() -> GalleryError:
    """Return the error for a person who is not, or no longer, in the gallery."""
    return GalleryError(
        QT_TRANSLATE_NOOP("Errors", "That person is not in the gallery (any more). Choose another from the list.")
    )


def no_such_shot() -> GalleryError:
    """Return the error for a shot that is not, or no longer, in the gallery."""
    return GalleryError(
        QT_TRANSLATE_NOOP("Errors", "That shot is not in the gallery (any more). Choose another from the list.")
    )


def is_id(value: int) -> bool:
    """Return whether a number can be a key at all; SQLite would not take a larger one."""
    return 0 < value <= MAX_ID


def read_people(connection: sqlite3.Connection, cipher: ValueCipher) -> tuple[Person, ...]:
    """Return everybody, in the order of their enrolment."""
    rows = connection.execute(_PEOPLE + "ORDER BY person.id").fetchall()
    with decoding(cipher.path):
        return tuple(_person(row, cipher) for row in rows)


def read_person(connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId) -> Person:
    """Return one person.

    Raises:
        GalleryError: if there is none with this id.
    """
    row = connection.execute(_PEOPLE + "AND person.id = ?", (person_id,)).fetchone() if is_id(person_id) else None
    if row is None:
        raise no_such_person()
    with decoding(cipher.path):
        return _person(row, cipher)


def _person(
    row: tuple[int, str, int, int | None, int, ShotId | None, bytes | None, int, int | None, int | None, int],
    cipher: ValueCipher,
) -> Person:
    person_id, name, created_at, seen_at, shot_count, cover_id, chip, negative_count, keep_until, keep_for, hidden = row
    return Person(
        person_id,
        name,
        from_microseconds(created_at),
        shot_count,
        None if seen_at is None else from_microseconds(seen_at),
        None if cover_id is None or chip is None else cipher.decrypt(chip, of_shot("chip", cover_id)),
        negative_count,
        _retention(keep_until, keep_for),
        cover_id,
        is_hidden=bool(hidden),
    )


def read_shots(connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId) -> tuple[Shot, ...]:
    """Return a person's shots and behind them their negatives, oldest first each."""
    query = f"SELECT {_SHOT_COLUMNS} {_LIVE_SHOTS} AND person.id = ? ORDER BY shot.is_negative, shot.id"
    rows = connection.execute(query, (person_id,)).fetchall()
    with decoding(cipher.path):
        return tuple(_shot(row, cipher) for row in rows)


def shot_of_picture(
    connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId, chip: bytes
) -> ShotId | None:
    """Return which of a person's shots is this very picture; None if none is."""
    shots = read_shots(connection, cipher, person_id)
    return next((shot.id for shot in shots if shot.chip == chip and not shot.is_negative), None)


def read_shots_without(
    connection: sqlite3.Connection, cipher: ValueCipher, embedder_id: str, after_id: ShotId, limit: int
) -> tuple[Shot, ...]:
    """Return the next kept shots and negatives that have no embedding by this embedder, by id."""
    query = f"""
        SELECT {_SHOT_COLUMNS} {_LIVE_SHOTS} AND shot.kept AND shot.id > ? AND NOT EXISTS (
            SELECT 1 FROM embedding WHERE shot_id = shot.id AND embedder_id = ?)
        ORDER BY shot.id LIMIT ?
    """
    rows = connection.execute(query, (after_id, embedder_id, limit)).fetchall()
    with decoding(cipher.path):
        return tuple(_shot(row, cipher) for row in rows)


def count_shots_without(connection: sqlite3.Connection, embedder_id: str) -> int:
    """Return how many shots `read_shots_without` would give in all."""
    query = f"""
        SELECT count(*) {_LIVE_SHOTS} AND shot.kept AND NOT EXISTS (
            SELECT 1 FROM embedding WHERE shot_id = shot.id AND embedder_id = ?)
    """
    return int(connection.execute(query, (embedder_id,)).fetchone()[0])


def _shot(row: tuple[int, int, bytes, bytes, bytes, float, int, str, int, int], cipher: ValueCipher) -> Shot:
    shot_id, person_id, chip, landmarks, box_xyxy, quality, taken_at, source, kept, is_negative = row
    return Shot(
        id=shot_id,
        person_id=person_id,
        chip=cipher.decrypt(chip, of_shot("chip", shot_id)),
        landmarks=from_blob(cipher.decrypt(landmarks, of_shot("landmarks", shot_id)), (5, 2)),
        box_xyxy=from_blob(cipher.decrypt(box_xyxy, of_shot("box_xyxy", shot_id)), (4,)),
        quality=quality,
        taken_at=from_microseconds(taken_at),
        source=ShotSource(source),
        kept=bool(kept),
        is_negative=bool(is_negative),
    )


def read_templates(
    connection: sqlite3.Connection,
    cipher: ValueCipher,
    embedder_id: str,
    *,
    of_negatives: bool,
    with_hidden: bool = True,
) -> Templates:
    """Return the embeddings of all kept shots, or of all kept negatives, by one embedder."""
    query = f"""
        SELECT shot.id, shot.person_id, embedding.vector
        {_LIVE_SHOTS.replace("WHERE", "JOIN embedding ON embedding.shot_id = shot.id WHERE")}
        AND shot.kept AND shot.is_negative = ? AND embedding.embedder_id = ? AND person.is_hidden <= ?
        ORDER BY shot.id
    """
    dim = connection.execute("SELECT dim FROM embedder WHERE id = ?", (embedder_id,)).fetchone()
    rows = connection.execute(query, (int(of_negatives), embedder_id, int(with_hidden))).fetchall()
    with decoding(cipher.path):
        vectors = b"".join(cipher.decrypt(vector, of_embedding(shot_id, embedder_id)) for shot_id, _, vector in rows)
        return Templates(
            embedder_id=embedder_id,
            features=from_blob(vectors, (len(rows), dim[0] if dim else 0)),
            person_ids=np.array([person_id for _, person_id, _ in rows], np.int64),
            shot_ids=np.array([shot_id for shot_id, _, _ in rows], np.int64),
        )


def read_embeddings(connection: sqlite3.Connection, cipher: ValueCipher, shot_id: ShotId) -> dict[str, Floats]:
    """Return a shot's embeddings, float32 (d,), by their embedders' ids."""
    rows = connection.execute("SELECT embedder_id, dim, vector FROM embedding WHERE shot_id = ?", (shot_id,)).fetchall()
    with decoding(cipher.path):
        return {
            embedder_id: from_blob(cipher.decrypt(vector, of_embedding(shot_id, embedder_id)), (dim,))
            for embedder_id, dim, vector in rows
        }


def read_consents(connection: sqlite3.Connection, path: Path | None, person_id: PersonId) -> tuple[Consent, ...]:
    """Return a person's consent records, oldest first."""
    query = """
        SELECT given_at, purpose, given_by, text_version, keep_until, keep_for FROM consent
        WHERE person_id = ? ORDER BY given_at, id
    """
    rows = connection.execute(query, (person_id,)).fetchall()
    with decoding(path):
        return tuple(
            Consent(
                person_id=person_id,
                given_at=from_microseconds(given_at),
                purpose=purpose,
                given_by=given_by,
                text_version=text_version,
                retention=_retention(keep_until, keep_for),
            )
            for given_at, purpose, given_by, text_version, keep_until, keep_for in rows
        )


def _retention(keep_until: int | None, keep_for: int | None) -> Retention | None:
    if keep_until is None or keep_for is None:  # the file has both or neither
        return None
    return Retention(from_microseconds(keep_until), timedelta(microseconds=keep_for))


def insert_person(connection: sqlite3.Connection, name: str, key: str, created_at: datetime) -> PersonId:
    """Add a person of an already cleaned name; return their id."""
    cursor = connection.execute(
        "INSERT INTO person (name, name_key, created_at) VALUES (?, ?, ?)", (name, key, to_microseconds(created_at))
    )
    person_id = int(cursor.lastrowid or 0)
    seal(connection, "person", [person_id])
    return person_id


def insert_consent(connection: sqlite3.Connection, person_id: PersonId, consent: NewConsent) -> None:
    """Add a consent record."""
    retention = consent.retention
    cursor = connection.execute(
        "INSERT INTO consent (person_id, given_at, purpose, given_by, text_version, keep_until, keep_for) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            person_id,
            to_microseconds(consent.given_at),
            consent.purpose,
            consent.given_by,
            consent.text_version,
            None if retention is None else to_microseconds(retention.until),
            None if retention is None else retention.period // _MICROSECOND,
        ),
    )
    seal(connection, "consent", [int(cursor.lastrowid or 0)])


def insert_shots(
    connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId, shots: Sequence[NewShot]
) -> tuple[ShotId, ...]:
    """Add shots and their embeddings; return the shots' ids."""
    first_id = _next_shot_id(connection)  # what is encrypted is bound to the id, so it is needed beforehand
    ids = tuple(range(first_id, first_id + len(shots)))
    for shot_id, shot in zip(ids, shots, strict=True):
        connection.execute(
            "INSERT INTO shot (id, person_id, landmarks, box_xyxy, quality, taken_at, source, kept, chip, is_negative) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                shot_id,
                person_id,
                cipher.encrypt(to_blob(shot.landmarks), of_shot("landmarks", shot_id)),
                cipher.encrypt(to_blob(shot.box_xyxy), of_shot("box_xyxy", shot_id)),
                float(shot.quality),
                to_microseconds(shot.taken_at),
                str(shot.source),
                int(shot.kept),
                cipher.encrypt(shot.chip, of_shot("chip", shot_id)),
                int(shot.is_negative),
            ),
        )
        for embedder_id, vector in shot.embeddings.items():
            insert_embeddings(connection, cipher, embedder_id, {shot_id: vector})
    seal(connection, "shot", ids)
    return ids


def _next_shot_id(connection: sqlite3.Connection) -> ShotId:
    """Return the id that AUTOINCREMENT would give: one that no shot has or had."""
    query = """
        SELECT coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'shot'), 0),
            coalesce((SELECT max(id) FROM shot), 0)
    """
    return int(max(connection.execute(query).fetchone())) + 1


def insert_embeddings(
    connection: sqlite3.Connection, cipher: ValueCipher, embedder_id: str, vectors: Mapping[ShotId, Floats]
) -> None:
    """Add or replace embeddings; those of shots that are gone are left out.

    Raises:
        ValueError: if a vector is not as long as this embedder's others.
    """
    for shot_id, vector in vectors.items():
        connection.execute("INSERT OR IGNORE INTO embedder (id, dim) VALUES (?, ?)", (embedder_id, vector.size))
        (dim,) = connection.execute("SELECT dim FROM embedder WHERE id = ?", (embedder_id,)).fetchone()
        if dim != vector.size:
            raise ValueError(f"{embedder_id} gives embeddings of length {dim}, not {vector.size}")
        cursor = connection.execute(
            "INSERT OR REPLACE INTO embedding (shot_id, embedder_id, dim, vector) "
            "SELECT id, ?, ?, ? FROM shot WHERE id = ?",
            (embedder_id, dim, cipher.encrypt(to_blob(vector), of_embedding(shot_id, embedder_id)), shot_id),
        )
        if cursor.rowcount > 0:
            seal(connection, "embedding", [int(cursor.lastrowid or 0)])
