"""Shots from images, folders and videos, shared by the window's drop area and the `enroll` command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from metaface_gui.errors import KnownError, SourceError, cannot_read
from metaface_gui.pipeline.capture.specification import SourceKind, make_source, parse_source
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline

_VIDEO_LOOKS_PER_SECOND = 4.0


@dataclass(frozen=True, slots=True)
class Offered:
    """The faces of one picture (an image, or one frame of a video), and its title."""

    title: str
    samples: tuple[FaceSample, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be read, and why."""

    title: str
    error: KnownError


def faces_in_files(
    paths: Sequence[Path], pipeline: FacePipeline, progress: Callable[[float | None], None]
) -> Iterator[Offered | Unreadable]:
    """Yield the faces in every image, every file of folders (not subfolders), and videos at four frames a second.

    An unreadable file or folder does not stop the others.
    """
    files = list[Path]()
    for path in paths:
        try:
            files += _files_of(path)
        except SourceError as error:
            yield Unreadable(path.name, error)
    for index, path in enumerate(files):
        progress(index / len(files))
        try:
            yield from _faces_in_file(path, pipeline, lambda: progress(None))
        except KnownError as error:
            yield Unreadable(path.name, error)


def _files_of(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        raise cannot_read(path, error) from error


def _faces_in_file(path: Path, pipeline: FacePipeline, still_here: Callable[[], None]) -> Iterator[Offered]:
    spec = parse_source(str(path))
    source = make_source(spec)
    source.open()
    try:
        next_look_s = 0.0
        while (frame := source.read()) is not None:
            still_here()
            if spec.kind is SourceKind.VIDEO and frame.time_s < next_look_s:
                continue
            next_look_s = frame.time_s + 1.0 / _VIDEO_LOOKS_PER_SECOND
            title = f"{path.name} @ {frame.time_s:.2f} s" if spec.kind is SourceKind.VIDEO else path.name
            yield Offered(title, pipeline.extract(frame.image_bgr, is_still=frame.is_still))
    finally:
        source.close()
