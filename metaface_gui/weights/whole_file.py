"""Atomic file writes: neither a concurrent reader nor a power cut during the write ever leaves half a file."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from metaface_gui.errors import writing

MADE_WITH: Mapping[str, str] = MappingProxyType({"Software": "MetaFace"})
"""The origin recorded in a PNG, under the format's standard keyword; MetaFace may overwrite files that carry it."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically, creating its folders; on failure keep the existing file and leave nothing else behind.

    A symbolic link is kept and its target written. A device or a pipe is written to directly.

    Raises:
        KnownError: if the file cannot be written.
    """
    with writing(path):
        if is_device(path):
            path.write_bytes(content)
        else:
            _replace(path, content)


def is_file(path: Path) -> bool:
    """Return whether the path is a file; not if its name is too long or its folder may not be searched."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_device(path: Path) -> bool:
    """Return whether the path is a device or pipe (/dev/null, /dev/stdout …), which no file may replace."""
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):  # the later write reports what is wrong with the path
        return False


def _replace(path: Path, content: bytes) -> None:
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial, file = _new_partial(target)
    try:
        with file:
            file.write(content)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _new_partial(target: Path) -> tuple[Path, BinaryIO]:
    """Create the temporary file that will become `target`, under a name not taken by a user or a killed process."""
    for number in itertools.count(1):
        partial = target.with_name(f"{target.name}.partial{'' if number == 1 else f'-{number}'}")
        with suppress(FileExistsError):
            return partial, partial.open("xb")
    raise AssertionError("unreachable")
