"""The writer lock: one process at a time may write a gallery; the operating system drops the lock if it dies.

The lock is held on a separate file beside the gallery, because on POSIX systems closing *any* handle of a file drops
the locks that SQLite holds on it in the same process (sqlite.org/howtocorrupt.html, §2.2). The lock file is empty and
never removed: otherwise two processes could lock two different files of the same name.
"""

from __future__ import annotations

import os
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.exclusive import try_lock


class WriterLock:
    """The right to write one gallery file, held until `release` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, gallery: Path) -> WriterLock:
        """Take the lock of this gallery file without waiting.

        Raises:
            GalleryError: if it is taken, even by this process, or the folder is not writable or does not support locks.
        """
        try:
            descriptor = os.open(gallery.with_name(gallery.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The folder {folder} cannot be written to ({reason}). Choose a gallery in another folder, or open "
                    "this one read-only.",
                ),
                folder=str(gallery.parent),
                reason=error.strerror,
            ) from error
        try:
            is_locked = try_lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The gallery {path} is in a place where files cannot be locked ({reason}). Move it to a local "
                    "disk.",
                ),
                path=str(gallery),
                reason=error.strerror,
            ) from error
        if not is_locked:
            os.close(descriptor)
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The gallery {path} is open in another window or command. Close that, or open this one read-only.",
                ),
                path=str(gallery),
            )
        return cls(descriptor)

    def release(self) -> None:
        """Release the lock; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
