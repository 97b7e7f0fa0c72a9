"""The window as a whole, over an engine that only writes down what it is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import (
    Adapted,
    EngineStats,
    EnrollmentChanged,
    JobChanged,
    ModelsChanged,
    ModelState,
    SourceChanged,
    SourceState,
    Trouble,
    Undoable,
    UnknownGroup,
    UnknownsChanged,
)
from metaface_gui.errors import DeviceError, GalleryError, SourceError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.gui.window_state import WindowState
from metaface_gui.pipeline.capture.devices import CameraDevice
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.types import QualityIssue
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, drop, make_face, make_frame, make_result, models, on_screen
from tests.gui.panels.samples import enrollment, gallery, person

DEMO = SourceSpec(SourceKind.DEMO, "demo")


@pytest.fixture
def show_face(window: MainWindow, engine: FakeEngine, say: Say) -> Callable[[str | None], None]:
    def show(name: str | None) -> None:
        say(SourceChanged(SourceState.RUNNING, "cam"))
        frame = make_frame()
        engine.show_frame(frame, window)
        say(make_result(make_face(4, name=name), frame=frame))

    return show


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# Frames and faces ---------------------------------------------------------------------------------------------------


def test_frames_and_faces_reach_the_view(
    window: MainWindow, engine: FakeEngine, show_face: Callable[[str | None], None]
) -> None:
    show_face("lin")
    assert [face.name for face in window.live_view.faces] == ["lin"]
    assert engine.preview.take() is None
    assert not window.live_view.empty_state.isVisible()


def test_a_click_on_an_unknown_face_asks_who_it_is(window: MainWindow, show_face: Callable[[str | None], None]) -> None:
    show_face(None)
    at = window.live_view.faces[0].box.center().toPoint()
    QTest.mouseClick(window.live_view, Qt.MouseButton.LeftButton, pos=at)
    assert window.who_is_this.isVisible()
    window.who_is_this.close()


# Source -------------------------------------------------------------------------------------------------------------


def test_the_demo_is_one_click_away(window: MainWindow, engine: FakeEngine) -> None:
    (button,) = [b for b in window.live_view.empty_state.findChildren(QPushButton) if b.text() == "Try the demo"]
    press(button)
    assert engine.calls_of("source.open") == [(DEMO,)]


def test_open_source_is_remembered_and_offered_next_time(
    open_window: Callable[[], MainWindow], engine: FakeEngine
) -> None:
    first = open_window()
    first.open_source(DEMO)
    first.close()
    second = open_window()
    (button,) = [
        b
        for b in second.live_view.empty_state.findChildren(QPushButton)
        if b.text() == "Open the demo" and b.isVisible()
    ]
    press(button)
    assert engine.calls_of("source.open") == [(DEMO,), (DEMO,)]


def test_a_first_start_leads_from_the_camera_to_the_record_button(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, ini: Path, say: Say
) -> None:
    state = WindowState(QSettings(str(ini), QSettings.Format.IniFormat))
    cameras = (CameraDevice(2, "Webcam of the lid", ""), CameraDevice(4, "Another", ""))
    window = on_screen(qtbot, MainWindow(engine, bridge, state, list_cameras=lambda: cameras))
    say(gallery())
    window.help.welcome(state)
    offered = window.live_view.empty_state.findChildren(QPushButton)[1]
    qtbot.waitUntil(lambda: "Webcam of the lid" in offered.text())
    press(offered)
    assert engine.calls_of("source.open") == [(SourceSpec(SourceKind.WEBCAM, "2"),)]
    say(SourceChanged(SourceState.RUNNING, "cam"))
    assert window.side.key == "enroll"
    assert window.side.enroll.record_button.hasFocus()
    assert not window.help.tour.isVisible(), "it dimmed what is to be done next"
    window.close()


@pytest.mark.parametrize("tab", ["people", "controls"])
def test_a_source_opens_no_other_tab_when_somebody_is_known_or_another_was_chosen(
    window: MainWindow, say: Say, tab: str
) -> None:
    say(gallery(person(1, "Ada")) if tab == "people" else gallery())
    window.side.open_key(tab)
    say(SourceChanged(SourceState.RUNNING, "cam"))
    assert window.side.key == tab


def test_a_last_source_that_is_gone_is_not_offered(open_window: Callable[[], MainWindow], ini: Path) -> None:
    settings = QSettings(str(ini), QSettings.Format.IniFormat)
    settings.setValue("engine/source", "gone.mp4")
    settings.sync()
    window = open_window()
    assert not window.commands.reopen.isEnabled()


def test_pause_by_key_and_by_space(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    assert not window.commands.pause.isEnabled()
    say(SourceChanged(SourceState.RUNNING, "cam"))
    QTest.keyClick(window, Qt.Key.Key_P)
    say(SourceChanged(SourceState.PAUSED, "cam"))
    assert window.commands.pause.isChecked()
    QTest.keyClick(window.live_view, Qt.Key.Key_Space)
    assert engine.calls_of("source.set_paused") == [(True,), (False,)]


def test_a_failure_offers_to_try_again(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    window.open_source(DEMO)
    say(SourceChanged(SourceState.FAILED, "cam", error=SourceError("Busy. Wait.")))
    assert window.live_view.empty_state.text == "Busy. Wait."
    assert window.toasts.toast is None  # it is said once
    (button,) = [b for b in window.live_view.empty_state.findChildren(QPushButton) if b.text() == "Try again"]
    press(button)
    assert engine.calls_of("source.open") == [(DEMO,), (DEMO,)]


def test_the_tool_bar_names_the_source(window: MainWindow, say: Say) -> None:
    title = "A camera with a name that is far too long for a button & more"
    say(SourceChanged(SourceState.RUNNING, title))
    button = window.toolbar.source_button
    width = button.width()
    assert title in button.toolTip()
    assert "…" in button.text()
    say(SourceChanged(SourceState.CLOSED))
    assert button.text() == "Choose a source"
    assert button.width() == width


def test_a_dropped_file_that_cannot_be_a_source_is_told(window: MainWindow, tmp_path: Path) -> None:
    window.live_view.source_dropped.emit(tmp_path / "gone.mp4")
    assert window.toasts.toast is not None
    assert "gone.mp4" in window.toasts.toast.text


def test_a_dropped_folder_is_shown(window: MainWindow, engine: FakeEngine, tmp_path: Path) -> None:
    window.live_view.source_dropped.emit(tmp_path)
    assert engine.calls_of("source.open") == [(SourceSpec(SourceKind.FOLDER, str(tmp_path)),)]


# Enrolment ----------------------------------------------------------------------------------------------------------


def test_dropped_pictures_go_to_enrolment(window: MainWindow, engine: FakeEngine, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.touch()
    window.commands.panel.setChecked(False)
    window.live_view.files_dropped.emit([picture])
    assert engine.calls_of("enrollment.add_files") == [((picture,),)]
    assert window.side.isVisible()
    assert window.side.key == "enroll"


def test_the_enrol_key_opens_the_panel_with_the_record_button(window: MainWindow) -> None:
    window.side.open_key("people")
    QTest.keyClick(window, Qt.Key.Key_E)
    assert window.side.key == "enroll"
    assert window.side.enroll.isVisible()


def test_guidance_is_on_the_video(window: MainWindow, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "cam"))
    say(EnrollmentChanged(True, QualityIssue.TOO_SMALL, (), 8))
    assert window.live_view.banner.text == "Come closer"
    say(EnrollmentChanged(False, None, (), 8))
    assert not window.live_view.banner.isVisible()


# Messages -----------------------------------------------------------------------------------------------------------


def test_shots_and_countdown_are_on_the_video(window: MainWindow, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "cam"))
    view, enroll = window.live_view, window.side.enroll
    QTest.keyClick(window, Qt.Key.Key_E)
    QTest.mouseClick(enroll.record_button, Qt.MouseButton.LeftButton)
    assert view.countdown.isVisible()
    assert view.rect().contains(view.countdown.geometry())
    view.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not view.countdown.isVisible()
    say(enrollment(1, 2, is_recording=True))
    assert view.shots.isVisible()
    assert not view.shots.geometry().intersects(view.banner.geometry())
    say(enrollment(1, 2))
    assert not view.shots.isVisible()
    assert view.shots.shots == ()


def test_mirror_and_countdown_are_remembered(open_window: Callable[[], MainWindow], say: Say) -> None:
    window = open_window()
    say(SourceChanged(SourceState.RUNNING, "webcam", is_mirrored=True))
    assert window.commands.mirror.isChecked()
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    window.side.open_key("enroll")
    QTest.mouseClick(window.side.enroll.countdown_button, Qt.MouseButton.LeftButton)
    window.close()
    again = open_window()
    say(SourceChanged(SourceState.RUNNING, "webcam", is_mirrored=True))
    assert not again.commands.mirror.isChecked()
    assert not again.stage.video.is_mirrored
    assert not again.side.enroll.record_button.has_countdown


def test_undo_by_button_and_by_key(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    assert not window.commands.undo.isEnabled()
    for token in (1, 2):
        say(Undoable(token, "Deleted {name}", "lin", time.monotonic_ns() + 10**10))
    assert window.toasts.toast is not None
    assert window.toasts.toast.text == "Deleted lin"
    (button,) = [b for b in window.toasts.findChildren(QPushButton) if b.text() == "Undo"]
    press(button)
    assert engine.calls_of("people.undo") == [(2,)]
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert engine.calls_of("people.undo") == [(2,), (1,)]
    assert not window.commands.undo.isEnabled()
    assert window.toasts.toast is None


def test_every_kind_of_trouble_is_told_once(window: MainWindow, say: Say) -> None:
    say(Trouble(DeviceError("No CUDA. Using the CPU.")))
    say(Trouble(DeviceError("No CUDA. Using the CPU.")))
    say(JobChanged(1, "Importing", None, is_finished=True, error=GalleryError("Not a gallery. Choose another.")))
    say(models(state=ModelState.FAILED, error=DeviceError("No mps.")))
    seen = []
    while window.toasts.toast is not None:
        seen.append(window.toasts.toast.text)
        window.toasts.dismiss()
    assert seen == ["No CUDA. Using the CPU.", "Not a gallery. Choose another.", "No mps."]


def test_escape_closes_a_message(window: MainWindow, say: Say) -> None:
    say(Trouble(DeviceError("No CUDA.")))
    window.live_view.setFocus()
    QTest.keyClick(window.live_view, Qt.Key.Key_Escape)
    assert window.toasts.toast is None


def test_a_job_can_be_cancelled(window: MainWindow, engine: FakeEngine, say: Say, qtbot: QtBot) -> None:
    say(JobChanged(9, "Importing", 0.5))
    qtbot.waitUntil(window.jobs_bar.isVisible)
    window.jobs_bar.cancel_clicked.emit(9)
    assert engine.calls_of("jobs.cancel") == [(9,)]
    say(JobChanged(9, "Importing", None, is_finished=True, is_cancelled=True))
    assert not window.jobs_bar.isVisible()
    assert window.toasts.toast is None


# What is known ------------------------------------------------------------------------------------------------------


def test_the_badge_says_whom_the_learner_knows(window: MainWindow, say: Say) -> None:
    button = window.toolbar.learner_button
    assert "Loading" in button.text()
    say(models())
    assert button.text() == "Prototypes"
    say(Adapted("prototypical", 0, 0, 0.1))
    assert button.text() == "Prototypes"
    say(Adapted("prototypical", 1, 5, 3.2))
    assert button.text() == "Prototypes · 1 person"
    say(Adapted("prototypical", 20, 100, 12.0))
    assert button.text() == "Prototypes · 20 people"
    assert "100 shots in 12 ms" in button.toolTip()
    assert "SFace" in window.status_line.text()


def test_the_tab_counts_unknown_people(window: MainWindow, say: Say) -> None:
    say(UnknownsChanged((UnknownGroup(1, b"", 3, time.monotonic_ns()),)))
    assert window.side.tabText(2) == "Unknown (1)"
    say(UnknownsChanged(()))
    assert window.side.tabText(2) == "Unknown"


def test_stats_are_in_the_hud(window: MainWindow, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "cam"))
    say(EngineStats(29.9, 20.0, 41.0, 0, 0, "cpu"))
    assert "29.9" in window.live_view.hud.accessibleDescription()


# View ---------------------------------------------------------------------------------------------------------------


def test_h_toggles_the_hud_and_is_remembered(
    window: MainWindow, open_window: Callable[[], MainWindow], show_face: Callable[[str | None], None]
) -> None:
    show_face(None)
    assert window.live_view.hud.isVisible()
    QTest.keyClick(window, Qt.Key.Key_H)
    assert not window.live_view.hud.isVisible()
    window.close()
    assert not open_window().commands.hud.isChecked()


def test_letters_and_digits_typed_into_a_name_are_no_shortcuts(
    window: MainWindow, engine: FakeEngine, say: Say
) -> None:
    say(models())
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "hep? c3pavr 4")
    assert field.property("text") == "hep? c3pavr 4"
    assert window.commands.hud.isChecked()
    assert window.side.key == "people"
    assert not engine.calls_of("models.set_learner")
    assert not engine.calls_of("models.set_compared")


@pytest.mark.parametrize("is_recording", [True, False], ids=["recording", "shots to save"])
def test_keys_of_one_letter_do_nothing_while_somebody_is_enrolled(
    window: MainWindow, engine: FakeEngine, say: Say, is_recording: bool
) -> None:
    """Whoever types a name too early takes no snapshot, records nothing and changes no method."""
    say(models())
    say(SourceChanged(SourceState.RUNNING, "cam"))
    window.commands.enroll.trigger()
    say(enrollment(1, 2, is_recording=is_recording))
    window.side.enroll.record_button.setFocus()
    before = list(engine.calls)
    hud = window.commands.hud.isChecked()
    for place in (window.side.enroll.record_button, window.live_view):
        place.setFocus()
        QTest.keyClicks(place, "srhpxdcae4]0")
        QTest.keyClick(place, Qt.Key.Key_1, Qt.KeyboardModifier.ShiftModifier)
    assert engine.calls == before
    assert window.commands.hud.isChecked() == hud
    QTest.keyClick(window.live_view, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert window.commands.studio.isChecked(), "with Ctrl it is no letter"
    window.side.open_key("people")
    QTest.keyClicks(window.live_view, "4")
    assert engine.calls_of("models.set_learner") == [("maml",)]


def test_the_theme_changes_at_once_and_is_remembered(open_window: Callable[[], MainWindow], theme: Theme) -> None:
    window = open_window()
    window.commands.themes[ThemeMode.LIGHT].trigger()
    assert not theme.tokens.is_dark
    window.commands.themes[ThemeMode.DARK].trigger()
    assert theme.tokens.is_dark
    window.close()
    theme.set_mode(ThemeMode.LIGHT)
    again = open_window()
    assert theme.tokens.is_dark
    assert again.commands.themes[ThemeMode.DARK].isChecked()


def test_size_panel_and_tab_are_remembered(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.resize(900, 600)  # small enough for the offscreen platform's screen, which Qt keeps to when restoring
    window.side.open_key("controls")
    window.commands.panel.trigger()
    assert not window.side.isVisible()
    window.close()
    again = open_window()
    assert abs(again.height() - 600) < 5
    assert not again.side.isVisible()
    assert again.side.key == "controls"


def test_settings_of_the_engine_are_remembered(open_window: Callable[[], MainWindow], say: Say) -> None:
    window = open_window()
    say(ModelsChanged(ModelState.READY, "mtcnn", "facenet-casia", "cuda:0", "prototypical", 0.001))
    stored = window.state.recognition
    assert (stored.detector, stored.embedder, stored.fpir) == ("mtcnn", "facenet-casia", 0.001)
    assert stored.device == "auto"  # what was asked for, not where it ran
    say(models(state=ModelState.LOADING))
    assert window.state.recognition == stored


def test_comparing_all_is_as_it_was_at_the_next_start(
    open_window: Callable[[], MainWindow], say: Say, engine: FakeEngine
) -> None:
    deciding, *others = LEARNERS
    window = open_window()
    say(models(deciding))
    QTest.mouseClick(window.stage.methods.row.all_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("models.set_compared") == [(tuple(others),)]
    say(models(deciding, *others))
    window.close()
    again = open_window()
    wanted = again.state.recognition  # what the engine starts with
    assert (wanted.learner, wanted.compared) == (deciding, tuple(others))
    say(models(wanted.learner, *wanted.compared))
    assert again.stage.methods.row.all_button.isChecked()


def test_comparing_all_is_as_it_was_after_what_took_it_away(window: MainWindow, say: Say, engine: FakeEngine) -> None:
    deciding, *others = LEARNERS
    say(models(deciding, *others))
    keys = Qt.Key.Key_V, Qt.Key.Key_V, Qt.Key.Key_B, Qt.Key.Key_B, Qt.Key.Key_F11, Qt.Key.Key_F11
    for key in keys:
        QTest.keyClick(window.live_view, key)
    assert engine.calls_of("models.set_compared") == [], "nothing stops for the second view or the presentation"
    assert window.stage.methods.row.all_button.isChecked()
    # Another one comes to decide, and is to be compared again afterwards.
    QTest.mouseClick(window.stage.methods.buttons["maml"], Qt.MouseButton.LeftButton)
    swapped = tuple(deciding if key == "maml" else key for key in others)
    say(models("maml", *swapped))
    assert window.stage.methods.row.all_button.isChecked()


def test_garbage_in_the_settings_opens_a_window_all_the_same(open_window: Callable[[], MainWindow], ini: Path) -> None:
    ini.write_bytes(b"[window]\ngeometry=@ByteArray(nonsense)\nsplitter=@ByteArray(x)\ntab=7\ntheme=blue\n")
    window = open_window()
    assert window.isVisible()
    assert window.side.key == "people"


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080), (3840, 2160)])
def test_it_fits_any_screen(window: MainWindow, size: tuple[int, int]) -> None:
    for tab in ("people", "enroll", "unknown", "controls"):
        window.side.open_key(tab)
        window.resize(*size)
        window.grab()
        assert (window.width(), window.height()) == size
        assert window.live_view.width() > window.side.width()
    for index in range(window.side.count()):
        needed = window.side.tabBar().fontMetrics().horizontalAdvance(window.side.tabText(index))
        assert window.side.tabBar().tabRect(index).width() >= needed
    assert window.side.tabBar().tabRect(3).right() <= window.side.width()


def test_files_chosen_from_the_menu_are_enrolled_from(window: MainWindow, engine: FakeEngine, tmp_path: Path) -> None:
    window.commands.panel.setChecked(False)
    window.commands.enroll_files.trigger()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert window.side.isHidden(), "not before something was chosen"
    dialog.filesSelected.emit([str(tmp_path / "ada.jpg")])
    dialog.close()
    assert engine.calls_of("enrollment.add_files") == [((tmp_path / "ada.jpg",),)]
    assert window.side.key == "enroll"
    assert window.side.isVisible()


@pytest.mark.parametrize("tab", ["people", "unknown", "controls"])
def test_files_are_welcome_on_every_tab(window: MainWindow, engine: FakeEngine, tmp_path: Path, tab: str) -> None:
    window.side.open_key(tab)
    (tmp_path / "ada.jpg").write_bytes(b"x")
    drop(window.side, QUrl.fromLocalFile(str(tmp_path / "ada.jpg")))
    assert engine.calls_of("enrollment.add_files") == [((tmp_path / "ada.jpg",),)]
    assert window.side.key == "enroll"
    assert window.side.enroll.name_field.edit.hasFocus()
