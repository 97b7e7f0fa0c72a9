from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from metaface_gui.gallery.schema import (
    APPLICATION_ID,
    MIGRATIONS,
    application_id,
    expected_schema,
    migrate,
    schema_text,
    user_version,
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def add_note(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE person ADD COLUMN note TEXT")


def test_file_says_what_it_is(connection: sqlite3.Connection) -> None:
    migrate(connection)
    assert (application_id(connection), user_version(connection)) == (APPLICATION_ID, len(MIGRATIONS))


def test_migrated_and_new_files_are_the_same(connection: sqlite3.Connection) -> None:
    migrate(connection)
    migrate(connection, (*MIGRATIONS, add_note))
    assert schema_text(connection) == expected_schema(len(MIGRATIONS) + 1, (*MIGRATIONS, add_note))
    assert schema_text(connection) != expected_schema(len(MIGRATIONS))


def test_failed_migration_changes_nothing(connection: sqlite3.Connection) -> None:
    migrate(connection)
    before = schema_text(connection)

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE consent")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(connection, (*MIGRATIONS, add_note, fails))
    assert schema_text(connection) == before
    assert user_version(connection) == len(MIGRATIONS)


def test_remaking_a_table_keeps_what_refers_to_it(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection)
    connection.execute("INSERT INTO person (id, name, name_key, created_at) VALUES (1, 'a', 'a', 0)")
    connection.execute("INSERT INTO consent VALUES (1, 1, 0, 'p', 'g', '1', 0, NULL, NULL)")

    def remake(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE other AS SELECT * FROM person")
        connection.execute("DROP TABLE person")
        connection.execute("ALTER TABLE other RENAME TO person")

    migrate(connection, (*MIGRATIONS, remake))
    assert connection.execute("SELECT count(*) FROM consent").fetchone() == (1,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO embedding VALUES (1, 'e', 3, x'0000000000000000', 0)",  # 2 values that claim to be 3
        "INSERT INTO embedding VALUES (1, 'e', 2, x'0000000000000000', 0)",  # this embedder gives 3
        "INSERT INTO embedding VALUES (2, 'e', 3, x'000000000000000000000000', 0)",  # no such shot
        "UPDATE shot SET landmarks = x'00'",
        "UPDATE shot SET quality = 1.5",
        "UPDATE shot SET source = 'elsewhere'",
        "UPDATE shot SET chip = x''",
        "UPDATE shot SET is_negative = 2",
        "UPDATE shot SET is_negative = NULL",
        "UPDATE person SET name = ''",
        "INSERT INTO consent VALUES (1, 1, 0, 'p', 'g', '1', 0, 5, NULL)",  # an end of a period of no length
        "INSERT INTO consent VALUES (1, 1, 0, 'p', 'g', '1', 0, NULL, 5)",
        "INSERT INTO consent VALUES (1, 1, 0, 'p', 'g', '1', 0, 5, 0)",
        "INSERT INTO person (name, name_key, created_at) VALUES ('A', 'a', 0)",  # the name is taken
        "INSERT INTO state VALUES (2, 0, 0)",
    ],
)
def test_tables_refuse_what_is_no_gallery(connection: sqlite3.Connection, statement: str) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection)
    connection.execute("INSERT INTO person (id, name, name_key, created_at) VALUES (1, 'a', 'a', 0)")
    connection.execute("INSERT INTO embedder VALUES ('e', 3)")
    connection.execute(
        "INSERT INTO shot (id, person_id, landmarks, box_xyxy, quality, taken_at, source, kept, chip) "
        "VALUES (1, 1, zeroblob(40), zeroblob(16), 0.5, 0, 'file', 1, x'01')"
    )
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
