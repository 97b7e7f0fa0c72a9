from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from metaface_gui.errors import KnownError
from metaface_gui.weights import whole_file
from metaface_gui.weights.whole_file import write_whole


def test_a_file_is_written_with_its_folders_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "some" / "folder" / "file.bin"
    for content in (b"first", b"and second"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.bin"
    write_whole(path, b"former")

    class Full(io.BytesIO):
        def write(self, _content: object) -> int:
            raise OSError(28, "No space left on device")

    def new_partial(target: Path) -> tuple[Path, BinaryIO]:
        partial = target.with_name("half")
        partial.write_bytes(b"n")
        return partial, Full()

    monkeypatch.setattr(whole_file, "_new_partial", new_partial)
    with pytest.raises(KnownError, match="No space"):
        write_whole(path, b"new content")
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]


def test_a_users_own_file_of_that_name_stays(tmp_path: Path) -> None:
    (tmp_path / "x.json.partial").write_text("a letter")
    write_whole(tmp_path / "x.json", b"{}")
    assert (tmp_path / "x.json.partial").read_text() == "a letter"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.json", "x.json.partial"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_a_link_stays_one_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_whole(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"content"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
