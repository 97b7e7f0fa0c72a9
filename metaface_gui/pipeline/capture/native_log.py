"""Keeps OpenCV's own warnings off the terminal: a user gets one sentence, which the sources raise.

PyAV's FFmpeg is silent by default; `video_reader` counts the errors it finds in a video.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

_AV_LOG_QUIET = "-8"


@contextmanager
def quiet_opencv() -> Iterator[None]:
    """Silence the native libraries while something is opened; a level set by the user's environment is kept.

    FFmpeg's level is read once, at its first use in the process, and stays in force: a damaged video would otherwise
    print one line per frame.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _AV_LOG_QUIET)
    if "OPENCV_LOG_LEVEL" in os.environ:
        yield
        return
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
