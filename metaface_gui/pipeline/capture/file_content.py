"""Recognises a file's content by its first bytes, regardless of its name. May not live here: decoding."""

from __future__ import annotations

import re
import struct
import warnings
from enum import Enum
from pathlib import Path

from PIL import Image as PillowImage

_HEADER_BYTES = 64
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_SEVERAL = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")
"""Pillow's names of formats that may hold several pictures."""
_PICTURE_STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\0\0\0\x0cjP  \r\n",
    b"\xff\x4f\xff\x51",
)
_MPEG_PACKET = 188
_M2TS_PACKET = 192
_MOST_OF_A_JPEG = 1 << 28
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)

BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, RuntimeError),
    *(LookupError, TypeError, ArithmeticError, struct.error),
)
"""What Pillow raises for a damaged picture, besides `DecompressionBombError`."""


class Content(Enum):
    """Kind of content of a file."""

    PICTURE = "picture"
    HEIF = "heif"
    MOVING_PICTURE = "moving picture"
    """Several pictures in a picture format: animated GIF, PNG, WebP or AVIF, or pages of a TIFF."""
    JPEG_STREAM = "jpeg stream"
    """Concatenated JPEGs."""
    OTHER = "other"


def content_of(path: Path) -> Content:
    """Return the content of a regular file; an unreadable or empty one is OTHER."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError:
        return Content.OTHER
    brands = _brands(header)
    if brands & _HEIF_BRANDS and not brands & _AVIF_BRANDS:
        return Content.HEIF
    if not (brands & _AVIF_BRANDS or _starts_like_a_picture(header)):
        return Content.OTHER
    if header.startswith(b"\xff\xd8"):
        return Content.JPEG_STREAM if is_jpeg_stream(_beginning(path)) else Content.PICTURE
    return Content.MOVING_PICTURE if _has_several(path) else Content.PICTURE


def is_transport_stream(path: Path) -> bool:
    """Return whether it is an MPEG transport stream: Qt translations and TypeScript files also end in `.ts`."""
    try:
        with path.open("rb") as file:
            data = file.read(4 * _M2TS_PACKET)
    except OSError:
        return True  # opening it later reports the reason
    if not data:
        return True
    for offset, step in ((0, _MPEG_PACKET), (4, _M2TS_PACKET)):
        sync = data[offset::step]
        if sync and all(byte == 0x47 for byte in sync):
            return True
    return False


def end_of_jpeg(data: bytes, start: int = 0) -> tuple[int | None, tuple[int, int]]:
    """Return the end of the JPEG that starts at `start`, None if it is truncated, and its (width, height)."""
    place, size = start + 2, (0, 0)
    while True:
        found = _MARKER.search(data, place)
        if found is None:
            return None, size
        marker, place = data[found.start() + 1], found.end()
        if marker == 0xD9:
            return place, size
        if marker in (0x01, 0xD8):  # markers without a length
            continue
        length = int.from_bytes(data[place : place + 2])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            size = int.from_bytes(data[place + 5 : place + 7]), int.from_bytes(data[place + 3 : place + 5])
        place += max(2, length)


def is_jpeg_stream(data: bytes) -> bool:
    """Return whether JPEGs of one size follow each other; a phone's Multi-Picture Format is not a stream."""
    end, size = end_of_jpeg(data)
    if end is None or b"MPF\0" in data[: min(end, 1 << 16)]:
        return False
    following = data.find(b"\xff\xd8\xff", end, end + 512)
    return following >= 0 and end_of_jpeg(data, following)[1] == size


def _brands(header: bytes) -> frozenset[bytes]:
    """Return the brands of an ISO base media file; empty for anything else."""
    if header[4:8] != b"ftyp":
        return frozenset()
    names = header[8 : min(len(header), int.from_bytes(header[:4]))]
    major, compatible = names[:4], [names[i : i + 4] for i in range(8, len(names) - 3, 4)]
    return frozenset({major, *compatible}) if major in _HEIF_BRANDS | _AVIF_BRANDS else frozenset()


def _starts_like_a_picture(header: bytes) -> bool:
    if header.startswith(_PICTURE_STARTS):
        return True
    is_webp = header[:4] == b"RIFF" and header[8:12] == b"WEBP"
    is_bitmap = header[:2] == b"BM" and header[6:10] == bytes(4)
    is_portable_map = re.match(rb"P[1-7]\s", header) is not None
    return is_webp or is_bitmap or is_portable_map


def _beginning(path: Path) -> bytes:
    """Read enough to find the end of a JPEG and what follows it; a recording may be larger than memory."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_OF_A_JPEG)
    except OSError:  # reading it later reports that
        return b""


def _has_several(path: Path) -> bool:
    try:
        # Reading it later reports what is too large or damaged.
        with warnings.catch_warnings(action="ignore"), PillowImage.open(path, formats=_SEVERAL) as picture:
            return bool(getattr(picture, "is_animated", False))
    except (*BROKEN, PillowImage.DecompressionBombError):
        return False
