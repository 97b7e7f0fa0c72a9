"""An SQLite transaction as a context manager: the only place that begins, commits and rolls back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Commit what the block did or, after any exception, roll all of it back; `begin` is SQLite's statement.

    Raises:
        sqlite3.Error: left to the caller's `translated`.
    """
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After some failures (disk full) SQLite has already rolled back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
