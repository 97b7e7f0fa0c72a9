"""Converts and scales camera frames on a thread of its own, so that the GUI thread only copies them to the screen.

Scaling a frame to a large window costs more than all that is drawn over it, and OpenCV's threads may have to wait for a
busy machine; the GUI thread need not.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal

from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.gui.live.frame_picture import PictureBuffers, PreparedFrame, Scale
from metaface_gui.types import Frame

_JOIN_S = 2.0
_SETS = 3
"""What is on screen, what waits to be shown and what is being made each have memory of their own."""


class FrameFeeder(QObject):
    """Takes frames from `preview` when it is told that there is one; never works ahead by more than one frame.

    `ready` comes on the thread on which this was made; then `take` gives the frame. Call `close` before it goes.
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
        """Say that a frame waits."""
        with self._condition:
            self._is_waiting = True
            self._condition.notify()

    def take(self, wanted: frozenset[Scale]) -> PreparedFrame | None:
        """Return the newest frame that is ready, None if it was dropped; the next ones are scaled as `wanted`."""
        with self._condition:
            prepared, self._prepared = self._prepared, None
            self._wanted = wanted
            self._condition.notify()
            return prepared

    def drop(self) -> None:
        """Forget what is ready or being made: it is a picture of a source that is closed."""
        with self._condition:
            self._prepared = None
            self._generation += 1
            self._condition.notify()

    def close(self) -> None:
        """End the thread; nothing becomes ready any more."""
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
