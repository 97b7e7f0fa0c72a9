"""One connection to one gallery file: checked on opening, used in transactions, safe to share between threads.

Durability: a write-ahead log with `synchronous = FULL`, so a change is on disk when the call returns, and a killed
process or a power cut leaves each change either complete or absent. Privacy: a file opened for writing is encrypted
(`protection`), `secure_delete` overwrites deleted data, and `scrub` clears the copies left in the log and in free
pages.
"""

from __future__ import annotations

import errno
import glob
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import protection
from metaface_gui.gallery.cipher import ValueCipher
from metaface_gui.gallery.files import check_file, connect, has_log, new_database_file, sidecar, usable_path
from metaface_gui.gallery.keys import KeyStore, default_keys
from metaface_gui.gallery.living import set_scrub_due
from metaface_gui.gallery.lock import WriterLock
from metaface_gui.gallery.schema import MIGRATIONS, Migration, migrate
from metaface_gui.gallery.sqlite_errors import READ_ONLY, damaged, has_no_room_beside, primary_code, shown, translated
from metaface_gui.gallery.transaction import transaction


class Database:
    """A connection with its thread lock, its writer lock and the cipher for its values."""

    def __init__(
        self, connection: sqlite3.Connection, cipher: ValueCipher, lock: WriterLock | None, *, is_new: bool = False
    ) -> None:
        path = cipher.path
        self.path = path
        self.is_new = is_new
        """Whether there was no file before `open`, which created it."""
        self.cipher = cipher
        self._connection = connection
        self._writer_lock = lock
        self._mutex = threading.RLock()
        self._is_closed = False
        self._file_id = None if path is None else _file_id(path)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        keys: KeyStore | None = None,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> Database:
        """Open a gallery file; create it and its folder if it does not exist and is opened for writing.

        An unencrypted file is encrypted unless it is opened read-only. `keys` is the key store; None: this user's
        default.

        Raises:
            GalleryError: for any problem with the path, file, disk or key, or if another process may write it.
        """
        path = usable_path(path)
        keys = keys or default_keys()
        with ExitStack() as on_failure, translated(path):
            lock, is_new = None, False
            if read_only:
                _require(path)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                lock = WriterLock.acquire(path)
                on_failure.callback(lock.release)
                is_new = not path.exists()
                if is_new or path.stat().st_size == 0:
                    _create(path, migrations, keys)
            version = check_file(path, migrations)
            connection = _connect_reader(path) if lock is None else _connect_writer(path)
            on_failure.callback(connection.close)
            if version < len(migrations):
                _bring_up_to_date(connection, path, version, migrations, may_write=lock is not None)
            cipher = ValueCipher(path)
            if len(migrations) >= protection.SINCE_VERSION:
                cipher = protection.unlock(connection, path, keys)
                if lock is not None and not cipher.is_encrypting:
                    cipher = _encrypt(connection, path, keys, migrations)
            on_failure.pop_all()
        return cls(connection, cipher, lock, is_new=is_new)

    @classmethod
    def in_memory(cls) -> Database:
        """Create an empty, unencrypted gallery that is discarded when it is closed."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        _configure(connection)
        migrate(connection)
        return cls(connection, ValueCipher(None), None)

    @property
    def is_read_only(self) -> bool:
        """Whether changes are refused."""
        return self.path is not None and self._writer_lock is None

    @property
    def is_closed(self) -> bool:
        """Whether `close` has been called."""
        return self._is_closed

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for queries that all see the same snapshot."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for changes that are all applied or, after any exception, all rolled back.

        Raises:
            GalleryError: if the gallery was opened read-only, or the disk is full, gone …; also if the file was moved
                or replaced, as SQLite would go on writing to a file that nobody can find.
        """
        if self.is_read_only:
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The gallery {path} was opened read-only. Close the window or command that is using it, then open "
                    "it again.",
                ),
                path=str(self.path),
            )
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection
            self._require_in_place()

    def _require_in_place(self) -> None:
        if self.path is not None and _file_id(self.path) != self._file_id:
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The gallery {path} was moved, deleted or replaced while it was open, so nothing was changed. Put "
                    "it back, or export the people to a new file while MetaFace is still running.",
                ),
                path=str(self.path),
            )

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._mutex, translated(self.path):
            connection = self._open_connection()
            with transaction(connection, begin):
                yield connection

    def scrub(self) -> None:
        """Overwrite every copy of deleted data: rebuild the file from what is left, then empty the log.

        Raises:
            GalleryError: if the disk is too full for that, or a reader in another process keeps the log in use.
        """
        with self._mutex, translated(self.path):
            connection = self._open_connection()
            self._require_in_place()
            _vacuum(connection, self.path)
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if is_busy:
                raise GalleryError(
                    QT_TRANSLATE_NOOP(
                        "Errors",
                        "What was deleted is gone from the gallery, but traces stay in {path} while another window "
                        "is reading it. Close that window; MetaFace then clears them by itself.",
                    ),
                    path=str(self.path),
                )
            if self.path is not None:
                # A backup made before a migration also holds the deleted data, perhaps unencrypted.
                for backup in self.path.parent.glob(f"{glob.escape(self.path.name)}.backup-v*"):
                    backup.unlink()

    def close(self) -> None:
        """Checkpoint the log into the file and release the writer lock; safe to call twice."""
        with self._closing():
            pass

    def discard(self) -> bool:
        """Close it and delete the file, unless that was moved or replaced; return whether it is deleted.

        The empty lock file stays, as always.

        Raises:
            GalleryError: if the file cannot be deleted.
            ValueError: if it was closed before, so that others may use the file.
        """
        self._open_connection()
        with self._closing():
            # While the lock is held, so that nobody can have begun to write to it.
            if self.path is None or _file_id(self.path) != self._file_id:
                return False
            _delete_sidecars(self.path)
            self.path.unlink(missing_ok=True)
        return True

    @contextmanager
    def _closing(self) -> Iterator[None]:
        """Close the connection, run the block, then release the writer lock."""
        with self._mutex:
            if self._is_closed:
                yield
                return
            self._is_closed = True
            try:
                with translated(self.path):
                    self._connection.close()
                    yield
            finally:
                if self._writer_lock is not None:
                    self._writer_lock.release()

    def _open_connection(self) -> sqlite3.Connection:
        if self._is_closed:
            raise ValueError("this gallery was closed")
        return self._connection


