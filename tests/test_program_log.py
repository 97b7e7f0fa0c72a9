"""The log: rotating, in the user's folder, and naming nobody, whatever went wrong."""

from __future__ import annotations

import errno
import logging
import logging.handlers
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui import program_log
from metaface_gui.errors import GalleryError, KnownError, cannot_write
from metaface_gui.program_log import LEFT_OUT, log_path, nameless, recent_lines, start_log, stop_log

NAME = "Xanthippe"
_log = logging.getLogger("metaface_gui.tests")


@pytest.fixture
def log() -> Iterator[Path]:
    start_log()
    yield log_path()
    stop_log()


def failing(name: str) -> None:
    """Fail as a caller does that did not think of the log: with a name in every message."""
    people: dict[str, int] = {}
    try:
        people[name] += 1
    except KeyError as error:
        raise ValueError(f"no shots of {name} in /home/{name}/pictures") from error


def test_a_bug_leaves_its_place_and_no_name(log: Path) -> None:
    try:
        failing(NAME)
    except ValueError:
        _log.exception("job %d failed", 7)
    text = log.read_text("utf-8")
    assert "job 7 failed" in text
    assert "in failing" in text
    assert text.index("KeyError") < text.index("ValueError")
    assert NAME not in text
    assert str(Path.home()) not in text


def test_a_known_error_leaves_its_cause_and_no_name(log: Path) -> None:
    _log.warning("%s", GalleryError("“{name}” exists ({reason}). Choose another.", name=NAME, reason="disk full"))
    _log.warning("cannot keep %s", Path("/home") / NAME / "face.jpg")
    _log.warning("cannot keep %s or %s", f"/home/{NAME}/face 1.jpg", f"C:\\Users\\{NAME}\\face.jpg")
    _log.warning(cannot_write(Path("/home") / NAME, OSError(28, "No space left on device", f"/home/{NAME}")))
    text = log.read_text("utf-8")
    assert "GalleryError: “…” exists (disk full). Choose another." in text
    assert "Cannot write …: No space left on device." in text
    assert NAME not in text


@settings(max_examples=60, deadline=None)
@given(
    st.text("abcXYZ éß中", min_size=3, max_size=12).map(lambda text: f"{text}Q9"),
    st.sampled_from(["name", "people", "path", "text", "url", "title", "never seen before"]),
)
def test_no_value_that_may_name_somebody_is_told(name: str, key: str) -> None:
    error = KnownError("Cause: {" + key + "}. Next step.", **{key: name})
    assert nameless(error) == f"KnownError: Cause: {LEFT_OUT}. Next step."
    assert name in str(error)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", f"/home/{NAME}"), "[2] No such file or directory"),
        (sqlite3.IntegrityError(f"UNIQUE constraint failed: {NAME}"), "IntegrityError"),
        (
            RuntimeError(f"cannot open '{NAME}' at /home/My faces/{NAME} 1.jpg: CUDA out of memory"),
            ": CUDA out of memory",
        ),
        (TypeError("unsupported operand type(s)"), "unsupported operand"),
        (KnownError("{share:.1%} of {free} bytes. Free some.", share=0.25, free=3), "25.0% of 3 bytes"),
        (KnownError("{name:>9}. Go on.", name=NAME), "Go on."),
        (KnownError("{free:.1f} are free. Go on.", free=NAME), "are free. Go on."),
        (OSError(f"{NAME} is odd"), "OSError"),
    ],
)
def test_as_much_is_said_of_an_error_as_names_nobody(error: Exception, said: str) -> None:
    assert said in nameless(error)
    assert NAME not in nameless(error)


def test_the_newest_lines_are_at_hand(log: Path) -> None:
    for number in range(50):
        _log.warning("line %d", number)
    lines = recent_lines()
    assert len(lines) == 30
    assert lines[-1].endswith("line 49")
    assert lines[0].endswith("line 20")
    assert recent_lines() == tuple(log.read_text("utf-8").splitlines()[-30:])


def test_without_a_log_there_are_no_lines() -> None:
    assert recent_lines() == ()


def test_it_is_opened_once_and_closed(log: Path) -> None:
    start_log()
    _log.warning("once")
    assert log.read_text("utf-8").count("once") == 1
    stop_log()
    _log.warning("after")
    assert "after" not in log.read_text("utf-8")


def test_it_says_which_program_it_is_of(log: Path) -> None:
    assert "MetaFace" in log.read_text("utf-8").splitlines()[0]


def test_a_full_log_is_rotated(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(program_log, "_BYTES", 2000)
    start_log()
    try:
        for number in range(200):
            _log.warning("line %d", number)
        files = sorted(path.name for path in log_path().parent.iterdir())
        assert files == ["metaface.log", "metaface.log.1", "metaface.log.2", "metaface.log.3"]
        assert all(path.stat().st_size <= 2000 for path in log_path().parent.iterdir())
        assert "line 199" in log_path().read_text("utf-8")
    finally:
        stop_log()


def test_a_folder_that_cannot_be_written_costs_the_file_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr(program_log, "user_data_dir", lambda: blocked)
    told: list[KnownError] = []
    start_log(on_failure=told.append)
    try:
        assert any("no log file" in line for line in recent_lines())
        assert [str(error).partition(":")[0] for error in told] == [f"Cannot write the log {log_path()}"]
    finally:
        stop_log()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_once_and_the_log_goes_on_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program_log, "log_dir", lambda: tmp_path)
    log_path().symlink_to("/dev/full")
    told: list[KnownError] = []
    start_log(on_failure=told.append)
    try:
        for number in range(3):
            _log.warning("line %d", number)
        assert recent_lines()[-1].endswith("line 2")
        log_path().unlink()
        _log.warning("there is room again")
        assert "there is room again" in log_path().read_text("utf-8")
    finally:
        stop_log()
    reason = os.strerror(errno.ENOSPC)
    assert [str(error) for error in told] == [
        f"Cannot write the log {log_path()}: {reason}. MetaFace works without it."
    ]
    assert capfd.readouterr().err == ""


def test_a_folder_in_which_the_log_cannot_be_rotated_is_said_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(program_log, "log_dir", lambda: tmp_path)
    monkeypatch.setattr(program_log, "_BYTES", 300)
    told: list[KnownError] = []
    start_log(on_failure=told.append)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", refuse)
            for number in range(10):
                _log.warning("line %d", number)
        assert len(told) == 1
        assert recent_lines()[-1].endswith("line 9")
    finally:
        stop_log()
    assert capfd.readouterr().err == ""


def test_programs_are_named_without_where_they_are_installed() -> None:
    toast = "metaface_gui/gui/widgets/toast.py"
    assert program_log._program_file(f"/home/x/metaface_gui/{toast}") == toast
    assert program_log._program_file(f"/home/{NAME}/lib/site-packages/torch/nn.py") == "torch/nn.py"
    assert program_log._program_file(f"/home/{NAME}/script.py") == "script.py"
