"""The one place that translates errors of SQLite and of the operating system into MetaFace's.

As in qutebrowser's `misc/sql.py`, there are two kinds: environmental failures (disk full, file damaged, no permission)
become a `GalleryError` for the user; those that only wrong SQL can cause become a `DatabaseBugError` and a traceback.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError

NOT_A_GALLERY = QT_TRANSLATE_NOOP(
    "Errors",
    "{path} is not a MetaFace gallery, or its beginning is damaged. Choose another file, or a new name to start a new "
    "gallery.",
)
DAMAGED = QT_TRANSLATE_NOOP(
    "Errors",
    "The gallery {path} is damaged ({reason}) and was left unchanged. Restore a backup, import an export, or choose "
    "another gallery.",
)
FULL = QT_TRANSLATE_NOOP(
    "Errors",
    "The disk that holds {path} is full, so nothing was changed. Free some space and try again.",
)
BUSY = QT_TRANSLATE_NOOP("Errors", "Another program is using {path}. Close it and try again.")
READ_ONLY = QT_TRANSLATE_NOOP(
    "Errors",
    "{path} is read-only ({reason}). Change its permissions, or choose another gallery.",
)
UNREACHABLE = QT_TRANSLATE_NOOP(
    "Errors",
    "{path} cannot be opened, read or written ({reason}). Check that the disk is there and that you may use the "
    "folder, then try again.",
)

_TEMPLATES = {
    sqlite3.SQLITE_NOTADB: NOT_A_GALLERY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_FORMAT: DAMAGED,
    sqlite3.SQLITE_TOOBIG: DAMAGED,  # longer than anything the gallery writes
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_IOERR: UNREACHABLE,
    sqlite3.SQLITE_CANTOPEN: UNREACHABLE,
    sqlite3.SQLITE_PROTOCOL: UNREACHABLE,
    sqlite3.SQLITE_NOLFS: UNREACHABLE,
}


_TEMPLATES_OF_SYSTEM = {
    errno.ENOSPC: FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): FULL,  # Windows has no such number
    errno.EROFS: READ_ONLY,
}
"""Messages for errors from the operating system itself, as opposed to SQLite's."""


class DatabaseBugError(Exception):
    """SQL failed in a way that no file, disk or other program can cause: a bug in MetaFace."""


def primary_code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary result code; None if Python's module raised the error itself."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def has_no_room_beside(error: sqlite3.Error) -> bool:
    """Return whether a full disk has no room for the file that SQLite needs beside the gallery ("disk I/O error")."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_IOERR_SHMSIZE


def damaged(path: Path | None, reason: object) -> GalleryError:
    """Return the error that reports invalid contents of the file."""
    one_line = " ".join(str(reason).removeprefix("*** in database main ***").split())
    return GalleryError(DAMAGED, path=shown(path), reason=one_line)


def shown(path: Path | None) -> str:
    """Return the name of the file for messages; "memory" for galleries in memory."""
    return "memory" if path is None else str(path)


@contextmanager
def translated(path: Path | None) -> Iterator[None]:
    """Translate what SQLite or the system raises in the block into `GalleryError` or `DatabaseBugError`."""
    try:
        yield
    except sqlite3.Error as error:
        code = primary_code(error)
        if code in _TEMPLATES:
            template = FULL if has_no_room_beside(error) else _TEMPLATES[code]
            # A message about a damaged schema quotes SQL, which spans several lines.
            raise GalleryError(template, path=shown(path), reason=" ".join(str(error).split())) from error
        # Python itself detects text that is not UTF-8, and gives no code.
        if code is None and "decode to UTF-8" in str(error):
            raise damaged(path, "text that is not UTF-8") from error
        raise DatabaseBugError(str(error)) from error
    except UnicodeDecodeError as error:  # SQLite quotes the damaged bytes in its message, which Python cannot decode
        raise damaged(path, "text that is not UTF-8") from error
    except OSError as error:
        template = _TEMPLATES_OF_SYSTEM.get(error.errno or 0, UNREACHABLE)
        raise GalleryError(template, path=shown(path), reason=error.strerror or error) from error
