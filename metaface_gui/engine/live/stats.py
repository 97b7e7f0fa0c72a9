"""How the engine is doing: rates, latency, lost frames; for the head-up display."""

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
"""What PyTorch's texts say of a graphics card that failed: most of its versions have no type for that."""


class LiveStats:
    """Counts what the capture thread shows and the inference thread looks at and loses.

    `on_device_lost` is called, on the inference thread, for each frame that was lost because the graphics card's memory
    is full or the card failed; it has the processor take over, which takes a few frames.
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
        """Count a looked-at frame."""
        self._quiet_about_device_until_ns = 0  # it works: should it fail again, that is news
        self._looked_at.tick(result.finished_ns, (result.finished_ns - result.frame.captured_ns) / 1e6)

    def on_failure(self, error: Exception) -> None:
        """Count a lost frame, and say so now and then."""
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
        """The rates of the last two seconds."""
        return EngineStats(
            preview_fps=self._shown.per_second(now_ns),
            inference_fps=self._looked_at.per_second(now_ns),
            latency_ms=self._looked_at.median_value(now_ns),
            dropped_frames=dropped_frames,
            failed_frames=self._failed_frames,
            device=device,
        )


def is_of_device(error: Exception) -> bool:
    """Return whether PyTorch says that the graphics card, or what drives it, failed: another device may go on."""
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
