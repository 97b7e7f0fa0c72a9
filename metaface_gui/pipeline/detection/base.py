"""The contract of a face detector."""

from __future__ import annotations

from typing import Protocol

from metaface_gui.types import FaceDetections, Image


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
