"""From a worker's thread to the GUI thread, for answers that come by a callback instead of through the bridge."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal


class Hop(QObject):
    """A callable for any thread: what it is called with is emitted as `arrived` on the thread that made it.

    It belongs to `parent`; once that is destroyed, calls have no effect, however late they come.
    """

    arrived = Signal(object)

    _called = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._is_closed = False
        self._called.connect(self.arrived, Qt.ConnectionType.QueuedConnection)
        parent.destroyed.connect(self.close)

    def __call__(self, value: object) -> None:
        """Pass `value` on."""
        # The lock keeps the end of this object from coming between the test and the emit.
        with self._lock:
            if not self._is_closed:
                self._called.emit(value)

    def close(self) -> None:
        """Pass nothing on any more; safe to call twice."""
        with self._lock:
            self._is_closed = True
