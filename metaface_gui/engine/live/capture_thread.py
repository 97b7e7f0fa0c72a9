"""The thread that reads a source and leaves its newest frame in two slots: one to paint, one to look at."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Sequence

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.errors import QT_TRANSLATE_NOOP, InternalError, KnownError, SourceError
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.types import Frame

_log = logging.getLogger(__name__)

_MOST_REMARKS = 3
_RETRY_S = (0.5, 1.0, 2.0)
"""Waits between attempts to get a lost camera back; the last one repeats."""


class CaptureThread:
    """Reads `source` until its end, `stop`, or a failure that does not mend.

    A live source that fails after it had given frames is opened again until it comes back (RECONNECTING). `on_frame`
    is told whether the preview's slot was empty, so that one wake-up per unread frame is enough. `photograph` makes of
    each frame what is shown and looked at.
    """

    def __init__(
        self,
        source: FrameSource,
        preview: LatestSlot[Frame],
        to_look_at: LatestSlot[Frame],
        *,
        photograph: Callable[[Frame], Frame] = lambda frame: frame,
        on_frame: Callable[[Frame, bool], None],
        on_changed: Callable[[SourceChanged], None],
        on_remark: Callable[[KnownError], None] = lambda _error: None,
        retry_s: Sequence[float] = _RETRY_S,
    ) -> None:
        self._source = source
        self._preview, self._to_look_at = preview, to_look_at
        self._photograph, self._on_frame = photograph, on_frame
        self._on_changed, self._on_remark = on_changed, on_remark
        self._retry_s = tuple(retry_s)
        self._stop = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    @property
    def is_frozen(self) -> bool:
        """Whether no frame will come by itself: paused, at the end, or failed."""
        return not (self._running.is_set() and self._thread.is_alive())

    def set_paused(self, paused: bool) -> None:
        """Freeze or go on; a paused camera is still read, so that going on shows the present."""
        if paused == (not self._running.is_set()):
            return
        (self._running.clear if paused else self._running.set)()
        self._report(SourceState.PAUSED if paused else SourceState.RUNNING)

    def stop(self, timeout_s: float) -> bool:
        """Stop and join for at most `timeout_s`; False if the driver holds the thread longer than that."""
        self._stop.set()
        self._running.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _report(self, state: SourceState, error: KnownError | None = None) -> None:
        self._on_changed(SourceChanged(state, self._source.title, self._source.is_mirrored, error))

    def _run(self) -> None:
        try:
            self._report(SourceState.OPENING)
            self._capture()
        except SourceError as error:
            if not self._stop.is_set():
                self._report(SourceState.FAILED, error)
        except Exception:  # noqa: BLE001 - a driver's surprise must reach the user as a sentence, and the log as a trace
            _log.exception("capture failed")
            text = QT_TRANSLATE_NOOP("Errors", "Reading {title} failed unexpectedly. Open it again; the log says more.")
            self._report(SourceState.FAILED, InternalError(text, title=self._source.title))
        finally:
            self._close()

    def _capture(self) -> None:
        self._source.open()
        while not self._stop.is_set():
            self._report(SourceState.RUNNING if self._running.is_set() else SourceState.PAUSED)
            try:
                self._read_to_end()
            except SourceError as error:
                if not self._source.is_live or self._stop.is_set():
                    raise
                self._reopen(error)
                continue
            if not self._stop.is_set():
                self._remark()
                self._report(SourceState.ENDED)
            return

    def _remark(self) -> None:
        """Say what the source has to say of itself, now that all of it was read; of many things the first few."""
        remarks = self._source.remarks
        for remark in remarks[:_MOST_REMARKS]:
            self._on_remark(remark.error)
        more = len(remarks) - _MOST_REMARKS
        if more > 0:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{title}: {count} more things were left out. “metaface recognize” names each."
            )
            self._on_remark(KnownError(text, title=self._source.title, count=more))

    def _read_to_end(self) -> None:
        while not self._stop.is_set():
            if not self._source.is_live:
                self._running.wait()
            frame = self._source.read()
            if frame is None:
                return
            # A driver may have held `read` until long after another source was opened: its frame is of no use then.
            if self._stop.is_set() or not self._running.is_set():
                continue
            seen = self._photograph(frame)
            self._to_look_at.put(seen)
            self._on_frame(seen, self._preview.put(seen))

    def _reopen(self, error: SourceError) -> None:
        """Wait and open again until it works or somebody stops."""
        for attempt in itertools.count():
            self._report(SourceState.RECONNECTING, error)
            self._close()
            if self._stop.wait(self._retry_s[min(attempt, len(self._retry_s) - 1)]):
                return
            try:
                self._source.open()
            except SourceError as again:
                error = again
            else:
                return

    def _close(self) -> None:
        try:
            self._source.close()
        except Exception:  # noqa: BLE001 - letting go of a device that is gone may fail, and nothing is lost by it
            _log.exception("closing the source failed")
