"""Another language: another window in the same place, over the same engine, that knows what the former one knew."""

from __future__ import annotations

import gc
import re
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QTabBar, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import (
    AdaptationEvaluated,
    Adapted,
    CaptionedFile,
    ImportLookedAt,
    JobChanged,
    LooksEnrolled,
    MapChanged,
    ModelState,
    RequestEnded,
    SessionRecordingChanged,
    SourceChanged,
    SourceState,
    Trouble,
    Undoable,
    UnknownsChanged,
)
from metaface_gui.engine.studio.side import Side
from metaface_gui.errors import DeviceError, EnrollmentError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.panels.shot_grid import ShotTile
from metaface_gui.gui.panels.who_is_this import WhoIsThisPopup
from metaface_gui.gui.theme import Theme
from metaface_gui.gui.window_controller import WindowController
from metaface_gui.gui.window_state import WindowState
from metaface_gui.i18n import install_translation
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.types import RequestId
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, agreed, make_face, make_frame, make_result, models
from tests.gui.panels.samples import enrollment, gallery, person, unknown
from tests.gui.studio.explanations import embedding_map

READY = models("maml", "reptile")
RUNNING = SourceChanged(SourceState.RUNNING, "cam")
PAUSED = SourceChanged(SourceState.PAUSED, "cam")
MINUTE_NS = 60 * 10**9


@pytest.fixture
def controller(
    qapp: QApplication, engine: FakeEngine, bridge: EngineBridge, ini: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WindowController]:
    monkeypatch.setattr(Theme, "can_write", lambda _theme, _code: True)  # the machine may have no Chinese font

    def make() -> MainWindow:
        state = WindowState(QSettings(str(ini), QSettings.Format.IniFormat))
        return MainWindow(engine, bridge, state, list_cameras=lambda: ())

    install_translation(qapp, "en")
    made = WindowController(qapp, bridge, make)
    made.window.show()
    yield made
    made.window.close()
    made.window.deleteLater()
    install_translation(qapp, "en")


@pytest.fixture
def choose(controller: WindowController, qtbot: QtBot) -> Callable[[str], MainWindow]:
    def trigger(code: str) -> MainWindow:
        former = controller.window
        former.commands.languages[code].trigger()
        qtbot.waitUntil(lambda: controller.window is not former)
        return controller.window

    return trigger


@pytest.fixture
def show_face(controller: WindowController, say: Say, engine: FakeEngine) -> Callable[[], None]:
    """Somebody named lin is before the camera; the frame that is shown is newer than the one that was looked at."""

    def show() -> None:
        looked_at, newest = make_frame(captured_ns=1_000_000_000), make_frame(captured_ns=1_100_000_000)
        for frame in (looked_at, newest):
            engine.show_frame(frame, controller.window)
        say(make_result(make_face(4, name="lin"), frame=looked_at))

    return show


Choose = Callable[[str], MainWindow]


def test_a_language_is_spoken_at_once_and_remembered(controller: WindowController, choose: Choose) -> None:
    assert controller.window.side.tabText(0) == "People"
    chinese = choose("zh_CN")
    assert chinese.isVisible()
    assert [chinese.side.tabText(index) for index in range(4)] == ["人员", "录入", "未知", "控制"]
    assert chinese.state.language == "zh_CN"
    assert chinese.commands.languages["zh_CN"].isChecked()
    english = choose("en")
    assert english.side.tabText(0) == "People"
    assert english.state.language == "en"


@pytest.mark.parametrize("has_font", [True, False])
def test_a_language_that_no_font_can_write_is_warned_of_in_english(
    choose: Choose, monkeypatch: pytest.MonkeyPatch, has_font: bool
) -> None:
    monkeypatch.setattr(Theme, "can_write", lambda _theme, code: has_font or not code)
    chinese = choose("zh_CN")
    warnings = [label.text() for label in chinese.toasts.findChildren(QLabel) if "No installed font" in label.text()]
    assert len(warnings) == (0 if has_font else 1)
    assert chinese.toasts.isVisible() is not has_font
    assert not choose("en").toasts.isVisible()


