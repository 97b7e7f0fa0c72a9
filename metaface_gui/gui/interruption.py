"""Ctrl+C, SIGTERM and SIGHUP close the window cleanly, like its close button, instead of raising in Qt's event loop.

Python runs a signal handler between two of its own instructions, but executes none while Qt waits for events.
Therefore the signal's number arrives on a socket that Qt watches (`signal.set_wakeup_fd`), which wakes the loop.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
)


class Interruption:
    """The signal that asked the program to end; None while none has."""

    def __init__(self) -> None:
        self.number: int | None = None

    @property
    def exit_code(self) -> int:
        """The exit code that a shell reports for a process ended by the signal; 0 if there was none."""
        return 0 if self.number is None else 128 + self.number


@contextmanager
def closing_on_signals(close: Callable[[], None], parent: QObject | None = None) -> Iterator[Interruption]:
    """Call `close` in the event loop when the user or the system asks the process to end; on the main thread.

    A second signal of the same kind has its usual effect, for a user who does not want to wait. The previous handlers
    are restored at the end.
    """
    interruption = Interruption()
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    former = {number: signal.getsignal(number) for number in _SIGNALS}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        interruption.number = number
        signal.signal(number, former[number])

    def on_wake_up() -> None:
        try:
            reading.recv(64)
        except BlockingIOError:
            return
        if interruption.number is not None:
            close()

    watcher = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read, parent)
    watcher.activated.connect(on_wake_up)
    wakes = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        for number in _SIGNALS:
            signal.signal(number, on_signal)
        yield interruption
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakes)
        watcher.setEnabled(False)
        watcher.deleteLater()
        reading.close()
        writing.close()
