"""Converts and scales camera frames on a thread of its own, so that the GUI thread only copies them to the screen.

Scaling a frame to a large window costs more than everything drawn over it, and on a busy machine OpenCV's threads may
have to wait; this way the GUI thread does not.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal

from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.gui.live.frame_picture import PictureBuffers, PreparedFrame, Scale
from metaface_gui.types import Frame

_JOIN_S = 2.0
_SETS = 3
"""Separate memory for the frame on screen, the one waiting to be shown and the one being made."""


class FrameFeeder(QObject):
    """Takes frames from `preview` after `notify`; never works more than one frame ahead.

    `ready` is emitted on the thread that created this object; `take` then returns the frame. Call `close` at the end.
    """

    ready = Signal()

    _made = Signal()

    def __init__(self, preview: LatestSlot[Frame], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preview = preview
        self._condition = threading.Condition()
        self._is_waiting = self._is_closed = False
        self._prepared: PreparedFrame | None = None
        self._wanted: frozenset[Scale] = frozenset()
        self._generation = 0
        self._sets = [PictureBuffers() for _ in range(_SETS)]
        self._made.connect(self.ready, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="frames", daemon=True)
        self._thread.start()

    def notify(self) -> None:
        """Report that a frame is waiting in `preview`."""
        with self._condition:
            self._is_waiting = True
            self._condition.notify()

    def take(self, wanted: frozenset[Scale]) -> PreparedFrame | None:
        """Return the frame that is ready, or None if it was dropped; scale the next ones as `wanted`."""
        with self._condition:
            prepared, self._prepared = self._prepared, None
            self._wanted = wanted
            self._condition.notify()
            return prepared

    def drop(self) -> None:
        """Discard the frame that is ready or being made, because its source was closed."""
        with self._condition:
            self._prepared = None
            self._generation += 1
            self._condition.notify()

    def close(self) -> None:
        """End the thread; no further frame becomes ready."""
        with self._condition:
            self._is_closed = True
            self._condition.notify()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        number = 0
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._is_closed or (self._is_waiting and self._prepared is None))
                if self._is_closed:
                    return
                self._is_waiting = False
                wanted, generation = self._wanted, self._generation
            frame = self._preview.take()
            if frame is None:
                continue
            prepared = self._sets[number % _SETS].prepare(frame, wanted)
            number += 1
            with self._condition:
                if self._is_closed:
                    return
                if generation == self._generation:
                    self._prepared = prepared
                    self._made.emit()
