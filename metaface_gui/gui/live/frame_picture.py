"""The newest camera frame as Qt paints it; views of the same video share one."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtGui import QImage, QPainter

from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.types import Frame, Image

_SMOOTH_PIXELS = 2_600_000
"""Larger pictures on screen (4K) are scaled without smoothing: at 3840 × 2160 that takes a third of the time."""


class FramePicture:
    """Holds one frame's pixels, converted once however many views paint it."""

    def __init__(self) -> None:
        self._image = QImage()
        self._scaled: dict[tuple[int, int, bool], QImage] = {}
        self._memory: dict[tuple[int, int, bool], QImage] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is no picture."""
        return self._image.isNull()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; (0, 0) without a picture."""
        return self._image.width(), self._image.height()

    def show(self, frame: Frame) -> None:
        """Take this frame's pixels."""
        height, width = frame.image_bgr.shape[:2]
        if self.size != (width, height):
            self._image = QImage(width, height, QImage.Format.Format_RGB32)
        # One conversion into memory that is used again (0.3 ms at 720p) makes every scaled painting three times as fast
        # as painting Format_BGR888 over the frame's own memory, which Qt converts line by line (1.9 against 5.5 ms).
        cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2BGRA, dst=_pixels_of(self._image))
        self._memory, self._scaled = self._scaled, {}  # the sizes of last time are most likely those of this time

    def clear(self) -> None:
        """Forget the picture."""
        self._image = QImage()
        self._scaled.clear()

    def paint(self, painter: QPainter, geometry: VideoGeometry) -> None:
        """Draw the picture at its place, mirrored if the geometry is."""
        ratio = painter.device().devicePixelRatioF()
        place = geometry.target.toRect()
        width, height = round(place.width() * ratio), round(place.height() * ratio)
        if width > 0 and height > 0 and not self.is_empty:
            image = self._scaled_to(width, height, is_mirrored=geometry.is_mirrored)
            image.setDevicePixelRatio(ratio)
            painter.drawImage(place.topLeft(), image)

    def _scaled_to(self, width: int, height: int, *, is_mirrored: bool) -> QImage:
        """The picture in that many pixels, made once a frame for all views that are as large."""
        key = (width, height, is_mirrored)
        if key not in self._scaled:
            # OpenCV takes a third of the time of Qt's smooth scaling while painting.
            kept = self._memory.pop(key, None)
            image = QImage(width, height, QImage.Format.Format_RGB32) if kept is None else kept
            pixels = _pixels_of(image)
            how = cv2.INTER_LINEAR if width * height <= _SMOOTH_PIXELS else cv2.INTER_NEAREST
            cv2.resize(_pixels_of(self._image), (width, height), dst=pixels, interpolation=how)
            if is_mirrored:
                cv2.flip(pixels, 1, dst=pixels)
            self._scaled[key] = image
        return self._scaled[key]


def _pixels_of(image: QImage) -> Image:
    """An image's own memory as (height, width, 4)."""
    return np.frombuffer(image.bits(), np.uint8).reshape(image.height(), image.width(), 4)
