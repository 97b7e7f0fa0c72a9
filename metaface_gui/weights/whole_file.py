"""Files that are there whole or not at all: whoever reads one, or loses power while it is written, never gets half."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

MADE_WITH: Mapping[str, str] = MappingProxyType({"Software": "MetaFace"})
"""What a PNG says of its origin, under the keyword that the format's standard has for it: ours may be replaced."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file and the folders it lies in, or leave the file that is there; nothing else is left behind.

    A link stays one, and what it points to is written. A device or a pipe is written to as it is.

    Raises:
        OSError: if it cannot be written.
    """
    if is_device(path):
        path.write_bytes(content)
        return
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


def is_file(path: Path) -> bool:
    """Whether a file is there; none is by a name that is too long, or in a folder that must not be looked into."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_device(path: Path) -> bool:
    """Whether nothing can be lost there, nor may a file take its place: /dev/null, /dev/stdout, a pipe."""
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):  # whoever writes there will say what is wrong with it
        return False


def _new_partial(target: Path) -> tuple[Path, BinaryIO]:
    """Make the file that becomes `target`; one of that name that is there is somebody's, or a killed process's."""
    for number in itertools.count(1):
        partial = target.with_name(f"{target.name}.partial{'' if number == 1 else f'-{number}'}")
        with suppress(FileExistsError):
            return partial, partial.open("xb")
    raise AssertionError("unreachable")
