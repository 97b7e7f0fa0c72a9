"""Plays a file at its own speed, so that a window shows it as it was filmed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from metaface_gui.pipeline.capture.base import FrameSource, SeekableSource
from metaface_gui.types import Frame

_LATE_S = 0.5
"""Lateness at which the clock restarts instead of rushing to catch up (after a pause, with a slow disk)."""


class PacedSource(FrameSource):
    """Delivers each frame of `source` when it is due; `close` and `interrupt` end the waiting, from any thread."""

    def __init__(self, source: FrameSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._copy_facts()
        self._clock = clock
        self._is_closed = False
        self._woken = threading.Event()
        self._offset_s: float | None = None

    def open(self) -> None:
        """Open the source.

        Raises:
            SourceError: as the source's own `open`.
        """
        self._start_clock()
        self._is_closed = False
        self._source.open()
        self._copy_facts()

    def read(self) -> Frame | None:
        """Return the next frame when it is due; `captured_ns` is that moment. None at the end.

        Raises:
            SourceError: as the source's own `read`.
        """
        try:
            frame = self._source.read()
        finally:
            self._copy_facts()
        if frame is None:
            return None
        now_s = self._clock()
        if self._offset_s is None or now_s - (frame.time_s + self._offset_s) > _LATE_S:
            self._offset_s = now_s - frame.time_s
        if self._is_closed:
            return None
        if self._woken.wait(max(0.0, frame.time_s + self._offset_s - now_s)):
            self._woken.clear()
        if self._is_closed:
            return None
        return replace(frame, captured_ns=time.monotonic_ns())

    def seek(self, index: int) -> None:
        """Continue with frame `index` immediately; a source that cannot seek continues where it is.

        Raises:
            SourceError: as the source's own `seek`.
        """
        self._start_clock()
        if isinstance(self._source, SeekableSource):
            self._source.seek(index)
            self._copy_facts()

    def interrupt(self) -> None:
        """End the waiting: a frame that is waited for is delivered now."""
        self._woken.set()

    def close(self) -> None:
        """End the waiting and close the source."""
        self._is_closed = True
        self._woken.set()
        self._source.close()

    def _copy_facts(self) -> None:
        """Copy the source's attributes, which `open` and `read` may have changed."""
        source = self._source
        self.title, self.is_live, self.is_mirrored = source.title, source.is_live, source.is_mirrored
        self.nominal_fps, self.frame_count, self.remarks = source.nominal_fps, source.frame_count, source.remarks

    def _start_clock(self) -> None:
        self._woken.clear()
        self._offset_s = None
