"""Which folders are folders of videos, and what lies in them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.pipeline.capture.file_content import is_transport_stream
from metaface_gui.pipeline.capture.images import IMAGE_SUFFIXES

VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".flv", ".3gp"}
    | {".3g2", ".asf", ".divx", ".dv", ".f4v", ".m2v", ".mjpeg", ".mjpg", ".mxf", ".ogv", ".vob", ".y4m"}
)
_ALSO_OTHERS = frozenset({".ts", ".mts"})
"""Endings that translations and programs have, too."""


@dataclass(frozen=True, slots=True)
class VideoFolder:
    """A folder's videos and those of the folders in it, relative to `path`, sorted; `pictures` lie beside them."""

    path: Path
    videos: tuple[Path, ...]
    pictures: int


def find_videos(folder: Path) -> VideoFolder | None:
    """Return a folder's videos; None if it is to be taken for a sequence of pictures.

    It is a folder of videos if a video lies in it, or no picture does and a video lies somewhere below. Pictures beside
    videos are posters and thumbnails more often than a sequence, so videos win. Hidden files and folders are passed
    over, links to folders not followed.

    Raises:
        SourceError: if it, or a folder in it, cannot be read.
    """
    here = _visible(next(os.walk(folder, onerror=_refuse))[2])
    pictures = sum(_is_one_of(name, IMAGE_SUFFIXES) for name in here)
    if pictures and not any(_is_video(folder, name) for name in here):
        return None
    videos = list[Path]()
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = _visible(folders)
        videos += [Path(parent, name).relative_to(folder) for name in _visible(names) if _is_video(Path(parent), name)]
    return VideoFolder(folder, tuple(sorted(videos, key=lambda video: video.parts)), pictures) if videos else None


def _visible(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _is_one_of(name: str, suffixes: frozenset[str]) -> bool:
    return Path(name).suffix.lower() in suffixes


def _is_video(folder: Path, name: str) -> bool:
    if not _is_one_of(name, VIDEO_SUFFIXES):
        return False
    return not _is_one_of(name, _ALSO_OTHERS) or is_transport_stream(folder / name)


def _refuse(error: OSError) -> None:
    raise SourceError(
        QT_TRANSLATE_NOOP("Errors", "Cannot read the folder {path}: {reason}."),
        path=error.filename,
        reason=error.strerror or str(error),
    ) from error
