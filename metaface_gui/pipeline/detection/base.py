"""The contract of a face detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from metaface_gui.types import FaceDetections, Image


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """What a frame shows: its `faces`, and `faint` boxes, which may be faces.

    A head that turns away, blurs or is covered stays faintly visible, but so do many things that are no face. A faint
    box therefore counts only where a face was a moment ago (Zhang et al., "ByteTrack: Multi-object tracking by
    associating every detection box", ECCV 2022).
    """

    faces: FaceDetections
    faint: FaceDetections


class FaceDetector(Protocol):
    """Finds faces with five landmarks each; thread-safe."""

    @property
    def key(self) -> str:
        """Name in settings and commands: `yunet` or `mtcnn`."""

    @property
    def surely_upright(self) -> float:
        """Confidence that nine of ten upright faces reach, but hardly any that is upside down or lies on its side."""

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Find the faces of a (height, width, 3) uint8 BGR image; boxes and landmarks in its pixels."""

    def detect_faint(self, image_bgr: Image) -> FoundFaces:
        """Find the same faces as `detect`, and what may be further ones, in one search.

        As it is here, for detectors that drop what they are unsure of, nothing is faint.
        """
        return FoundFaces(self.detect(image_bgr), FaceDetections.empty())
