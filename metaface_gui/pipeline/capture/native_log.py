"""Keeps OpenCV's own warnings off the terminal: a user gets one sentence, which the sources raise.

FFmpeg as PyAV has it is silent by itself; what it finds wrong with a video is counted by `video_reader`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

_AV_LOG_QUIET = "-8"


@contextmanager
def quiet_opencv() -> Iterator[None]:
    """Silence the native libraries while something is opened; a level that the user set by environment stays.

    FFmpeg's level is read once, at its first use in the process, and so holds from then on: a damaged video would
    print a line a frame.
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
