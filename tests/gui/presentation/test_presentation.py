"""The presentation and the projector by keys and clicks, over an engine that only writes down what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import ComparisonChanged, MapChanged, SidesChanged
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.engine.studio.side import Side
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.presentation.board import PresentationBoard
from metaface_gui.gui.presentation.parts import Part
from metaface_gui.gui.presentation.screens import ScreenInfo, Screens
from metaface_gui.gui.window_state import WindowState
from metaface_gui.i18n import install_translation
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from tests.gui.fakes import FakeEngine, make_frame, on_screen
from tests.gui.main_states import Scene
from tests.gui.studio.explanations import embedding_map
from tests.gui.verdict_fakes import KEYS

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
HALL = ScreenInfo("hall", QRect(800, 0, 700, 500), is_primary=False)


class PluggedScreens(Screens):
    """Screens that a test plugs in and out; the operator's own is always there."""

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__(app)
        self.others: list[ScreenInfo] = []

    def present(self) -> tuple[ScreenInfo, ...]:
        return (*super().present(), *self.others)

    def plug(self, *others: ScreenInfo) -> None:
        self.others = list(others)
        self.changed.emit()


@pytest.fixture
def screens(qapp: QApplication) -> PluggedScreens:
    return PluggedScreens(qapp)


@pytest.fixture
def open_here(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, ini: Path, screens: PluggedScreens
) -> Iterator[Callable[[], Scene]]:
    opened: list[MainWindow] = []

    def make() -> Scene:
        state = WindowState(QSettings(str(ini), QSettings.Format.IniFormat))
        window = on_screen(qtbot, MainWindow(engine, bridge, state, list_cameras=lambda: (), screens=screens))
        opened.append(window)
        scene = Scene(window, engine, bridge)
        scene.live()
        return scene

    yield make
    for window in opened:
        window.close()


@pytest.fixture(params=["en", "zh_CN"])
def _language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    assert install_translation(qapp, request.param)
    yield
    install_translation(qapp, "en")


@pytest.fixture
def scene(open_here: Callable[[], Scene]) -> Scene:
    return open_here()


@pytest.fixture
def hall(scene: Scene, screens: PluggedScreens) -> Scene:
    """The audience has a screen of its own."""
    screens.plug(HALL)
    QTest.keyClick(scene.window, Qt.Key.Key_F11, CTRL)
    QApplication.processEvents()
    return scene


def present(scene: Scene, qtbot: QtBot) -> PresentationBoard:
    QTest.keyClick(scene.window, Qt.Key.Key_F11)
    qtbot.waitUntil(scene.window.isFullScreen)
    QApplication.processEvents()
    return scene.window.stage.board


# In the window ------------------------------------------------------------------------------------------------------


def test_keys_bring_parts_and_take_them_away(scene: Scene, qtbot: QtBot) -> None:
    board = present(scene, qtbot)
    assert not board.column.isVisible()
    assert not board.cards.isVisible()
    alone = scene.window.live_view.width()
    QTest.keyClick(scene.window, Qt.Key.Key_F9)
    QTest.keyClick(scene.window, Qt.Key.Key_F8)
    QApplication.processEvents()
    assert board.parts == {Part.MARGINS, Part.COUNTS}
    assert board.panels[Part.MARGINS].isVisible()
    assert not board.panels[Part.MAP].isVisible()
    assert board.cards.isVisible()
    assert scene.window.live_view.width() < alone
    QTest.keyClick(scene.window, Qt.Key.Key_F9)
    QTest.keyClick(scene.window, Qt.Key.Key_F8)
    QApplication.processEvents()
    assert scene.window.live_view.width() == alone


def test_without_a_presentation_its_keys_do_nothing(scene: Scene) -> None:
    QTest.keyClick(scene.window, Qt.Key.Key_F9)
    assert scene.window.stage.board.parts == frozenset()
    assert not scene.window.commands.parts[Part.MARGINS].isEnabled()


