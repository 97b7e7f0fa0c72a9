"""Read an encoded picture's size from its header alone.

A file of a few kilobytes can claim to hold gigapixels, and a decoder would allocate them, so pictures from other
people's files are measured before they are decoded. JPEG: ITU-T T.81, B.2.2; PNG: W3C, 11.2.2; WebP: RFC 9649.
"""

from __future__ import annotations

_SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers of every coding process; the three excluded markers introduce tables or are reserved."""


def picture_size(data: bytes) -> tuple[int, int]:
    """Return the width and height in pixels of a JPEG, PNG or WebP picture.

    Raises:
        ValueError: if the data are none of these, or are truncated.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg_size(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return _big(data, 16, 4), _big(data, 20, 4)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp_size(data)
    except IndexError as error:
        raise ValueError("the picture ends in its header") from error
    raise ValueError("neither a JPEG nor a PNG nor a WebP picture")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    position = 2
    while True:
        if data[position] != 0xFF:
            raise ValueError("the JPEG picture's header is damaged")
        marker = data[position + 1]
        if marker == 0xFF:  # padding
            position += 1
        elif marker in _SOF_MARKERS:
            return _big(data, position + 7, 2), _big(data, position + 5, 2)
        else:
            position += 2 + max(2, _big(data, position + 2, 2))


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + _little(data, 24, 3), 1 + _little(data, 27, 3)
    if kind == b"VP8L":
        bits = _little(data, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
    raise ValueError("an unknown kind of WebP picture")


def _big(data: bytes, start: int, length: int) -> int:
    return int.from_bytes(_slice(data, start, length), "big")


def _little(data: bytes, start: int, length: int) -> int:
    return int.from_bytes(_slice(data, start, length), "little")


def _slice(data: bytes, start: int, length: int) -> bytes:
    if start + length > len(data):
        raise IndexError
    return data[start : start + length]
