"""A checksum for each row: SQLite has none, so a bit that a disk turned over would go unnoticed.

SQLite's own check covers how the file is built and that each index agrees with its table, which includes who a shot
belongs to and what is deleted. What it cannot see is a picture, a template, a name or a time that reads as another
one. Each row that says such things carries the CRC-32 of them, and all are compared whenever a gallery is opened.
CRC-32 finds every change of up to 32 neighbouring bits, and misses one in 2³² of the others. It protects from
accidents, not from forgery: whoever can write the file can write a checksum.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from zlib import crc32

SINCE_VERSION = 3
"""Files of earlier versions have no checksums."""

_COLUMNS = {
    "person": "name, name_key, created_at, last_seen_at, cover_id, is_hidden",
    "consent": "given_at, purpose, given_by, text_version, keep_until, keep_for",
    "shot": "landmarks, box_xyxy, quality, taken_at, source, kept, is_negative, chip",
    "embedding": "shot_id, embedder_id, dim, vector",
}
"""What each table's checksum is of. Who owns a row and whether it is deleted is in an index, too."""

_COLUMNS_UNTIL_5 = _COLUMNS | {"person": "name, name_key, created_at, last_seen_at"}
_COLUMNS_UNTIL_3 = _COLUMNS_UNTIL_5 | {"consent": "given_at, purpose, given_by, text_version"}
"""The same in files of versions 4 and 5, and of version 3."""

Value = int | float | str | bytes | None


def checksum(values: Iterable[Value]) -> int:
    """Return the CRC-32 of a row's values, 0 ≤ n < 2³²; values of two types, or cut elsewhere, are never alike."""
    crc = 0
    for value in values:
        data = value if isinstance(value, bytes) else repr(value).encode()
        crc = crc32(data, crc32(b"%s %d " % (type(value).__name__.encode(), len(data)), crc))
    return crc


def seal(connection: sqlite3.Connection, table: str, row_ids: Iterable[int]) -> None:
    """Give these rows, just inserted or changed, the checksum of what they hold now; missing rows are left out."""
    _seal(connection, table, _COLUMNS[table], row_ids)


def _seal(connection: sqlite3.Connection, table: str, columns: str, row_ids: Iterable[int]) -> None:
    for row_id in row_ids:
        values = connection.execute(f"SELECT {columns} FROM {table} WHERE rowid = ?", (row_id,)).fetchone()
        if values is not None:
            connection.execute(f"UPDATE {table} SET checksum = ? WHERE rowid = ?", (checksum(values), row_id))


def _columns_of(version: int | None) -> Mapping[str, str]:
    if version is None or version >= 6:
        return _COLUMNS
    return _COLUMNS_UNTIL_3 if version == SINCE_VERSION else _COLUMNS_UNTIL_5


def seal_all(connection: sqlite3.Connection, *, version: int | None = None) -> None:
    """Give every row of a file of this version, None: the newest, its checksum."""
    for table, columns in _columns_of(version).items():
        _seal(connection, table, columns, [row[0] for row in connection.execute(f"SELECT rowid FROM {table}")])


def first_mismatch(connection: sqlite3.Connection, *, version: int | None = None) -> str | None:
    """Compare all checksums in a file of this version; return what does not agree with its own, as words for an error.

    None if all do. A version of None means the newest.
    """
    for table, columns in _columns_of(version).items():
        for row_id, expected, *values in connection.execute(f"SELECT rowid, checksum, {columns} FROM {table}"):
            if checksum(values) != expected:
                return f"the checksum of {table} {row_id} does not agree"
    return None
