"""The newest camera frame as Qt paints it; views of the same video share one."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtGui import QImage, QPainter

from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.types import Frame

_SMOOTH_PIXELS = 2_600_000
"""Larger pictures on screen (4K) are scaled without smoothing: at 3840 × 2160 that takes a third of the time."""


class FramePicture:
    """Holds one frame's pixels, converted once however many views paint it."""

    def __init__(self) -> None:
        self._image = QImage()

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
        pixels = np.frombuffer(self._image.bits(), np.uint8).reshape(height, width, 4)
        cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2BGRA, dst=pixels)

    def clear(self) -> None:
        """Forget the picture."""
        self._image = QImage()

    def paint(self, painter: QPainter, geometry: VideoGeometry) -> None:
        """Draw the picture at its place, mirrored if the geometry is."""
        target, ratio = geometry.target, painter.device().devicePixelRatioF()
        is_small = target.width() * target.height() * ratio * ratio <= _SMOOTH_PIXELS
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_small)
        if geometry.is_mirrored:
            painter.save()
            painter.translate(2 * target.center().x(), 0)
            painter.scale(-1, 1)
            painter.drawImage(target, self._image)
            painter.restore()
        else:
            painter.drawImage(target, self._image)
