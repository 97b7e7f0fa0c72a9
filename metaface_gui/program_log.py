"""The program's log: a rotating file in the user's data folder that names no person and none of the user's files.

Lives here: where the log is, what its lines may contain, and the newest lines for an error report. May not live here:
Qt, or anything of the parts that write to the log.

What a line may contain is decided only here, whoever writes it. A `KnownError` gives its template and those values that
cannot name anybody. Any other exception gives its type, with the message only if the interpreter or PyTorch wrote it. A
traceback gives program files, lines and functions. Pictures, names and paths are left out, so that the file can be sent
to somebody who helps.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.resources import user_data_dir

LOGGER = "metaface_gui"
"""The parent of every module's own logger."""
LEFT_OUT = "…"
"""Replaces whatever may name a person, a file or a place."""
OnFailure = Callable[[KnownError], None]
_BYTES = 1_000_000
_FILES = 3
_RECENT = 30
_MAX_FRAMES = 30
# fmt: off
_TELLABLE = frozenset({
    "camera", "code", "count", "default", "detector", "device", "embedder", "index", "key", "keys", "kind", "learner",
    "libraries", "limit", "packages", "plugin", "reason", "schemes", "stage", "status", "step", "steps", "trained",
    "variable", "version", "wanted", "function", "line",
})
# fmt: on
"""Names of a `KnownError`'s values that come from programs and so cannot name people."""
_OF_INTERPRETER = (TypeError, AttributeError, NameError, IndexError, ZeroDivisionError, RecursionError, MemoryError)
"""Exceptions whose messages name code, not data."""
_IN_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’")
_PATH_LIKE = re.compile(r"\S*[/\\][^:;,\n]*")
"""Matches to the end of what may be one path, whose parts may contain spaces."""
_log = logging.getLogger(__name__)


def log_dir() -> Path:
    """Return the folder of the log and its rotated predecessors; `start_log` creates it."""
    return user_data_dir() / "log"


def log_path() -> Path:
    """Return the path of the current log."""
    return log_dir() / "metaface.log"


def program_version() -> str:
    """Return the installed version; empty for a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - imports a parser of mail headers: takes 10 ms

    try:
        return version("metaface")
    except PackageNotFoundError:
        return ""


def start_log(*, is_described: bool = True, on_failure: OnFailure | None = None) -> None:
    """Write to the log from now on, and keep the newest lines for `recent_lines`; without a file, only those.

    With `is_described` False the caller must call `describe_program` later. If the file cannot be written, now or
    later, in any thread, `on_failure` is called with the reason, once.

    Safe to call again: nothing is opened twice.
    """
    logger = logging.getLogger(LOGGER)
    if any(isinstance(handler, _RecentLines) for handler in logger.handlers):
        return
    handlers: list[logging.Handler] = [_RecentLines()]
    refusal: OSError | None = None
    try:
        log_dir().mkdir(parents=True, exist_ok=True)
        handlers.append(_LogFile(log_path(), on_failure))
    except OSError as error:
        refusal = error
    for handler in handlers:
        handler.setFormatter(NamelessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    if refusal is not None:
        _log.warning("no log file: %s", refusal.strerror or type(refusal).__name__)
        if on_failure is not None:
            on_failure(_cannot_log(log_path(), refusal))
    if is_described:
        describe_program()


def describe_program() -> None:
    """Log which version of MetaFace this is, and what it runs on."""
    import platform  # noqa: PLC0415 - queries the system, which takes time

    _log.info("MetaFace %s starts on Python %s, %s", program_version(), platform.python_version(), platform.platform())


def stop_log() -> None:
    """Close everything that `start_log` opened."""
    logger = logging.getLogger(LOGGER)
    for handler in list(logger.handlers):
        if isinstance(handler.formatter, NamelessFormatter):
            logger.removeHandler(handler)
            handler.close()


def recent_lines() -> tuple[str, ...]:
    """Return the newest 30 lines, oldest first; none before `start_log`."""
    for handler in logging.getLogger(LOGGER).handlers:
        if isinstance(handler, _RecentLines):
            return tuple(handler.lines)
    return ()


def nameless(error: BaseException) -> str:
    """Describe an exception for other readers: its type, and as much else as cannot name anybody."""
    kind = type(error).__name__
    if isinstance(error, KnownError):
        return f"{kind}: {_nameless_known(error)}"
    if isinstance(error, OSError):
        reason = error.strerror if isinstance(error.strerror, str) else ""
        return f"{kind}: [{error.errno}] {_blotted(reason)}" if error.errno is not None else kind
    if isinstance(error, _OF_INTERPRETER):
        return f"{kind}: {error}"
    if isinstance(error, RuntimeError):  # PyTorch's and OpenMP's: shapes, devices, memory
        return f"{kind}: {_blotted(str(error))}"
    return kind


class NamelessFormatter(logging.Formatter):
    """Formats a line so that it names nobody, whatever was given to be logged."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the line and, below it, the traceback."""
        bare = logging.makeLogRecord(record.__dict__)
        bare.msg = nameless(record.msg) if isinstance(record.msg, BaseException) else record.msg
        bare.exc_text = None  # cached by another handler, complete with names
        if isinstance(record.args, tuple):
            bare.args = tuple(_tellable(value) for value in record.args)
        elif record.args:
            bare.args = {key: _tellable(value) for key, value in record.args.items()}
        return super().format(bare)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Format a traceback: every exception of the chain, the first cause first, with its stack frames."""
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(_traceback_lines(error)) if isinstance(error, BaseException) else ""


class _RecentLines(logging.Handler):
    """Keeps the newest lines in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_RECENT)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += self.format(record).splitlines()


