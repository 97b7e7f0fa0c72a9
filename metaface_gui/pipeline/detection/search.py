"""How closely a frame is searched: as a detector does, in the dark with its means, thoroughly for small faces, too."""

from __future__ import annotations

from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.darkness import DarkFaces, is_dark
from metaface_gui.pipeline.detection.small_faces import SmallFaces
from metaface_gui.types import FaceDetections, Image


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

    def search(self, image_bgr: Image, time_s: float, *, is_thorough: bool, is_anew: bool) -> FaceDetections:
        """Find the faces of the next frame (height, width, 3) uint8; `is_anew`: it does not continue the one before."""
        if is_anew:
            self.reset()
        found = self._detector.detect(image_bgr)
        if is_dark(image_bgr):
            # Enlarged, noise would be searched.
            self._small.reset()
            return self._dark.search(image_bgr, found)
        self._dark.reset()
        return self._small.search(image_bgr, time_s, found, is_anew=is_anew) if is_thorough else found


def search_still(detector: FaceDetector, image_bgr: Image, found: FaceDetections) -> FaceDetections:
    """Add to the faces `found` in a picture of its own (height, width, 3) those that only a closer look shows."""
    if is_dark(image_bgr):
        return DarkFaces(detector).search(image_bgr, found)
    return SmallFaces(detector).search(image_bgr, 0.0, found, is_anew=True)
