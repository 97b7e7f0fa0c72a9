"""Still pictures and folders of them."""

from __future__ import annotations

import re
import time
import warnings
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError, cannot_read
from metaface_gui.pipeline.capture.base import FrameSource, Remark
from metaface_gui.pipeline.capture.file_content import BROKEN, Content, content_of, end_of_jpeg
from metaface_gui.pipeline.capture.native_log import quiet_opencv
from metaface_gui.pipeline.capture.orientation import UPRIGHT, orientation_left_to_us, upright
from metaface_gui.pipeline.capture.pixels import MAX_PIXELS, as_bgr, no_picture, too_large
from metaface_gui.types import Frame, Image

IMAGE_SUFFIXES = frozenset(
    {
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".apng",
        ".webp",
        ".bmp",
        ".dib",
        ".tif",
        ".tiff",
        ".ppm",
        ".pgm",
        ".pbm",
    }
    | {".pnm", ".gif", ".avif", ".heic", ".heif", ".hif", ".jp2", ".j2k", ".jpx"}
)
_NAMES_SHOWN = 5
_STILL_FPS = 10.0
_CHECKED_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF", "JPEG2000", "AVIF")


def read_image(path: Path) -> Image:
    """Read a picture as BGR, (height, width, 3) uint8, turned upright by its EXIF orientation.

    Grey, 16-bit and transparent pictures are converted.

    Raises:
        SourceError: if the file is missing, empty, unreadable, not a picture, or larger than 89 megapixels.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except (OSError, MemoryError) as error:
        raise cannot_read(path, error) from error
    if not len(data):
        raise SourceError(QT_TRANSLATE_NOOP("Errors", "{path} is empty (0 bytes). Copy it again."), path=path)
    _refuse_huge(path)
    if content_of(path) is Content.HEIF:
        return _read_heif(path, data.tobytes())
    _refuse_cut_off(path, data.tobytes())
    orientation = orientation_left_to_us(path)
    try:
        with quiet_opencv():
            # If a future OpenCV applies the orientation itself, it must not be applied twice.
            ignored = cv2.IMREAD_IGNORE_ORIENTATION if orientation != UPRIGHT else 0
            image = cv2.imdecode(data, cv2.IMREAD_COLOR | ignored)
    except cv2.error:
        image = None
    if image is None or image.size == 0:
        raise no_picture(path)
    return upright(np.asarray(image, np.uint8), orientation)


def _read_heif(path: Path, data: bytes) -> Image:
    """Decode a phone's picture whole: it is stored in tiles, which FFmpeg and OpenCV treat as separate pictures."""
    import pi_heif  # noqa: PLC0415 - takes as long as decoding a picture, and is rarely needed

    try:
        heif = pi_heif.open_heif(data, bgr_mode=True)
        if heif.size[0] * heif.size[1] > MAX_PIXELS:
            raise too_large(path)
        image = as_bgr(np.asarray(heif))  # already upright
    except BROKEN as error:
        raise no_picture(path) from error
    if image is None:
        raise no_picture(path)
    return np.array(image)


def _refuse_cut_off(path: Path, data: bytes) -> None:
    """Reject a truncated picture before OpenCV fills in the missing part or libpng prints a message."""
    if data.startswith(b"\xff\xd8"):
        is_whole = end_of_jpeg(data)[0] is not None
    elif data.startswith(b"\x89PNG"):
        is_whole = b"IEND" in data
    elif data.startswith(b"RIFF"):
        is_whole = int.from_bytes(data[4:8], "little") + 8 <= len(data)
    else:
        is_whole = False  # unknown until decoded
    if is_whole:
        return
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            PillowImage.open(BytesIO(data), formats=_CHECKED_FORMATS) as picture,
        ):
            picture.load()
    except UnidentifiedImageError:
        return  # a format that only OpenCV knows
    except BROKEN as error:
        raise SourceError(
            QT_TRANSLATE_NOOP("Errors", "{path} is cut off: part of the picture is missing. Copy it again."),
            path=path,
        ) from error


def _refuse_huge(path: Path) -> None:
    """Check the size in the header before decoding, because a small file can unpack to more memory than available."""
    try:
        with warnings.catch_warnings(action="ignore"), PillowImage.open(path) as header:
            pixels = header.width * header.height
    except PillowImage.DecompressionBombError:
        pixels = MAX_PIXELS + 1
    except BROKEN:
        return  # not one of Pillow's formats: OpenCV has its own limit and decides
    if pixels > MAX_PIXELS:
        raise too_large(path)


