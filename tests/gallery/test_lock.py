from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery.lock import WriterLock

HOLD = """
import sys
from pathlib import Path
from metaface_gui.gallery.lock import WriterLock
lock = WriterLock.acquire(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_second_holder_is_refused_until_release(tmp_path: Path) -> None:
    lock = WriterLock.acquire(tmp_path / "g")
    with pytest.raises(GalleryError, match="open in another window"):
        WriterLock.acquire(tmp_path / "g")
    WriterLock.acquire(tmp_path / "another").release()
    lock.release()
    lock.release()
    WriterLock.acquire(tmp_path / "g").release()


def test_lock_of_a_killed_process_is_gone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "g")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(GalleryError, match="open in another window"):
            WriterLock.acquire(tmp_path / "g")
        process.kill()
        process.wait()
    WriterLock.acquire(tmp_path / "g").release()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(GalleryError, match=r"cannot be written to \(Permission denied\).*open this one read-only") as e:
        WriterLock.acquire(tmp_path / "g")
    assert str(tmp_path) in str(e.value)


def test_disk_that_cannot_lock_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("metaface_gui.exclusive._lock", refuse)
    with pytest.raises(GalleryError, match=r"cannot be locked .* local disk"):
        WriterLock.acquire(tmp_path / "g")
