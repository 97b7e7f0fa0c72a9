"""Decodes face pictures off the GUI thread; a widget that paints before a picture is ready repaints on `loaded`."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from metaface_gui.gui.panels.pictures import decode_square, rounded_image


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A picture to draw: its encoded bytes, and the side, scale and radius for `rounded_image`."""

    encoded: bytes
    side: int
    ratio: float
    radius: float


class PictureLoader(QObject):
    """Caches the last `capacity` pictures drawn; the least recently used is evicted first.

    Decoding runs on a thread that ends when the queue is empty.
    """

    loaded = Signal()
    """A requested picture is ready."""

    _decoded = Signal(object, QImage)

    def __init__(self, parent: QObject | None = None, *, capacity: int = 400) -> None:
        super().__init__(parent)
        self._capacity = capacity
        self._pixmaps: OrderedDict[_Wanted, QPixmap] = OrderedDict()
        self._waiting: set[_Wanted] = set()
        self._queue = _DecodingQueue(self._decoded.emit)
        self._decoded.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._queue.close)

    def get(self, encoded: bytes | None, side: int, ratio: float, radius: float) -> QPixmap | None:
        """Return the picture as `rounded_image` draws it; None if there is none, it is damaged, or not decoded yet."""
        if not encoded:
            return None
        wanted = _Wanted(encoded, side, ratio, radius)
        pixmap = self._pixmaps.get(wanted)
        if pixmap is not None:
            self._pixmaps.move_to_end(wanted)
            return None if pixmap.isNull() else pixmap
        if wanted not in self._waiting:
            self._waiting.add(wanted)
            self._queue.put(wanted)
        return None

    def keep_only(self, pictures: Collection[bytes]) -> None:
        """Evict all other pictures, as some may have been deleted."""
        kept = set(pictures)
        for wanted in [wanted for wanted in self._pixmaps if wanted.encoded not in kept]:
            del self._pixmaps[wanted]
        self._waiting = {wanted for wanted in self._waiting if wanted.encoded in kept}

    def is_coming(self, encoded: bytes | None, side: int, ratio: float, radius: float) -> bool:
        """Return whether exactly this picture, at this size, is requested and not ready yet."""
        return bool(encoded) and _Wanted(encoded or b"", side, ratio, radius) in self._waiting

    def is_decoding(self, encoded: bytes) -> bool:
        """Return whether this picture, at any size, is requested and not ready yet."""
        return any(wanted.encoded == encoded for wanted in self._waiting)

    def _keep(self, wanted: _Wanted, image: QImage) -> None:
        if wanted not in self._waiting:
            return  # it was deleted meanwhile
        self._waiting.remove(wanted)
        self._pixmaps[wanted] = QPixmap.fromImage(image)
        if len(self._pixmaps) > self._capacity:
            self._pixmaps.popitem(last=False)
        self.loaded.emit()


class _DecodingQueue:
    """Decodes pictures one after the other and passes each to `on_decoded`, until closed."""

    def __init__(self, on_decoded: Callable[[_Wanted, QImage], None]) -> None:
        self._on_decoded = on_decoded
        # The lock keeps `close` from running between the check and the call of the listener.
        self._lock = threading.Lock()
        self._queue: deque[_Wanted] = deque()
        self._is_running = self._is_closed = False

    def put(self, wanted: _Wanted) -> None:
        with self._lock:
            self._queue.append(wanted)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="pictures", daemon=True).start()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._queue.clear()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._is_running = False
                    return
                wanted = self._queue.popleft()
            image = decode_square(wanted.encoded, round(wanted.side * wanted.ratio))
            if not image.isNull():
                image = rounded_image(image, wanted.side, wanted.ratio, wanted.radius)
            with self._lock:
                if not self._is_closed:
                    self._on_decoded(wanted, image)
