"""What the live view shows: the newest result's faces, moved on to the newest frame, until they are stale.

A result is about a frame some tens of milliseconds back. A box drawn where it was found then would trail behind a face
that moves, so it is moved on at the speed the face had between the last two results (dead reckoning); where a new
result disagrees with that, the difference fades away instead of making the box jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.pipeline.rendering.overlay import OverlayItem, overlay_items
from metaface_gui.types import Floats, Frame, FrameResult

STALE_NS = 1_000_000_000
"""A result older than this against the newest frame says nothing about what is on screen."""

_FADE_MS = 35.0
"""Time constant with which a disagreement fades."""
_REACH_S = 0.2
"""Boxes are moved on for at most this long: faces turn back."""
_NEWS = 0.5
"""Weight of the newest speed against the ones before, which are noisy."""


@dataclass(frozen=True, slots=True, eq=False)
class _Motion:
    """A face: box (4,) found in the frame of `found_ns`, speed (2,) in pixels a second, and what still fades (4,)."""

    box_xyxy: Floats
    found_ns: int
    speed: Floats
    fading: Floats

    def at(self, now_ns: int) -> Floats:
        """Where the box is, (4,), without what fades."""
        age_s = min(max((now_ns - self.found_ns) / 1e9, 0.0), _REACH_S)
        return np.asarray(self.box_xyxy + np.tile(self.speed, 2) * np.float32(age_s), np.float32)


class FaceScene:
    """Brings the newest frame and the newest result together; times are the frames' own, so it needs no clock."""

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
        """Whose decisions the newest result carries, "" before anybody decides."""
        return "" if self._result is None else self._result.learner

    @property
    def is_stale(self) -> bool:
        """Whether the newest result is too old for the newest frame (or there is none)."""
        if self._frame is None or self._result is None:
            return True
        return self._frame.captured_ns - self._result.frame.captured_ns > STALE_NS

    def items(self, learner: str | None = None) -> tuple[OverlayItem, ...]:
        """What to draw over the newest frame, by track id; nothing once it is stale.

        With `learner`, a key, it is what that one decides; views of several learners may share a scene.
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
        """Forget everything: another source."""
        self._frame = self._result = None
        self._since_ns = None
        self._items.clear()
        self._motions.clear()

    def show_frame(self, frame: Frame) -> None:
        """Take the newest frame and move the boxes on by the time since the one before."""
        elapsed_ms = 0.0 if self._frame is None else (frame.captured_ns - self._frame.captured_ns) / 1e6
        self._frame = frame
        if self._since_ns is None:
            self._since_ns = frame.captured_ns
        left = np.float32(math.exp(-max(elapsed_ms, 0.0) / _FADE_MS))
        self._motions = {track: replace(motion, fading=motion.fading * left) for track, motion in self._motions.items()}

    def show_result(self, result: FrameResult) -> None:
        """Take the newest result. New faces appear where they are; known ones glide there with the next frames.

        A result about a frame before the first one shown is a straggler of the source before, and is ignored.
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
    """Bring what was known of a face's motion up to date with where it was found in the frame of `found_ns`."""
    still = _Motion(box_xyxy, found_ns, np.zeros(2, np.float32), np.zeros(4, np.float32))
    if former is None:
        return still
    elapsed_s = (found_ns - former.found_ns) / 1e9
    if elapsed_s <= 0.0:
        return replace(still, speed=former.speed)
    newest = (_center(box_xyxy) - _center(former.box_xyxy)) / np.float32(elapsed_s)
    motion = replace(still, speed=np.asarray(_NEWS * newest + (1.0 - _NEWS) * former.speed, np.float32))
    # On its very own picture a box belongs exactly where the detector saw it.
    if found_ns >= now_ns:
        return motion
    return replace(motion, fading=former.at(now_ns) + former.fading - motion.at(now_ns))


def _center(box_xyxy: Floats) -> Floats:
    return np.asarray((box_xyxy[:2] + box_xyxy[2:]) / 2, np.float32)
