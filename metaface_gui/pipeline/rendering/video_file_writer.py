"""Writes an MP4 with a constant frame rate from pictures that arrive at any time.

Players and editors expect a constant rate, but recognition delivers results at whatever rate the machine allows. Each
picture is therefore shown from its own time until the next one's, by repeating or omitting it, so a file lasts as long
as what it shows, but for gaps of more than ten minutes. The codec is MPEG-4 part 2 (`mp4v`), which everything plays.
FFmpeg writes through a Python file, so any name works, and a full disk raises an error in every container instead of
ending the file early.

During writing the file is called `NAME.part.mp4`; `close` renames it. An MP4's index is at its end, so a killed process
leaves a `.part.mp4` that cannot be played and may be deleted.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import av
import av.error
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, cannot_write, writing
from metaface_gui.types import Image
from metaface_gui.weights.whole_file import is_device

VIDEO_FPS = 25.0
"""Frames per second of a recording."""
MADE_BY = "MetaFace"
"""The comment in each file, which identifies it as one that may be replaced by a newer one."""

_CODEC = "mpeg4"
_BITS_PER_PIXEL = 0.35
"""File size similar to OpenCV's, with slightly higher fidelity."""
_MAX_BIT_RATE = 10**9
_MAX_DENOMINATOR = 1001
_LONGEST_STILL_S = 600.0
"""Longest time for which one picture is repeated; what a gap lasts beyond that is left out."""

Draw = Callable[[], Image]


class VideoFileWriter:
    """A video with the size of its first picture; pictures of other sizes are fitted in between black bars.

    Not thread-safe. As a context manager it is closed at the end, also after an error, and is playable up to there.

    Raises:
        KnownError: if no file can be written there.
    """

    def __init__(self, path: Path, fps: float = VIDEO_FPS) -> None:
        self._path = path
        self._fps = fps
        self._encoder: _Encoder | None = None
        self._next: Draw | None = None
        self._picture: Image | None = None
        self._n_written = 0
        self._left_out_s = 0.0
        self._is_closed = False
        with writing(path):
            self._part, self._file = _new_part(path)

    def __enter__(self) -> VideoFileWriter:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.close()

    @property
    def n_written(self) -> int:
        """Number of frames in the file so far, including repeated ones."""
        return self._n_written

    def show(self, time_s: float, draw: Draw) -> None:
        """Show a picture from `time_s` on, in seconds since the beginning of the video.

        `draw` returns it, (height, width, 3) uint8 BGR. It is called later and at most once, and not at all if the next
        picture comes before this one gets a frame.

        Raises:
            KnownError: if the file can no longer be written; it is then deleted.
        """
        self.hold(time_s)
        self._next = draw

    def hold(self, time_s: float) -> None:
        """Keep showing the newest picture until `time_s`, so that `close` need not make up for a long time.

        Raises:
            KnownError: as `show`.
        """
        # A damaged file may claim that years pass between two frames, which no disk could hold.
        self._left_out_s += max(0.0, time_s - self._left_out_s - self._n_written / self._fps - _LONGEST_STILL_S)
        until = round((time_s - self._left_out_s) * self._fps)
        while self._n_written < until and self._has_picture:
            self._write_frame()

    def close(self, end_s: float = 0.0) -> Path | None:
        """Show the newest picture until `end_s`, but for at least one frame; finish and rename the file.

        Returns its path, or None if there was no picture and therefore no file. Safe to call twice.

        Raises:
            KnownError: if it cannot be finished; it is then deleted.
        """
        if self._is_closed:
            return None
        self.hold(end_s)
        if self._has_picture and not self._n_written:
            self._write_frame()
        self._is_closed = True
        if self._encoder is None:
            self._discard()
            return None
        try:
            self._encoder.finish()
            self._file.close()
        except (OSError, av.error.FFmpegError) as error:
            raise self._failed() from error
        try:
            self._part.replace(self._path)
        except OSError as error:  # its folder may be full, or the file was deleted meanwhile
            self._discard()
            raise cannot_write(self._path, error) from error
        return self._path

    @property
    def _has_picture(self) -> bool:
        return not self._is_closed and (self._next is not None or self._picture is not None)

    def _write_frame(self) -> None:
        if self._next is not None:
            draw, self._next = self._next, None  # cleared first, so that it is called at most once even if it fails
            picture = draw()
            self._encoder = self._encoder or self._opened(picture)
            self._picture = fitted(picture, self._encoder.size)
        if self._encoder is None or self._picture is None:
            return
        try:
            self._encoder.add(self._picture)
        except (OSError, av.error.FFmpegError) as error:
            raise self._failed() from error
        self._n_written += 1

    def _opened(self, picture: Image) -> _Encoder:
        height, width = picture.shape[:2]
        try:
            return _Encoder(self._file, self._path.suffix, (width, height), self._fps)
        except (OSError, ValueError, av.error.FFmpegError) as error:
            self._is_closed = True
            self._discard()
            raise KnownError(
                QT_TRANSLATE_NOOP("Errors", "{path} cannot be written as a video. Choose a name that ends in .mp4."),
                path=self._path,
            ) from error

    def _failed(self) -> KnownError:
        """Delete the unplayable file, and return the error."""
        self._is_closed = True
        self._discard()
        return KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Writing the video {path} failed; perhaps the disk is full. Free some space or choose another place, "
                "then record again.",
            ),
            path=self._path,
        )

    def _discard(self) -> None:
        if self._encoder is not None:
            self._encoder.give_up()
        with suppress(OSError):  # buffered data does not fit on the disk either
            self._file.close()
        self._part.unlink(missing_ok=True)


