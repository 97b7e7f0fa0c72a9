"""Makes a HEIC as phones store it: cut into tiles, each an HEVC picture of its own (ISO/IEC 23008-12, 6.6.2.3).

pi-heif only decodes; the tiles are encoded by FFmpeg's libx265, and the boxes about them are written here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame

from metaface_gui.types import Image

_VPS, _SPS, _PPS = 32, 33, 34
_LAST_SLICE = 31
_QUIET = {"x265-params": "log-level=none:info=0:pools=1:frame-threads=1", "preset": "ultrafast", "crf": "4"}


def can_make_heic() -> bool:
    """Whether this FFmpeg can encode HEVC."""
    return "libx265" in av.codec.codecs_available


def heic_in_tiles(picture_bgr: Image, tile: int, size: tuple[int, int]) -> bytes:
    """A picture (h, w, 3) whose sides are multiples of `tile`, shown cut down to `size` (width, height)."""
    height, width = picture_bgr.shape[:2]
    rows, columns = height // tile, width // tile
    tiles = [picture_bgr[y : y + tile, x : x + tile] for y in range(0, height, tile) for x in range(0, width, tile)]
    encoded = [_encoded(each) for each in tiles]
    config = _hvc_config(encoded[0])
    data = [
        b"".join(struct.pack(">I", len(nal)) + nal for nal in nals if _kind(nal) <= _LAST_SLICE) for nals in encoded
    ]
    n = len(data)
    grid_id = n + 1
    grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size)
    items = [_full("infe", 2, struct.pack(">HH4s", i + 1, 0, b"hvc1") + b"\0", flags=1) for i in range(n)]
    items.append(_full("infe", 2, struct.pack(">HH4s", grid_id, 0, b"grid") + b"\0"))
    properties = _box("hvcC", config) + _ispe(tile, tile) + _ispe(*size)
    associations = [struct.pack(">HBBB", i + 1, 2, 0x80 | 1, 2) for i in range(n)]
    associations.append(struct.pack(">HBB", grid_id, 1, 3))
    shares = _full("ipma", 0, struct.pack(">I", n + 1) + b"".join(associations))
    derived = _box("dimg", struct.pack(f">HH{n}H", grid_id, n, *range(1, n + 1)))

    def meta(first_byte: int) -> bytes:
        starts = [first_byte + sum(map(len, data[:i])) for i in range(n)]
        places = [struct.pack(">HHHHII", i + 1, 0, 0, 1, starts[i], len(data[i])) for i in range(n)]
        places.append(struct.pack(">HHHHII", grid_id, 1, 0, 1, 0, len(grid)))  # in `idat`
        return _full(
            "meta",
            0,
            _full("hdlr", 0, struct.pack(">I4s12x", 0, b"pict") + b"\0")
            + _full("pitm", 0, struct.pack(">H", grid_id))
            + _full("iloc", 1, struct.pack(">BBH", 0x44, 0, n + 1) + b"".join(places))
            + _full("iinf", 0, struct.pack(">H", n + 1) + b"".join(items))
            + _full("iref", 0, derived)
            + _box("iprp", _box("ipco", properties) + shares)
            + _box("idat", grid),
        )

    head = _box("ftyp", b"heic" + struct.pack(">I", 0) + b"mif1heic")
    first_byte = len(head) + len(meta(0)) + 8
    return head + meta(first_byte) + _box("mdat", b"".join(data))


def _sized(nal: bytes) -> bytes:
    return struct.pack(">I", len(nal)) + nal


def _encoded(picture_bgr: Image) -> list[bytes]:
    """The NAL units of one picture, parameter sets among them."""
    height, width = picture_bgr.shape[:2]
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.options = Fraction(1, 25), _QUIET
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture_bgr), format="bgr24").reformat(format="yuv420p")
    packets = [*context.encode(frame), *context.encode(None)]
    stream = b"".join(bytes(packet) for packet in packets)
    return [nal.rstrip(b"\0") for nal in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if nal]


def _kind(nal: bytes) -> int:
    return (nal[0] >> 1) & 0x3F


def _hvc_config(nals: Sequence[bytes]) -> bytes:
    """The decoder's configuration (ISO/IEC 14496-15, 8.3.3.1), of the parameter sets of one picture."""
    sets = {kind: next(nal for nal in nals if _kind(nal) == kind) for kind in (_VPS, _SPS, _PPS)}
    profile_tier_level = sets[_SPS].replace(b"\0\0\3", b"\0\0")[3:15]
    head = b"\1" + profile_tier_level + struct.pack(">HBBBBHBB", 0xF000, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0x0F, len(sets))
    arrays = (struct.pack(">BHH", 0x80 | kind, 1, len(nal)) + nal for kind, nal in sets.items())
    return head + b"".join(arrays)


def _box(kind: str, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind.encode()) + content


def _full(kind: str, version: int, content: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + content)


def _ispe(width: int, height: int) -> bytes:
    return _full("ispe", 0, struct.pack(">II", width, height))
