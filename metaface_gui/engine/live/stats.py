"""The engine's performance: rates, latency and lost frames, for the head-up display."""

from __future__ import annotations

import time
from collections.abc import Callable

from metaface_gui.deferred import torch
from metaface_gui.engine.events import EngineListener, EngineStats, Trouble
from metaface_gui.engine.live.rates import RateMeter
from metaface_gui.errors import QT_TRANSLATE_NOOP, DeviceError, InternalError
from metaface_gui.types import Frame, FrameResult

_TROUBLE_PAUSE_NS = 10_000_000_000
_OF_DEVICES = ("cuda error", "cuda out of", "cudnn", "cublas", "hip error", "hip out of", "mps backend")
"""Parts of PyTorch's messages about a failed graphics card, for which most of its versions have no exception type."""


class LiveStats:
    """Counts the frames that the capture thread shows and that the inference thread processes and loses.

    `on_device_lost` is called, on the inference thread, for each frame lost because the graphics card failed or ran out
    of memory. It switches to the processor, which takes a few frames.
    """

    def __init__(self, listener: EngineListener, on_device_lost: Callable[[], None]) -> None:
        self._listener = listener
        self._on_device_lost = on_device_lost
        self._shown, self._looked_at = RateMeter(), RateMeter()
        self._failed_frames = 0
        self._quiet_until_ns = 0
        self._quiet_about_device_until_ns = 0

    def on_frame(self, frame: Frame) -> None:
        """Count a captured frame."""
        self._shown.tick(frame.captured_ns)

    def on_result(self, result: FrameResult) -> None:
        """Count a processed frame."""
        self._quiet_about_device_until_ns = 0  # it works again, so another failure is news
        self._looked_at.tick(result.finished_ns, (result.finished_ns - result.frame.captured_ns) / 1e6)

    def on_failure(self, error: Exception) -> None:
        """Count a lost frame, and report it from time to time."""
        self._failed_frames += 1
        now_ns = time.monotonic_ns()
        if is_of_device(error):
            if now_ns >= self._quiet_about_device_until_ns:
                self._quiet_about_device_until_ns = now_ns + _TROUBLE_PAUSE_NS
                self._listener(Trouble(_device_lost(error)))
            self._on_device_lost()
        elif now_ns >= self._quiet_until_ns:
            self._quiet_until_ns = now_ns + _TROUBLE_PAUSE_NS
            text = QT_TRANSLATE_NOOP("Errors", "A frame was lost ({kind}). If this keeps happening, see the log file.")
            self._listener(Trouble(InternalError(text, kind=type(error).__name__)))

    def stats(self, now_ns: int, *, dropped_frames: int, device: str) -> EngineStats:
        """Return the rates over the last two seconds."""
        return EngineStats(
            preview_fps=self._shown.per_second(now_ns),
            inference_fps=self._looked_at.per_second(now_ns),
            latency_ms=self._looked_at.median_value(now_ns),
            dropped_frames=dropped_frames,
            failed_frames=self._failed_frames,
            device=device,
        )


def is_of_device(error: Exception) -> bool:
    """Return whether PyTorch's error means that the graphics card or its driver failed, so another device may work."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).casefold() for words in _OF_DEVICES)


def _device_lost(error: Exception) -> DeviceError:
    if isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error).casefold():
        text = QT_TRANSLATE_NOOP("Errors", "The graphics card's memory is full. MetaFace continues on the processor.")
        return DeviceError(text)
    text = QT_TRANSLATE_NOOP(
        "Errors",
        "The graphics card failed ({kind}). MetaFace continues on the processor; to use the card again, choose it as "
        "the device.",
    )
    return DeviceError(text, kind=type(error).__name__)
