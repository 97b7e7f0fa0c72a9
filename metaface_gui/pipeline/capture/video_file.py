"""Video files of every format that FFmpeg supports."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, SourceError, cannot_read
from metaface_gui.pipeline.capture.base import FrameSource, Remark
from metaface_gui.pipeline.capture.file_content import Content, content_of
from metaface_gui.pipeline.capture.pixels import too_large
from metaface_gui.pipeline.capture.video_reader import (
    MISSING_FRAMES,
    MISSING_SHARE,
    CannotDecodeError,
    CannotOpenError,
    LostError,
    NoPicturesError,
    ProtectedError,
    TooLargeError,
    VideoReader,
)
from metaface_gui.types import Frame


class VideoFileSource(FrameSource):
    """Every frame of a video, in order, with the file's own timestamps."""

    def __init__(self, path: Path) -> None:
        self.title = path.name
        self._path = path
        self._file: BinaryIO | None = None
        self._reader: VideoReader | None = None
        self._index = 0

    def open(self) -> None:
        """Open the file.

        Raises:
            SourceError: if it is missing, empty, or not a video that can be decoded.
        """
        self.close()
        if not self._path.is_file():
            raise SourceError(QT_TRANSLATE_NOOP("Errors", "There is no file {path}. Check the name."), path=self._path)
        try:
            if self._path.stat().st_size == 0:
                raise SourceError(
                    QT_TRANSLATE_NOOP("Errors", "{path} is empty (0 bytes). Copy or record it again."), path=self._path
                )
            # Opened by Python: FFmpeg and OpenCV cannot open a name that is not UTF-8, and OpenCV crashes on it.
            self._file = self._path.open("rb")
        except OSError as error:
            raise cannot_read(self._path, error) from error
        try:
            self._reader = self._opened(self._file)
        except SourceError:
            self.close()
            raise
        self.nominal_fps = self._reader.fps
        # By the file's header or by its duration, which may be off.
        count = self._reader.counted or round(self._reader.duration_s * self._reader.fps)
        self.frame_count = count if count > 0 else None
        self._index, self.remarks = 0, ()

    def read(self) -> Frame | None:
        """Return the next frame; None at the end.

        Raises:
                SourceError: if the file ends well before its header says, much of it is damaged, or nothing can be
                    decoded.
        """
        if self._reader is None:
            return None
        try:
            picture = self._reader.read()
        except LostError as error:
            raise cannot_read(self._path, error) from error
        if picture is None:
            self._check_end(self._reader)
            return None
        frame = Frame(picture.image_bgr, self._index, picture.time_s, time.monotonic_ns())
        self._index += 1
        return frame

    def seek(self, index: int) -> None:
        """Continue with frame `index`; if the format allows no other way, all earlier frames are decoded.

        Raises:
            SourceError: as `open` and `read`.
        """
        if self._reader is None or index <= 0 or self._reader.fps <= 0.0:
            self.open()
        elif self._reader.seek(index / self._reader.fps):
            self._index = index
            return
        else:
            self.open()
        while self._index < index and self.read() is not None:
            pass

    def close(self) -> None:
        """Release the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self, file: BinaryIO) -> VideoReader:
        path = self._path
        try:
            # Because of its suffix, FFmpeg might take it for a single picture.
            is_stream = content_of(path) is Content.JPEG_STREAM
            return VideoReader(file, container="mjpeg" if is_stream else None)
        except CannotOpenError as error:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{path} is not a video that can be read. Choose an MP4, MOV, AVI or MKV."
            )
            raise SourceError(text, path=path) from error
        except NoPicturesError as error:
            text = QT_TRANSLATE_NOOP("Errors", "{path} contains sound or data but no video. Choose a video.")
            raise SourceError(text, path=path) from error
        except ProtectedError as error:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{path} is copy-protected and cannot be decoded. Choose a copy that is not."
            )
            raise SourceError(text, path=path) from error
        except CannotDecodeError as error:
            raise _cannot_decode(path, str(error)) from error
        except TooLargeError as error:
            raise too_large(path) from error

    def _check_end(self, reader: VideoReader) -> None:
        """Report problems at the end; a wrong number of frames in the header alone does not make a file broken."""
        counts: dict[str, object] = {"path": self._path, "read": self._index, "count": reader.counted}
        missing = reader.counted - self._index
        if self._index == 0:
            if reader.is_unsupported:
                raise _cannot_decode(self._path, reader.codec_name)
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "No frame of {path} can be decoded. The file may be damaged."),
                path=self._path,
            )
        if reader.is_cut_off and _is_much(missing, reader.counted):
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors", "{path} breaks off: {read} of {count} frames could be read. Copy or record it again."
                ),
                **counts,
            )
        if _is_much(reader.lost, reader.lost + self._index):
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors", "{path} is damaged: {lost} frames could not be read, {read} could. Copy it again."
                ),
                **counts,
                lost=reader.lost,
            )
        remarks = list[KnownError]()
        if reader.damaged:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{path} is damaged in {count} places, where frames are missing or look wrong."
            )
            remarks.append(KnownError(text, path=self._path, count=reader.damaged))
        if reader.is_cut_off:
            text = QT_TRANSLATE_NOOP(
                "Errors",
                "{path} may be cut off: its frames end at {end:.1f} s, its header says {duration:.1f} s. Compare it "
                "with the original.",
            )
            remarks.append(KnownError(text, path=self._path, end=reader.end_s, duration=reader.duration_s))
        self.remarks = tuple(Remark(error) for error in remarks)


def _cannot_decode(path: Path, codec: str) -> SourceError:
    return SourceError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "{path} is intact but in a format ({codec}) that cannot be decoded here. Convert it, for example with: "
            "ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4",
        ),
        path=path,
        codec=codec,
    )


def _is_much(missing: int, of: int) -> bool:
    return missing > MISSING_FRAMES and missing > MISSING_SHARE * of
