"""What the live view shows at a moment: the newest result's faces, with boxes that glide, until they are stale."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from metaface_gui.pipeline.rendering.overlay import OverlayItem, overlay_items
from metaface_gui.types import Floats, Frame, FrameResult

STALE_NS = 1_000_000_000
"""A result older than this against the newest frame says nothing about what is on screen."""

_GLIDE_MS = 35.0
"""Time constant in which a box covers 63 % of the way to where the newest result puts it."""


class FaceScene:
    """Brings the newest frame and the newest result together; times are the frames' own, so it needs no clock."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._result: FrameResult | None = None
        self._since_ns: int | None = None
        self._items: tuple[OverlayItem, ...] = ()
        self._boxes: dict[int, Floats] = {}

    @property
    def frame(self) -> Frame | None:
        """The newest frame, kept alive for as long as it is on screen."""
        return self._frame

    @property
    def is_stale(self) -> bool:
        """Whether the newest result is too old for the newest frame (or there is none)."""
        if self._frame is None or self._result is None:
            return True
        return self._frame.captured_ns - self._result.frame.captured_ns > STALE_NS

    @property
    def items(self) -> tuple[OverlayItem, ...]:
        """What to draw, by track id, with the boxes where they have glided to; nothing once it is stale."""
        if self.is_stale:
            return ()
        return tuple(replace(item, box_xyxy=self._boxes[item.track_id]) for item in self._items)

    def clear(self) -> None:
        """Forget everything: another source."""
        self._frame = self._result = None
        self._since_ns = None
        self._items = ()
        self._boxes.clear()

    def show_frame(self, frame: Frame) -> None:
        """Take the newest frame and move the boxes on by the time since the one before."""
        elapsed_ms = 0.0 if self._frame is None else (frame.captured_ns - self._frame.captured_ns) / 1e6
        self._frame = frame
        if self._since_ns is None:
            self._since_ns = frame.captured_ns
        self._move(1.0 - math.exp(-max(elapsed_ms, 0.0) / _GLIDE_MS))

    def show_result(self, result: FrameResult) -> None:
        """Take the newest result. New faces appear where they are; known ones glide there with the next frames.

        A result about a frame before the first one shown is a straggler of the source before, and is ignored.
        """
        if self._since_ns is None or result.frame.captured_ns < self._since_ns:
            return
        was_stale = self.is_stale
        self._result = result
        self._items = tuple(sorted(overlay_items(result), key=lambda item: item.track_id))
        # On its very own picture, and after a gap, a box belongs exactly where the detector saw it.
        is_own_frame = self._frame is not None and result.frame.captured_ns >= self._frame.captured_ns
        self._move(1.0 if is_own_frame or was_stale else 0.0)

    def _move(self, share: float) -> None:
        moved: dict[int, Floats] = {}
        for item in self._items:
            at = self._boxes.get(item.track_id, item.box_xyxy)
            moved[item.track_id] = np.asarray(at + np.float32(share) * (item.box_xyxy - at), np.float32)
        self._boxes = moved
