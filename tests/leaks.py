"""Sees to it that no test leaves a thread or a timer behind, which would go on in the middle of another test."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterable
from functools import partial
from operator import methodcaller

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread, QTimer

from tests.patience import PATIENCE_S


def threads_left(before: Iterable[threading.Thread], patience_s: float = PATIENCE_S) -> list[str]:
    """Return the names of the Python threads that began since `before` and do not end."""
    begun = set(threading.enumerate()).difference(before)
    until = time.monotonic() + patience_s
    for thread in begun:
        thread.join(max(0.0, until - time.monotonic()))
    return [thread.name for thread in begun if thread.is_alive()]


class QtGuard:
    """Puts down what is started from Python, and says what of it still runs.

    A timer is forgotten with its object: what has been deleted, or is garbage, goes off no more. So is a single shot
    whose receiver is gone.
    """

    def __init__(self) -> None:
        self._started = weakref.WeakSet[QTimer | QThread]()
        self._shots: dict[int, tuple[str, weakref.ref[QObject] | None]] = {}
        self._n_shots = 0

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Hear of every start from now on."""
        single_shot = QTimer.singleShot

        def later(msec: int, *rest: QObject | Callable[[], object]) -> None:
            *receivers, slot = rest
            name, owner = repr(slot), getattr(slot, "__self__", None)
            if isinstance(owner, QObject):
                # As Qt has it for a slot: it is gone with its object, which is not kept for it.
                receivers = receivers or [owner]
                of_python = getattr(slot, "__func__", None)
                slot = partial(_call, weakref.ref(owner), of_python or methodcaller(getattr(slot, "__name__", "")))
            receiver = receivers[0] if receivers and isinstance(receivers[0], QObject) else None
            self._n_shots += 1
            number = self._n_shots
            self._shots[number] = (name, None if receiver is None else weakref.ref(receiver))

            def shoot() -> None:
                self._shots.pop(number, None)
                assert callable(slot)
                slot()

            single_shot(msec, *receivers, shoot)  # type: ignore[call-overload]

        patch.setattr(QTimer, "singleShot", staticmethod(later))
        for kind in (QTimer, QThread):
            patch.setattr(kind, "start", self._noted(kind.start))

    def take_left(self) -> list[str]:
        """Return what is still to go off or to end, and forget it: the next test is not to blame."""
        left = [repr(each) for each in self._started if shiboken6.isValid(each) and _runs(each)]
        left += [slot for slot, receiver in self._shots.values() if receiver is None or _is_there(receiver())]
        self._started.clear()
        self._shots.clear()
        return left

    def _noted(self, start: Callable[..., None]) -> Callable[..., None]:
        def noted(started: QTimer | QThread, *args: object) -> None:
            self._started.add(started)
            start(started, *args)

        return noted


def _call(owner: weakref.ref[QObject], method: Callable[[QObject], object]) -> None:
    if (found := owner()) is not None:
        method(found)


def _runs(started: QTimer | QThread) -> bool:
    return started.isActive() if isinstance(started, QTimer) else started.isRunning()


def _is_there(receiver: QObject | None) -> bool:
    return receiver is not None and shiboken6.isValid(receiver)
