"""Texts that name a frame source (`0`, a path, a URL, `demo`), and the one factory that creates it."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.demo.scene import DemoSceneSource
from metaface_gui.pipeline.capture.paced import PacedSource
from metaface_gui.pipeline.capture.webcam import WebcamSource
from metaface_gui.settings import DEMO

_DEMO_FROM = re.compile(rf"{DEMO}@[0-9]{{1,4}}(\.[0-9]+)?")


class SourceKind(Enum):
    """Kind of a source."""

    WEBCAM = "webcam"
    VIDEO = "video"
    IMAGE = "image"
    FOLDER = "folder"
    URL = "url"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source's kind, and the text that `parse_source` reads: a camera's number, a path, a URL, `demo`, or `demo@`
    followed by the second of its script to begin at.
    """

    kind: SourceKind
    text: str

    @classmethod
    def demo(cls, begin_s: float = 0.0) -> SourceSpec:
        """Return the demo scene, starting at this time of its script."""
        return cls(SourceKind.DEMO, f"{DEMO}@{begin_s:g}" if begin_s else DEMO)


def parse_source(text: str) -> SourceSpec:
    """Parse what a user typed.

    Raises:
        SourceError: if it is not a camera's number, an existing file or folder, a URL, or `demo`.
    """
    if text == DEMO or _DEMO_FROM.fullmatch(text):
        return SourceSpec(SourceKind.DEMO, text)
    if text.isascii() and text.isdigit():
        return SourceSpec(SourceKind.WEBCAM, text)
    if "://" in text:
        return SourceSpec(SourceKind.URL, text)
    try:
        mode = Path(text).stat().st_mode if text.strip() else 0  # "" would be the current folder
    except (OSError, ValueError):  # a name that is too long or contains NUL cannot be a file
        mode = 0
    if stat.S_ISDIR(mode):
        return SourceSpec(SourceKind.FOLDER, text)
    if stat.S_ISREG(mode):
        return SourceSpec(_kind_of_file(Path(text)), text)
    if mode:
        raise SourceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{path} is a pipe or a device, which cannot be read twice. Give a file or a camera's number.",
            ),
            path=text,
        )
    raise SourceError(
        QT_TRANSLATE_NOOP(
            "Errors", "There is nothing at “{text}”. Give a camera's number, a file, a folder, a URL, or “demo”."
        ),
        text=text if len(text) <= 200 else text[:200] + "…",
    )


def _kind_of_file(path: Path) -> SourceKind:
    from metaface_gui.pipeline.capture.file_content import Content, content_of  # noqa: PLC0415 - loads Pillow
    from metaface_gui.pipeline.capture.images import IMAGE_SUFFIXES  # noqa: PLC0415

    match content_of(path):
        case Content.PICTURE | Content.HEIF:
            return SourceKind.IMAGE
        case Content.MOVING_PICTURE | Content.JPEG_STREAM:
            return SourceKind.VIDEO
        case Content.OTHER:
            return SourceKind.IMAGE if path.suffix.lower() in IMAGE_SUFFIXES else SourceKind.VIDEO


def make_source(spec: SourceSpec, *, live: bool = False) -> FrameSource:
    """Create the source, closed.

    With `live` it is played for a window: files at their own speed, a still picture repeatedly. Otherwise every frame
    is delivered as fast as it is requested.

    Raises:
        SourceError: if a camera's number is out of range.
    """
    source: FrameSource
    match spec.kind:
        case SourceKind.WEBCAM:
            return WebcamSource(int(spec.text))
        case SourceKind.DEMO:
            return DemoSceneSource(live=live, begin_s=float(spec.text.removeprefix(DEMO).removeprefix("@") or 0.0))
        case SourceKind.URL:
            # Imported here, because a camera does not need FFmpeg's libraries.
            from metaface_gui.pipeline.capture.url import UrlSource  # noqa: PLC0415

            source = UrlSource(spec.text)
        case SourceKind.FOLDER:
            from metaface_gui.pipeline.capture.images import ImageFolderSource  # noqa: PLC0415 - nor Pillow

            source = ImageFolderSource(Path(spec.text))
        case SourceKind.IMAGE:
            from metaface_gui.pipeline.capture.images import ImageFileSource  # noqa: PLC0415

            source = ImageFileSource(Path(spec.text), repeat=live)
        case SourceKind.VIDEO:
            source = _video(Path(spec.text))
    return PacedSource(source) if live else source


def _video(path: Path) -> FrameSource:
    from metaface_gui.pipeline.capture.file_content import Content, content_of  # noqa: PLC0415 - as above

    if content_of(path) is Content.MOVING_PICTURE:
        from metaface_gui.pipeline.capture.moving_picture import MovingPictureSource  # noqa: PLC0415

        return MovingPictureSource(path)
    from metaface_gui.pipeline.capture.video_file import VideoFileSource  # noqa: PLC0415

    return VideoFileSource(path)
