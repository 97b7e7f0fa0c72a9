"""Handle standard output and error that are closed, full, an unread pipe, or a terminal limited to ASCII.

May not live here: what is written.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from types import TracebackType

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, cannot_write

STDOUT = Path("-")
"""How commands accept standard output in place of a file."""
SHOWN = Path("stdout")
"""Its name in error messages."""


class _Closed(io.TextIOWrapper):
    """Stands in for a stream that was closed before the program began."""


def prepare_streams() -> None:
    """Make the standard streams safe to write to; call it first, and as often as you like.

    A closed one becomes the null device: otherwise the next file opened would get its descriptor, and a library's
    output would go into that file. Characters that a terminal cannot show are escaped.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            null = open(os.devnull, "wb")  # noqa: SIM115, PTH123 - for the life of the process
            setattr(sys, name, _Closed(null, encoding="utf-8", errors="backslashreplace"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def leave_stdout() -> None:
    """Discard all further output: the reader has gone (`| head`), and the flush at exit must not fail."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # not a file (in a test), or closed
        sys.stdout = _Closed(open(os.devnull, "wb"), encoding="utf-8")  # noqa: SIM115, PTH123


def flush_stdout() -> None:
    """Flush the buffered output.

    Raises:
        KnownError: if the disk behind it is full.
        BrokenPipeError: if nobody reads it any more.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        leave_stdout()
        raise cannot_write(SHOWN, error) from error


class StdoutLines:
    """Writes complete JSON lines to standard output; a context manager.

    Raises:
        KnownError: if standard output is closed; also by `write`, if the disk behind it is full.
    """

    def __init__(self) -> None:
        if isinstance(sys.stdout, _Closed):
            raise KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors", "Standard output is closed, so the results cannot be printed. Add --jsonl FILE."
                )
            )
        encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
        self._is_unicode = encoding.startswith("utf")

    def __enter__(self) -> StdoutLines:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if kind is None:
            flush_stdout()

    def write(self, line: str) -> None:
        """Write a line, adding its newline; characters that the terminal cannot show become JSON escapes."""
        text = line if self._is_unicode or line.isascii() else json.dumps(json.loads(line))
        try:
            sys.stdout.write(text + "\n")
        except BrokenPipeError:
            raise
        except OSError as error:
            leave_stdout()
            raise cannot_write(SHOWN, error) from error