@pytest.mark.parametrize("by", ["letters", "language"])
def test_the_window_is_seen_all_the_time(
    controller: WindowController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """While the next one is made, which takes the better part of a second."""
    former, place = controller.window, controller.window.geometry()
    seen: list[QRect] = []
    make = controller._make_window

    def watched() -> MainWindow:
        seen.extend(widget.geometry() for widget in QApplication.topLevelWidgets() if widget.isVisible())
        return make()

    monkeypatch.setattr(controller, "_make_window", watched)
    commands = former.commands
    action = commands.text_sizes[120] if by == "letters" else commands.languages["zh_CN"]
    action.trigger()
    qtbot.waitUntil(lambda: controller.window is not former)
    assert place in seen
    assert controller.window.isVisible()
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget.isWindow()]
    assert shown == [controller.window]


def test_the_new_window_knows_what_the_engine_said_before(
    choose: Choose, say: Say, engine: FakeEngine, show_face: Callable[[], None]
) -> None:
    steps = (AdaptStep(0, 1, 2.0, 0.5), AdaptStep(1, 1, 1.0, 0.9))
    say(READY)
    say(gallery(person(1, "lin"), person(2, "wei")))
    say(RUNNING)
    say(UnknownsChanged((unknown(3),)))
    say(enrollment(1, 2))
    for loss in (5.0, 3.0):
        say(Adapted("maml", 2, 10, 4.0, steps=(AdaptStep(0, 1, loss, 0.5), AdaptStep(1, 1, 1.0, 0.9))))
    say(Adapted("reptile", 2, 10, 4.0, is_primary=False, steps=steps))
    say(AdaptationEvaluated("maml", 0.5, 0.75, 8))
    say(SessionRecordingChanged(is_recording=True, started_ns=1, files=(CaptionedFile("video", Path("/a/b.mp4")),)))
    say(JobChanged(7, "Exporting", 0.5))
    show_face()
    say(PAUSED)
    calls = len(engine.calls)

    window = choose("zh_CN")
    assert window.side.people.people.rowCount() == 2
    assert window.side.unknown.findChildren(QWidget)
    assert window.side.tabText(2) == "未知 (1)"
    assert window.commands.pause.isChecked()
    assert [face.name for face in window.live_view.faces] == ["lin"]
    assert window.recording.is_recording
    assert [job.job_id for job in window.jobs_bar.running] == [7]
    assert window.stage.method.plot.runs.learners == ("maml", "reptile")
    runs = window.stage.method.plot.runs.of("maml")
    assert (runs.older[0].loss, runs.newest[0].loss) == (5.0, 3.0)
    assert "50" in window.stage.method.result.text()
    assert "75" in window.stage.method.result.text()
    assert len(window.side.enroll.findChildren(ShotTile)) == 2
    assert window.toasts.toast is None, "nothing new has happened"
    asked = {call.name for call in engine.calls[calls:]}
    assert not asked & {
        "source.open",
        "source.close",
        "source.set_paused",
        "models.set_learner",
        "models.set_compared",
        "recording.stop",
    }


def test_what_the_user_had_open_typed_and_chosen_stays(controller: WindowController, choose: Choose, say: Say) -> None:
    say(READY)
    say(gallery(person(1, "lin"), person(2, "wei"), person(3, "weiss")))
    window = controller.window
    window.resize(860, 600)  # the screen of these tests is not larger
    window.side.open_key("people")
    window.side.people.search.setText("wei")
    window.side.people.choose(3)
    window.side.enroll.name_field.set_text("Mei")
    window.stage.open_page("map")
    window.stage.map.choose("reptile")
    window.stage.compare.show_second("reptile")

    window = choose("zh_CN")
    assert (window.width(), window.height()) == (860, 600)
    assert window.side.people.search.text() == "wei"
    assert [chosen.id for chosen in window.side.people.chosen()] == [3]
    assert window.side.enroll.name_field.text() == "Mei"
    assert window.stage.is_studio_visible
    assert (window.stage.studio.key, window.stage.map.chosen) == ("map", "reptile")
    assert window.stage.video.second_key == "reptile"


def save_ada(window: MainWindow, engine: FakeEngine, say: Say) -> RequestId:
    """Have the engine asked to save Ada, and not answer yet."""
    say(gallery(person(7, "Lin")))
    say(enrollment(1))
    window.side.enroll.name_field.set_text("Ada")
    window.side.enroll.consent.check.click()
    window.side.enroll.save_button.click()
    return engine.request_of("enrollment.save")


def test_a_save_under_way_is_answered_in_the_new_window(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine
) -> None:
    request = save_ada(controller.window, engine, say)
    panel = choose("zh_CN").side.enroll
    assert not panel.save_button.isEnabled()
    say(enrollment())
    say(RequestEnded(request))
    assert panel.name_field.text() == ""
    assert "Ada" in panel.missing.text()


