"""A gallery whose disk is full, or whose folder is gone while it is open: each change is whole or not there, and said.

What is wrong before a gallery is opened (no folder, no permission, another program's file, a newer version, a second
window) is in `tests/gallery/test_database.py`, where a full disk is SQLite's own; here writes really fail.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import ClashPolicy, Gallery
from metaface_gui.gallery.database import Database
from tests.faults.galleries import CONSENT, DIM, EMBEDDERS, contents, fill, make_shots

Change = Callable[[], object]

CHANGES: dict[str, Callable[[Gallery], Change]] = {
    "enroll": lambda gallery: lambda: gallery.enroll("Newcomer", make_shots(50, 4), CONSENT),
    "add shots": lambda gallery: lambda: gallery.add_shots(1, make_shots(51, 4)),
    "correct": lambda gallery: lambda: gallery.add_negatives(2, make_shots(52, 4)),
    "keep": lambda gallery: lambda: gallery.set_kept(1, is_kept=True),
    "embed": lambda gallery: (
        lambda: gallery.put_embeddings(
            EMBEDDERS[0], {number: np.full(DIM, number, np.float32) for number in range(1, 9)}
        )
    ),
    "see": lambda gallery: lambda: gallery.touch_last_seen({1: datetime(2026, 3, 4, tzinfo=UTC)}),
    "rename": lambda gallery: lambda: gallery.rename(1, "x" * 200),
    "merge": lambda gallery: lambda: gallery.merge(1, 2),
    "delete": lambda gallery: lambda: gallery.delete_person(3),
    "forget": lambda gallery: partial(gallery.forget, gallery.delete_person(3)),
    "undo": lambda gallery: partial(gallery.undo, gallery.delete_shot(1)),
    "import": lambda gallery: partial(gallery.import_from, exported(gallery), on_clash=ClashPolicy.RENAME),
}
"""What may be under way, each prepared while all is well."""


def exported(gallery: Gallery) -> Path:
    assert gallery.path is not None
    target = gallery.path.parent.parent / "export.metaface"
    gallery.export_to(target)
    return target


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "people.metaface"
    fill(path)
    return path


@pytest.fixture
def filled(template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return Path(shutil.copy(template, folder / "people.metaface"))


if sys.platform != "win32":
    import resource

    @contextmanager
    def files_no_longer_than(n_bytes: int) -> Iterator[None]:
        """Have the system refuse to write beyond this length of any file: it is what a disk's end looks like."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    @pytest.mark.parametrize("room", [0, 4096 + 24, 20_000], ids="{} bytes".format)
    @pytest.mark.parametrize("name", CHANGES)
    def test_each_change_is_whole_or_not_there_wherever_the_room_ends(filled: Path, name: str, room: int) -> None:
        with Gallery.open(filled) as gallery:
            gallery.touch_last_seen({4: datetime(2026, 2, 4, tzinfo=UTC)})  # so that there is a log
            change = CHANGES[name](gallery)
            before = contents(gallery)
            error: GalleryError | None = None
            with files_no_longer_than(Path(f"{filled}-wal").stat().st_size + room):
                try:
                    change()
                except GalleryError as refusal:
                    error = refusal
            if error is None:
                assert room, "nothing was written"
            else:
                assert contents(gallery) == before
                assert "cannot be opened, read or written" in str(error) or "full" in str(error)
                change()  # there is room again
            after = contents(gallery)
        with Gallery.open(filled) as gallery:
            assert contents(gallery) == after

    def test_opening_a_gallery_on_a_full_disk_says_that_it_is_full(filled: Path) -> None:
        before = filled.read_bytes()
        # What SQLite needs beside the gallery is 32 KiB long.
        with files_no_longer_than(4096), pytest.raises(GalleryError, match="is full, so nothing was changed"):
            Gallery.open(filled)
        assert filled.read_bytes() == before
        Gallery.open(filled).close()

    def test_a_gallery_on_a_full_disk_can_be_read(filled: Path) -> None:
        before = filled.read_bytes()
        with Gallery.open(filled, read_only=True) as gallery:
            expected = contents(gallery)
        with files_no_longer_than(0), Gallery.open(filled, read_only=True) as gallery:
            assert contents(gallery) == expected
        assert filled.read_bytes() == before

    def test_a_log_that_a_full_disk_keeps_from_being_read_is_not_left_out(filled: Path, tmp_path: Path) -> None:
        crashed = tmp_path / "crashed.metaface"
        with Gallery.open(filled) as gallery:
            gallery.rename(1, "Renamed before the crash")
            for suffix in ("", "-wal"):
                shutil.copy(f"{filled}{suffix}", f"{crashed}{suffix}")
        # The newest changes are only in the log: old ones must not be shown as if they were the newest.
        with files_no_longer_than(4096), pytest.raises(GalleryError, match="is full"):
            Gallery.open(crashed, read_only=True)

    def test_an_export_that_has_no_room_leaves_nothing_behind(filled: Path) -> None:
        target = filled.with_name("export.metaface")
        with Gallery.open(filled) as gallery:
            with files_no_longer_than(20_000), pytest.raises(GalleryError, match=r"export\.metaface"):
                gallery.export_to(target)
            assert not [file.name for file in filled.parent.iterdir() if "export.metaface" in file.name]
            assert gallery.export_to(target) == 4


