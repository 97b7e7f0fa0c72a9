"""A video as it was seen: a source's frames with their faces marked, in a file of the source's own rate."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from metaface_gui.pipeline.rendering.annotator import Annotator
from metaface_gui.pipeline.rendering.video_file_writer import VIDEO_FPS, VideoFileWriter
from metaface_gui.types import FrameResult


class AnnotatedVideo:
    """Runs at `fps`, the source's nominal rate (0: it has none), and by the source's own clock; a context manager.

    `unknown_text` is what a face without a name is called.

    Raises:
        KnownError: if no file can be written there.
    """

    def __init__(self, path: Path, fps: float, unknown_text: str) -> None:
        self._fps = fps or VIDEO_FPS
        self._writer = VideoFileWriter(path, self._fps)
        self._annotator = Annotator(unknown_text)

    def __enter__(self) -> AnnotatedVideo:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, result: FrameResult) -> None:
        """Add one frame, for as long as a frame of the source lasts or until the next one.

        Raises:
            KnownError: if the file cannot be written.
        """
        time_s = result.frame.time_s
        self._writer.show(time_s, partial(self._annotator.paint, result))
        self._writer.hold(time_s + 1.0 / self._fps)
