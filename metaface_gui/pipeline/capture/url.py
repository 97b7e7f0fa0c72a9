"""Network cameras and streams: http, https, rtsp, rtmp, udp, through FFmpeg."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.video_reader import (
    CannotDecodeError,
    CannotOpenError,
    LostError,
    NoPicturesError,
    ProtectedError,
    TooLargeError,
    VideoReader,
)
from metaface_gui.types import Frame

_SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "udp", "tcp")
_TIMEOUT_S = 5.0


class UrlSource(FrameSource):
    """A stream at a URL. Only `open` and `read` access the network; displayed texts omit user and password.

    A stream with a duration is a stored video: it waits for its reader, has its own timestamps, and ends.
    """

    is_live = True

    def __init__(self, url: str) -> None:
        self.title = _without_credentials(url)
        self._url = url
        self._reader: VideoReader | None = None
        self._index = 0
        self._opened_ns = 0

    def open(self) -> None:
        """Connect, within five seconds.

        Raises:
            SourceError: if the scheme is not supported, or no video is received.
        """
        self.close()
        scheme = self._url.split("://", 1)[0].lower()
        if scheme not in _SCHEMES:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "“{scheme}://” cannot be played. Use one of: {schemes}."),
                scheme=scheme[:20],
                schemes=", ".join(_SCHEMES),
            )
        try:
            self._reader = VideoReader(self._url, is_live=True, timeout_s=_TIMEOUT_S)
        except (CannotOpenError, NoPicturesError, TooLargeError, CannotDecodeError, ProtectedError) as error:
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors", "No video arrives from {url}. Check the address, the password and the network."
                ),
                url=self.title,
            ) from error
        self.is_live = not self._reader.duration_s
        self.nominal_fps = self._reader.fps
        self.frame_count = round(self._reader.duration_s * self._reader.fps) or None
        self._index, self._opened_ns = 0, time.monotonic_ns()

    def read(self) -> Frame | None:
        """Return the next frame; None at the end of a stored video.

        Raises:
            SourceError: if the stream breaks off.
        """
        if self._reader is None:
            return None
        try:
            picture = self._reader.read()
        except LostError as error:
            raise self._broken_off() from error
        if picture is None:
            if self.is_live or self._reader.is_cut_off:
                raise self._broken_off()
            return None
        now_ns = time.monotonic_ns()
        time_s = (now_ns - self._opened_ns) / 1e9 if self.is_live else picture.time_s
        frame = Frame(picture.image_bgr, self._index, time_s, now_ns)
        self._index += 1
        return frame

    def close(self) -> None:
        """Disconnect."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _broken_off(self) -> SourceError:
        return SourceError(
            QT_TRANSLATE_NOOP("Errors", "The stream {url} broke off. Check the camera and the network."),
            url=self.title,
        )


def _without_credentials(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # malformed host or port: hide everything that may contain a password
        return url.split("://", 1)[0] + "://…"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
