"""Catches uncaught exceptions on any thread: they are logged and reported, and the program continues."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from metaface_gui.program_log import nameless

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnexpectedError:
    """What is reported of an exception: no names, and no stack frames, which it would keep alive."""

    words: str
    place: str
    """Function and line; together with `words` they distinguish one bug from another."""


class UnexpectedErrors(QObject):
    """Replaces Python's exception hooks while `catching`; emits `caught` once per bug, on this object's thread.

    A bug in a `paintEvent` recurs with every frame: it is reported once, and logged the 1st, 10th, 100th … time.
    The previous hooks are still called, so a terminal shows the traceback.
    """

    caught = Signal(UnexpectedError)

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._counts: Counter[UnexpectedError] = Counter()
        self._except_hook = sys.excepthook
        self._thread_hook = threading.excepthook
        self._arrived.connect(self.caught, Qt.ConnectionType.QueuedConnection)

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Replace Python's exception hooks, and restore them at the end."""
        self._except_hook, self._thread_hook = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._on_exception, self._on_thread_exception
        try:
            yield
        finally:
            sys.excepthook, threading.excepthook = self._except_hook, self._thread_hook

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._except_hook(kind, error, trace)
        self._take(error, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        self._thread_hook(args)
        if args.exc_value is not None:
            self._take(args.exc_value, args.exc_traceback)

    def _take(self, error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):  # Ctrl+C, and SystemExit in a thread
            return
        unexpected = UnexpectedError(nameless(error), _place(trace))
        with self._lock:
            self._counts[unexpected] += 1
            count = self._counts[unexpected]
        if count == 1:
            _log.error("unexpected", exc_info=error.with_traceback(trace))
            self._arrived.emit(unexpected)
        elif str(count).strip("0") == "1":
            _log.error("unexpected, %d times by now: %s in %s", count, unexpected.words, unexpected.place)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "an unknown place"
