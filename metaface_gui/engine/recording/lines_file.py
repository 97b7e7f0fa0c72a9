"""A text file written line by line, which reports write errors as errors that the user can fix."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType

from metaface_gui.errors import cannot_write


class LinesFile:
    """Writes UTF-8 lines to `path`, replacing its contents; a context manager.

    It is unbuffered: however the process ends, the file holds only whole lines.

    Raises:
        KnownError: if it cannot be created; also from `write`, and on leaving the context.
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
            if kind is None:  # otherwise the first error matters, and this one may only repeat it
                raise cannot_write(self._path, error) from error

    def write(self, line: str) -> None:
        """Write a line, adding its newline."""
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
        """Drop a partial line, which a full disk may leave."""
        with suppress(OSError):  # a pipe or a device cannot be truncated
            self._file.truncate(self._length)
            self._file.seek(self._length)
