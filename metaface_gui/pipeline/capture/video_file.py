"""Video files, through OpenCV."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import FileKind
from metaface_gui.pipeline.capture.native_log import quiet_opencv
from metaface_gui.pipeline.capture.pixels import MAX_PIXELS, as_bgr
from metaface_gui.types import Frame

_MISSING_SHARE = 0.05
_MISSING_FRAMES = 5
"""Containers miscount by a few frames; a file counts as truncated when it lacks more than both."""


class VideoFileSource(FileKind):
    """Every frame of a video, in order, with the file's own times."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capture: cv2.VideoCapture | None = None
        self._fps = 0.0
        self._count = 0
        self._index = 0

    @property
    def title(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def nominal_fps(self) -> float:
        """Frames a second by the file's header; 0.0 before `open`, or if it does not say."""
        return self._fps

    @property
    def frame_count(self) -> int | None:
        """Frames by the file's header, which may be off by a few; None if it does not say."""
        return self._count if self._count > 0 else None

    def open(self) -> None:
        """Open the file.

        Raises:
            SourceError: if it is missing, empty, or not a video that OpenCV can decode.
        """
        self.close()
        if not self._path.is_file():
            raise SourceError(QT_TRANSLATE_NOOP("Errors", "There is no file {path}. Check the name."), path=self._path)
        if self._path.stat().st_size == 0:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "{path} is empty (0 bytes). Copy or record it again."), path=self._path
            )
        with quiet_opencv():
            capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "{path} is not a video that can be read. Choose an MP4, MOV, AVI or MKV."),
                path=self._path,
            )
        if capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > MAX_PIXELS:
            capture.release()
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "{path} has over {limit} million pixels. Make it smaller."),
                path=self._path,
                limit=MAX_PIXELS // 1_000_000,
            )
        self._capture = capture
        fps, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self._fps = fps if np.isfinite(fps) and 0.0 < fps < 1000.0 else 0.0
        self._count = int(count) if np.isfinite(count) and 0.0 < count < 2**53 else 0
        self._index = 0

    def read(self) -> Frame | None:
        """Return the next frame; None at the end.

        Raises:
            SourceError: if the file ends well before its header says, or nothing in it can be decoded.
        """
        if self._capture is None:
            return None
        position_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        try:
            done, picture = self._capture.read()
        except cv2.error:  # what follows cannot be decoded
            done, picture = False, None
        image = as_bgr(picture) if done else None
        if image is None:
            self._check_end()
            return None
        time_s = self._index / self._fps if self._fps else max(0.0, position_ms / 1e3)
        frame = Frame(image, self._index, time_s, time.monotonic_ns())
        self._index += 1
        return frame

    def close(self) -> None:
        """Release the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _check_end(self) -> None:
        missing = self._count - self._index
        if self._index == 0:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "No picture of {path} can be decoded. The file may be damaged."),
                path=self._path,
            )
        if missing > _MISSING_FRAMES and missing > _MISSING_SHARE * self._count:
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors", "{path} breaks off: {read} of {count} frames could be read. Copy or record it again."
                ),
                path=self._path,
                read=self._index,
                count=self._count,
            )
