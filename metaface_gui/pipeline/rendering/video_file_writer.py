"""Writes an MP4 of a constant frame rate from pictures that come when they come.

Players and editors expect a constant rate, recognition gives results at whatever rate the machine can. So each picture
is shown from its own time until the next one's, by repeating it or leaving it out, and a file lasts as long as what
it shows did. The codec is MPEG-4 part 2 (`mp4v`), the one that OpenCV's wheels can encode everywhere.

While it is written the file is called `NAME.part.mp4`; `close` gives it its name. An MP4's index stands at its end, so
what remains of a process that was killed is a `.part.mp4` that cannot be played; it may be deleted.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, cannot_write
from metaface_gui.types import Image

VIDEO_FPS = 25.0
"""Frames a second of a recording."""

_CONTAINERS_WITH_INDEX = frozenset({".mp4", ".m4v", ".mov"})
_BOX_HEADER = 8

Draw = Callable[[], Image]


class VideoFileWriter:
    """A video that takes its size from the first picture; pictures of other sizes are fitted in between black bars.

    Not thread-safe. As a context manager it is closed at the end, after an error too: what was shown until then plays.

    Raises:
        KnownError: if no file can be written there.
    """

    def __init__(self, path: Path, fps: float = VIDEO_FPS) -> None:
        self._path = path
        self._part = path.with_name(f"{path.stem}.part{path.suffix}")
        self._fps = fps
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._next: Draw | None = None
        self._picture: Image | None = None
        self._n_written = 0
        self._is_closed = False
        # OpenCV does not say why it cannot open a file; Python does, and at once.
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._part.touch()
        except OSError as error:
            raise cannot_write(path, error) from error

    def __enter__(self) -> VideoFileWriter:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.close()

    @property
    def n_written(self) -> int:
        """Frames in the file so far, repeated ones counted."""
        return self._n_written

    def show(self, time_s: float, draw: Draw) -> None:
        """Show a picture from `time_s` on, in seconds since the beginning of the video.

        `draw` gives it, (height, width, 3) uint8 BGR. It is called later and at most once; not at all if the next
        picture comes before this one has a frame.

        Raises:
            KnownError: if the file cannot be written any more; nothing is left of it then.
        """
        self.hold(time_s)
        self._next = draw

    def hold(self, time_s: float) -> None:
        """Go on showing the newest picture until `time_s`, so that `close` need not make up for a long time.

        Raises:
            KnownError: as `show`.
        """
        until = round(time_s * self._fps)
        while self._n_written < until and self._has_picture:
            self._write_frame()

    def close(self, end_s: float = 0.0) -> Path | None:
        """Show the newest picture until `end_s`, and in one frame at least; finish the file and give it its name.

        Returns its path, or None if there was no picture and so no file. Safe to call twice.

        Raises:
            KnownError: if it cannot be finished; nothing is left of it then.
        """
        if self._is_closed:
            return None
        self.hold(end_s)
        if self._has_picture and not self._n_written:
            self._write_frame()
        self._is_closed = True
        if self._writer is None:
            self._part.unlink(missing_ok=True)
            return None
        self._writer.release()
        try:
            if self._path.suffix.lower() in _CONTAINERS_WITH_INDEX and not _has_index(self._part):
                raise self._failed()
            self._part.replace(self._path)
        except OSError as error:  # its folder may be full, or somebody deleted it meanwhile
            self._part.unlink(missing_ok=True)
            raise cannot_write(self._path, error) from error
        return self._path

    @property
    def _has_picture(self) -> bool:
        return not self._is_closed and (self._next is not None or self._picture is not None)

    def _write_frame(self) -> None:
        if self._next is not None:
            draw, self._next = self._next, None  # at most once, even if it fails
            picture = draw()
            self._writer = self._writer or self._opened(picture)
            self._picture = fitted(picture, self._size)
        if self._writer is None or self._picture is None:
            return
        # OpenCV 5 says whether a frame was written; 4 says nothing, and `close` finds out.
        if self._writer.write(self._picture) is False:
            raise self._failed()
        self._n_written += 1

    def _opened(self, picture: Image) -> cv2.VideoWriter:
        height, width = picture.shape[:2]
        self._size = (width + width % 2, height + height % 2)  # chroma is stored at half the resolution
        writer = cv2.VideoWriter(str(self._part), cv2.VideoWriter.fourcc(*"mp4v"), self._fps, self._size)
        if not writer.isOpened():
            self._is_closed = True
            self._part.unlink(missing_ok=True)
            raise KnownError(
                QT_TRANSLATE_NOOP("Errors", "{path} cannot be made a video. Choose a name that ends in .mp4."),
                path=self._path,
            )
        return writer

    def _failed(self) -> KnownError:
        """Remove what cannot be played, and say so."""
        self._is_closed = True
        if self._writer is not None:
            self._writer.release()
        self._part.unlink(missing_ok=True)
        return KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The video {path} could not be written on; perhaps the disk is full. Free some space or choose another"
                " place, then record again.",
            ),
            path=self._path,
        )


def fitted(picture: Image, size: tuple[int, int]) -> Image:
    """Give a (h, w, 3) picture `size` (width, height): an edge is doubled if it lacks one row or column, otherwise it
    is scaled to fit and centred between black bars."""
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


def _has_index(path: Path) -> bool:
    """Whether an ISO base media file (ISO/IEC 14496-12) has its `moov` box, whole: it is written last."""
    length = path.stat().st_size
    with path.open("rb") as file:
        start = 0
        while start + _BOX_HEADER <= length:
            file.seek(start)
            size, kind = int.from_bytes(file.read(4)), file.read(4)
            if size == 1:  # the size did not fit into 32 bits
                size = int.from_bytes(file.read(8))
            if size < _BOX_HEADER or start + size > length:
                return False
            if kind == b"moov":
                return True
            start += size
    return False
