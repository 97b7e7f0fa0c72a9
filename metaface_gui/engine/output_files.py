"""Outputs that must not be inputs, each other, or somebody's file: looked at before anything is opened.

May not live here: writing anything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import av.error

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.pipeline.rendering.video_file_writer import MADE_BY

_SIDECARS = ("-wal", "-shm", "-journal", ".lock")
"""What SQLite and we keep beside a gallery."""
_LONGEST_LINE = 1 << 20

_Key = str | tuple[int, int]

IsOurs = Callable[[Path], bool]


def gallery_files(gallery: Path) -> tuple[Path, ...]:
    """Return a gallery and the files that belong to it."""
    return gallery, *(gallery.with_name(gallery.name + suffix) for suffix in _SIDECARS if gallery.name)


def list_folder(folder: Path) -> list[Path]:
    """Return what lies in a folder; nothing if it cannot be read, which whoever reads it will say."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def refuse_destruction(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Refuse outputs that are an input, lie where one is named, or are each other.

    By whatever name: through links, relative, or in other letters' case, where the folder may not tell them apart.

    Raises:
        KnownError: if there is one.
    """
    taken = {key for given in inputs for key in _keys(given)}
    results = set[_Key]()
    for output in outputs:
        if _is_device(output):
            continue
        keys = _keys(output)
        if keys & taken:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{path} would be overwritten, but it is read from. Choose another place."
            )
            raise KnownError(text, path=output)
        if keys & results:
            text = QT_TRANSLATE_NOOP("Errors", "{path} is to hold two results. Choose a file for each.")
            raise KnownError(text, path=output)
        results |= keys


def refuse_foreign(output: Path, is_ours: IsOurs) -> None:
    """Refuse to replace a file that is there and not an earlier result of the same kind.

    Raises:
        KnownError: if it is somebody's.
    """
    if output.is_file() and output.stat().st_size and not is_ours(output):
        text = QT_TRANSLATE_NOOP(
            "Errors", "{path} is there already and is none of MetaFace's results. Choose another place, or add --force."
        )
        raise KnownError(text, path=output)


def is_lines(path: Path) -> bool:
    """Whether a file begins with a line that `recognize` writes."""
    try:
        with path.open("rb") as file:
            record = json.loads(file.readline(_LONGEST_LINE))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and {"frame", "time_s", "faces"} <= record.keys()


def is_annotated_video(path: Path) -> bool:
    """Whether a file is a video that MetaFace wrote."""
    try:
        with path.open("rb") as file, av.open(file, "r") as container:
            comments = (value for key, value in container.metadata.items() if key.lower() == "comment")
            return any(comment == MADE_BY for comment in comments)
    except (OSError, ValueError, av.error.FFmpegError):
        return False


def has_json_keys(*keys: str) -> IsOurs:
    """Return what tells whether a file is a JSON object with these keys."""

    def is_ours(path: Path) -> bool:
        try:
            record = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return False
        return isinstance(record, dict) and set(keys) <= record.keys()

    return is_ours


def is_never_ours(_path: Path) -> bool:
    """Whatever is there is somebody's."""
    return False


def _keys(path: Path) -> set[_Key]:
    """Return what tells a file from others: its name with links resolved, and its number on the disk if it is there."""
    name: _Key = os.path.realpath(path).casefold()
    try:
        status = path.stat()
    except (OSError, ValueError):
        return {name}
    return {name, (status.st_dev, status.st_ino)}


def _is_device(path: Path) -> bool:
    """Whether nothing can be lost there: /dev/null, /dev/stdout, a pipe."""
    return path.exists() and not path.is_file() and not path.is_dir()
