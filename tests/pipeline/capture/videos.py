"""Videos that tests make, in any codec and container that PyAV can write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from metaface_gui.types import Image

CLOCK = Fraction(1, 1000)


def moving(n_frames: int, width: int = 160, height: int = 120) -> list[Image]:
    """Pictures of a smooth pattern that moves to the right, three pixels a frame."""
    base = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8), (0, 0), 6)
    base = cv2.normalize(base, base, 0, 255, cv2.NORM_MINMAX)
    return [np.roll(base, 3 * i, axis=1) for i in range(n_frames)]


def write_video(
    path: Path,
    pictures: Sequence[Image],
    *,
    codec: str = "mjpeg",
    pixels: str = "yuvj420p",
    fps: int = 25,
    times_ms: Sequence[int] | None = None,
    options: Mapping[str, str] | None = None,
    container: str | None = None,
    container_options: Mapping[str, str] | None = None,
    turn: int = 0,
) -> Path:
    """Write pictures at a constant rate, or each at its own time; `turn`: a player is to turn it, in degrees."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", format=container, container_options=dict(container_options or {})) as file:
        stream = cast(VideoStream, file.add_stream(codec, rate=fps, options=dict(options or {})))
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        if times_ms is not None:
            stream.time_base = stream.codec_context.time_base = CLOCK
        if turn:
            stream.set_display_rotation(turn)
        for i, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, format="bgr24")
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[i], CLOCK
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path
