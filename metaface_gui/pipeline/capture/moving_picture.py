"""Picture formats that hold several pictures: animated GIF, PNG, WebP and AVIF, and pages of a TIFF."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageOps

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import FrameSource, Remark
from metaface_gui.pipeline.capture.file_content import BROKEN
from metaface_gui.pipeline.capture.pixels import MAX_PIXELS, as_bgr, no_picture, too_large
from metaface_gui.types import Frame, Image

_UNSAID_S = 0.1
"""Display time of a picture if its file gives none, or zero; browsers do the same."""
_PAGE_S = 1.0
_MOST = 1 << 30


class MovingPictureSource(FrameSource):
    """Each picture of the file, at the time when it is shown; a TIFF page is shown for a second."""

    def __init__(self, path: Path) -> None:
        self.title = path.name
        self._path = path
        self._picture: PillowImage.Image | None = None
        self._count = self._index = 0
        self._time_s = 0.0

    def open(self) -> None:
        """Open the file.

        Raises:
            SourceError: if it cannot be read, or its pictures are too large.
        """
        self.close()
        try:
            with warnings.catch_warnings(action="ignore"):
                self._picture = PillowImage.open(self._path)
        except PillowImage.DecompressionBombError as error:
            raise too_large(self._path) from error
        except BROKEN as error:
            raise no_picture(self._path) from error
        if self._picture.width * self._picture.height > MAX_PIXELS:
            self.close()
            raise too_large(self._path)
        try:
            with warnings.catch_warnings(action="ignore"):
                self._count = getattr(self._picture, "n_frames", 1)
        except BROKEN:  # truncated: `read` finds out where
            self._count = _MOST
        self._index, self._time_s, self.remarks = 0, 0.0, ()
        self.frame_count = self._count if self._count < _MOST else None
        self.nominal_fps = 1.0 / self._duration_s(self._picture)  # of the first picture

    def read(self) -> Frame | None:
        """Return the next picture; None at the end.

        Raises:
            SourceError: if none can be read.
        """
        if self._picture is None or self._index >= self._count:
            return None
        try:
            with warnings.catch_warnings(action="ignore"):
                self._picture.seek(self._index)
                image = _bgr(self._picture)
        except BROKEN as error:
            if not self._index:
                raise no_picture(self._path) from error
            text = QT_TRANSLATE_NOOP(
                "Errors", "{path} breaks off: only {read} of its pictures could be read. Copy or record it again."
            )
            end = SourceError(text, path=self._path, read=self._index)
            self.remarks = (Remark(end, is_loss=True),)
            self._count = self.frame_count = self._index
            return None
        frame = Frame(image, self._index, self._time_s, time.monotonic_ns())
        self._time_s += self._duration_s(self._picture)
        self._index += 1
        return frame

    def seek(self, index: int) -> None:
        """Continue with the picture `index`; earlier ones are decoded, because each is drawn over the previous one.

        Raises:
            SourceError: if the file cannot be opened again.
        """
        if index < self._index:
            self.open()
        while self._index < min(index, self._count) and self.read() is not None:
            pass

    def close(self) -> None:
        """Release the file."""
        if self._picture is not None:
            self._picture.close()
            self._picture = None

    @staticmethod
    def _duration_s(picture: PillowImage.Image) -> float:
        if picture.format == "TIFF":
            return _PAGE_S
        return float(picture.info.get("duration") or 0.0) / 1000 or _UNSAID_S


def _bgr(picture: PillowImage.Image) -> Image:
    """Decode the current picture, upright, as (height, width, 3) uint8.

    Raises:
        ValueError: if it cannot be converted.
    """
    upright = ImageOps.exif_transpose(picture)
    pixels = np.asarray(upright if upright.mode.startswith("I;16") else upright.convert("RGB"))
    image = as_bgr(pixels.astype(np.uint16) if pixels.dtype.itemsize == 2 else pixels[..., ::-1])
    if image is None:
        raise ValueError(upright.mode)
    return np.ascontiguousarray(image)
