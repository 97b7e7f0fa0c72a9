"""What the live view shows: the newest result's faces, extrapolated to the newest frame, until they are stale.

A result describes a frame some tens of milliseconds old. A box drawn where it was found would trail behind a moving
face, so it is extrapolated at the face's speed between the last two results (dead reckoning). Where a new result
disagrees with the extrapolation, the difference fades away instead of making the box jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.pipeline.rendering.overlay import OverlayItem, overlay_items
from metaface_gui.types import Floats, Frame, FrameResult

STALE_NS = 1_000_000_000
"""A result whose frame is older than the newest one by more than this no longer describes what is on screen."""

_FADE_MS = 35.0
"""Time constant of the fading of a disagreement."""
_REACH_S = 0.2
"""Boxes are extrapolated for at most this long, because faces reverse direction."""
_NEWS = 0.5
"""Weight of the newest speed against the earlier ones; a single speed is noisy."""


@dataclass(frozen=True, slots=True, eq=False)
class _Motion:
    """A face's box (4,) in the frame of `found_ns`, speed (2,) in pixels per second, and still fading offset (4,)."""

    box_xyxy: Floats
    found_ns: int
    speed: Floats
    fading: Floats

    def at(self, now_ns: int) -> Floats:
        """Return the extrapolated box, (4,), without the fading offset."""
        age_s = min(max((now_ns - self.found_ns) / 1e9, 0.0), _REACH_S)
        return np.asarray(self.box_xyxy + np.tile(self.speed, 2) * np.float32(age_s), np.float32)


class FaceScene:
    """Combines the newest frame with the newest result; it uses the frames' timestamps, so it needs no clock."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._result: FrameResult | None = None
        self._since_ns: int | None = None
        self._items: dict[str | None, tuple[OverlayItem, ...]] = {}
        self._motions: dict[int, _Motion] = {}

    @property
    def frame(self) -> Frame | None:
        """The newest frame, kept alive for as long as it is on screen."""
        return self._frame

    @property
    def learner(self) -> str:
        """The key of the learner whose decisions the newest result carries; "" before there is one."""
        return "" if self._result is None else self._result.learner

    @property
    def is_stale(self) -> bool:
        """Whether the newest result is too old for the newest frame (or there is none)."""
        if self._frame is None or self._result is None:
            return True
        return self._frame.captured_ns - self._result.frame.captured_ns > STALE_NS

    def items(self, learner: str | None = None) -> tuple[OverlayItem, ...]:
        """Return what to draw over the newest frame, by track id; nothing once the result is stale.

        `learner` is the key of the learner whose decisions to draw (None: the deciding one); views may share a scene.
        """
        if self._frame is None or self._result is None or self.is_stale:
            return ()
        if learner not in self._items:
            described = overlay_items(self._result, learner)
            self._items[learner] = tuple(sorted(described, key=lambda item: item.track_id))
        now_ns = self._frame.captured_ns
        moved = ((item, self._motions[item.track_id]) for item in self._items[learner])
        return tuple(replace(item, box_xyxy=motion.at(now_ns) + motion.fading) for item, motion in moved)

    def clear(self) -> None:
        """Forget everything, because the source changes."""
        self._frame = self._result = None
        self._since_ns = None
        self._items.clear()
        self._motions.clear()

    def show_frame(self, frame: Frame) -> None:
        """Take the newest frame and let disagreements fade by the time since the previous one."""
        elapsed_ms = 0.0 if self._frame is None else (frame.captured_ns - self._frame.captured_ns) / 1e6
        self._frame = frame
        if self._since_ns is None:
            self._since_ns = frame.captured_ns
        left = np.float32(math.exp(-max(elapsed_ms, 0.0) / _FADE_MS))
        self._motions = {track: replace(motion, fading=motion.fading * left) for track, motion in self._motions.items()}

    def show_result(self, result: FrameResult) -> None:
        """Take the newest result: new faces appear in place, known ones glide there with the next frames.

        A result for a frame older than the first one shown is left over from the previous source, and is ignored.
        """
        if self._frame is None or self._since_ns is None or result.frame.captured_ns < self._since_ns:
            return
        former = {} if self.is_stale else self._motions
        self._result = result
        self._items.clear()
        found_ns, now_ns = result.frame.captured_ns, self._frame.captured_ns
        self._motions = {
            face.track_id: _moved(former.get(face.track_id), face.box_xyxy, found_ns, now_ns) for face in result.faces
        }


def _moved(former: _Motion | None, box_xyxy: Floats, found_ns: int, now_ns: int) -> _Motion:
    """Update a face's motion with its box in the frame of `found_ns`."""
    still = _Motion(box_xyxy, found_ns, np.zeros(2, np.float32), np.zeros(4, np.float32))
    if former is None:
        return still
    elapsed_s = (found_ns - former.found_ns) / 1e9
    if elapsed_s <= 0.0:
        return replace(still, speed=former.speed)
    newest = (_center(box_xyxy) - _center(former.box_xyxy)) / np.float32(elapsed_s)
    motion = replace(still, speed=np.asarray(_NEWS * newest + (1.0 - _NEWS) * former.speed, np.float32))
    # On the very frame it was found in, a box belongs exactly where the detector put it.
    if found_ns >= now_ns:
        return motion
    return replace(motion, fading=former.at(now_ns) + former.fading - motion.at(now_ns))


def _center(box_xyxy: Floats) -> Floats:
    return np.asarray((box_xyxy[:2] + box_xyxy[2:]) / 2, np.float32)
