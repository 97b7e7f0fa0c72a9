"""Gallery files seen from outside: which paths are valid, checks before opening, and how a new file appears.

Throughout, a file that is not ours, or is damaged, is left exactly as it is.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import checksums
from metaface_gui.gallery.records import MAX_CHIP_BYTES
from metaface_gui.gallery.schema import APPLICATION_ID, Migration, application_id, expected_schema, schema_text
from metaface_gui.gallery.schema import user_version as version_of
from metaface_gui.gallery.sqlite_errors import NOT_A_GALLERY, damaged, primary_code, translated

BUSY_TIMEOUT_S = 5.0
"""How long to wait for an SQLite lock that another process holds only briefly."""

_MAX_VALUE_BYTES = MAX_CHIP_BYTES + 64 * 1024
"""An upper bound for a row: the longest chip and its other columns. SQLite refuses to read longer ones into memory."""


def sidecar(path: Path, suffix: str) -> Path:
    """Return the path of a file kept beside a gallery by SQLite or MetaFace: `-wal`, `-shm`, `-journal`, `.lock` …"""
    return path.with_name(path.name + suffix)


def has_log(path: Path) -> bool:
    """Return whether a write-ahead log with pending changes exists beside the gallery."""
    log = sidecar(path, "-wal")
    return log.exists() and log.stat().st_size > 0


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open an existing SQLite file in autocommit mode; `mode` is the query of SQLite's URI, e.g. `mode=ro`.

    Raises:
        sqlite3.Error: left to the caller's `translated`.
    """
    # Quoted by hand: Path.as_uri() turns a Windows share into a URI authority, which SQLite refuses.
    posix = path.as_posix()
    uri = "file://" + ("" if posix.startswith("/") else "/") + quote(os.fsencode(posix)) + "?" + mode
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S, cached_statements=64
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
    return connection


def usable_path(path: Path) -> Path:
    """Return the absolute path with links resolved, so that a file has one name and one lock.

    Raises:
        GalleryError: if the path is a folder or a device, or cannot be accessed.
    """
    if "\0" in str(path):
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "A file name cannot contain a NUL character. Type another name.")
        )
    with translated(path):
        path = Path(os.path.realpath(path))  # Path.resolve() raises RuntimeError for circular links
        if path.is_dir():
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors", "{path} is a folder, not a gallery. Give a file in it, e.g. {path}{separator}{example}."
                ),
                path=str(path),
                separator=os.sep,
                example="gallery.metaface",
            )
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise GalleryError(NOT_A_GALLERY, path=str(path))
    return path


def check_file(path: Path, migrations: Sequence[Migration]) -> int:
    """Check a file without changing it; return its version, which `migrations` can bring up to date.

    Raises:
        GalleryError: if it is not a gallery, is damaged, or was written by a newer MetaFace.
    """
    with translated(path), _blaming_the_file(path), closing(connect(path, untouching_mode(path))) as connection:
        if application_id(connection) != APPLICATION_ID:
            raise GalleryError(NOT_A_GALLERY, path=str(path))
        version = version_of(connection)
        if version > len(migrations):
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{path} was written by a newer MetaFace (gallery version {found}; this one knows up to {known}). "
                    "Update MetaFace, or choose another gallery.",
                ),
                path=str(path),
                found=version,
                known=len(migrations),
            )
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        if path.stat().st_size % page_size and not has_log(path):
            raise damaged(path, "it is cut off")  # SQLite would read zeros for the missing part
        finding = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if finding != "ok":
            raise damaged(path, finding)
        if schema_text(connection) != expected_schema(version, migrations):
            raise damaged(path, "its tables are not those of a gallery")
        if connection.execute("SELECT count(*) FROM state").fetchone()[0] != 1:
            raise damaged(path, "its count of changes is missing")
        if version >= checksums.SINCE_VERSION:
            mismatch = checksums.first_mismatch(connection, version=version)
            if mismatch is not None:
                raise damaged(path, mismatch)
        return version


@contextmanager
def _blaming_the_file(path: Path) -> Iterator[None]:
    """Report SQLite's generic error as damage, because the queries in the block are valid for any real gallery."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if primary_code(error) == sqlite3.SQLITE_ERROR:
            raise damaged(path, error) from error
        raise


def untouching_mode(path: Path) -> str:
    """Return the mode for opening a file that may not be ours, creating no file beside it if possible."""
    if sidecar(path, "-journal").exists():
        return "mode=rw"  # a crash left it half-changed, which SQLite can repair only if it may write
    if has_log(path):
        return "mode=ro"  # the newest rows are in the log
    return "mode=ro&immutable=1"


@contextmanager
def new_database_file(target: Path) -> Iterator[sqlite3.Connection]:
    """Yield an empty database that becomes `target`, flushed to disk, once the block succeeds; else discard it.

    Only its owner may read the file, because it holds faces.

    Raises:
        GalleryError: if it cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    with translated(target):
        part.unlink(missing_ok=True)
        os.close(make_private(part))
        try:
            with closing(connect(part, "mode=rw")) as connection:
                # The file is not visible until it is complete, so a journal would protect nothing.
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                yield connection
            settle(part, target)
        finally:
            part.unlink(missing_ok=True)


def make_private(path: Path) -> int:
    """Create a new file that only its owner may read; return a descriptor for writing.

    Raises:
        OSError: if it cannot be created, for example because it exists.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def settle(part: Path, target: Path) -> None:
    """Rename a finished file to `target`, so that a power cut leaves either the old or the new file intact.

    Raises:
        OSError: if it cannot be written or renamed, or `target` is not a regular file (for example, a device).
    """
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    _flush(part)
    part.replace(target)
    if os.name == "posix":
        _flush(target.parent)


def _flush(path: Path) -> None:
    """Wait until a file, or on POSIX a folder's directory entries, are on disk."""
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