def test_the_bar_chooses_by_clicks_and_goes_by_itself(scene: Scene, qtbot: QtBot) -> None:
    board = present(scene, qtbot)
    bar = scene.window.presentation.bar
    assert bar.isVisible()
    words = [button.text() for button in bar.buttons]
    assert words[:4] == ["Curve  F6", "Map  F7", "Counts  F8", "Margins  F9"]
    QTest.mouseClick(bar.buttons[2], LEFT)
    assert board.parts == {Part.COUNTS}
    assert bar.buttons[2].isChecked()
    scene.window.live_view.setFocus()
    bar._left_ms = 1  # it has been there for long
    qtbot.waitUntil(lambda: not bar.isVisible())
    QCursor.setPos(QCursor.pos() + QPoint(30, 20))
    qtbot.waitUntil(bar.isVisible)
    QTest.mouseClick(bar.buttons[-1], LEFT)
    qtbot.waitUntil(lambda: not scene.window.isFullScreen())
    assert not bar.isVisible()


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("percent", [100, 140])
def test_the_bar_covers_no_method_s_name(open_here: Callable[[], Scene], ini: Path, percent: int) -> None:
    WindowState(QSettings(str(ini), QSettings.Format.IniFormat)).text_percent = percent
    scene = open_here()
    window = scene.window
    scene.live(3)
    window.commands.present.setChecked(True)
    window.showNormal()
    window.resize(1280, 800)
    for part in (Part.CURVE, Part.MAP, Part.MARGINS):
        window.commands.parts[part].setChecked(True)
    for n_views in (1, 2):
        if n_views == 2:
            window.commands.before_after["room"].trigger()
        for _layouts_within_layouts in range(4):
            QApplication.processEvents()
        bar = window.presentation.bar
        bar.come_up()
        titles = [view.title for view in window.stage.video.views if view.title.isVisible()]
        assert len(titles) == n_views
        for title in titles:
            place = QRect(title.mapTo(window, QPoint()), title.size())
            assert not place.intersects(QRect(bar.mapTo(window, QPoint()), bar.size()))
        assert window.rect().contains(QRect(bar.mapTo(window, QPoint()), bar.size()))


def test_parts_are_remembered(open_here: Callable[[], Scene], qtbot: QtBot) -> None:
    first = open_here()
    present(first, qtbot)
    QTest.keyClick(first.window, Qt.Key.Key_F9)
    first.window.commands.present.setChecked(False)
    first.window.close()
    second = open_here()
    assert second.window.stage.board.parts == {Part.MARGINS}
    assert not second.window.stage.board.column.isVisible(), "not before the presentation"


def test_counts_are_of_the_deciding_method_and_of_both_sides(scene: Scene) -> None:
    cards = scene.window.stage.board.cards
    other = LearnerTally(KEYS[1], named=99)
    scene.say(ComparisonChanged((LearnerTally(KEYS[0], named=3, unknown=1), other), 4, 1.0))
    assert [[card.number for card in row] for _title, row in cards.rows] == [[3, 1]]
    before, after = Side(KEYS[0], uses_room=False), Side(KEYS[0])
    tallies = (LearnerTally(before.key, named=1, unknown=3), LearnerTally(after.key, named=4))
    scene.say(SidesChanged((before, after), is_ready=True, tallies=tallies))
    assert [[card.number for card in row] for _title, row in cards.rows] == [[1, 3], [4, 0]]
    assert "without this room" in cards.rows[0][0]


def test_the_map_is_asked_for_only_while_somebody_sees_one(scene: Scene, engine: FakeEngine, qtbot: QtBot) -> None:
    scene.window.stage.open_page("map")
    assert engine.calls_of("studio.set_map_learner") == [(KEYS[0],)]
    present(scene, qtbot)
    assert engine.calls_of("studio.set_map_learner")[-1] == (None,)
    QTest.keyClick(scene.window, Qt.Key.Key_F7)
    assert engine.calls_of("studio.set_map_learner")[-1] == (KEYS[0],)
    scene.say(MapChanged(embedding_map("alex", "rose")))
    assert "Map · " in scene.window.stage.board.panels[Part.MAP].title.text()
    scene.window.commands.present.setChecked(False)
    assert engine.calls_of("studio.set_map_learner")[-1] == (KEYS[0],), "the studio's page is there again"


# On the projector ---------------------------------------------------------------------------------------------------


