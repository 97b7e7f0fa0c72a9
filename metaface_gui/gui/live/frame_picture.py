"""The newest camera frame as a Qt image, shared by all views of the same video."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from PySide6.QtGui import QImage, QPainter

from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.types import Frame, Image

_SMOOTH_PIXELS = 2_600_000
"""Larger pictures on screen (4K) are scaled without smoothing: at 3840 × 2160 that takes a third of the time."""


class Scale(NamedTuple):
    """How a view shows a frame: its size in pixels, and whether it is mirrored."""

    width: int
    height: int
    is_mirrored: bool


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFrame:
    """A frame with its pixels converted, and scaled as the views need it."""

    frame: Frame
    image: QImage
    scaled: dict[Scale, QImage]


class PictureBuffers:
    """Memory for one frame's images, reused for the next frame; for one thread at a time."""

    def __init__(self) -> None:
        self._image = QImage()
        self._scaled: dict[Scale, QImage] = {}

    def prepare(self, frame: Frame, wanted: frozenset[Scale]) -> PreparedFrame:
        """Convert a frame and scale it to each of `wanted`; overwrite what was prepared here before."""
        height, width = frame.image_bgr.shape[:2]
        if (self._image.width(), self._image.height()) != (width, height):
            self._image = QImage(width, height, QImage.Format.Format_RGB32)
        # One conversion into reused memory (0.3 ms at 720p) makes every scaled paint three times as fast as painting
        # Format_BGR888 from the frame's own memory, which Qt converts line by line (1.9 against 5.5 ms).
        cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2BGRA, dst=_pixels_of(self._image))
        kept, self._scaled = self._scaled, {}
        for scale in wanted:
            self._scaled[scale] = scaled_to(self._image, scale, kept.get(scale))
        return PreparedFrame(frame, self._image, dict(self._scaled))


def scaled_to(source: QImage, scale: Scale, memory: QImage | None = None) -> QImage:
    """Scale an RGB32 image, into `memory` if given, an image of that size; OpenCV takes a third of Qt's time."""
    width, height, is_mirrored = scale
    image = QImage(width, height, QImage.Format.Format_RGB32) if memory is None else memory
    pixels = _pixels_of(image)
    how = cv2.INTER_LINEAR if width * height <= _SMOOTH_PIXELS else cv2.INTER_NEAREST
    cv2.resize(_pixels_of(source), (width, height), dst=pixels, interpolation=how)
    if is_mirrored:
        cv2.flip(pixels, 1, dst=pixels)
    return image


class FramePicture:
    """Holds one frame's pixels, converted once however many views paint it."""

    def __init__(self) -> None:
        self._image = QImage()
        self._scaled: dict[Scale, QImage] = {}
        self._made_here: dict[Scale, QImage] = {}
        self._asked: set[Scale] = set()
        self._wanted: frozenset[Scale] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether there is no picture."""
        return self._image.isNull()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; (0, 0) without a picture."""
        return self._image.width(), self._image.height()

    @property
    def wanted(self) -> frozenset[Scale]:
        """The scales at which views showed the previous frame, most likely those of the next one too."""
        return self._wanted

    def show(self, prepared: PreparedFrame) -> None:
        """Take a converted frame; the memory of the previous one may be overwritten from now on."""
        # Images that had to be scaled here last time lend their memory to those of this time.
        self._made_here = {scale: image for scale, image in self._made_here.items() if scale in self._asked}
        self._image, self._scaled = prepared.image, dict(prepared.scaled)
        if self._asked:
            self._wanted, self._asked = frozenset(self._asked), set()

    def clear(self) -> None:
        """Forget the picture."""
        self._image = QImage()
        self._scaled.clear()
        self._made_here.clear()

    def paint(self, painter: QPainter, geometry: VideoGeometry) -> None:
        """Draw the picture at the geometry's place, mirrored if the geometry is."""
        ratio = painter.device().devicePixelRatioF()
        place = geometry.target.toRect()
        width, height = round(place.width() * ratio), round(place.height() * ratio)
        if width > 0 and height > 0 and not self.is_empty:
            image = self._scaled_to(Scale(width, height, geometry.is_mirrored))
            image.setDevicePixelRatio(ratio)
            painter.drawImage(place.topLeft(), image)

    def _scaled_to(self, scale: Scale) -> QImage:
        """Return the picture at this scale, made once per frame for all views that use it."""
        self._asked.add(scale)
        if scale not in self._scaled:
            self._made_here[scale] = scaled_to(self._image, scale, self._made_here.get(scale))
            self._scaled[scale] = self._made_here[scale]
        return self._scaled[scale]


def _pixels_of(image: QImage) -> Image:
    """Return an image's own memory as (height, width, 4)."""
    return np.frombuffer(image.bits(), np.uint8).reshape(image.height(), image.width(), 4)