def _file_id(path: Path) -> tuple[int, int] | None:
    """Return the (device, inode) of the file at this path; None if there is none. Stable while the file is open."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _vacuum(connection: sqlite3.Connection, path: Path | None) -> None:
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if primary_code(error) != sqlite3.SQLITE_FULL:
            raise
        raise GalleryError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "What was deleted is gone from the gallery, but traces stay in {path}, as the disk is too full to "
                "rewrite it. Free some space; MetaFace then clears them by itself.",
            ),
            path=shown(path),
        ) from error


def _require(path: Path) -> None:
    if not path.exists():
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "There is no gallery {path}. Check the name, or enrol somebody first."),
            path=str(path),
        )


def _create(path: Path, migrations: Sequence[Migration], keys: KeyStore) -> None:
    # SQLite would replay a log left behind by a deleted gallery into the new file.
    _delete_sidecars(path)
    with new_database_file(path) as connection:
        migrate(connection, migrations)
        if len(migrations) >= protection.SINCE_VERSION:
            protection.protect_by_key(connection, path, keys)


def _delete_sidecars(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        sidecar(path, suffix).unlink(missing_ok=True)


def _encrypt(
    connection: sqlite3.Connection, path: Path, keys: KeyStore, migrations: Sequence[Migration]
) -> ValueCipher:
    """Encrypt an unencrypted file and check it; the plaintext is scrubbed once the gallery is open."""
    try:
        with transaction(connection):
            cipher = protection.encrypt_all(connection, path, keys)
            set_scrub_due(connection, is_due=True)
    except sqlite3.IntegrityError as error:
        # The file satisfies its constraints, but some value has a length that is valid only once encrypted.
        raise damaged(path, error) from error
    check_file(path, migrations)  # before scrubbing removes the backup made before a migration
    return cipher


def _configure(connection: sqlite3.Connection) -> None:
    for setting in (
        "foreign_keys = ON",
        "secure_delete = ON",
        "synchronous = FULL",
        "fullfsync = ON",  # macOS: fsync alone leaves data in the drive's cache
        "checkpoint_fullfsync = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
    ):
        connection.execute(f"PRAGMA {setting}")


def _connect_writer(path: Path) -> sqlite3.Connection:
    # SQLite silently opens a write-protected file read-only, and from 3.28 on even BEGIN IMMEDIATE succeeds then; find
    # out now, not at the first enrolment, and before files as protected are created beside it.
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise GalleryError(READ_ONLY, path=str(path), reason=os.strerror(errno.EACCES))
    connection = connect(path, "mode=rw")
    try:
        _configure(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        # Its folder may be the one that is protected.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        # A crash after a purge may have left deleted rows in the log.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    connection = connect(path, "mode=ro")
    try:
        _configure(connection)
        connection.execute("SELECT revision FROM state").fetchone()
    except sqlite3.Error as error:
        connection.close()
        # To read beside a writer, SQLite needs a file next to the gallery. If it cannot create one (a folder or disk
        # that is not writable, or is full), nobody else can be writing either, unless a log already exists.
        cannot_create = primary_code(error) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
        if not (cannot_create or has_no_room_beside(error)) or has_log(path):
            raise
        connection = connect(path, "mode=ro&immutable=1")
        _configure(connection)
    return connection


def _bring_up_to_date(
    connection: sqlite3.Connection, path: Path, version: int, migrations: Sequence[Migration], *, may_write: bool
) -> None:
    """Back up a file of an older version beside it, then migrate it."""
    if not may_write:
        raise GalleryError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{path} was written by an older MetaFace and must be converted before it can be read. Open it once "
                "where it can be written.",
            ),
            path=str(path),
        )
    with new_database_file(sidecar(path, f".backup-v{version}")) as backup:
        connection.backup(backup)
    migrate(connection, migrations)
