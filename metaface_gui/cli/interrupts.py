"""Ends a command in order, whoever asks for it: Ctrl-C, a closed terminal, the system shutting down."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import NoReturn

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class InterruptedBySignal(KeyboardInterrupt):
    """Somebody asked the command to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Interrupts:
    """Within it a signal to end raises `InterruptedBySignal`, once: while files are finished a second changes nothing.

    Signals that are ignored (`nohup`) stay so. Off the main thread, where Python sets no handlers, it does nothing.
    """

    def __init__(self) -> None:
        self._former: dict[int, object] = {}
        self._is_held = False
        self._number: int | None = None

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._former[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)  # type: ignore[arg-type]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write something whole: a signal that comes meanwhile counts at the end."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._number is not None:
            self._end(self._number)

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if self._number is not None:
            return
        self._number = number
        if not self._is_held:
            self._end(number)

    @staticmethod
    def _end(number: int) -> NoReturn:
        raise InterruptedBySignal(number)
