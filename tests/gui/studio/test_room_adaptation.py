from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import RoomChanged, RoomEvaluated, StrangersHere
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.studio.room_adaptation import RoomAdaptation
from metaface_gui.gui.studio.strangers_bars import percent
from metaface_gui.pipeline.recognition.room_share import LetThrough
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, models

LEFT = Qt.MouseButton.LeftButton
NOW = StrangersHere(0.4, LetThrough(0.004, 0.011, 0.03))
BEFORE = StrangersHere(0.3, LetThrough(0.05, 0.18, 0.4))


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> RoomAdaptation:
    made = RoomAdaptation(engine.room, bridge)
    qtbot.addWidget(made)
    made.resize(380, 200)
    made.show()
    return made


def test_it_says_before_and_now_how_sure_and_what_it_rests_on(panel: RoomAdaptation, say: Say) -> None:
    assert "Enrol somebody" in panel.words.text()
    say(RoomChanged(9, 8, can_undo=True))
    say(RoomEvaluated("prototypical", 3, 8, NOW, BEFORE))
    text = panel.words.text()
    assert "About 18\u00a0% before, about 1.1\u00a0% now (0.4\u00a0% to 3\u00a0%" in text
    assert "3 enrolled and 8 unlabelled faces; 9 seen" in text
    assert "18\u00a0%" in panel.bars.accessibleDescription()
    assert not panel.bars.grab().isNull()


def test_without_a_room_only_now_is_said(panel: RoomAdaptation, say: Say) -> None:
    say(RoomEvaluated("prototypical", 3, 0, NOW))
    assert panel.words.text().startswith("About 1.1\u00a0% (")
    say(RoomEvaluated("prototypical", 3, 0))
    assert "none were sampled" in panel.words.text()


def test_adapting_undoing_and_the_switch_by_mouse_and_key(panel: RoomAdaptation, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(panel.button, LEFT)
    assert not engine.calls_of("room.adapt"), "nothing was seen yet"
    say(RoomChanged(5, 0))
    QTest.mouseClick(panel.undo_button, LEFT)
    assert not engine.calls_of("room.undo"), "nothing to take back"
    say(RoomChanged(5, 5, can_undo=True))
    QTest.mouseClick(panel.button, LEFT)
    QTest.keyClick(panel.button, Qt.Key.Key_Space)
    QTest.mouseClick(panel.undo_button, LEFT)
    QTest.keyClick(panel.undo_button, Qt.Key.Key_Space)
    QTest.mouseClick(panel.switch, LEFT, pos=QPoint(8, panel.switch.height() // 2))
    assert len(engine.calls_of("room.adapt")) == len(engine.calls_of("room.undo")) == 2
    assert engine.calls_of("room.set_used") == [(False,)]
    say(models(use_room=False))
    assert not panel.switch.isChecked()
    assert not panel.button.isEnabled()


def test_what_was_taken_back_says_so(panel: RoomAdaptation, say: Say) -> None:
    say(RoomEvaluated("prototypical", 3, 0, NOW))
    say(RoomChanged(5, 0, is_held=True))
    assert "Undone" in panel.words.text()


def test_the_windows_keys_adapt_and_undo(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_R, control | shift)
    assert not engine.calls_of("room.undo")
    say(RoomChanged(5, 5, can_undo=True))
    QTest.keyClick(window, Qt.Key.Key_R, control | shift)
    QTest.keyClick(window, Qt.Key.Key_R, control)
    assert len(engine.calls_of("room.undo")) == len(engine.calls_of("room.adapt")) == 1


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0"), (0.0004, "0.04"), (0.011, "1.1"), (0.03, "3"), (0.094, "9.4"), (0.25, "25")]
)
def test_shares_in_words(share: float, words: str) -> None:
    assert percent(share) == f"{words}\u00a0%"
