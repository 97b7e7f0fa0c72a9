from __future__ import annotations

import errno
import os
import subprocess
import sys
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


def test_lines_are_on_disk_before_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    lines = LinesFile(path)
    lines.write("one")
    lines.write_text("two\r\nthree\r\n")
    assert path.read_bytes() == b"one\ntwo\r\nthree\r\n"
    lines.close()
    lines.close()


def test_what_must_be_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("dear")
    with pytest.raises(KnownError, match=os.strerror(errno.EEXIST)):
        LinesFile(tmp_path / "there", must_be_new=True)
    assert (tmp_path / "there").read_text() == "dear"
    with pytest.raises(KnownError, match="Choose another place"):
        LinesFile(tmp_path / "no folder" / "out", must_be_new=True)


_FULL_DISK = """
import resource, sys
from pathlib import Path
from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.errors import KnownError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for line in ('{"frame": 1, "time_s": 2.0}\\n', '1,"Anna Smith",0.5\\r\\n3,"Bob",0.25\\r\\n'):
    file = LinesFile(Path(sys.argv[1]) / str(len(line)), must_be_new=True)
    try:
        for _ in range(100):
            file.write_text(line)
    except KnownError as error:
        print(error)
    file.close()
"""


def test_a_disk_that_takes_no_more_leaves_whole_lines(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", _FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.count("Cannot write") == 2
    for path in tmp_path.iterdir():
        text = path.read_bytes()
        length = int(path.name)
        assert len(text) == 1000 // length * length
        assert text == text[:length] * (1000 // length)
