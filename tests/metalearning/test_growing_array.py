"""Rows that survive being killed at any byte, one writer at a time, and clear words when the disk says no."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metaface_gui.errors import CacheError
from metaface_gui.metalearning.growing_array import GrowingArray, open_growing_array

_ROWS = np.arange(24, dtype=np.float32).reshape(8, 3)


def _never() -> None:
    raise AssertionError("nobody else has the array")


def _make(folder: Path) -> None:
    with open_growing_array(folder, (3,), np.float32, _never) as array:
        for start in range(0, 8, 2):
            array.append(_ROWS[start : start + 2], [f"note {start}", "…"])


def _reopened(folder: Path) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    with open_growing_array(folder, (3,), np.float32, _never) as array:
        return np.array(array.array()), array.notes


def test_rows_and_notes_are_there_when_it_is_opened_again(tmp_path: Path) -> None:
    _make(tmp_path / "new" / "folder")
    rows, notes = _reopened(tmp_path / "new" / "folder")
    np.testing.assert_array_equal(rows, _ROWS)
    assert notes == ("note 0", "…", "note 2", "…", "note 4", "…", "note 6", "…")


def test_it_begins_empty_and_takes_entries_without_rows(tmp_path: Path) -> None:
    with open_growing_array(tmp_path, (3,), np.float32, _never) as array:
        assert array.array().shape == (0, 3)
        array.append(_ROWS[:0], ["no face"])
    assert _reopened(tmp_path)[1] == ("no face",)


@settings(max_examples=25, deadline=None)
@given(data_cut=st.integers(0, 96), journal_cut=st.integers(0, 200), torn=st.binary(max_size=20))
def test_whatever_a_crash_leaves_what_is_read_is_a_true_beginning(data_cut: int, journal_cut: int, torn: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        _make(folder)
        data, journal = folder / "rows.bin", folder / "journal.jsonl"
        os.truncate(data, data_cut)
        journal.write_bytes(journal.read_bytes()[:journal_cut] + torn)
        rows, notes = _reopened(folder)
        np.testing.assert_array_equal(rows, _ROWS[: len(rows)])
        assert len(rows) == len(notes) <= data_cut // 12
        with open_growing_array(folder, (3,), np.float32, _never) as array:
            array.append(_ROWS[len(rows) :], ["rest"])
        np.testing.assert_array_equal(_reopened(folder)[0], _ROWS)


def test_a_crash_between_data_and_journal_loses_that_append_alone(tmp_path: Path) -> None:
    _make(tmp_path)
    with (tmp_path / "rows.bin").open("ab") as data:
        data.write(b"\x01" * 17)
    np.testing.assert_array_equal(_reopened(tmp_path)[0], _ROWS)
    assert (tmp_path / "rows.bin").stat().st_size == _ROWS.nbytes


def test_an_array_of_another_shape_begins_anew(tmp_path: Path) -> None:
    _make(tmp_path)
    with open_growing_array(tmp_path, (4,), np.float32, _never) as array:
        assert array.rows == 0


@pytest.mark.parametrize("rows", [np.zeros((2, 4), np.float32), np.zeros((2, 3))])
def test_rows_of_another_kind_are_refused(tmp_path: Path, rows: NDArray[np.float32]) -> None:
    with (
        open_growing_array(tmp_path, (3,), np.float32, _never) as array,
        pytest.raises(ValueError, match="want rows of"),
    ):
        array.append(rows)


class _TiredError(Exception):
    pass


def _tired() -> None:
    raise _TiredError


def test_a_second_writer_waits_and_may_give_up(tmp_path: Path) -> None:
    with (
        open_growing_array(tmp_path, (3,), np.float32, _never),
        pytest.raises(_TiredError),
        open_growing_array(tmp_path, (3,), np.float32, _tired),
    ):
        pass
    assert _reopened(tmp_path)[0].shape == (0, 3)


def _full(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_and_what_was_complete_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(tmp_path)
    with open_growing_array(tmp_path, (3,), np.float32, _never) as array, monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full)
        with pytest.raises(CacheError, match=r"full.*continues where it stopped"):
            array.append(_ROWS[:1], ["lost"])
    np.testing.assert_array_equal(_reopened(tmp_path)[0], _ROWS)


def test_too_little_room_is_said_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 65 << 20

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage)
    with open_growing_array(tmp_path, (1 << 20,), np.uint8, _never) as array:
        array.require_space(0)
        array.require_space(1)
        with pytest.raises(CacheError, match=r"0\.1 GiB"):
            array.require_space(100)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with (
        pytest.raises(CacheError, match="Choose a cache folder"),
        open_growing_array(tmp_path / "file" / "cache", (3,), np.float32, _never),
    ):
        pass


def test_the_array_is_read_only(tmp_path: Path) -> None:
    _make(tmp_path)
    rows = GrowingArray(tmp_path, (3,), np.float32).array()
    with pytest.raises(ValueError, match="read-only"):
        rows[0] = 1
