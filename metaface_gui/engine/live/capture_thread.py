"""The thread that reads a source and puts its newest frame into two slots: one to paint, one for inference."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.errors import QT_TRANSLATE_NOOP, InternalError, KnownError, SourceError
from metaface_gui.pipeline.capture.base import FrameSource, InterruptibleSource, SeekableSource
from metaface_gui.types import Frame

_log = logging.getLogger(__name__)

_MOST_REMARKS = 3
_RETRY_S = (0.5, 1.0, 2.0)
"""Waits between attempts to reopen a lost camera; the last one repeats."""


class CaptureThread:
    """Reads `source` until its end, `stop` or a permanent failure; with `loops`, a file restarts at its end.

    A live source that fails after it has delivered frames is reopened until it comes back (RECONNECTING). A file that
    has ended is closed and waits for `seek`. `on_frame` is told whether the preview slot was empty, so that one wake-up
    per unread frame is enough. `photograph` turns each frame into what is shown and processed.
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
        loops: bool = False,
    ) -> None:
        self._source = source
        self._preview, self._to_look_at = preview, to_look_at
        self._photograph, self._on_frame = photograph, on_frame
        self._on_changed, self._on_remark = on_changed, on_remark
        self._retry_s = tuple(retry_s)
        self._stop = threading.Event()
        self._asked = threading.Condition()
        """Guards the fields below, and is notified when any of them changes."""
        self._is_paused = self._has_ended = False
        self._loops = loops
        self._wanted_index: int | None = None
        self._segment = 0
        self._is_remarked = False
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    @property
    def is_frozen(self) -> bool:
        """Whether no frame will come by itself: paused, at the end, or failed."""
        with self._asked:
            return self._is_paused or self._has_ended or not self._thread.is_alive()

    def set_paused(self, paused: bool) -> None:
        """Freeze or resume; a paused camera is still read, so that resuming shows the present."""
        with self._asked:
            if paused == self._is_paused:
                return
            self._is_paused = paused
            self._asked.notify_all()
            if self._has_ended:
                return
        self._report(SourceState.PAUSED if paused else SourceState.RUNNING)

    def seek(self, index: int) -> None:
        """Continue at this frame number or, while paused, show it; ignored if the source cannot seek.

        Returns at once. Of several quick calls, the last one counts.
        """
        if not self._length:
            return
        with self._asked:
            self._wanted_index = min(max(0, index), self._length - 1)
            self._asked.notify_all()
        self._interrupt()

    def set_looping(self, loops: bool) -> None:
        """Set whether a file restarts at its end; one that has already ended restarts now."""
        with self._asked:
            self._loops = loops
            if loops and self._has_ended:
                self._wanted_index = 0
            self._asked.notify_all()

    def stop(self, timeout_s: float) -> bool:
        """Stop and join for at most `timeout_s`; return False if the driver holds the thread longer than that.

        Frames that nobody took yet are dropped: they would be shown and processed as if they came from the next source.
        """
        self._stop.set()
        with self._asked:
            self._asked.notify_all()
        self._interrupt()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        for slot in (self._preview, self._to_look_at):
            slot.drop()
        return not self._thread.is_alive()

    @property
    def _length(self) -> int:
        """How many frames can be sought; 0 if the source cannot seek."""
        count = self._source.frame_count or 0
        return count if count > 1 and isinstance(self._source, SeekableSource) else 0

    def _interrupt(self) -> None:
        if isinstance(self._source, InterruptibleSource):
            self._source.interrupt()

    def _report(self, state: SourceState, error: KnownError | None = None) -> None:
        source = self._source
        if state is SourceState.FAILED:
            self._preview.drop()  # or it would come when the window says already that there is no picture
        self._on_changed(
            SourceChanged(
                state,
                source.title,
                source.is_mirrored,
                error,
                n_frames=self._length,
                fps=source.nominal_fps if self._length else 0.0,
            )
        )

    def _run(self) -> None:
        try:
            self._report(SourceState.OPENING)
            self._capture()
        except SourceError as error:
            if not self._stop.is_set():
                self._report(SourceState.FAILED, error)
        except Exception:  # noqa: BLE001 - a driver's surprise must reach the user as a sentence, the log as a trace
            _log.exception("capture failed")
            text = QT_TRANSLATE_NOOP(
                "Errors", "Reading {title} failed unexpectedly. Open it again; see the log for details."
            )
            self._report(SourceState.FAILED, InternalError(text, title=self._source.title))
        finally:
            self._close()

    def _capture(self) -> None:
        self._source.open()
        is_announced = False
        while not self._stop.is_set():
            if not is_announced:
                self._report(SourceState.PAUSED if self._is_paused else SourceState.RUNNING)
            try:
                n_frames = self._read_to_end()
            except SourceError as error:
                if not self._source.is_live or self._stop.is_set():
                    raise
                self._reopen(error)
                is_announced = False
                continue
            if self._stop.is_set():
                return
            self._remark()
            is_announced = self._loop(n_frames)
            if not is_announced and not self._wait_at_end():
                return

    def _loop(self, n_frames: int) -> bool:
        """Restart if looping and there were frames, after showing the last frame for its normal duration."""
        fps = self._source.nominal_fps
        with self._asked:
            if not self._loops or self._source.is_live or not n_frames:
                # Set before releasing the lock: a later `set_looping` then sees the end and restarts.
                self._has_ended = not self._source.is_live
                return False
            self._asked.wait_for(
                lambda: self._stop.is_set() or self._wanted_index is not None, timeout=1.0 / fps if fps > 0.0 else 0.0
            )
        self._source.open()
        self._segment += 1
        return True

    def _wait_at_end(self) -> bool:
        """Report the end, and wait with the source closed until it is to continue; return False if it is not."""
        if self._source.is_live:
            self._report(SourceState.ENDED)
            return False
        self._close()
        self._report(SourceState.ENDED)
        with self._asked:
            self._asked.wait_for(lambda: self._stop.is_set() or self._wanted_index is not None)
            self._has_ended = False
        if self._stop.is_set():
            return False
        self._source.open()
        self._segment += 1
        return True

    def _remark(self) -> None:
        """Report the source's remarks once everything was read; only the first few if there are many."""
        if self._is_remarked:
            return
        self._is_remarked = True
        remarks = self._source.remarks
        for remark in remarks[:_MOST_REMARKS]:
            self._on_remark(remark.error)
        more = len(remarks) - _MOST_REMARKS
        if more > 0:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{title}: {count} more items were skipped. “metaface recognize” lists each one."
            )
            self._on_remark(KnownError(text, title=self._source.title, count=more))

    def _read_to_end(self) -> int:
        """Read and show frames; return how many were read before the end."""
        n_read = 0
        while not self._stop.is_set():
            index = self._next_wish()
            if self._stop.is_set():
                break
            if index is not None:
                self._seek(index)
            frame = self._source.read()
            n_read += 1
            if frame is None:
                return n_read - 1
            with self._asked:
                # A driver may have blocked `read` until long after another source was opened: drop that frame.
                is_wanted = not self._stop.is_set() and self._wanted_index is None
                is_wanted = is_wanted and (index is not None or not self._is_paused)
            if is_wanted:
                seen = self._photograph(replace(frame, segment=self._segment) if self._segment else frame)
                self._to_look_at.put(seen)
                self._on_frame(seen, self._preview.put(seen))
        return n_read

    def _next_wish(self) -> int | None:
        """Wait while a file is paused; return the frame number to continue at, None for the next frame."""
        with self._asked:
            if not self._source.is_live:
                self._asked.wait_for(
                    lambda: self._stop.is_set() or self._wanted_index is not None or not self._is_paused
                )
            index, self._wanted_index = self._wanted_index, None
            return index

    def _seek(self, index: int) -> None:
        if isinstance(self._source, SeekableSource):
            self._source.seek(index)
            self._segment += 1

    def _reopen(self, error: SourceError) -> None:
        """Wait and reopen until it works or `stop` is called."""
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
        except Exception:  # noqa: BLE001 - closing a device that is gone may fail, and nothing is lost by it
            _log.exception("closing the source failed")
