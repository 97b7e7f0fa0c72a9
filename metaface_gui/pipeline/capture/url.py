"""Network cameras and streams: http, https, rtsp, rtmp, udp, through OpenCV's FFmpeg."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import cv2
import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import LiveKind
from metaface_gui.pipeline.capture.native_log import quiet_opencv
from metaface_gui.pipeline.capture.pixels import as_bgr
from metaface_gui.types import Frame

_SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "udp", "tcp")
_TIMEOUT_MS = 5000


class UrlSource(LiveKind):
    """A stream at a URL. The network is touched by `open` and `read` only; shown texts leave out user and password."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._shown = _without_credentials(url)
        self._capture: cv2.VideoCapture | None = None
        self._fps = 0.0
        self._index = 0
        self._opened_ns = 0

    @property
    def title(self) -> str:
        """The URL without user, password and query."""
        return self._shown

    @property
    def nominal_fps(self) -> float:
        """Frames a second by the stream's header; 0.0 if it does not say."""
        return self._fps

    def open(self) -> None:
        """Connect, within five seconds.

        Raises:
            SourceError: if the scheme is none of those above or nobody answers with a video.
        """
        self.close()
        scheme = self._url.split("://", 1)[0].lower()
        if scheme not in _SCHEMES:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "“{scheme}://” cannot be played. Use one of: {schemes}."),
                scheme=scheme[:20],
                schemes=", ".join(_SCHEMES),
            )
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS]
        with quiet_opencv():
            capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, timeouts)
        if not capture.isOpened():
            raise SourceError(
                QT_TRANSLATE_NOOP(
                    "Errors", "No video comes from {url}. Check the address, the password and the network."
                ),
                url=self._shown,
            )
        self._capture = capture
        fps = capture.get(cv2.CAP_PROP_FPS)
        self._fps = fps if np.isfinite(fps) and 0.0 < fps < 1000.0 else 0.0
        self._index, self._opened_ns = 0, time.monotonic_ns()

    def read(self) -> Frame | None:
        """Return the next frame.

        Raises:
            SourceError: if the stream breaks off.
        """
        if self._capture is None:
            return None
        try:
            done, picture = self._capture.read()
        except cv2.error:
            done, picture = False, None
        image = as_bgr(picture) if done else None
        if image is None:
            raise SourceError(
                QT_TRANSLATE_NOOP("Errors", "The stream {url} broke off. Check the camera and the network."),
                url=self._shown,
            )
        now_ns = time.monotonic_ns()
        frame = Frame(image, self._index, (now_ns - self._opened_ns) / 1e9, now_ns)
        self._index += 1
        return frame

    def close(self) -> None:
        """Hang up."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _without_credentials(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # a malformed host or port: show nothing of what may hide a password
        return url.split("://", 1)[0] + "://…"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
