"""The studio in the window, driven by keys and clicks, over an engine that only writes down what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import CaptionedFile, SelfTested, SessionRecordingChanged, SourceChanged, SourceState
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.theme import DARK
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.types import Identification, Truth
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_face, make_frame, make_result, models
from tests.gui.studio.test_report_page import report, row
from tests.gui.verdict_fakes import compared_face

KEYS = tuple(LEARNERS)


@pytest.fixture
def live(window: MainWindow, engine: FakeEngine, say: Say) -> MainWindow:
    """The window with one face on screen, of which two methods say different things."""
    say(models("prototypical", "maml"))
    say(SourceChanged(SourceState.RUNNING, "cam"))
    frame = make_frame()
    engine.show_frame(frame, window)
    decisions = {
        "prototypical": Identification(1, "lin", 0.6, 0.4, 1, "lin"),
        "maml": Identification(None, None, 0.2, 0.3, 1, "lin"),
    }
    say(make_result(make_face(4, name="lin", person_id=1, per_learner=decisions), frame=frame))
    return window


def test_digits_choose_the_method_and_a_chooses_auto(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    say(models())
    QTest.keyClick(window, Qt.Key.Key_4)
    say(models("maml"))
    QTest.keyClick(window, Qt.Key.Key_A)
    assert engine.calls_of("models.set_learner") == [("maml",), ("rl2",)]


def point_at_the_face(window: MainWindow) -> list[str]:
    """Move the mouse onto the only face; returns what is said of it, a line each."""
    (face,) = window.live_view.faces
    QTest.mouseMove(window.live_view, QPoint(2, 2))
    QTest.mouseMove(window.live_view, face.box.center().toPoint())
    return window.live_view.toolTip().split("\n")


def marks(window: MainWindow) -> dict[str, int]:
    """How many pixels of the strip of the only face have the colours of right and of wrong."""
    (face,) = window.live_view.faces
    assert face.strip is not None
    place = face.strip.rect.toAlignedRect()
    image = window.live_view.grab(place).toImage()
    seen = [QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())]
    return {"right": seen.count(DARK.success), "wrong": seen.count(DARK.danger)}


def test_with_all_methods_each_says_its_name_and_only_the_truth_makes_it_right_or_wrong(
    window: MainWindow, engine: FakeEngine, say: Say
) -> None:
    """One method against eight: the majority is no truth, whichever of them is right."""
    window.resize(1600, 1000)
    say(models())
    say(SourceChanged(SourceState.RUNNING, "cam"))
    QTest.keyClick(window, Qt.Key.Key_C)
    (compared,) = engine.calls_of("models.set_compared")
    assert compared == (KEYS[1:],)
    say(models(KEYS[0], *KEYS[1:]))
    frame = make_frame()
    engine.show_frame(frame, window)
    face = compared_face(4, (560.0, 200.0, 760.0, 460.0), "lin", others={"maml": "rose", "reptile": None})

    say(make_result(face, frame=frame))
    lines = point_at_the_face(window)
    assert any(line.startswith("MAML: rose") for line in lines)
    assert any(line.startswith("Reptile: Unknown") for line in lines)
    assert sum(": lin" in line for line in lines) == 7
    assert not any(sign in line for line in lines for sign in "✓✗≠"), "nobody knows who it is"
    assert marks(window) == {"right": 0, "wrong": 0}

    say(make_result(replace(face, truth=Truth(name="rose")), frame=frame))
    lines = point_at_the_face(window)
    assert [line.split("  ")[0] for line in lines if "✓" in line] == ["✓ MAML: rose"], "right alone against eight"
    assert sum(line.startswith("✗ ") for line in lines) == 8
    assert marks(window)["right"] > 3
    assert marks(window)["wrong"] > 20

    say(make_result(replace(face, truth=Truth(name="lin")), frame=frame))
    lines = point_at_the_face(window)
    assert sum(line.startswith("✓ ") and ": lin" in line for line in lines) == 7
    assert any(line.startswith("✗ Reptile: Unknown") for line in lines), "a wrong Unknown is not ticked"


def test_a_page_opens_the_studio_and_both_are_remembered(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    assert not window.stage.studio.isVisible()
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert window.stage.studio.isVisible()
    assert window.stage.map.isVisible()
    assert window.commands.studio.isChecked()
    window.close()
    again = open_window()
    assert again.stage.map.isVisible()
    QTest.keyClick(again, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert not again.stage.studio.isVisible()
    again.close()
    assert not open_window().stage.studio.isVisible()


def test_the_presentation_is_the_video_alone_with_the_methods_name(live: MainWindow, qtbot: QtBot) -> None:
    live.stage.open_page("compare")
    QTest.keyClick(live, Qt.Key.Key_F11)
    qtbot.waitUntil(live.isFullScreen)
    hidden = (live.menuBar(), live.toolbar, live.statusBar(), live.side, live.stage.methods, live.stage.studio)
    assert live.live_view.isVisible()
    assert not any(part.isVisible() for part in hidden)
    assert live.live_view.title.isVisible()
    QTest.keyClick(live.live_view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not live.isFullScreen())
    assert all(part.isVisible() for part in hidden)
    assert not live.commands.present.isChecked()


def test_full_screen_keeps_the_studio(live: MainWindow, qtbot: QtBot) -> None:
    live.stage.open_page("compare")
    QTest.keyClick(live, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(live.isFullScreen)
    assert live.stage.studio.isVisible()
    assert live.stage.methods.isVisible()
    assert not live.toolbar.isVisible()
    live.commands.full_screen.setChecked(False)


def test_the_studio_takes_the_window_and_gives_it_back(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.resize(1280, 800)
    window.stage.open_page("map")
    QApplication.processEvents()
    below = (window.stage.studio.size(), window.stage.video.size())
    QTest.mouseClick(window.stage.studio.large_button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert not window.side.isVisible()
    assert window.stage.video.isVisible()
    assert window.stage.studio.width() > 740
    assert window.stage.studio.height() > 1.5 * below[0].height()
    assert window.commands.studio_large.isChecked()
    window.close()
    again = open_window()
    assert again.stage.is_studio_large
    assert not again.side.isVisible()
    QTest.keyClick(again, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    QApplication.processEvents()
    assert again.side.isVisible()
    assert abs(again.stage.studio.height() - below[0].height()) < 30


def test_closing_the_large_studio_brings_the_panel_back(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.stage.studio.isVisible()
    assert not window.side.isVisible()
    QTest.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert not window.stage.studio.isVisible()
    assert window.side.isVisible()
    assert not window.commands.studio_large.isChecked()
    assert window.state.is_panel_visible


@pytest.mark.parametrize("page", ["compare", "report"])
def test_a_window_of_1280_by_800_shows_nine_methods(window: MainWindow, say: Say, page: str) -> None:
    window.resize(1280, 800)
    say(models("prototypical", *KEYS[1:]))
    say(SelfTested(report(rows=tuple(row(key, 8, 0.4) for key in KEYS))))
    window.stage.open_page(page)
    for _layouts_within_layouts in range(4):
        QApplication.processEvents()
    table = window.stage.compare.table if page == "compare" else window.stage.report.table
    assert table.model().rowCount() == len(KEYS)
    ninth = table.visualRect(table.model().index(8, 0))
    assert table.viewport().rect().contains(ninth), (table.viewport().rect(), ninth)
    assert window.stage.video.height() >= 270, "and leaves room for the video"


def test_v_puts_two_methods_side_by_side(live: MainWindow) -> None:
    QTest.keyClick(live, Qt.Key.Key_V)
    left, right = live.stage.video.views
    assert right.isVisible()
    assert [face.name for face in left.faces] == ["lin"]
    assert [face.name for face in right.faces] == ["Unknown"]
    assert live.commands.split.isChecked()
    QTest.keyClick(live, Qt.Key.Key_V)
    assert not right.isVisible()
    assert not live.commands.split.isChecked()


def test_a_face_is_explained_from_its_popup(live: MainWindow, engine: FakeEngine) -> None:
    at = live.live_view.faces[0].box.center().toPoint()
    QTest.mouseClick(live.live_view, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseClick(live.who_is_this.why_button, Qt.MouseButton.LeftButton)
    assert not live.who_is_this.isVisible()
    assert live.stage.why.isVisible()
    assert engine.calls_of("studio.explain_track") == [(4,)]


def test_an_unknown_face_of_the_tray_is_not_explained(window: MainWindow) -> None:
    window.who_is_this.open_for_group(7, b"", QPoint(10, 10))
    assert not window.who_is_this.why_button.isVisible()
    window.who_is_this.close()


def test_r_records_and_says_what_was_saved(live: MainWindow, engine: FakeEngine, say: Say, tmp_path: Path) -> None:
    QTest.keyClick(live, Qt.Key.Key_R)
    ((folder,),) = engine.calls_of("recording.start")
    assert folder == live.recording.folder
    files = (CaptionedFile("video", tmp_path / "talk.mp4"), CaptionedFile("csv", tmp_path / "talk.csv"))
    say(SessionRecordingChanged(True, 1, files))
    assert live.toasts.toast is not None
    assert "unencrypted" in live.toasts.toast.text
    live.toasts.dismiss()
    QTest.keyClick(live, Qt.Key.Key_R)
    assert engine.calls_of("recording.stop") == [()]
    say(SessionRecordingChanged(False, 1, files))
    assert live.toasts.toast is not None
    assert "talk.mp4" in live.toasts.toast.text


def test_the_folder_of_recordings_is_remembered(open_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    window = open_window()
    window.recording.folder_changed.emit(tmp_path / "films")
    window.close()
    assert open_window().recording.folder == tmp_path / "films"


def test_the_learner_in_the_tool_bar_opens_its_page(window: MainWindow, say: Say) -> None:
    say(models())
    QTest.mouseClick(window.toolbar.learner_button, Qt.MouseButton.LeftButton)
    assert window.stage.method.isVisible()
