"""What can still be undone, until the engine forgets it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from metaface_gui.engine.events import Undoable


class UndoList(QObject):
    """Keeps the engine's offers to undo in their order, and drops each when it expires."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__(parent)
        self._clock = clock
        self._offers: list[Undoable] = []
        self._expiry = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._expiry.timeout.connect(self._tidy)

    @property
    def offers(self) -> tuple[Undoable, ...]:
        """The offers that still stand, oldest first."""
        return tuple(self._offers)

    def add(self, offer: Undoable) -> None:
        """Add an offer."""
        self._offers.append(offer)
        self._tidy()

    def remove(self, token: int) -> None:
        """Drop an offer that was used."""
        self._offers = [offer for offer in self._offers if offer.token != token]
        self._tidy()

    def newest(self) -> int | None:
        """Return the token of the newest offer that has not expired, or None."""
        now = self._clock()
        return next((offer.token for offer in reversed(self._offers) if offer.expires_ns > now), None)

    def _tidy(self) -> None:
        now = self._clock()
        self._offers = [offer for offer in self._offers if offer.expires_ns > now]
        if self._offers:
            first_ns = min(offer.expires_ns for offer in self._offers) - now
            self._expiry.start(first_ns // 1_000_000 + 1)
        else:
            self._expiry.stop()
        self.changed.emit()
