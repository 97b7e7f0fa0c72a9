"""A text file that grows by a line at a time, whose write errors are the user's to mend."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from metaface_gui.errors import cannot_write


class LinesFile:
    """Writes lines as UTF-8 to `path`, over what was there; a context manager.

    Raises:
        KnownError: if it cannot be made. Also `write`, and leaving the context, where the disk may turn out to be full
            only when the last buffer is emptied.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("w", encoding="utf-8")
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
        try:
            self._file.write(line + "\n")
        except OSError as error:
            raise cannot_write(self._path, error) from error
