"""Checks, before anything is opened, that outputs are not inputs, each other, or a user's own files.

May not live here: writing anything.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import av
import av.error
from PIL import Image as PillowImage
from safetensors import SafetensorError, safe_open

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, writing
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.pipeline.rendering.video_file_writer import MADE_BY
from metaface_gui.weights.whole_file import MADE_WITH, is_device

_SIDECARS = ("-wal", "-shm", "-journal", ".lock")
"""The files that SQLite and MetaFace keep beside a gallery."""
_LONGEST_LINE = 1 << 20

_Key = str | tuple[int, int]

IsOurs = Callable[[Path], bool]

Output = tuple[Path, IsOurs]
"""Where a result goes, and a test for an earlier result of its kind, which may be replaced."""

_WEIGHTS_ENTRIES = frozenset({"meta_parameters", "projection", "trunk", "checkpoint", "privacy"})
"""Every file written by `metaface train` has one of these keys in its metadata."""


def gallery_files(gallery: Path) -> tuple[Path, ...]:
    """Return a gallery file and the files beside it that belong to it."""
    return gallery, *(gallery.with_name(gallery.name + suffix) for suffix in _SIDECARS if gallery.name)


def source_files(spec: SourceSpec) -> tuple[Path, ...]:
    """Return the files that a source is read from: itself and, if it is a folder, its contents."""
    match spec.kind:
        case SourceKind.WEBCAM | SourceKind.DEMO:
            return ()
        case SourceKind.URL:
            url = urlsplit(spec.text)
            return (Path(url2pathname(url.path)), Path(url.path)) if url.scheme.lower() == "file" else ()
        case SourceKind.FOLDER:
            return (Path(spec.text), *_in_folder(Path(spec.text)))
        case SourceKind.IMAGE | SourceKind.VIDEO:
            return (Path(spec.text),)


def _in_folder(folder: Path) -> list[Path]:
    """Return a folder's contents; empty if it is unreadable, which reading it later will report."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def check_outputs(outputs: Sequence[Output], inputs: Sequence[Path], *, is_forced: bool) -> None:
    """Refuse outputs that would destroy something, before anything is opened.

    `is_forced` allows replacing files that are not our results, but never inputs.

    Raises:
        KnownError: if there is such an output.
    """
    refuse_destruction([path for path, _ in outputs], inputs)
    if not is_forced:
        for path, is_ours in outputs:
            refuse_foreign(path, is_ours)


def refuse_destruction(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Refuse outputs that are an input, lie where one is named, or are each other.

    Links and relative paths are resolved, and case is ignored, because the folder may not distinguish it.

    Raises:
        KnownError: if there is one.
    """
    taken = {key for given in inputs for key in _keys(given)}
    results = set[_Key]()
    for output in outputs:
        if is_device(output):
            continue
        keys = _keys(output)
        if keys & taken:
            text = QT_TRANSLATE_NOOP(
                "Errors", "{path} is an input file and would be overwritten. Choose another place."
            )
            raise KnownError(text, path=output)
        if keys & results:
            text = QT_TRANSLATE_NOOP(
                "Errors", "Two results would be written to {path}. Choose a different file for each."
            )
            raise KnownError(text, path=output)
        results |= keys


def refuse_foreign(output: Path, is_ours: IsOurs) -> None:
    """Refuse to replace an existing file that is not an earlier result of the same kind.

    Raises:
        KnownError: if it is a user's own file.
    """
    with writing(output):  # its name may be too long, or its folder may not be searched
        is_something = output.is_file() and output.stat().st_size > 0
    if is_something and not is_ours(output):
        text = QT_TRANSLATE_NOOP(
            "Errors", "{path} already exists and was not written by MetaFace. Choose another place, or add --force."
        )
        raise KnownError(text, path=output)


def check_writable(path: Path) -> None:
    """Check now, rather than after an hour, that a file can be written; create folders as needed.

    Raises:
        KnownError: if no file can be written there.
    """
    if is_device(path):
        return
    with writing(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()


def is_lines(path: Path) -> bool:
    """Return whether a file begins with a line as written by `recognize`."""
    try:
        with path.open("rb") as file:
            record = json.loads(file.readline(_LONGEST_LINE))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and {"frame", "time_s", "faces"} <= record.keys()


def is_annotated_video(path: Path) -> bool:
    """Return whether a file is a video written by MetaFace."""
    try:
        with path.open("rb") as file, av.open(file, "r") as container:
            comments = (value for key, value in container.metadata.items() if key.lower() == "comment")
            return any(comment == MADE_BY for comment in comments)
    except (OSError, ValueError, av.error.FFmpegError):
        return False


def has_json_keys(*keys: str) -> IsOurs:
    """Return a test for whether a file is a JSON object with these keys."""

    def is_ours(path: Path) -> bool:
        try:
            record = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return False
        return isinstance(record, dict) and set(keys) <= record.keys()

    return is_ours


def is_report(path: Path) -> bool:
    """Return whether a file is a report of `metaface evaluate`."""
    return has_json_keys("settings", "results", "untrained", "calibration", "shots")(path)


def is_picture(path: Path) -> bool:
    """Return whether a file is a picture drawn by MetaFace, such as a plot or a screenshot."""
    try:
        with PillowImage.open(path) as picture:
            return picture.info.get("Software") == MADE_WITH["Software"]
    except (OSError, ValueError, PillowImage.DecompressionBombError):
        return False


def is_weights(path: Path) -> bool:
    """Return whether a file is a result of `metaface train` other than `room`, which writes JSON."""
    try:
        with safe_open(str(path), framework="numpy") as tensors:
            return bool(_WEIGHTS_ENTRIES & (tensors.metadata() or {}).keys())
    except (OSError, ValueError, SafetensorError):
        return False


def is_never_ours(_path: Path) -> bool:
    """Return False: every existing file counts as the user's own."""
    return False


def _keys(path: Path) -> set[_Key]:
    """Return a file's identity: its name with links resolved and, if it exists, its device and inode."""
    name: _Key = os.path.realpath(path).casefold()
    try:
        status = path.stat()
    except (OSError, ValueError):
        return {name}
    return {name, (status.st_dev, status.st_ino)}
