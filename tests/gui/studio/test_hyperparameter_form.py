"""The settings of a method, turned as a user does."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.hyperparameter_editors import (
    ChoiceEditor,
    FlagEditor,
    HyperparameterEditor,
    IntegerEditor,
    LogEditor,
    RealEditor,
)
from metaface_gui.gui.studio.hyperparameter_form import HyperparameterForm
from metaface_gui.pipeline.learners import ALL_LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import hyperparameters_of, with_value
from tests.gui.fakes import on_screen

LEFT = Qt.MouseButton.LeftButton
Editor = TypeVar("Editor", bound=HyperparameterEditor)


@pytest.fixture
def form(qtbot: QtBot) -> HyperparameterForm:
    return on_screen(qtbot, HyperparameterForm(), 300, 240)


def editor_of(form: HyperparameterForm, name: str, kind: type[Editor]) -> Editor:
    editor = form.rows[name].editor
    assert isinstance(editor, kind)
    return editor


@pytest.mark.parametrize("key", [*ALL_LEARNERS, "nothing"])
def test_every_method_has_a_row_a_setting_or_says_that_there_is_nothing(form: HyperparameterForm, key: str) -> None:
    form.show_settings(key, None)
    parameters = hyperparameters_of(key) if key in ALL_LEARNERS else ()
    assert list(form.rows) == [each.name for each in parameters]
    assert form.nothing.isVisible() == (not parameters)
    for row, parameter in zip(form.rows.values(), parameters, strict=True):
        assert row.label.text() == parameter.title
        assert parameter.explanation in row.label.toolTip()
        assert row.editor.knob.accessibleName() == parameter.title
        assert not row.reset.isVisible()
    assert not form.reset_all.isEnabled()


def test_a_whole_number_by_button_key_and_typing(form: HyperparameterForm, qtbot: QtBot) -> None:
    form.show_settings("maml", None)
    editor = editor_of(form, "inner_steps", IntegerEditor)
    with qtbot.waitSignal(form.settled) as settled:
        QTest.mouseClick(editor.more, LEFT)
    assert settled.args == ["maml", with_value("maml", None, "inner_steps", 6)]
    editor.box.setFocus()
    with qtbot.waitSignal(form.settled) as settled:
        QTest.keyClick(editor.box, Qt.Key.Key_Up)
    assert settled.args == ["maml", with_value("maml", None, "inner_steps", 7)]
    editor.box.selectAll()
    with qtbot.assertNotEmitted(form.settled, wait=200):
        QTest.keyClicks(editor.box, "12")  # a typed number counts when it is finished
    with qtbot.waitSignal(form.settled) as settled:
        QTest.keyClick(editor.box, Qt.Key.Key_Return)
    assert settled.args == ["maml", with_value("maml", None, "inner_steps", 12)]


def test_turning_on_and_on_is_said_once(form: HyperparameterForm, qtbot: QtBot) -> None:
    form.show_settings("maml", None)
    editor = editor_of(form, "inner_steps", IntegerEditor)
    said: list[object] = []
    form.settled.connect(lambda _key, settings: said.append(settings))
    for _ in range(4):
        QTest.mouseClick(editor.less, LEFT)
    assert said == []
    qtbot.waitUntil(lambda: bool(said))
    assert said == [with_value("maml", None, "inner_steps", 1)]
    assert editor.box.value() == 1


def test_a_rate_by_slider_of_equal_ratios(form: HyperparameterForm, qtbot: QtBot) -> None:
    form.show_settings("maml", None)
    editor = editor_of(form, "inner_lr", LogEditor)
    assert editor.slider.value() == 50  # 1 is halfway from 0.1 to 10
    assert editor.value_at(0) == 0.1
    assert editor.value_at(100) == 10.0
    assert editor.value_at(75) / editor.value_at(50) == pytest.approx(editor.value_at(50) / editor.value_at(25), 0.01)
    editor.slider.setFocus()
    with qtbot.waitSignal(form.settled) as settled:
        QTest.keyClick(editor.slider, Qt.Key.Key_End)
    assert settled.args == ["maml", with_value("maml", None, "inner_lr", 10.0)]
    assert editor.words.text() == "10"


def test_a_value_between_two_steps_of_the_slider_is_shown_exactly(form: HyperparameterForm, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(form.settled, wait=200):
        form.show_settings("maml", with_value("maml", None, "inner_lr", 1.23))
    editor = editor_of(form, "inner_lr", LogEditor)
    assert editor.words.text() == "1.23"


def test_a_real_number_a_choice_and_a_flag(form: HyperparameterForm, qtbot: QtBot) -> None:
    form.show_settings("maml", None)
    real, flag = editor_of(form, "rate_decay", RealEditor), editor_of(form, "anil", FlagEditor)
    assert real.box.text() in ("1.00", "1,00")
    with qtbot.waitSignal(form.settled) as settled:
        QTest.mouseClick(real.less, LEFT)
    assert settled.args[1] == with_value("maml", None, "rate_decay", 0.99)
    with qtbot.waitSignal(form.settled) as settled:
        flag.check.setFocus()
        QTest.keyClick(flag.check, Qt.Key.Key_Space)
    assert settled.args[1] == with_value("maml", with_value("maml", None, "rate_decay", 0.99), "anil", True)
    form.show_settings("prototypical", None)
    choice = editor_of(form, "distance", ChoiceEditor)
    choice.combo.setFocus()
    with qtbot.waitSignal(form.settled) as settled:
        QTest.keyClick(choice.combo, Qt.Key.Key_Down)
    assert settled.args == ["prototypical", with_value("prototypical", None, "distance", "euclidean")]


@pytest.mark.parametrize("key", ["maml", "meta_network", "task_clusters", "rl2", "siamese", "matching"])
def test_both_ends_of_every_range_are_taken(form: HyperparameterForm, qtbot: QtBot, key: str) -> None:
    form.show_settings(key, None)
    for parameter in hyperparameters_of(key):
        editor = form.rows[parameter.name].editor
        for end, value in ((Qt.Key.Key_Home, parameter.low), (Qt.Key.Key_End, parameter.high)):
            if isinstance(editor, LogEditor):
                QTest.keyClick(editor.slider, end)
            elif isinstance(editor, RealEditor):
                editor.box.setValue(value)
            elif isinstance(editor, IntegerEditor):
                editor.box.setValue(int(value))
            else:
                continue
            with qtbot.waitSignal(form.settled) as settled:
                pass
            assert getattr(settled.args[1], parameter.name) == pytest.approx(value)
    form.show_settings("nothing", None)


def test_what_was_turned_is_marked_and_reset_one_by_one(form: HyperparameterForm, qtbot: QtBot) -> None:
    both = with_value("maml", with_value("maml", None, "inner_steps", 9), "anil", True)
    form.show_settings("maml", both)
    row = form.rows["inner_steps"]
    assert row.label.text() == "Inner steps •"
    assert row.label.font().bold() or row.label.font().weight() > 500
    assert row.reset.isVisible()
    assert not form.rows["inner_lr"].reset.isVisible()
    with qtbot.waitSignal(form.settled) as settled:
        QTest.mouseClick(row.reset, LEFT)
    assert settled.args == ["maml", with_value("maml", None, "anil", True)]
    assert not row.reset.isVisible()
    assert row.label.text() == "Inner steps"
    with qtbot.waitSignal(form.settled) as settled:
        QTest.mouseClick(form.rows["anil"].reset, LEFT)
    assert settled.args == ["maml", None]  # all are the defaults again


def test_reset_all(form: HyperparameterForm, qtbot: QtBot) -> None:
    form.show_settings("rl2", with_value("rl2", None, "trials", 1))
    with qtbot.waitSignal(form.settled) as settled:
        QTest.mouseClick(form.reset_all, LEFT)
    assert settled.args == ["rl2", None]
    assert not form.reset_all.isEnabled()
    editor = editor_of(form, "trials", IntegerEditor)
    assert editor.box.value() == 4


def test_another_method_does_not_swallow_what_was_just_turned(form: HyperparameterForm) -> None:
    said: list[tuple[str, object]] = []
    form.settled.connect(lambda key, settings: said.append((key, settings)))
    form.show_settings("rl2", None)
    editor = editor_of(form, "trials", IntegerEditor)
    QTest.mouseClick(editor.more, LEFT)
    form.show_settings("maml", None)
    assert said == [("rl2", with_value("rl2", None, "trials", 5))]
    assert form.key == "maml"


def test_an_old_answer_does_not_turn_a_knob_back(form: HyperparameterForm, qtbot: QtBot) -> None:
    form.show_settings("rl2", None)
    editor = editor_of(form, "trials", IntegerEditor)
    QTest.mouseClick(editor.more, LEFT)
    form.show_settings("rl2", None)
    assert editor.box.value() == 5
    with qtbot.waitSignal(form.settled):
        pass
    form.show_settings("rl2", None)
    assert editor.box.value() == 4


def test_the_wheel_scrolls_past_a_knob_that_nobody_turns(form: HyperparameterForm) -> None:
    form.show_settings("rl2", None)
    editor = editor_of(form, "trials", IntegerEditor)
    form.setFocus()

    def turn() -> None:
        at = QPointF(5, 5)
        up, no = QPoint(0, 120), Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(at, at, QPoint(), up, Qt.MouseButton.NoButton, no, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(editor.box, event)

    turn()
    assert editor.box.value() == 4
    editor.box.setFocus()
    turn()
    assert editor.box.value() == 5


def test_rows_are_made_when_they_are_to_be_seen(form: HyperparameterForm) -> None:
    form.hide()
    form.show_settings("maml", with_value("maml", None, "inner_steps", 3))
    assert form.rows == {}
    assert form.reset_all.isEnabled()
    form.show()
    editor = editor_of(form, "inner_steps", IntegerEditor)
    assert editor.box.value() == 3
