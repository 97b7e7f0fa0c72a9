from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EnvironmentChanged
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.environment_words import effect_explanation, effect_title, label_words, setting_words
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.studio.environment_dial import EnvironmentDial
from metaface_gui.metalearning.frame_effects import EFFECTS
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dial(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> EnvironmentDial:
    made = EnvironmentDial(engine.source, bridge)
    qtbot.addWidget(made)
    made.resize(620, 220)
    made.show()
    return made


def asked(engine: FakeEngine) -> list[EnvironmentSetting]:
    settings = [args[0] for args in engine.calls_of("source.set_environment")]
    return [setting for setting in settings if isinstance(setting, EnvironmentSetting)]


def test_a_click_chooses_and_another_brings_the_room_back(dial: EnvironmentDial, engine: FakeEngine) -> None:
    QTest.mouseClick(dial.buttons["dim_light"], LEFT)
    QTest.mouseClick(dial.buttons["fog"], LEFT)
    assert dial.buttons["fog"].isChecked()
    assert not dial.buttons["dim_light"].isChecked()
    QTest.mouseClick(dial.buttons["fog"], LEFT)
    QTest.mouseClick(dial.buttons["masks"], LEFT)
    QTest.mouseClick(dial.back_button, LEFT)
    assert [setting.effects for setting in asked(engine)] == [
        (("dim_light", 0.7),),
        (("fog", 0.7),),
        (),
        (("masks", 0.7),),
        (),
    ]
    assert not dial.back_button.isEnabled()


def test_the_slider_turns_what_is_on(dial: EnvironmentDial, engine: FakeEngine, qtbot: QtBot) -> None:
    dial.slider.setValue(40)
    assert asked(engine) == [], "nothing is on yet"
    QTest.mouseClick(dial.buttons["dim_light"], LEFT)
    dial.slider.setFocus()
    QTest.keyClick(dial.slider, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: len(asked(engine)) == 2)
    assert [setting.effects for setting in asked(engine)] == [(("dim_light", 0.4),), (("dim_light", 0.5),)]
    assert "50" in dial.percent.text()


def test_it_shows_what_the_engine_says(dial: EnvironmentDial, say: Say) -> None:
    say(EnvironmentChanged(EnvironmentSetting((("fog", 0.3), ("old_sensor", 0.9)))))
    assert {name for name, button in dial.buttons.items() if button.isChecked()} == {"fog", "old_sensor"}
    assert dial.slider.value() == 90
    assert "Fog 30" in dial.words.text()
    say(EnvironmentChanged(ROOM_AS_IT_IS))
    assert not any(button.isChecked() for button in dial.buttons.values())


def test_each_surprise_is_another_one(dial: EnvironmentDial, engine: FakeEngine) -> None:
    for _ in range(3):
        QTest.mouseClick(dial.surprise_button, LEFT)
    assert len({setting.effects for setting in asked(engine)}) == 3


def test_the_keys_work_anywhere_but_not_while_a_name_is_typed(
    window: MainWindow, engine: FakeEngine, qtbot: QtBot
) -> None:
    video = window.live_view
    video.setFocus()
    QTest.keyClick(video, Qt.Key.Key_D)
    QTest.keyClick(video, Qt.Key.Key_D)
    QTest.keyClick(video, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(video, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: len(asked(engine)) == 4)
    QTest.keyClick(video, Qt.Key.Key_BracketLeft)
    qtbot.waitUntil(lambda: len(asked(engine)) == 5)
    QTest.keyClick(video, Qt.Key.Key_X)
    QTest.keyClick(video, Qt.Key.Key_0)
    first, second, *_ = EFFECTS
    settings = [setting.effects for setting in asked(engine)]
    assert settings[:5] == [
        ((first, 0.7),),
        ((second, 0.7),),
        ((first, 0.7),),
        ((first, 0.8),),
        ((first, 0.7),),
    ]
    assert settings[5]
    assert settings[6] == ()
    window.side.open_key("people")
    field = window.side.people.search
    field.setFocus()
    QTest.keyClicks(field, "xd0[]")
    assert len(asked(engine)) == 7


def test_the_page_is_one_key_away(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(window.stage.room.isVisible)
    button = window.stage.room.dial.buttons["dim_light"]
    QTest.mouseClick(button, LEFT, pos=QPoint(8, 8))
    assert button.isChecked()


def test_every_effect_has_words_and_marks_are_read_back() -> None:
    assert all(effect_title(name) != name and effect_explanation(name) for name in EFFECTS)
    setting = EnvironmentSetting((("fog", 0.3), ("side_light", 0.55)))
    assert label_words(setting.label) == setting_words(setting) == "Fog 30\u00a0%, Side light 55\u00a0%"
    assert label_words("") == setting_words(ROOM_AS_IT_IS) == ""
    assert effect_title("nothing") == "nothing"