class _Encoder:
    """The container and its only stream in an open file; `size` (width, height) is even."""

    def __init__(self, file: BinaryIO, suffix: str, size: tuple[int, int], fps: float) -> None:
        width, height = (side + side % 2 for side in size)  # chroma is stored at half the resolution
        rate = Fraction(fps).limit_denominator(_MAX_DENOMINATOR)
        self.size = width, height
        self._file = _Named(file, f"video{suffix.lower()}")
        self._container = av.open(self._file, "w")
        self._container.metadata["comment"] = MADE_BY
        if _CODEC not in self._container.supported_codecs:
            raise ValueError(suffix)
        self._stream = cast(VideoStream, self._container.add_stream(_CODEC, rate=rate))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        self._stream.bit_rate = min(_MAX_BIT_RATE, int(_BITS_PER_PIXEL * width * height * fps))

    def add(self, picture: Image) -> None:
        """Encode one frame.

        Raises:
            OSError, FFmpegError: if it cannot be written to disk.
        """
        self._container.mux(self._stream.encode(VideoFrame.from_ndarray(picture, format="bgr24")))

    def finish(self) -> None:
        """Encode pending frames and write the index.

        Raises:
            OSError, FFmpegError: if they cannot be written to disk.
        """
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def give_up(self) -> None:
        """Release the encoder; the contents of the file are useless."""
        with suppress(OSError, av.error.FFmpegError):
            self._container.close()


def fitted(picture: Image, size: tuple[int, int]) -> Image:
    """Fit a (h, w, 3) picture into `size` (width, height): if it lacks one row or column, its edge is repeated;
    otherwise it is scaled to fit and centred between black bars."""
    (height, width), (to_width, to_height) = picture.shape[:2], size
    if to_width - width in (0, 1) and to_height - height in (0, 1):
        if (width, height) == size:
            return picture
        return np.pad(picture, ((0, to_height - height), (0, to_width - width), (0, 0)), mode="edge")
    scale = min(to_width / width, to_height / height)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.zeros((to_height, to_width, 3), np.uint8)
    x, y = (to_width - inner[0]) // 2, (to_height - inner[1]) // 2
    canvas[y : y + inner[1], x : x + inner[0]] = cv2.resize(picture, inner, interpolation=how)
    return canvas


class _Named:
    """An open file with a name from which FFmpeg infers the container, independent of its real name."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.write, self.seek, self.tell = file.write, file.seek, file.tell


def _new_part(path: Path) -> tuple[Path, BinaryIO]:
    """Create the temporary file for `path`; an existing one of that name belongs to someone else or a killed process.

    Raises:
        OSError: if it cannot be created, or no file can exist at `path`.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if is_device(path):  # the index is written by seeking, possibly back to the beginning
        raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE))
    for number in itertools.count(1):
        part = path.with_name(f"{path.stem}.part{'' if number == 1 else f'-{number}'}{path.suffix}")
        with suppress(FileExistsError):
            return part, part.open("xb")
    raise AssertionError("unreachable")
