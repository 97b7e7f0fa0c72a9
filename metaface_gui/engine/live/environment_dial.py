"""The environment dial, between the source and whoever looks at it: what is shown is the picture that is recognised."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from metaface_gui.metalearning.frame_environments import (
    NO_FACES,
    ROOM_AS_IT_IS,
    EnvironmentSetting,
    FrameEnvironment,
)
from metaface_gui.types import Floats, Frame, FrameResult, Image

_MOVED_PX = 1.5
"""Faces that are found elsewhere by no more than this have not moved."""
_FACES_LAST_S = 0.7
"""Where a face was so long ago, it is lit from the side still: one that is lost for a moment must not flicker."""


class EnvironmentDial:
    """Thread-safe. A frame is photographed by one setting, never by half of two.

    It keeps the source's newest frame as it came, so that turning the dial shows on a frozen picture too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._environment = FrameEnvironment(ROOM_AS_IT_IS)
        self._original: Frame | None = None
        self._faces: Floats = NO_FACES
        self._faces_ns = 0
        self._newest: tuple[tuple[Image, FrameEnvironment, Floats], Frame] | None = None

    @property
    def setting(self) -> EnvironmentSetting:
        """What it is set to."""
        return self._environment.setting

    def turn(self, setting: EnvironmentSetting) -> None:
        """Photograph so from the next frame on."""
        environment = FrameEnvironment(setting)
        with self._lock:
            if (environment.zoom, self._environment.zoom) != (1.0, 1.0):
                self._faces = NO_FACES  # they were elsewhere in the picture
            self._environment = environment

    def photograph(self, frame: Frame) -> Frame:
        """The source's next frame as it is to be shown and looked at; itself while the room is as it is."""
        with self._lock:
            self._original = frame
            return self._photographed(frame)

    def again(self) -> Frame | None:
        """The newest frame photographed again; None without one."""
        with self._lock:
            return None if self._original is None else self._photographed(self._original)

    def note(self, result: FrameResult) -> None:
        """Take note of where faces are."""
        if not result.faces and result.frame.captured_ns - self._faces_ns < _FACES_LAST_S * 1e9:
            return
        faces = np.stack([face.landmarks for face in result.faces]) if result.faces else NO_FACES
        with self._lock:
            self._faces_ns = result.frame.captured_ns
            if faces.shape != self._faces.shape or np.abs(faces - self._faces).max(initial=0.0) > _MOVED_PX:
                self._faces = faces

    def forget(self) -> None:
        """Another source comes: keep nothing of this one. The setting stays."""
        with self._lock:
            self._original, self._faces, self._newest = None, NO_FACES, None

    def _photographed(self, frame: Frame) -> Frame:
        """A picture that is shown on and on is photographed once: whoever looks at it sees that it is the same."""
        made_of = (frame.image_bgr, self._environment, self._faces)
        if self._newest is not None and all(a is b for a, b in zip(made_of, self._newest[0], strict=True)):
            seen = self._newest[1]
            return replace(frame, image_bgr=seen.image_bgr, truth=seen.truth, environment=seen.environment)
        seen = self._environment(frame, self._faces)
        self._newest = None if seen is frame else (made_of, seen)
        return seen
