"""A text file that grows by a line at a time, whose write errors are the user's to mend."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType

from metaface_gui.errors import cannot_write


class LinesFile:
    """Writes lines as UTF-8 to `path`, over what was there; a context manager.

    Nothing waits in a buffer: however the process ends, what is there are whole lines.

    Raises:
        KnownError: if it cannot be made. Also `write`, and leaving the context.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = 0
        try:
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise cannot_write(path, error) from error

    def __enter__(self) -> LinesFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        try:
            self._file.close()
        except OSError as error:
            if kind is None:  # else the first error is the one to tell: this one may only repeat it
                raise cannot_write(self._path, error) from error

    def write(self, line: str) -> None:
        """Add a line; its end is put here."""
        data = (line + "\n").encode("utf-8", "backslashreplace")
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._cut_to_whole_lines()
            raise cannot_write(self._path, error) from error
        except BaseException:
            self._cut_to_whole_lines()
            raise
        self._length += len(data)

    def _cut_to_whole_lines(self) -> None:
        """A full disk may have taken half a line."""
        with suppress(OSError):  # a pipe or a device keeps what it has
            self._file.truncate(self._length)
            self._file.seek(self._length)