def test_a_save_that_fails_says_why_in_the_new_window(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine
) -> None:
    request = save_ada(controller.window, engine, say)
    panel = choose("zh_CN").side.enroll
    say(RequestEnded(request, EnrollmentError("The disk is full.")))
    assert panel.missing.text() == "The disk is full."
    assert panel.name_field.text() == "Ada"


@pytest.mark.parametrize("is_asked_before", [True, False])
def test_a_question_about_a_save_is_asked_in_the_new_window(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine, is_asked_before: bool
) -> None:
    request = save_ada(controller.window, engine, say)
    window = controller.window if is_asked_before else choose("zh_CN")
    say(LooksEnrolled(request, "Ada", (person(7, "Lin"),)))
    say(RequestEnded(request))
    if is_asked_before:
        window = choose("zh_CN")
    question = window.side.enroll.question
    assert not question.isHidden()
    assert "Lin" in question.words.text()
    question.save_button.click()
    assert engine.calls_of("enrollment.save", is_sure=True) == [(agreed("Ada"),)]


@pytest.mark.parametrize("by", ["who_is_this", "tray"])
def test_a_face_that_was_named_is_asked_about_in_the_new_window(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine, by: str
) -> None:
    def popup(window: MainWindow) -> WhoIsThisPopup:
        return window.who_is_this if by == "who_is_this" else window.side.unknown.popup

    say(gallery(person(7, "Lin")))
    former = popup(controller.window)
    if by == "tray":
        former.open_for_group(3, b"", QPoint(40, 50))
    else:
        former.open_for(4, QPoint(40, 50))
    former.name_field.set_text("Ada")
    former.consent.check.click()
    former.save_button.click()
    request = engine.request_of("faces.name_unknown" if by == "tray" else "faces.name_track")
    now = popup(choose("zh_CN"))
    say(LooksEnrolled(request, "Ada", (person(7, "Lin"),)))
    assert now.isVisible()
    assert "Lin" in now.question.words.text()
    now.close()


def test_an_import_goes_on_in_the_new_window(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine
) -> None:
    """Its file was chosen, and nobody has looked yet whether it needs a passphrase."""
    engine.recorder.answers["people.load_needs_passphrase"] = lambda _request, path: []
    controller.window.files._look_at(Path("people.metaface"))
    request = engine.request_of("people.load_needs_passphrase")
    window = choose("zh_CN")
    say(ImportLookedAt(request, needs_passphrase=False))
    assert engine.calls_of("people.import_from") == [(Path("people.metaface"),)]
    say(RequestEnded(engine.request_of("people.import_from")))
    assert window.toasts.toast is not None
    assert "people.metaface" in window.toasts.toast.text


def test_two_views_show_the_same_sides_as_before(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine
) -> None:
    """Else the engine would run on what nobody looks at any more."""
    say(READY)
    controller.window.commands.before_after["room"].trigger()
    sides = (Side("maml", uses_room=False), Side("maml"))
    assert engine.calls_of("sides.want") == [(sides,)]

    window = choose("zh_CN")
    assert window.stage.video.sides == sides
    window.commands.before_after["room"].trigger()
    assert engine.calls_of("sides.want")[-1] == ((),)
    assert window.stage.video.second is None


def test_what_runs_for_the_second_view_alone_ends_with_it(
    controller: WindowController, choose: Choose, say: Say, engine: FakeEngine
) -> None:
    say(READY)
    controller.window.stage.compare.show_second("rl2")
    assert engine.calls_of("models.set_compared") == [(("reptile", "rl2"),)]
    say(replace(READY, compared=("reptile", "rl2")))

    window = choose("zh_CN")
    window.commands.split.trigger()
    assert engine.calls_of("models.set_compared")[1:] == [(("reptile",),)]


def test_a_presentation_goes_on(controller: WindowController, choose: Choose) -> None:
    controller.window.commands.present.setChecked(True)
    window = choose("zh_CN")
    assert window.isFullScreen()
    assert window.commands.present.isChecked()


def test_what_can_be_undone_can_still_be(choose: Choose, say: Say, engine: FakeEngine) -> None:
    say(Undoable(5, "Deleted {name}", "lin", time.monotonic_ns() + MINUTE_NS))
    window = choose("zh_CN")
    window.commands.undo.trigger()
    assert engine.calls_of("people.undo") == [(5,)]
    assert not window.commands.undo.isEnabled()