def test_the_audience_gets_another_screen_and_the_operator_keeps_the_window(hall: Scene) -> None:
    window, projector = hall.window, hall.window.presentation.projector
    assert projector.window.isVisible()
    assert projector.screen == "hall"
    assert projector.window.isFullScreen()
    assert not window.isFullScreen()
    assert window.stage.methods.isVisible()
    assert window.presentation.row.isVisible()
    audience = window.stage.video.projected().views[0]
    assert [face.name for face in audience.faces] == [face.name for face in window.live_view.faces]
    QTest.mouseClick(window.presentation.row.buttons[3], LEFT)
    QApplication.processEvents()
    assert window.stage.projected_board.panels[Part.MARGINS].isVisible()
    assert not window.stage.board.panels[Part.MARGINS].isVisible()
    QTest.mouseClick(window.presentation.row.buttons[-1], LEFT)
    assert not projector.window.isVisible()
    assert not window.presentation.row.isVisible()
    assert not window.commands.projector.isChecked()


def test_both_screens_show_one_picture_converted_once(hall: Scene, engine: FakeEngine) -> None:
    audience = hall.window.stage.video.projected().views[0]
    frame = make_frame(index=7)
    engine.show_frame(frame, hall.window)
    assert audience._picture is hall.window.live_view._picture
    assert audience.frame is frame


def test_the_audience_is_told_that_the_picture_is_another_room_s(hall: Scene, engine: FakeEngine) -> None:
    first, second = hall.window.stage.video.projected().views
    setting = EnvironmentSetting((("fog", 0.3),))
    for frame, is_told in (
        (replace(make_frame(index=8), environment=setting.label), True),
        (make_frame(index=9), False),
    ):
        engine.show_frame(frame, hall.window)
        assert first.environment.isVisible() is is_told
        assert not second.environment.isVisible()
        assert first.environment.title == hall.window.live_view.environment.title


def test_before_and_after_are_on_both_screens(hall: Scene) -> None:
    left, right = hall.window.stage.video.projected().views
    assert not right.isVisible()
    QTest.keyClick(hall.window, Qt.Key.Key_B)
    QApplication.processEvents()
    assert right.isVisible()
    assert "without this room" in left.title.title
    QTest.keyClick(hall.window, Qt.Key.Key_B)
    QApplication.processEvents()
    assert not right.isVisible()


def test_it_waits_for_a_screen_that_was_unplugged(hall: Scene, screens: PluggedScreens) -> None:
    projector, toasts = hall.window.presentation.projector, hall.window.toasts
    screens.plug()
    assert not projector.window.isVisible()
    assert projector.is_on
    assert toasts.toast is not None
    assert "is gone" in toasts.toast.text
    toasts.clear()
    screens.plug(HALL)
    assert projector.window.isVisible()
    assert toasts.toast is not None
    assert "is back" in toasts.toast.text
    moved = ScreenInfo("hall", QRect(800, 0, 640, 480), is_primary=False)
    screens.plug(moved)
    assert projector.window.geometry() == moved.geometry


def test_with_one_screen_it_is_a_window(scene: Scene) -> None:
    projector = scene.window.presentation.projector
    QTest.keyClick(scene.window, Qt.Key.Key_F11, CTRL)
    assert projector.window.isVisible()
    assert not projector.window.isFullScreen()
    QTest.keyClick(projector.window, Qt.Key.Key_Escape)
    assert not projector.is_on
    assert not scene.window.commands.projector.isChecked()


def test_the_menu_names_every_screen_and_opens_there(scene: Scene, screens: PluggedScreens) -> None:
    screens.plug(HALL)
    menu = QMenu(scene.window)
    scene.window.presentation.fill(menu)
    words = [action.text() for action in menu.actions()]
    assert words[-2:] == ["hall · 700 × 500", "In a window of its own"]
    menu.actions()[-2].trigger()
    assert scene.window.presentation.projector.screen == "hall"
    scene.window.presentation.fill(menu)
    assert menu.actions()[-2].isChecked()


def test_the_screen_is_remembered_and_closing_the_window_ends_it(
    open_here: Callable[[], Scene], screens: PluggedScreens
) -> None:
    other = ScreenInfo("balcony", QRect(800, 0, 640, 480), is_primary=False)
    screens.plug(HALL, other)
    first = open_here()
    first.window.presentation.projector.open("balcony")
    shown = first.window.presentation.projector.window
    first.window.close()
    assert not shown.isVisible()
    second = open_here()
    QTest.keyClick(second.window, Qt.Key.Key_F11, CTRL)
    assert second.window.presentation.projector.screen == "balcony"
