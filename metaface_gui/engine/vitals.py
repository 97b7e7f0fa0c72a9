"""How the engine is doing: rates, latency, lost frames; for the head-up display."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from metaface_gui.engine.events import EngineListener, EngineStats, Trouble
from metaface_gui.engine.rates import RateMeter
from metaface_gui.errors import QT_TRANSLATE_NOOP, DeviceError, KnownError
from metaface_gui.types import Frame, FrameResult

_TROUBLE_PAUSE_NS = 10_000_000_000


class Vitals:
    """Counts what the capture thread shows and the inference thread looks at and loses.

    `on_out_of_memory` is called, on the inference thread, when the graphics card's memory is full.
    """

    def __init__(self, listener: EngineListener, on_out_of_memory: Callable[[], None]) -> None:
        self._listener = listener
        self._on_out_of_memory = on_out_of_memory
        self._shown, self._looked_at = RateMeter(), RateMeter()
        self._failed_frames = 0
        self._quiet_until_ns = 0

    def on_frame(self, frame: Frame) -> None:
        """Count a captured frame."""
        self._shown.tick(frame.captured_ns)

    def on_result(self, result: FrameResult) -> None:
        """Count a looked-at frame."""
        self._looked_at.tick(result.finished_ns, (result.finished_ns - result.frame.captured_ns) / 1e6)

    def on_failure(self, error: Exception) -> None:
        """Count a lost frame, and say so now and then."""
        self._failed_frames += 1
        now_ns = time.monotonic_ns()
        if isinstance(error, torch.OutOfMemoryError):
            text = QT_TRANSLATE_NOOP(
                "Errors", "The graphics card's memory is full. MetaFace goes on with the processor."
            )
            self._listener(Trouble(DeviceError(text)))
            self._on_out_of_memory()
        elif now_ns >= self._quiet_until_ns:
            self._quiet_until_ns = now_ns + _TROUBLE_PAUSE_NS
            text = QT_TRANSLATE_NOOP("Errors", "A frame was lost ({kind}). If this goes on, see the log file.")
            self._listener(Trouble(KnownError(text, kind=type(error).__name__)))

    def stats(self, now_ns: int, *, dropped_frames: int, device: str) -> EngineStats:
        """The rates of the last two seconds."""
        return EngineStats(
            preview_fps=self._shown.per_second(now_ns),
            inference_fps=self._looked_at.per_second(now_ns),
            latency_ms=self._looked_at.median_value(now_ns),
            dropped_frames=dropped_frames,
            failed_frames=self._failed_frames,
            device=device,
        )
