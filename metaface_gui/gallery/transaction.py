"""A transaction of SQLite's, as a block: the one place that begins, commits and rolls back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Commit what the block did, or after any exception none of it; `begin` is SQLite's statement.

    Raises:
        sqlite3.Error: left to the caller's `translated`.
    """
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After some failures (disk full) SQLite has rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
