"""Still pictures and folders of them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PillowImage

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import FileKind
from metaface_gui.pipeline.capture.orientation import UPRIGHT, orientation_left_to_us, upright
from metaface_gui.pipeline.capture.pixels import MAX_PIXELS
from metaface_gui.types import Frame, Image

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm"})
_STILL_FPS = 10.0


def read_image(path: Path) -> Image:
    """Read a picture as BGR, (height, width, 3) uint8, turned upright by its EXIF orientation.

    Grey, 16-bit and transparent pictures are converted.

    Raises:
        SourceError: if the file is missing, empty, unreadable, no picture, or larger than 89 megapixels.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise SourceError(
            QT_TRANSLATE_NOOP("Errors", "Cannot read {path}: {reason}. Check the name and the permissions."),
            path=path,
            reason=error.strerror or str(error),
        ) from error
    if not len(data):
        raise SourceError(QT_TRANSLATE_NOOP("Errors", "{path} is empty (0 bytes). Copy it again."), path=path)
    _refuse_huge(path)
    orientation = orientation_left_to_us(path)
    try:
        # Should OpenCV learn to apply it, it would be applied twice.
        image = cv2.imdecode(data, cv2.IMREAD_COLOR | (cv2.IMREAD_IGNORE_ORIENTATION if orientation != UPRIGHT else 0))
    except cv2.error:
        image = None
    if image is None or image.size == 0:
        raise SourceError(
            QT_TRANSLATE_NOOP("Errors", "{path} is not a picture that can be read. Choose a JPEG, PNG or WebP."),
            path=path,
        )
    return upright(np.asarray(image, np.uint8), orientation)


def looks_like_image(path: Path) -> bool:
    """Whether the file's first bytes are those of a picture that OpenCV reads."""
    try:
        return bool(cv2.haveImageReader(str(path)))
    except cv2.error:
        return False


def _refuse_huge(path: Path) -> None:
    """Ask the header for the size before decoding: a small file can unpack to more memory than there is."""
    try:
        with PillowImage.open(path) as header:
            pixels = header.width * header.height
    except (PillowImage.DecompressionBombError, PillowImage.DecompressionBombWarning):
        pixels = MAX_PIXELS + 1
    except (OSError, ValueError, SyntaxError):
        return  # not one of Pillow's formats: OpenCV has a limit of its own and the last word
    if pixels > MAX_PIXELS:
        raise SourceError(
            QT_TRANSLATE_NOOP("Errors", "{path} has over {limit} million pixels. Make it smaller."),
            path=path,
            limit=MAX_PIXELS // 1_000_000,
        )


class _Stills(FileKind):
    """What the two kinds of sources of still pictures share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def title(self) -> str:
        """The file's or folder's name."""
        return self._path.name

    def close(self) -> None:
        """Nothing is held open."""


class ImageFileSource(_Stills):
    """One picture, once, or with `repeat` ten times a second for ever."""

    def __init__(self, path: Path, *, repeat: bool = False) -> None:
        super().__init__(path)
        self._repeat = repeat
        self._image: Image | None = None
        self._index = 0

    @property
    def nominal_fps(self) -> float:
        """Ten when repeated; a single picture has no rate."""
        return _STILL_FPS if self._repeat else 0.0

    @property
    def frame_count(self) -> int | None:
        """One, or None when repeated."""
        return None if self._repeat else 1

    def open(self) -> None:
        """Read the picture.

        Raises:
            SourceError: as `read_image`.
        """
        self._image = read_image(self._path)
        self._index = 0

    def read(self) -> Frame | None:
        """Return the picture; None once it was given, unless it is repeated."""
        if self._image is None or (self._index and not self._repeat):
            return None
        frame = Frame(self._image, self._index, self._index / _STILL_FPS, time.monotonic_ns(), is_still=True)
        self._index += 1
        return frame


class ImageFolderSource(_Stills):
    """Every picture of a folder in natural order (2 before 10), one a second; folders in it are not entered.

    `skipped` lists the files with a picture's ending that could not be read, and why.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._files: list[Path] = []
        self._index = 0
        self._given = 0
        self._skipped: list[tuple[Path, SourceError]] = []

    @property
    def skipped(self) -> tuple[tuple[Path, SourceError], ...]:
        """Files that could not be read so far, and why."""
        return tuple(self._skipped)

    @property
    def nominal_fps(self) -> float:
        """One picture a second."""
        return 1.0

    @property
    def frame_count(self) -> int | None:
        """How many files look like pictures; None before `open`."""
        return len(self._files) or None

    def open(self) -> None:
        """List the folder.

        Raises:
            SourceError: if it cannot be read or has no picture.
        """
        try:
            files = [file for file in self._path.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and file.is_file()]
        except OSError as error:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "Cannot read the folder {path}: {reason}."),
                path=self._path,
                reason=error.strerror or str(error),
            ) from error
        if not files:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "There is no picture in {path}. Choose a folder with JPEG, PNG or WebP."),
                path=self._path,
            )
        self._files = sorted(files, key=_natural_key)
        self._index = self._given = 0
        self._skipped = []

    def read(self) -> Frame | None:
        """Return the next picture that can be read; None at the end.

        Raises:
            SourceError: at the end, if none could be read.
        """
        while self._index < len(self._files):
            file = self._files[self._index]
            self._index += 1
            try:
                image = read_image(file)
            except SourceError as error:
                self._skipped.append((file, error))
                continue
            frame = Frame(image, self._given, float(self._given), time.monotonic_ns(), is_still=True)
            self._given += 1
            return frame
        if self._files and not self._given:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "None of the {count} pictures in {path} can be read."),
                count=len(self._files),
                path=self._path,
            )
        return None


def _natural_key(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", path.name.casefold())]
