"""The program's log: a rotating file in the user's data folder that names nobody and no file of the user's.

Lives here: where the log is, what a line of it may say, and the newest lines for a report of an error. May not live
here: Qt, and anything of the parts that write to the log.

What a line may say is decided here once, whoever writes it: of a `KnownError` the template and such values as cannot
name anybody, of another exception its type, with the message only where the interpreter or PyTorch wrote it, and of a
traceback files of programs, lines and functions. Pictures, names and paths are left out, so the file can be sent to
somebody who helps.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import traceback
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from metaface_gui.errors import KnownError
from metaface_gui.resources import user_data_dir

LOGGER = "metaface_gui"
"""Every module's own logger is below this one."""
LEFT_OUT = "…"
"""Stands where something was that may name a person, a file or a place."""
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
"""Names of a `KnownError`'s values that are words of programs, not of people."""
_OF_INTERPRETER = (TypeError, AttributeError, NameError, IndexError, ZeroDivisionError, RecursionError, MemoryError)
"""Their messages name code, not data."""
_IN_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’")
_PATH_LIKE = re.compile(r"\S*[/\\][^:;,\n]*")
"""To the end of what may be one path: its parts may hold spaces."""
_log = logging.getLogger(__name__)


def log_dir() -> Path:
    """Folder of the log and of the older ones it was rotated into; made by `start_log`."""
    return user_data_dir() / "log"


def log_path() -> Path:
    """The newest log."""
    return log_dir() / "metaface.log"


def program_version() -> str:
    """The installed version; empty for a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - reads mail headers: takes 10 ms

    try:
        return version("metaface")
    except PackageNotFoundError:
        return ""


def start_log(*, is_described: bool = True) -> None:
    """Write to the log from now on, and keep the newest lines for `recent_lines`; where no file can be, only those.

    Unless it `is_described` now whose log it is, whoever calls this calls `describe_program` later.

    Safe to call again: what is in use is used on.
    """
    logger = logging.getLogger(LOGGER)
    if any(isinstance(handler, _RecentLines) for handler in logger.handlers):
        return
    handlers: list[logging.Handler] = [_RecentLines()]
    refused = ""
    try:
        log_dir().mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(log_path(), maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
        )
    except OSError as error:
        refused = error.strerror or type(error).__name__
    for handler in handlers:
        handler.setFormatter(NamelessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    if refused:
        _log.warning("no log file: %s", refused)
    if is_described:
        describe_program()


def describe_program() -> None:
    """Say in the log which version of MetaFace this is, and what it runs on."""
    import platform  # noqa: PLC0415 - asks the system, which takes a while

    _log.info("MetaFace %s starts on Python %s, %s", program_version(), platform.python_version(), platform.platform())


def stop_log() -> None:
    """Close what `start_log` opened."""
    logger = logging.getLogger(LOGGER)
    for handler in list(logger.handlers):
        if isinstance(handler.formatter, NamelessFormatter):
            logger.removeHandler(handler)
            handler.close()


def recent_lines() -> tuple[str, ...]:
    """The newest 30 lines, oldest first; none before `start_log`."""
    for handler in logging.getLogger(LOGGER).handlers:
        if isinstance(handler, _RecentLines):
            return tuple(handler.lines)
    return ()


def nameless(error: BaseException) -> str:
    """What may be said of an exception where others may read it: its type, and as much as can name nobody."""
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
        """Set the line and, below it, the traceback."""
        bare = logging.makeLogRecord(record.__dict__)
        bare.msg = nameless(record.msg) if isinstance(record.msg, BaseException) else record.msg
        bare.exc_text = None  # another handler's, with everything in it
        if isinstance(record.args, tuple):
            bare.args = tuple(_tellable(value) for value in record.args)
        elif record.args:
            bare.args = {key: _tellable(value) for key, value in record.args.items()}
        return super().format(bare)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Set a traceback: every exception of the chain, the first cause first, with the frames it came through."""
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(_traceback_lines(error)) if isinstance(error, BaseException) else ""


class _RecentLines(logging.Handler):
    """Keeps the newest lines in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_RECENT)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += self.format(record).splitlines()


def _nameless_known(error: KnownError) -> str:
    values = {key: _blotted_value(key, value) for key, value in error.values.items()}
    try:
        return error.template.format(**values)
    except (KeyError, IndexError, ValueError):  # a value that is formatted as a number was left out
        return error.template


def _blotted_value(key: str, value: object) -> object:
    if isinstance(value, int | float):
        return value
    return _blotted(str(value)) if key in _TELLABLE else LEFT_OUT


def _blotted(text: str) -> str:
    return _PATH_LIKE.sub(LEFT_OUT, _IN_QUOTES.sub(LEFT_OUT, text))


def _tellable(value: object) -> object:
    """An argument of a line of the log as it may stand there; in plain text only paths are found and left out."""
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
    """A program file's path without where it is installed, which tells the user's name."""
    parts = Path(name).parts
    for root in ("site-packages", "dist-packages"):
        if root in parts:
            return "/".join(parts[parts.index(root) + 1 :])
    if LOGGER in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index(LOGGER) :])
    return parts[-1] if parts else name