class _LogFile(logging.handlers.RotatingFileHandler):
    """The rotating file; what cannot be written to it is left out, and that is reported once, not for each line."""

    def __init__(self, path: Path, on_failure: OnFailure | None) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
        self._on_failure = on_failure

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Report that the file cannot be written; an error in a line itself is a bug, shown as logging shows it."""
        error = sys.exception()
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._drop_stream()
        tell, self._on_failure = self._on_failure, None
        if tell is not None:
            tell(_cannot_log(Path(self.baseFilename), error))

    def _drop_stream(self) -> None:
        """Close the file with the lines it did not take, which would fail again at exit; the next line reopens it."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):  # the error being handled, once more
                stream.close()


def _cannot_log(path: Path, error: OSError) -> KnownError:
    text = QT_TRANSLATE_NOOP("Errors", "Cannot write the log {path}: {reason}. MetaFace works without it.")
    return KnownError(text, path=path, reason=error.strerror or type(error).__name__)


def _nameless_known(error: KnownError) -> str:
    values = {key: _blotted_value(key, value) for key, value in error.values.items()}
    try:
        return error.template.format(**values)
    except (KeyError, IndexError, ValueError):  # a number format was applied to a left-out value
        return error.template


def _blotted_value(key: str, value: object) -> object:
    if isinstance(value, int | float):
        return value
    return _blotted(str(value)) if key in _TELLABLE else LEFT_OUT


def _blotted(text: str) -> str:
    return _PATH_LIKE.sub(LEFT_OUT, _IN_QUOTES.sub(LEFT_OUT, text))


def _tellable(value: object) -> object:
    """Return a log line's argument in loggable form; in plain text only paths are found and left out."""
    if isinstance(value, BaseException):
        return nameless(value)
    if isinstance(value, Path):
        return LEFT_OUT
    return _PATH_LIKE.sub(LEFT_OUT, value) if isinstance(value, str) else value


def _traceback_lines(error: BaseException) -> Iterator[str]:
    for cause in reversed(list(_chain(error))):
        if cause.__traceback__ is not None:
            frames = traceback.extract_tb(cause.__traceback__)
            yield "Traceback (most recent call last):"
            for frame in frames[-_MAX_FRAMES:]:
                yield f"  {_program_file(frame.filename)}, line {frame.lineno}, in {frame.name}"
        yield nameless(cause)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _program_file(name: str) -> str:
    """Return a program file's path without its install location, which reveals the user's name."""
    parts = Path(name).parts
    for root in ("site-packages", "dist-packages"):
        if root in parts:
            return "/".join(parts[parts.index(root) + 1 :])
    if LOGGER in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index(LOGGER) :])
    return parts[-1] if parts else name