def test_an_error_of_long_ago_is_not_told_again(controller: WindowController, choose: Choose, say: Say) -> None:
    error = DeviceError("There is no device named “{name}”. Choose one of: {names}.", name="x", names="cpu")
    say(models("maml", state=ModelState.FAILED, error=error))
    say(Trouble(error))
    assert controller.window.toasts.toast is not None
    assert choose("zh_CN").toasts.toast is None


def test_who_was_deleted_is_not_told_of_again(choose: Choose, say: Say, show_face: Callable[[], None]) -> None:
    say(gallery(person(1, "lin"), person(2, "wei")))
    say(RUNNING)
    show_face()
    say(MapChanged(embedding_map("lin", "wei")))
    say(gallery(person(2, "wei")))
    window = choose("zh_CN")
    assert window.live_view.faces == ()
    assert window.stage.map.asked is None
    assert not window.stage.map.plot.isVisibleTo(window.stage.map)


def test_nothing_is_left_of_the_former_window(
    controller: WindowController, choose: Choose, say: Say, qapp: QApplication
) -> None:
    say(READY)
    gone = weakref.ref(controller.window)
    heard = len(qapp.findChildren(QTimer))
    for code in ("zh_CN", "en", "zh_CN", "en"):
        choose(code)
    gc.collect()
    assert gone() is None
    windows = [widget for widget in qapp.topLevelWidgets() if isinstance(widget, MainWindow)]
    assert windows == [controller.window]
    assert len(qapp.findChildren(QTimer)) == heard
    say(RUNNING)  # nobody who is gone hears it


def test_only_closing_the_window_ends_the_program(controller: WindowController, qapp: QApplication) -> None:
    former, seen = controller.window, list[str]()

    def look() -> None:
        if controller.window is not former:
            poll.stop()
            seen.append(controller.window.side.tabText(0))
            controller.window.close()

    poll = QTimer(interval=5)
    poll.timeout.connect(look)
    poll.start()
    QTimer.singleShot(0, former.commands.languages["zh_CN"].trigger)
    qapp.exec()
    assert seen == ["人员"]


def test_errors_that_nobody_catches_are_shown_by_the_window_that_is_there(
    controller: WindowController, choose: Choose
) -> None:
    before = sys.excepthook
    with controller.catching():
        former = sys.excepthook
        assert former is not before
        choose("zh_CN")
        assert sys.excepthook is not before
        assert sys.excepthook is not former
    assert sys.excepthook is before


def words_of(window: MainWindow) -> set[str]:
    """Every text on or about the window's widgets and actions, also of what is hidden."""
    found: set[str] = set()
    for widget in [window, *window.findChildren(QWidget)]:
        found |= {widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()}
        match widget:
            case QLabel() | QAbstractButton():
                found.add(widget.text())
            case QLineEdit():
                found.add(widget.placeholderText())
            case QComboBox():
                found |= {widget.itemText(index) for index in range(widget.count())} | {widget.placeholderText()}
            case QTabWidget() | QTabBar():
                found |= {widget.tabText(index) for index in range(widget.count())}
    for action in window.findChildren(QAction):
        found |= {action.text(), action.toolTip(), action.iconText()}
    return {text for text in found if re.search(r"[a-z]{3}", text)}


SAME_IN_EVERY_LANGUAGE = {
    "MetaFace",
    "English",
    "MAML",
    "Reptile",
    "FaceNet (VGGFace2)",
    "FaceNet (CASIA-WebFace)",
    "Finn 2017",
    "rtsp://…",
    # pyqtgraph's menu, which our plots do not open
    "Export",
    "Export...",
}


def test_nothing_on_the_window_stays_english(controller: WindowController, choose: Choose, say: Say) -> None:
    def tell() -> None:
        say(READY)
        say(gallery(person(1, "lin")))
        say(SourceChanged(SourceState.RUNNING, "Demo scene"))
        say(enrollment(1, 2))
        say(Adapted("maml", 1, 5, 4.0))

    tell()
    english = words_of(controller.window)
    assert len(english) > 150
    chinese = words_of(choose("zh_CN"))
    left = {text for text in chinese & english if not re.search(r"[\u4e00-\u9fff]", text)}
    assert left - SAME_IN_EVERY_LANGUAGE == set()
