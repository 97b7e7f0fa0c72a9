"""Webcams, through OpenCV."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.native_log import quiet_opencv
from metaface_gui.pipeline.capture.pixels import as_bgr
from metaface_gui.types import Frame, Image

_BACKENDS = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}
_STALE_NS = 2_000_000_000
_STILL_NS = 500_000_000
"""How long the same frozen picture must last after reopening the camera to count as intentional. It is longer than the
few old frames that a driver may have buffered."""
_MAX_UNUSABLE = 10
"""Number of consecutive unusable frames after which a camera counts as lost."""
_MAX_INDEX = 99
_WIDTH, _HEIGHT, _FPS = 1280, 720, 30.0


class Capture(Protocol):
    """The used part of `cv2.VideoCapture`; tests substitute their own camera."""

    def isOpened(self) -> bool:  # noqa: N802
        """Return whether the device is open."""

    def set(self, prop_id: int, value: float) -> bool:
        """Request a property's value."""

    def get(self, prop_id: int) -> float:
        """Read a property."""

    def read(self) -> tuple[bool, Any]:
        """Return whether there is a frame, and the frame: an array, or None."""

    def release(self) -> None:
        """Release the device."""


def open_capture(index: int) -> Capture:
    """Open a camera with the platform's own backend."""
    with quiet_opencv():
        return cv2.VideoCapture(index, _BACKENDS.get(sys.platform, cv2.CAP_ANY))


class WebcamSource(FrameSource):
    """A webcam by its number.

    Some drivers keep delivering the last frame after the camera was unplugged. Two seconds of bit-identical pictures,
    impossible with sensor noise, count as lost; a uniform picture (closed shutter) does not. A camera that still shows
    the same picture after it was reopened is a virtual one that shows a still, and is accepted from then on.

    Raises:
        SourceError: if the number is above 99.
    """

    is_live = True
    is_mirrored = True  # people expect a mirror

    def __init__(
        self,
        index: int,
        *,
        opener: Callable[[int], Capture] = open_capture,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        if index > _MAX_INDEX:
            raise SourceError(QT_TRANSLATE_NOOP("Errors", "There is no camera {index}. Try 0."), index=index)
        self.title = f"Camera {index}"
        self._index = index
        self._opener = opener
        self._clock_ns = clock_ns
        self._capture: Capture | None = None
        self._count = 0
        self._opened_ns = 0
        self._last: Image | None = None
        self._changed_ns = 0
        self._frozen: Image | None = None
        self._shows_stills = False

    def open(self) -> None:
        """Open the device and request size and rate.

        Raises:
            SourceError: if there is no such camera, or it is in use or not permitted.
        """
        self.close()
        try:
            capture = self._opener(self._index)
        except cv2.error as error:
            raise self._not_opened() from error
        if not capture.isOpened():
            capture.release()
            raise self._not_opened()
        # MJPEG, because uncompressed 720p at 30 frames per second exceeds USB 2.
        capture.set(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
        capture.set(cv2.CAP_PROP_FPS, _FPS)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.nominal_fps = fps if np.isfinite(fps) and fps > 0.0 else 0.0
        self._capture = capture
        self._count = 0
        self._opened_ns = self._changed_ns = self._clock_ns()
        self._last = None

    def read(self) -> Frame | None:
        """Wait for the next frame and return it.

        Raises:
            SourceError: if the camera was unplugged or delivers the same frame for two seconds.
        """
        if self._capture is None:
            return None
        image = self._next_image(self._capture)
        now_ns = self._clock_ns()
        self._watch(image, now_ns)
        frame = Frame(image, self._count, (now_ns - self._opened_ns) / 1e9, now_ns)
        self._count += 1
        return frame

    def close(self) -> None:
        """Release the device."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _next_image(self, capture: Capture) -> Image:
        """Return the next usable frame, because drivers occasionally deliver one that is not."""
        for _ in range(_MAX_UNUSABLE):
            try:
                done, picture = capture.read()
            except cv2.error:
                break
            if not done:
                break
            image = as_bgr(picture)
            if image is not None:
                return image
        if self._count:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{camera} was disconnected. Plug it in again; MetaFace continues by itself."
            )
        else:  # some drivers open a camera that another program holds
            text = QT_TRANSLATE_NOOP(
                "Errors",
                "{camera} gives no picture. Close other programs that use it, or plug it in again; MetaFace continues "
                "by itself.",
            )
        raise SourceError(text, camera=self.title)

    def _watch(self, image: Image, now_ns: int) -> None:
        if self._shows_stills:
            return
        same = self._last is not None and self._last.shape == image.shape and np.array_equal(self._last, image)
        self._last = image
        if not same or image[::8, ::8].min() == image[::8, ::8].max():
            self._changed_ns = now_ns
            return
        unchanged_ns = now_ns - self._changed_ns
        if unchanged_ns > _STILL_NS and self._frozen is not None and np.array_equal(self._frozen, image):
            self._shows_stills = True
            self._last = self._frozen = None
        elif unchanged_ns > _STALE_NS:
            self._frozen = image
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{camera} is frozen: the same picture for two seconds. Plug it in again; MetaFace continues by "
                    "itself.",
                ),
                camera=self.title,
            )

    def _not_opened(self) -> SourceError:
        device = Path(f"/dev/video{self._index}")
        if sys.platform == "linux" and device.exists():
            return SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{device} cannot be opened: another program is using it, or you lack permission. Close that "
                    "program.",
                ),
                device=device,
            )
        return SourceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Camera {index} does not respond. Plug it in, allow access to it, or try the demo scene (“demo”).",
            ),
            index=self._index,
        )
