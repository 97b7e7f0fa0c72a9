"""Recording and snapshots, as a user asks for them and as the engine answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import CaptionedFile, SessionRecordingChanged, SourceChanged, SourceState
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.live.recording_controls import RecordingControls, default_folder, elapsed_text
from metaface_gui.gui.theme import Theme, ThemeMode
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_face, make_result

SECOND = 10**9
BEGIN_NS = 500 * SECOND


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_ns = BEGIN_NS

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def controls(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, clock: Clock) -> Iterator[RecordingControls]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = RecordingControls(engine.recording, bridge, window, clock=clock)
    window.setCentralWidget(made)
    window.addActions([made.record_action, made.snapshot_action])
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made  # the window lives until here
    window.close()


@pytest.fixture
def running(controls: RecordingControls, say: Say) -> RecordingControls:
    """A camera runs and a first frame was looked at."""
    say(SourceChanged(SourceState.OPENING, "Camera 0"))
    say(SourceChanged(SourceState.RUNNING, "Camera 0"))
    say(make_result(make_face(1)))
    return controls


def files(folder: Path, *kinds: str) -> tuple[CaptionedFile, ...]:
    endings = {"video": "mp4", "csv": "csv", "jsonl": "jsonl", "snapshot": "png"}
    return tuple(CaptionedFile(kind, folder / f"metaface-1.{endings[kind]}") for kind in kinds)


def recording(folder: Path) -> SessionRecordingChanged:
    return SessionRecordingChanged(True, BEGIN_NS, files(folder, "video", "csv", "jsonl"))


def test_nothing_can_be_recorded_without_a_source(controls: RecordingControls, engine: FakeEngine, say: Say) -> None:
    assert not controls.record_button.isEnabled()
    assert not controls.snapshot_button.isEnabled()
    QTest.keyClick(controls.window(), Qt.Key.Key_R)
    QTest.keyClick(controls.window(), Qt.Key.Key_S)
    assert engine.calls == []
    say(SourceChanged(SourceState.RUNNING, "Camera 0"))
    assert controls.record_button.isEnabled()
    assert not controls.snapshot_button.isEnabled(), "nothing was looked at yet"


def test_a_click_starts_and_another_one_stops(
    running: RecordingControls, engine: FakeEngine, say: Say, qtbot: QtBot, tmp_path: Path
) -> None:
    running.folder = tmp_path
    button = running.record_button
    with qtbot.waitSignal(running.notice) as notice:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "unencrypted" in notice.args[0]
    assert str(tmp_path) in notice.args[0]
    assert engine.calls_of("recording.start") == [(tmp_path,)]
    assert not button.isChecked(), "nothing is recorded before the engine says so"
    say(recording(tmp_path))
    assert running.is_recording
    assert button.isChecked()
    assert "Stop" in button.toolTip()
    assert "Stop" in button.accessibleName()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("recording.stop") == [()]
    assert button.isChecked()
    done = files(tmp_path, "video", "csv", "jsonl")
    with qtbot.waitSignal(running.saved) as saved:
        say(SessionRecordingChanged(False, BEGIN_NS, done))
    assert saved.args == [[file.path for file in done]]
    assert not button.isChecked()
    with qtbot.assertNotEmitted(running.notice):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(engine.calls_of("recording.start")) == 2


def test_the_keys_do_the_same(running: RecordingControls, engine: FakeEngine, tmp_path: Path) -> None:
    running.folder = tmp_path
    QTest.keyClick(running.window(), Qt.Key.Key_S)
    ((path,),) = engine.calls_of("recording.save_snapshot")
    assert isinstance(path, Path)
    assert path.parent == tmp_path
    assert path.name.startswith("metaface-")
    assert path.suffix == ".png"
    QTest.keyClick(running.window(), Qt.Key.Key_R)
    QTest.keyClick(running.window(), Qt.Key.Key_R)
    assert [call.name for call in engine.calls] == ["recording.save_snapshot", "recording.start", "recording.stop"]


def test_the_time_runs_and_nothing_jumps(
    running: RecordingControls, say: Say, qtbot: QtBot, clock: Clock, tmp_path: Path
) -> None:
    button = running.record_button
    widths = {button.width()}
    assert button.text() == "Record"
    say(recording(tmp_path))
    for seconds, text in ((0, "0:00"), (7, "0:07"), (754, "12:34"), (3600 + 754, "1:12:34")):
        clock.now_ns = BEGIN_NS + seconds * SECOND
        qtbot.waitUntil(lambda text=text: button.text() == text)  # type: ignore[misc]
        widths.add(button.width())
        assert button.sizeHint().width() <= button.width(), "nothing is cut off"
    say(SessionRecordingChanged(False, BEGIN_NS))
    assert button.text() == "Record"
    assert len(widths | {button.width()}) == 1


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0:00"), (59, "0:59"), (3599, "59:59"), (36000, "10:00:00")])
def test_time_as_text(seconds: int, text: str) -> None:
    assert elapsed_text(seconds) == text


def test_a_snapshot_is_saved_and_recording_goes_on(
    running: RecordingControls, say: Say, qtbot: QtBot, tmp_path: Path
) -> None:
    say(recording(tmp_path))
    QTest.mouseClick(running.snapshot_button, Qt.MouseButton.LeftButton)
    (snapshot,) = files(tmp_path / "elsewhere", "snapshot")
    with qtbot.waitSignal(running.saved) as saved:
        say(SessionRecordingChanged(True, BEGIN_NS, (snapshot,)))
    assert saved.args == [[snapshot.path]]
    assert running.record_button.isChecked()
    assert str(tmp_path) in running.record_button.toolTip()
    assert "elsewhere" not in running.record_button.toolTip()


def test_a_refused_start_is_said_and_can_be_tried_again(
    running: RecordingControls, engine: FakeEngine, say: Say, qtbot: QtBot
) -> None:
    QTest.mouseClick(running.record_button, Qt.MouseButton.LeftButton)
    error = KnownError("Only {free} MB are free. Free some space.", free=3)
    with qtbot.assertNotEmitted(running.saved), qtbot.waitSignal(running.refused) as refused:
        say(SessionRecordingChanged(False, 0, error=error))
    assert refused.args == [error]
    QTest.mouseClick(running.record_button, Qt.MouseButton.LeftButton)
    assert len(engine.calls_of("recording.start")) == 2


def test_a_recording_that_ends_by_itself_says_why_and_what_there_is(
    running: RecordingControls, engine: FakeEngine, say: Say, qtbot: QtBot, tmp_path: Path
) -> None:
    say(recording(tmp_path))
    error = KnownError("The disk is full. Free some space.")
    with qtbot.waitSignals([running.refused, running.saved], order="strict"):
        say(SessionRecordingChanged(False, BEGIN_NS, files(tmp_path, "csv", "jsonl"), error))
    assert not running.record_button.isChecked()
    QTest.mouseClick(running.record_button, Qt.MouseButton.LeftButton)
    assert [call.name for call in engine.calls] == ["recording.start"], "the next click starts again"


def test_a_recording_can_be_stopped_after_the_source_went(
    running: RecordingControls, engine: FakeEngine, say: Say, tmp_path: Path
) -> None:
    say(recording(tmp_path))
    say(SourceChanged(SourceState.CLOSED, "Camera 0"))
    assert not running.snapshot_button.isEnabled()
    QTest.mouseClick(running.record_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("recording.stop") == [()]
    say(SessionRecordingChanged(False, BEGIN_NS))
    assert not running.record_button.isEnabled()


def test_the_last_frame_of_a_file_can_be_saved_but_not_recorded(running: RecordingControls, say: Say) -> None:
    say(SourceChanged(SourceState.ENDED, "Camera 0"))
    assert running.snapshot_button.isEnabled()
    assert not running.record_button.isEnabled()
    say(SourceChanged(SourceState.OPENING, "Camera 0"))
    say(SourceChanged(SourceState.RUNNING, "Camera 0"))
    assert not running.snapshot_button.isEnabled(), "a new source, and nothing of it was looked at"


# Where the files go -------------------------------------------------------------------------------------------------


def test_files_go_to_the_platforms_films_until_the_user_says_otherwise(
    controls: RecordingControls, tmp_path: Path
) -> None:
    assert controls.folder == default_folder()
    assert controls.folder.name == "MetaFace"
    assert str(controls.folder) in controls.record_button.toolTip()
    controls.folder = tmp_path
    assert str(tmp_path) in controls.record_button.toolTip()
    assert str(tmp_path) in controls.snapshot_button.toolTip()


def test_the_folder_is_chosen_in_a_dialog(
    running: RecordingControls, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    running.folder = tmp_path / "not" / "there yet"
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    (choose,) = [action for action in running.record_button.menu().actions() if "hoose" in action.text()]
    choose.trigger()
    (dialog,) = running.window().findChildren(QFileDialog)
    assert Path(dialog.directory().absolutePath()) == tmp_path
    with qtbot.waitSignal(running.folder_changed) as changed:
        dialog.filesSelected.emit([str(chosen)])
    dialog.close()
    assert changed.args == [chosen]
    QTest.mouseClick(running.record_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("recording.start") == [(chosen,)]


def test_a_running_recording_stays_where_it_began(running: RecordingControls, say: Say, tmp_path: Path) -> None:
    say(recording(tmp_path / "first"))
    running.folder = tmp_path / "second"
    assert "first" in running.record_button.toolTip()
    assert "second" in running.snapshot_button.toolTip()


def test_the_folder_is_shown_once_it_is_there(
    running: RecordingControls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    menu = running.record_button.menu()
    (show,) = [action for action in menu.actions() if "how" in action.text() and "hoose" not in action.text()]
    running.folder = tmp_path / "later"
    menu.aboutToShow.emit()
    assert not show.isEnabled()
    running.folder = tmp_path
    menu.aboutToShow.emit()
    show.trigger()
    assert opened == [str(tmp_path)]


# Looks --------------------------------------------------------------------------------------------------------------


def reds(button: QToolButton) -> int:
    image = button.icon().pixmap(QSize(48, 48)).toImage()
    pixels = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    return sum(pixel.alpha() == 255 and pixel.red() > pixel.green() + 60 for pixel in pixels)


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_a_red_dot_while_recording(running: RecordingControls, say: Say, mode: ThemeMode, tmp_path: Path) -> None:
    Theme.current().set_mode(mode)
    assert reds(running.record_button) == 0
    say(recording(tmp_path))
    assert reds(running.record_button) > 50


def test_both_buttons_are_reached_by_the_keyboard_and_have_names(running: RecordingControls) -> None:
    for button in (running.record_button, running.snapshot_button):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button.accessibleName()
