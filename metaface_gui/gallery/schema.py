"""The gallery file's tables, and the steps that bring an older file up to them.

A file says what it is in two numbers of SQLite's header: `application_id` (a MetaFace gallery) and `user_version`
(how many of `MIGRATIONS` it has been through). A new file goes through all of them, so that a migrated file and a
new one are the same, down to the text of their schema; a file whose schema is another is refused, which also keeps
out triggers and views that a stranger's file could bring.

To change the schema: append a function to `MIGRATIONS`; never edit one that was released.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing

from metaface_gui.gallery import checksums
from metaface_gui.gallery.transaction import transaction

APPLICATION_ID = 0x4D466163
"""`MFac`; SQLite keeps it at byte 68 of the file, where `file` and the like look for it."""

Migration = Callable[[sqlite3.Connection], None]
"""One step, run inside a transaction that also raises `user_version`."""


def _tables_of_version_1(connection: sqlite3.Connection) -> None:
    """Make the tables.

    * Times are microseconds since 1970, UTC. Vectors are float32, little-endian.
    * `deletion` is NULL for what exists; otherwise the revision that deleted it, which may still be undone. Every
      query leaves such rows out, and a purge removes them.
    * AUTOINCREMENT: an id is never used again, so that a late answer about a deleted shot cannot hit another one.
    * An embedder has one length: `embedding` refers to `(id, dim)`, so vectors of two lengths cannot mix.
    * The chip is the last column: SQLite then reads the others without walking through the picture.
    """
    for statement in (
        """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            revision INTEGER NOT NULL CHECK (revision >= 0),
            scrub_due INTEGER NOT NULL CHECK (scrub_due IN (0, 1))
        ) STRICT
        """,
        "INSERT INTO state (id, revision, scrub_due) VALUES (1, 0, 0)",
        """
        CREATE TABLE person (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            name_key TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_seen_at INTEGER,
            deletion INTEGER
        ) STRICT
        """,
        "CREATE UNIQUE INDEX person_by_name ON person (name_key) WHERE deletion IS NULL",
        "CREATE INDEX person_deleted ON person (deletion) WHERE deletion IS NOT NULL",
        """
        CREATE TABLE consent (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            given_at INTEGER NOT NULL,
            purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 2000),
            given_by TEXT NOT NULL CHECK (length(given_by) BETWEEN 1 AND 2000),
            text_version TEXT NOT NULL CHECK (length(text_version) BETWEEN 1 AND 2000)
        ) STRICT
        """,
        "CREATE INDEX consent_by_person ON consent (person_id)",
        """
        CREATE TABLE shot (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            landmarks BLOB NOT NULL CHECK (length(landmarks) = 40),
            box_xyxy BLOB NOT NULL CHECK (length(box_xyxy) = 16),
            quality REAL NOT NULL CHECK (quality BETWEEN 0 AND 1),
            taken_at INTEGER NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('camera', 'file', 'correction', 'unknown tray')),
            kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
            deletion INTEGER,
            chip BLOB NOT NULL CHECK (length(chip) BETWEEN 1 AND 4194304)
        ) STRICT
        """,
        "CREATE INDEX shot_by_person ON shot (person_id)",
        "CREATE INDEX shot_deleted ON shot (deletion) WHERE deletion IS NOT NULL",
        """
        CREATE TABLE embedder (
            id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 2000),
            dim INTEGER NOT NULL CHECK (dim BETWEEN 1 AND 4096),
            UNIQUE (id, dim)
        ) STRICT
        """,
        """
        CREATE TABLE embedding (
            shot_id INTEGER NOT NULL REFERENCES shot (id) ON DELETE CASCADE,
            embedder_id TEXT NOT NULL,
            dim INTEGER NOT NULL,
            vector BLOB NOT NULL CHECK (length(vector) = 4 * dim),
            PRIMARY KEY (shot_id, embedder_id),
            FOREIGN KEY (embedder_id, dim) REFERENCES embedder (id, dim)
        ) STRICT
        """,
        "CREATE INDEX embedding_by_embedder ON embedding (embedder_id, shot_id)",
    ):
        connection.execute(statement)


def _negatives_of_version_2(connection: sqlite3.Connection) -> None:
    """Let a shot say who somebody is not: then `person_id` is the person whom the face was denied to be.

    It may stand behind the chip: SQLite keeps 0 and 1 in the row's header, so reading it walks through no picture.
    """
    connection.execute(
        "ALTER TABLE shot ADD COLUMN is_negative INTEGER NOT NULL DEFAULT 0 CHECK (is_negative IN (0, 1))"
    )


def _checksums_of_version_3(connection: sqlite3.Connection) -> None:
    """Give each row that holds something a checksum of it (`checksums`)."""
    for table in ("person", "consent", "shot", "embedding"):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
    checksums.seal_all(connection, version=3)


def _retention_of_version_4(connection: sqlite3.Connection) -> None:
    """Let a consent say until when the data may be kept, and for how long that was meant to be; NULL: no limit.

    The period is in microseconds like the times. It is held beside its end because an extension is "the same again",
    and an end that was extended no longer tells how long the period is.
    """
    connection.execute("ALTER TABLE consent ADD COLUMN keep_until INTEGER")
    connection.execute(
        "ALTER TABLE consent ADD COLUMN keep_for INTEGER "
        "CHECK ((keep_until IS NULL) = (keep_for IS NULL) AND coalesce(keep_for, 1) > 0)"
    )
    checksums.seal_all(connection, version=4)


def _protection_of_version_5(connection: sqlite3.Connection) -> None:
    """Make room for values that are encrypted, and for what says with which key (`protection`).

    A value is as long as it was, or by a nonce and a tag (28 bytes) longer. SQLite cannot change a CHECK, so both
    tables are made again: https://www.sqlite.org/lang_altertable.html#otheralter. `protection` is empty in a file that
    is not encrypted; the columns from `salt` on are NULL unless the key is in the file, under a passphrase.
    """
    (last_shot,) = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'shot'"
    ).fetchone()
    for statement in (
        """
        CREATE TABLE protection (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            key_id TEXT NOT NULL,
            proof BLOB NOT NULL,
            salt BLOB,
            cost INTEGER,
            block_size INTEGER,
            parallelism INTEGER,
            wrapped_key BLOB,
            checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE new_shot (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            landmarks BLOB NOT NULL CHECK (length(landmarks) IN (40, 40 + 28)),
            box_xyxy BLOB NOT NULL CHECK (length(box_xyxy) IN (16, 16 + 28)),
            quality REAL NOT NULL CHECK (quality BETWEEN 0 AND 1),
            taken_at INTEGER NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('camera', 'file', 'correction', 'unknown tray')),
            kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
            is_negative INTEGER NOT NULL DEFAULT 0 CHECK (is_negative IN (0, 1)),
            deletion INTEGER,
            checksum INTEGER NOT NULL DEFAULT 0,
            chip BLOB NOT NULL CHECK (length(chip) BETWEEN 1 AND 4194304 + 28)
        ) STRICT
        """,
        """
        INSERT INTO new_shot
        SELECT id, person_id, landmarks, box_xyxy, quality, taken_at, source, kept, is_negative, deletion, checksum,
            chip FROM shot
        """,
        "DROP TABLE shot",
        "ALTER TABLE new_shot RENAME TO shot",
        "CREATE INDEX shot_by_person ON shot (person_id)",
        "CREATE INDEX shot_deleted ON shot (deletion) WHERE deletion IS NOT NULL",
        """
        CREATE TABLE new_embedding (
            shot_id INTEGER NOT NULL REFERENCES shot (id) ON DELETE CASCADE,
            embedder_id TEXT NOT NULL,
            dim INTEGER NOT NULL,
            vector BLOB NOT NULL CHECK (length(vector) IN (4 * dim, 4 * dim + 28)),
            checksum INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (shot_id, embedder_id),
            FOREIGN KEY (embedder_id, dim) REFERENCES embedder (id, dim)
        ) STRICT
        """,
        "INSERT INTO new_embedding SELECT shot_id, embedder_id, dim, vector, checksum FROM embedding",
        "DROP TABLE embedding",
        "ALTER TABLE new_embedding RENAME TO embedding",
        "CREATE INDEX embedding_by_embedder ON embedding (embedder_id, shot_id)",
        # Dropping a table forgets its last id, and an id is never used again.
        "DELETE FROM sqlite_sequence WHERE name = 'shot'",
    ):
        connection.execute(statement)
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('shot', ?)", (last_shot,))


def _choices_of_version_6(connection: sqlite3.Connection) -> None:
    """Remember what the user chose for the page of people: covers, who is hidden, and who was told apart.

    `cover_id` is the shot that stands for the person, NULL: the best one. It is no foreign key: a deletion that is
    undone brings the choice back, and an id is never used again. Two people who were told apart are a row, the smaller
    id first; all of it is in the index of the key, so it needs no checksum. It goes with either of them.
    """
    for statement in (
        "ALTER TABLE person ADD COLUMN cover_id INTEGER",
        "ALTER TABLE person ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1))",
        """
        CREATE TABLE told_apart (
            one_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            other_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            PRIMARY KEY (one_id, other_id),
            CHECK (one_id < other_id)
        ) STRICT
        """,
        "CREATE INDEX told_apart_by_other ON told_apart (other_id)",
    ):
        connection.execute(statement)
    checksums.seal_all(connection, version=6)


MIGRATIONS: tuple[Migration, ...] = (
    _tables_of_version_1,
    _negatives_of_version_2,
    _checksums_of_version_3,
    _retention_of_version_4,
    _protection_of_version_5,
    _choices_of_version_6,
)


def application_id(connection: sqlite3.Connection) -> int:
    """Return which program the file says it belongs to; 0: it does not say."""
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def user_version(connection: sqlite3.Connection) -> int:
    """Return how many migrations the file has been through."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Run the migrations that the file has not been through; all of them, or after an exception none."""
    # SQLite's advice for changing tables: a table that others refer to may have to be recreated, and dropping the
    # old one must not delete what refers to it. The setting cannot be changed inside a transaction.
    enforced = connection.execute("PRAGMA foreign_keys").fetchone()[0]
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        with transaction(connection):
            for migration in migrations[user_version(connection) :]:
                migration(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
    finally:
        connection.execute(f"PRAGMA foreign_keys = {enforced}")


def schema_text(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return the kind, name and SQL text of all that the file defines, sorted."""
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY type, name"
    ).fetchall()


def expected_schema(version: int, migrations: Sequence[Migration] = MIGRATIONS) -> list[tuple[str, str, str]]:
    """Return the `schema_text` that a file of this version must have."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations[:version])
        return schema_text(connection)
