"""The thread that owns the face pipeline: takes the newest frame, looks at it, says what it saw.

Whatever changes the pipeline (another model, a newly adapted classifier) is a command that is carried out between two
frames, so that no frame is ever looked at by half of each.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial

from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import Frame, FrameResult

_log = logging.getLogger(__name__)

Command = Callable[[FacePipeline], None]


class InferenceWorker:
    """Runs `FacePipeline.process` on the frames of `frames`; results go to `on_result` on this thread.

    A frame that raises is lost, counted by `on_failure`, and the next one is tried.
    """

    def __init__(
        self,
        frames: LatestSlot[Frame],
        on_result: Callable[[FrameResult], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._frames = frames
        self._on_result = on_result
        self._on_failure = on_failure
        self._next_pipeline: FacePipeline | None = None
        self._commands: deque[Command] = deque()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inference", daemon=True)

    def start(self) -> None:
        """Start the thread; it idles until it has a pipeline."""
        self._thread.start()

    def use(self, pipeline: FacePipeline) -> None:
        """Hand over a pipeline: from the next frame on it is this thread's alone. Commands that wait are dropped."""
        with self._lock:
            self._next_pipeline = pipeline
            self._commands.clear()
        self._frames.wake()

    def post(self, command: Command) -> None:
        """Have `command` carried out on the pipeline before the next frame; without a pipeline it has no effect."""
        with self._lock:
            self._commands.append(command)
        self._frames.wake()

    def stop(self, timeout_s: float) -> bool:
        """Stop and join for at most `timeout_s`; False if a frame takes longer than that."""
        self._stop.set()
        self._frames.wake()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pipeline: FacePipeline | None = None
        while not self._stop.is_set():
            frame = self._frames.take(timeout_s=None)
            with self._lock:
                following, self._next_pipeline = self._next_pipeline, None
                commands, self._commands = self._commands, deque()
            if following is not None:
                if pipeline is not None:
                    self._guarded(partial(following.number_tracks_after, pipeline))
                pipeline = following
            if pipeline is None:
                continue
            for command in commands:
                self._guarded(partial(command, pipeline))
            if frame is not None and not self._stop.is_set():
                self._guarded(partial(self._look_at, frame, pipeline))

    def _look_at(self, frame: Frame, pipeline: FacePipeline) -> None:
        self._on_result(pipeline.process(frame))

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - one lost frame must not end the live view; it is counted and logged
            _log.exception("a frame was lost")
            try:
                self._on_failure(error)
            except Exception:  # noqa: BLE001 - nor may whoever is told of it
                _log.exception("telling of a lost frame failed")
