"""The gallery file's tables, and the migrations that bring an older file up to date.

Two numbers in SQLite's header identify a file: `application_id` (a MetaFace gallery) and `user_version` (how many of
`MIGRATIONS` have been applied). A new file goes through all of them, so a migrated file and a new one are identical,
down to the text of their schema. A file with any other schema is refused, which also keeps out triggers and views in a
stranger's file.

To change the schema, append a function to `MIGRATIONS`; never edit one that was released.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing

from metaface_gui.gallery import checksums
from metaface_gui.gallery.transaction import transaction

APPLICATION_ID = 0x4D466163
"""`MFac`; SQLite stores it at byte 68 of the file, where tools like `file` look for it."""

Migration = Callable[[sqlite3.Connection], None]
"""One migration, run inside a transaction that also raises `user_version`."""


def _tables_of_version_1(connection: sqlite3.Connection) -> None:
    """Create the tables.

    * Times are microseconds since 1970, UTC. Vectors are float32, little-endian.
    * `deletion` is NULL for what exists, else the revision that deleted it, which may still be undone. Every query
      skips such rows, and a purge removes them.
    * AUTOINCREMENT: ids are never reused, so a late result for a deleted shot cannot be applied to another one.
    * An embedder has one length: `embedding` refers to `(id, dim)`, so vectors of different lengths cannot mix.
    * The chip is the last column, so that SQLite can read the others without walking through the picture.
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
    """Add negatives: `person_id` is then the person whom the face was denied to be.

    The column may follow the chip: SQLite keeps 0 and 1 in the row's header, so reading it does not touch the picture.
    """
    connection.execute(
        "ALTER TABLE shot ADD COLUMN is_negative INTEGER NOT NULL DEFAULT 0 CHECK (is_negative IN (0, 1))"
    )


def _checksums_of_version_3(connection: sqlite3.Connection) -> None:
    """Add a checksum to each row with content (`checksums`)."""
    for table in ("person", "consent", "shot", "embedding"):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
    checksums.seal_all(connection, version=3)


def _retention_of_version_4(connection: sqlite3.Connection) -> None:
    """Store with a consent until when the data may be kept and how long that period was meant to be; NULL: no limit.

    The period is in microseconds like the times. It is stored besides its end because an extension adds the same period
    again, and once the end has been extended the period can no longer be derived from it.
    """
    connection.execute("ALTER TABLE consent ADD COLUMN keep_until INTEGER")
    connection.execute(
        "ALTER TABLE consent ADD COLUMN keep_for INTEGER "
        "CHECK ((keep_until IS NULL) = (keep_for IS NULL) AND coalesce(keep_for, 1) > 0)"
    )
    checksums.seal_all(connection, version=4)


def _protection_of_version_5(connection: sqlite3.Connection) -> None:
    """Make room for encrypted values and for the record of their key (`protection`).

    An encrypted value is longer by a nonce and a tag (28 bytes). SQLite cannot change a CHECK, so both tables are
    rebuilt: https://www.sqlite.org/lang_altertable.html#otheralter. `protection` is empty in a file that is not
    encrypted; the columns from `salt` on are NULL unless the key is in the file, under a passphrase.
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
        # Dropping a table discards its last id, but ids must never be reused.
        "DELETE FROM sqlite_sequence WHERE name = 'shot'",
    ):
        connection.execute(statement)
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('shot', ?)", (last_shot,))


def _choices_of_version_6(connection: sqlite3.Connection) -> None:
    """Store the user's choices on the people page: covers, hidden people, and people told apart.

    `cover_id` is the shot that is the person's cover, NULL: the best one. It is not a foreign key, so that undoing a
    deletion restores the choice; ids are never reused. Two people told apart are one row, smaller id first; it is fully
    covered by its key's index, so it needs no checksum. It is deleted with either person.
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
    """Return the application id stored in the file; 0: none."""
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def user_version(connection: sqlite3.Connection) -> int:
    """Return how many migrations have been applied to the file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Run the migrations not yet applied to the file; after an exception, none of them is applied."""
    # SQLite's advice for changing tables: a table that others refer to may have to be rebuilt, and dropping the old one
    # must not delete the rows that refer to it. The setting cannot be changed inside a transaction.
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
    """Return the type, name and SQL text of everything the file defines, sorted."""
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY type, name"
    ).fetchall()


def expected_schema(version: int, migrations: Sequence[Migration] = MIGRATIONS) -> list[tuple[str, str, str]]:
    """Return the `schema_text` that a file of this version must have."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations[:version])
        return schema_text(connection)
