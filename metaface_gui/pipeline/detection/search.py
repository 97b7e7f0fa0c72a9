"""Search a frame as closely as needed: normally, with means for the dark, or thoroughly for small faces as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from metaface_gui.pipeline.detection.base import FaceDetector, FoundFaces
from metaface_gui.pipeline.detection.darkness import DarkFaces, is_dark
from metaface_gui.pipeline.detection.merge import beside
from metaface_gui.pipeline.detection.second_looks import placed_by_more_looks
from metaface_gui.pipeline.detection.small_faces import SmallFaces
from metaface_gui.pipeline.detection.way_up import Upright, find_upright
from metaface_gui.types import FaceDetections, Frame, Image

_LONGEST_STEP_S = 1.0
"""Longest step between frames over which faces stay near their place; later, a face may be anywhere."""


class FaceSearch:
    """Searches frames one after another and remembers what it needs of them, so it belongs to one thread."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._dark = DarkFaces(detector)
        self._small = SmallFaces(detector)

    def reset(self) -> None:
        """Forget the frames so far, as for another source."""
        self._dark.reset()
        self._small.reset()

    def search(self, image_bgr: Image, time_s: float, *, is_close: bool, is_restart: bool) -> FoundFaces:
        """Find the faces of the next frame (height, width, 3) uint8; `is_restart`: it continues no other frame."""
        if is_restart:
            self.reset()
        found = self._detector.detect_faint(image_bgr)
        faces = found.faces
        if is_dark(image_bgr):
            # Enlarging would only search noise.
            self._small.reset()
            faces = self._dark.search(image_bgr, faces)
        else:
            self._dark.reset()
            if is_close:
                faces = self._small.search(image_bgr, time_s, faces, is_restart=is_restart)
        return FoundFaces(faces, beside(found.faint, faces))


class FrameSearch:
    """Searches a file's frames one after another, closely, on a thread of its own.

    What is found in a frame does not depend on what was made of earlier ones, so the next frame is searched while faces
    of the current one are embedded.
    """

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._search = FaceSearch(detector)
        self._segment = 0
        self._time_s = -np.inf

    def find(self, frame: Frame) -> Upright:
        """Find the faces of the next frame: a still is turned to where its faces are found, a video's frame is not."""
        is_restart = frame.segment != self._segment or not continues(self._time_s, frame.time_s)
        self._segment, self._time_s = frame.segment, frame.time_s
        if frame.is_still:
            return find_in_still(self._detector, frame.image_bgr)
        found = self._search.search(frame.image_bgr, frame.time_s, is_close=True, is_restart=is_restart)
        return Upright(frame.image_bgr, frame.image_bgr, 0, found.faces, found.faint)


def continues(before_s: float, time_s: float) -> bool:
    """Whether faces may be expected where they were in the previous frame: it is recent, and time runs forwards."""
    return 0.0 <= time_s - before_s <= _LONGEST_STEP_S


def find_in_still(detector: FaceDetector, image_bgr: Image) -> Upright:
    """Find the faces of a still (height, width, 3), turned to where they are found."""
    still = find_upright(detector, image_bgr)
    found = search_still(detector, still.image_bgr, still.detections)
    landmarks = placed_by_more_looks(detector, still.image_bgr, found.landmarks)
    return replace(still, detections=replace(found, landmarks=landmarks))


def search_still(detector: FaceDetector, image_bgr: Image, found: FaceDetections) -> FaceDetections:
    """Add to the faces `found` in a still (height, width, 3) those that only a closer look shows."""
    if is_dark(image_bgr):
        return DarkFaces(detector).search(image_bgr, found)
    return SmallFaces(detector).search(image_bgr, 0.0, found, is_restart=True)