class ImageFileSource(FrameSource):
    """One picture, delivered once, or with `repeat` ten times a second for ever."""

    def __init__(self, path: Path, *, repeat: bool = False) -> None:
        self.title = path.name
        self.nominal_fps = _STILL_FPS if repeat else 0.0
        self.frame_count = None if repeat else 1
        self._path = path
        self._repeat = repeat
        self._image: Image | None = None
        self._index = 0

    def open(self) -> None:
        """Read the picture.

        Raises:
            SourceError: as `read_image`.
        """
        self._image = read_image(self._path)
        self._index = 0

    def read(self) -> Frame | None:
        """Return the picture; None after it was delivered once, unless it is repeated."""
        if self._image is None or (self._index and not self._repeat):
            return None
        frame = Frame(self._image, self._index, self._index / _STILL_FPS, time.monotonic_ns(), is_still=True)
        self._index += 1
        return frame

    def close(self) -> None:
        """Do nothing: no file is held open."""


class ImageFolderSource(FrameSource):
    """Every picture of a folder in natural order (2 before 10), one per second; subfolders are not entered.

    A picture is a file with an image suffix or an image's first bytes. `remarks` reports unreadable pictures and
    everything else in the folder that was ignored, except hidden files.
    """

    nominal_fps = 1.0

    def __init__(self, path: Path) -> None:
        self.title = path.name
        self._path = path
        self._files: list[Path] = []
        self._others: tuple[Remark, ...] = ()
        self._moving: list[Remark] = []
        self._skipped: list[Remark] = []
        self._index = 0
        self._given = 0

    def open(self) -> None:
        """List the folder.

        Raises:
            SourceError: if it cannot be read or has no picture.
        """
        try:
            entries = sorted((entry for entry in self._path.iterdir() if not is_hidden(entry)), key=_natural_key)
            files = [entry for entry in entries if entry.is_file()]
        except OSError as error:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "Cannot read the folder {path}: {reason}."),
                path=self._path,
                reason=error.strerror or str(error),
            ) from error
        pictures = [file for file in files if _is_picture(file)]
        if not pictures:
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors", "There is no picture in {path}. Choose a folder with JPEG, PNG or WebP files."
                ),
                path=self._path,
            )
        self._files, self.frame_count = pictures, len(pictures)
        chosen = frozenset(pictures)
        self._others = self._left_out([entry for entry in entries if entry not in chosen])
        self._index = self._given = 0
        self._skipped, self._moving = [], []
        self._collect_remarks()

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
                self._skipped.append(Remark(error, is_loss=True))
                self._collect_remarks()
                continue
            if content_of(file) in (Content.MOVING_PICTURE, Content.JPEG_STREAM):
                text = QT_TRANSLATE_NOOP(
                    "Errors",
                    "{path} contains several pictures: only the first is used. Open the file by itself to see all.",
                )
                self._moving.append(Remark(SourceError(text, path=file)))
                self._collect_remarks()
            frame = Frame(image, self._given, float(self._given), time.monotonic_ns(), is_still=True, file=file.name)
            self._given += 1
            return frame
        if self._files and not self._given:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "None of the {count} pictures in {path} can be read."),
                count=len(self._files),
                path=self._path,
            )
        return None

    def seek(self, index: int) -> None:
        """Continue with the picture `index`."""
        self._index = self._given = min(max(0, index), len(self._files))

    def close(self) -> None:
        """Do nothing: no file is held open."""

    def _collect_remarks(self) -> None:
        self.remarks = (*self._others, *self._moving, *self._skipped)

    def _left_out(self, others: list[Path]) -> tuple[Remark, ...]:
        if not others:
            return ()
        names = ", ".join(other.name + ("/" if other.is_dir() else "") for other in others[:_NAMES_SHOWN])
        text = QT_TRANSLATE_NOOP("Errors", "{count} items in {path} are skipped, as they are not pictures: {names}")
        more = ", …" if len(others) > _NAMES_SHOWN else ""
        return (Remark(SourceError(text, count=len(others), path=self._path, names=names + more)),)


def is_hidden(path: Path) -> bool:
    """Return whether a file or folder is hidden or a desktop's own metadata."""
    return path.name.startswith(".") or path.name.lower() in ("thumbs.db", "desktop.ini")


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES or content_of(path) is not Content.OTHER


def _natural_key(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", path.name.casefold())]
