"""The one source that is open: opens, closes and freezes it, and keeps its capture thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from metaface_gui.engine.events import EngineListener, EnvironmentChanged, SourceChanged, SourceState, Trouble
from metaface_gui.engine.jobs.job_runner import JobRunner
from metaface_gui.engine.live.capture_thread import CaptureThread
from metaface_gui.engine.live.environment_dial import EnvironmentDial
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.pipeline.capture.specification import SourceSpec, make_source
from metaface_gui.types import Frame

_CAPTURE_JOIN_S = 3.0


class SourceController:
    """Implements `SourceApi`; thread-safe. Opening and closing run on `jobs`, as a driver may take seconds.

    Frames go to both slots, photographed by `dial`; `on_frame` is told of each, and whether the preview's slot was
    empty. `on_opening` is called with another source before its first frame, `on_closing` when the user wants none,
    `on_turned` when from now on all is photographed otherwise.
    """

    def __init__(
        self,
        listener: EngineListener,
        jobs: JobRunner,
        preview: LatestSlot[Frame],
        to_look_at: LatestSlot[Frame],
        *,
        dial: EnvironmentDial,
        on_frame: Callable[[Frame, bool], None],
        on_opening: Callable[[SourceSpec], None],
        on_closing: Callable[[], None],
        on_turned: Callable[[], None],
    ) -> None:
        self._listener = listener
        self._jobs = jobs
        self._preview, self._to_look_at = preview, to_look_at
        self._dial = dial
        self._on_frame, self._on_opening = on_frame, on_opening
        self._on_closing, self._on_turned = on_closing, on_turned
        self._capture: CaptureThread | None = None
        self._loops = False
        self._lock = threading.Lock()

    @property
    def is_frozen(self) -> bool:
        """Whether the last frame stands still: its source is paused or has ended."""
        with self._lock:
            return self._capture is not None and self._capture.is_frozen

    def open(self, spec: SourceSpec) -> None:
        """Close the running source and open this one."""
        self._jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Opening"), lambda _job: self._open(spec))

    def close(self) -> None:
        """Stop capturing."""
        self._jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Closing"), lambda _job: self._close())
        self._dial.forget()
        self._on_closing()

    def set_paused(self, paused: bool) -> None:
        """Freeze or go on."""
        with self._lock:
            capture = self._capture
        if capture is not None:
            capture.set_paused(paused)

    def seek(self, index: int) -> None:
        """Go on with, or while paused show, the frame of this number."""
        with self._lock:
            capture = self._capture
        if capture is not None:
            capture.seek(index)

    def set_looping(self, loops: bool) -> None:
        """Begin files again at their end, this one and those that are opened from now on."""
        with self._lock:
            self._loops = loops
            capture = self._capture
        if capture is not None:
            capture.set_looping(loops)

    def set_environment(self, setting: EnvironmentSetting) -> None:
        """Turn the environment dial; a picture that stands still is shown and looked at again."""
        self._dial.turn(setting)
        self._on_turned()
        self._listener(EnvironmentChanged(setting))
        frame = self._dial.again()
        if frame is not None and self.is_frozen:
            self._to_look_at.put(frame)
            self._on_frame(frame, self._preview.put(frame))

    def stop(self, timeout_s: float) -> bool:
        """Stop capturing and join the thread for at most `timeout_s`; False if the driver holds it longer."""
        with self._lock:
            capture, self._capture = self._capture, None
        return capture is None or capture.stop(timeout_s)

    def _open(self, spec: SourceSpec) -> None:
        self.stop(_CAPTURE_JOIN_S)
        self._dial.forget()
        self._on_opening(spec)
        try:
            source = make_source(spec, live=True)
        except KnownError as error:
            self._listener(SourceChanged(SourceState.FAILED, spec.text, error=error))
            return
        with self._lock:
            self._capture = capture = CaptureThread(
                source,
                self._preview,
                self._to_look_at,
                photograph=self._dial.photograph,
                on_frame=self._on_frame,
                on_changed=self._listener,
                on_remark=lambda error: self._listener(Trouble(error)),
                loops=self._loops,
            )
        capture.start()

    def _close(self) -> None:
        self.stop(_CAPTURE_JOIN_S)
        self._listener(SourceChanged(SourceState.CLOSED))