def no_room(*_args: object, **_kwargs: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("function", ["open", "fsync"])
def test_a_full_disk_is_said_where_the_system_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    path = tmp_path / "new.metaface"
    with monkeypatch.context() as patch:
        patch.setattr(os, function, no_room)
        with pytest.raises(GalleryError, match=f"full, so nothing was changed|{os.strerror(errno.ENOSPC)}"):
            Gallery.open(path)
    assert not path.exists()
    Gallery.open(path).close()


class NoRoomToRewrite:
    """A connection whose disk has no room for a second copy of the file, which is what VACUUM makes first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.is_full = True

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == "VACUUM" and self.is_full:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return self._connection.execute(sql, *values)


def test_what_was_deleted_on_a_full_disk_is_gone_and_its_traces_are_cleared_later(filled: Path) -> None:
    database = Database.open(filled)
    connection = NoRoomToRewrite(database._connection)
    database._connection = connection  # type: ignore[assignment]
    gallery = Gallery(database)
    gallery.delete_person(1)
    for _ in range(2):
        with pytest.raises(GalleryError, match=r"is gone from the gallery, but traces stay .* Free some space"):
            gallery.purge_deleted()
        assert [person.id for person in gallery.snapshot().people] == [2, 3, 4]
    connection.is_full = False
    gallery.purge_deleted()
    gallery.close()
    assert make_shots(0, 1)[0].chip not in filled.read_bytes()


def gone(change: Change) -> None:
    with pytest.raises(GalleryError, match=r"was moved, deleted or replaced .* nothing was changed\. Put it back, or"):
        change()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder of an open file")
@pytest.mark.parametrize("name", CHANGES)
def test_no_change_is_acknowledged_once_the_folder_is_gone(filled: Path, name: str) -> None:
    elsewhere = filled.parent.with_name("elsewhere")
    with Gallery.open(filled) as gallery:
        change = CHANGES[name](gallery)
        before = contents(gallery)
        filled.parent.rename(elsewhere)
        gone(change)
        assert contents(gallery) == before
        elsewhere.rename(filled.parent)
        change()  # it is back, and all is well
        after = contents(gallery)
    with Gallery.open(filled) as gallery:
        assert contents(gallery) == after


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder of an open file")
def test_who_is_in_a_deleted_gallery_can_still_be_saved(filled: Path, tmp_path: Path) -> None:
    with Gallery.open(filled) as gallery:
        gallery.rename(1, "Not in the file yet, but in its log")
        people = contents(gallery)
        shutil.rmtree(filled.parent)
        gone(CHANGES["enroll"](gallery))
        assert contents(gallery) == people
        assert gallery.export_to(tmp_path / "rescued.metaface") == 4
    with Gallery.open(tmp_path / "rescued.metaface") as gallery:
        assert contents(gallery)[1:] == people[1:]
        assert gallery.person(1).name.startswith("Not in the file yet")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file")
def test_a_gallery_that_was_replaced_is_left_alone(filled: Path) -> None:
    with Gallery.open(filled) as gallery:
        copy = filled.read_bytes()
        filled.unlink()
        filled.write_bytes(copy)  # what a synchronising program does
        gone(CHANGES["rename"](gallery))
        gone(partial(gallery.delete_person, 1))
        assert filled.read_bytes() == copy
