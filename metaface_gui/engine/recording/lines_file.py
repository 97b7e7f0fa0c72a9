"""A text file written line by line, which reports write errors as errors that the user can fix."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType

from metaface_gui.errors import KnownError, writing


class LinesFile:
    """Writes UTF-8 lines to `path`, a context manager; replaces what is there, unless it `must_be_new`.

    It is unbuffered: however the process ends, the file holds only whole lines.

    Raises:
        KnownError: if it cannot be created; also from writing, from `close`, and on leaving the context.
    """

    def __init__(self, path: Path, *, must_be_new: bool = False) -> None:
        self._path = path
        self._length = 0
        with writing(path):
            self._file = path.open("xb" if must_be_new else "wb", buffering=0)

    def __enter__(self) -> LinesFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        # After an error, that one matters, and another one may only repeat it.
        with nullcontext() if kind is None else suppress(KnownError):
            self.close()

    def write(self, line: str) -> None:
        """Write a line, adding its newline."""
        self.write_text(line + "\n")

    def write_text(self, lines: str) -> None:
        """Write whole lines, which end with newlines of their own."""
        data = lines.encode("utf-8", "backslashreplace")
        rest = memoryview(data)
        try:
            with writing(self._path):
                while rest:
                    rest = rest[self._file.write(rest) :]
        except BaseException:
            self._cut_to_whole_lines()
            raise
        self._length += len(data)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with writing(self._path):
            self._file.close()

    def _cut_to_whole_lines(self) -> None:
        """Drop a partial line, which a full disk may leave."""
        with suppress(OSError):  # a pipe or a device cannot be truncated
            self._file.truncate(self._length)
            self._file.seek(self._length)
