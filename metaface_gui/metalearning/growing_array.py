"""A disk array that grows by rows and survives being killed, which makes long preparations resumable.

A folder holds `rows.bin`, the consecutive rows, and `journal.jsonl`. The journal's first line describes the rows'
shape; every further line states how many rows are complete. A line is written after its rows have reached the disk, so
anything after the last complete line was left by a killed process and is truncated. One process writes at a time;
another one that wants the same array waits and then finds it complete.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from metaface_gui.errors import QT_TRANSLATE_NOOP, CacheError
from metaface_gui.exclusive import try_lock

_DATA, _JOURNAL, _LOCK = "rows.bin", "journal.jsonl", "lock"
_WAIT_S = 0.2
_SPARE_BYTES = 64 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_GIB = 1 << 30

ScalarT = TypeVar("ScalarT", bound=np.generic)


class GrowingArray(Generic[ScalarT]):
    """The rows so far, each of `row_shape` and `dtype`, and one note per entry; see `open_growing_array`.

    An entry may have no row: a picture without a face has only a note. Rows are kept in the order of appending.
    """

    def __init__(self, folder: Path, row_shape: tuple[int, ...], dtype: type[ScalarT]) -> None:
        self._folder = folder
        self.row_shape = row_shape
        self._dtype = dtype
        self._row_bytes = prod(row_shape) * np.dtype(dtype).itemsize
        self._rows = 0
        self._notes: list[str] = []
        self._recover()

    @property
    def rows(self) -> int:
        """Number of rows that are safe on disk."""
        return self._rows

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of all entries so far, in order."""
        return tuple(self._notes)

    def require_space(self, more_rows: int) -> None:
        """Check for disk space now instead of failing after an hour.

        Raises:
            CacheError: if the disk has no room for that many more rows.
        """
        needed = more_rows * self._row_bytes
        if needed and shutil.disk_usage(self._folder).free < needed + _SPARE_BYTES:
            raise CacheError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The disk of {folder} has too little space: {needed} GiB are needed. Free some, or choose a cache "
                    "folder on another disk.",
                ),
                folder=self._folder,
                needed=f"{needed / _GIB:.1f}",
            )

    def append(self, rows: NDArray[ScalarT], notes: Sequence[str] = ()) -> None:
        """Write rows (m, *row_shape) and the notes of the entries they belong to; they are complete when this returns.

        Raises:
            CacheError: if the disk is full or cannot be written. Earlier complete rows are not affected.
            ValueError: if the rows have another shape or dtype.
        """
        if rows.shape[1:] != self.row_shape or rows.dtype != self._dtype:
            raise ValueError(f"want rows of {self.row_shape} {self._dtype}, got {rows.shape[1:]} {rows.dtype}")
        line = json.dumps({"rows": self._rows + len(rows), "notes": list(notes)}) + "\n"
        try:
            with (self._folder / _DATA).open("ab") as data:
                data.write(np.ascontiguousarray(rows).data)
                data.flush()
                os.fsync(data.fileno())
            with (self._folder / _JOURNAL).open("a", encoding="utf-8") as journal:
                journal.write(line)
        except OSError as error:
            raise _write_error(self._folder, error) from error
        self._rows += len(rows)
        self._notes += notes

    def array(self) -> NDArray[ScalarT]:
        """Return all rows, (rows, *row_shape), as a read-only memory map."""
        if not self._rows:
            return np.zeros((0, *self.row_shape), self._dtype)
        return np.memmap(self._folder / _DATA, self._dtype, "r", shape=(self._rows, *self.row_shape))

    def _recover(self) -> None:
        """Read the journal up to the last line whose rows exist, and truncate everything after it."""
        header = json.dumps({"row_shape": list(self.row_shape), "dtype": np.dtype(self._dtype).str})
        data, journal = self._folder / _DATA, self._folder / _JOURNAL
        try:
            data.touch()
            there = data.stat().st_size // self._row_bytes
            lines = journal.read_text(encoding="utf-8", errors="replace").splitlines() if journal.exists() else []
            whole = [header]
            for line in lines[1:] if lines[:1] == [header] else []:
                entry = _entry(line)
                if entry is None or not self._rows <= entry[0] <= there:
                    break
                whole.append(line)
                self._rows = entry[0]
                self._notes += entry[1]
            os.truncate(data, self._rows * self._row_bytes)
            if whole != lines:
                _replace(journal, "".join(f"{line}\n" for line in whole))
        except OSError as error:
            raise _write_error(self._folder, error) from error


@contextmanager
def open_growing_array(
    folder: Path, row_shape: tuple[int, ...], dtype: type[ScalarT], waiting: Callable[[], None]
) -> Iterator[GrowingArray[ScalarT]]:
    """Open or create the array in this folder, with exclusive access until the block ends.

    `waiting` is called five times a second while another process holds the array; an exception it raises ends the wait.

    Raises:
        CacheError: if the folder cannot be created, read, written or locked.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _write_error(folder, error) from error
    try:
        _wait_for_lock(folder, descriptor, waiting)
        yield GrowingArray(folder, row_shape, dtype)
    finally:
        os.close(descriptor)


def _wait_for_lock(folder: Path, descriptor: int, waiting: Callable[[], None]) -> None:
    try:
        while not try_lock(descriptor):
            waiting()
            time.sleep(_WAIT_S)
    except OSError as error:
        raise _write_error(folder, error) from error


def _entry(line: str) -> tuple[int, list[str]] | None:
    """Return the rows and notes of a journal line, or None if the line is incomplete."""
    try:
        entry = json.loads(line)
        return int(entry["rows"]), [str(note) for note in entry["notes"]]
    except (ValueError, KeyError, TypeError):
        return None


def _replace(path: Path, text: str) -> None:
    """Write the file completely or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _write_error(folder: Path, error: OSError) -> CacheError:
    if error.errno in _FULL:
        return CacheError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The disk of {folder} is full. Free some space and run the command again: it continues where it "
                "stopped.",
            ),
            folder=folder,
        )
    return CacheError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "Cannot keep intermediate results in {folder}: {reason}. Choose a cache folder that you can write to.",
        ),
        folder=folder,
        reason=error.strerror or str(error),
    )
