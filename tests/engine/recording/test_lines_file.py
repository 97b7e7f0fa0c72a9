from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.errors import KnownError

FULL = Path("/dev/full")
needs_full_disk = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")


def test_it_holds_the_lines_and_nothing_of_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("something longer than what comes\n")
    with LinesFile(path) as lines:
        lines.write("één")
        lines.write("two")
    assert path.read_bytes() == "één\ntwo\n".encode()


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no folder"):
        LinesFile(tmp_path / "no folder" / "lines")


@needs_full_disk
@pytest.mark.parametrize("length", [10, 1_000_000], ids=["at the end", "in the midst"])
def test_a_full_disk_is_the_users_to_mend(length: int) -> None:
    with pytest.raises(KnownError, match=os.strerror(errno.ENOSPC)), LinesFile(FULL) as lines:
        lines.write("x" * length)
