"""The bar of methods, with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import ModelState
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.method_bar import MethodBar
from metaface_gui.gui.theme import FontSize, Theme, ThemeMode, font
from metaface_gui.pipeline.learners import LEARNERS
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, child_of, models, on_screen

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
KEYS = list(LEARNERS)


class Window(QMainWindow):
    """A window as the real one: the bar, a text field and something to focus besides."""

    def __init__(self, engine: FakeEngine, bridge: EngineBridge) -> None:
        super().__init__()
        self.bar = MethodBar(engine.models, bridge)
        self.field = QLineEdit()
        self.stage = QWidget()
        self.stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.bar, self.field, self.stage):
            layout.addWidget(widget)
        self.setCentralWidget(middle)
        self.addActions(self.bar.actions_for_window())


@pytest.fixture
def window(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, say: Say) -> Window:
    made = on_screen(qtbot, Window(engine, bridge), 1280, 300)
    made.stage.setFocus()
    say(models("prototypical"))
    return made


@pytest.fixture
def bar(window: Window) -> MethodBar:
    return window.bar


# Deciding -----------------------------------------------------------------------------------------------------------


def test_a_button_for_each_method_in_the_registrys_order(bar: MethodBar) -> None:
    assert list(bar.buttons) == KEYS
    assert [key for key, button in bar.buttons.items() if button.isChecked()] == ["prototypical"]
    assert "Snell 2017" in bar.explanation.text()


def test_a_click_asks_and_the_answer_is_shown(bar: MethodBar, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(bar.buttons["maml"], LEFT)
    assert engine.calls_of("models.set_learner") == [("maml",)]
    assert not bar.buttons["maml"].isChecked()  # not before the engine says so
    say(models("maml"))
    assert [key for key, button in bar.buttons.items() if button.isChecked()] == ["maml"]
    assert bar.explanation.text().startswith("MAML (Finn 2017): ")
    assert bar.buttons["maml"].accessibleDescription() == "decides the names"


def test_a_click_on_the_deciding_one_asks_for_nothing(bar: MethodBar, engine: FakeEngine) -> None:
    QTest.mouseClick(bar.buttons["prototypical"], LEFT)
    assert engine.calls == []
    assert bar.buttons["prototypical"].isChecked()


@pytest.mark.parametrize("number", range(2, 10))
def test_digits_choose(window: Window, engine: FakeEngine, number: int) -> None:
    QTest.keyClick(window.stage, Qt.Key(Qt.Key.Key_0 + number))
    assert engine.calls_of("models.set_learner") == [(KEYS[number - 1],)]


def test_a_is_auto(window: Window, engine: FakeEngine, say: Say) -> None:
    QTest.keyClick(window.stage, Qt.Key.Key_A)
    assert engine.calls_of("models.set_learner") == [("rl2",)]
    say(models("rl2"))
    QTest.keyClick(window.stage, Qt.Key.Key_1)
    assert engine.calls_of("models.set_learner") == [("rl2",), ("prototypical",)]


def test_what_is_typed_into_a_field_stays_there(window: Window, engine: FakeEngine) -> None:
    window.field.setFocus()
    QTest.keyClicks(window.field, "a1c9!")
    QTest.keyClick(window.field, Qt.Key.Key_2, SHIFT)
    assert window.field.text().startswith("a1c9!")
    assert engine.calls == []
    window.stage.setFocus()
    QTest.keyClick(window.stage, Qt.Key.Key_4)
    assert engine.calls_of("models.set_learner") == [("maml",)]


def test_buttons_are_reached_and_pressed_with_keys(window: Window, engine: FakeEngine) -> None:
    window.bar.buttons["prototypical"].setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.bar.buttons["prototypical"], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.bar.buttons["matching"]
    QTest.keyClick(window.bar.buttons["matching"], Qt.Key.Key_Space)
    QTest.keyClick(window.bar.buttons["siamese"], Qt.Key.Key_Return)
    assert engine.calls_of("models.set_learner") == [("matching",), ("siamese",)]
    QTest.keyClick(window.bar.buttons["reptile"], Qt.Key.Key_Space, CTRL)
    assert engine.calls_of("models.set_compared") == [(("reptile",),)]


# Comparing ----------------------------------------------------------------------------------------------------------


def test_ctrl_click_compares_and_compares_no_more(bar: MethodBar, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(bar.buttons["maml"], LEFT, CTRL)
    say(models("prototypical", "maml"))
    assert bar.buttons["maml"].is_compared
    QTest.mouseClick(bar.buttons["maml"], LEFT, CTRL)
    assert engine.calls_of("models.set_compared") == [(("maml",),), ((),)]
    assert engine.calls_of("models.set_learner") == []
    say(models("prototypical"))
    assert not bar.buttons["maml"].is_compared


def test_the_corner_compares(bar: MethodBar, engine: FakeEngine) -> None:
    button = bar.buttons["siamese"]
    QTest.mouseMove(button, button.compare_corner.center())
    QTest.mouseClick(button, LEFT, pos=button.compare_corner.center())
    assert engine.calls_of("models.set_compared") == [(("siamese",),)]
    assert engine.calls_of("models.set_learner") == []


def test_the_deciding_one_has_no_corner(bar: MethodBar, engine: FakeEngine) -> None:
    button = bar.buttons["prototypical"]
    QTest.mouseClick(button, LEFT, pos=button.compare_corner.center())
    QTest.mouseClick(button, LEFT, CTRL)
    assert engine.calls == []


@pytest.mark.parametrize("number", range(2, 10))
def test_shift_and_a_digit_compares(window: Window, engine: FakeEngine, number: int) -> None:
    QTest.keyClick(window.stage, Qt.Key(Qt.Key.Key_0 + number), SHIFT)
    assert engine.calls_of("models.set_compared") == [((KEYS[number - 1],),)]
    assert engine.calls_of("models.set_learner") == []


def test_quick_keys_add_up_before_the_first_answer(window: Window, engine: FakeEngine) -> None:
    for key in (Qt.Key.Key_5, Qt.Key.Key_4, Qt.Key.Key_9):
        QTest.keyClick(window.stage, key, SHIFT)
    assert engine.calls_of("models.set_compared")[-1] == (("maml", "reptile", "rl2"),)


def test_a_compared_one_that_shall_decide_changes_places(window: Window, engine: FakeEngine, say: Say) -> None:
    say(models("prototypical", "maml"))
    QTest.keyClick(window.stage, Qt.Key.Key_4)
    QTest.keyClick(window.stage, Qt.Key.Key_5, SHIFT)  # before the engine has answered
    assert engine.calls_of("models.set_learner") == [("maml",)]
    assert engine.calls_of("models.set_compared") == [(("prototypical", "reptile"),)]


def test_c_and_the_button_compare_all_or_none(window: Window, engine: FakeEngine, say: Say) -> None:
    others = tuple(KEYS[1:])
    QTest.keyClick(window.stage, Qt.Key.Key_C)
    assert engine.calls_of("models.set_compared") == [(others,)]
    say(models("prototypical", *others))
    assert window.bar.all_button.isChecked()
    assert all(window.bar.buttons[key].is_compared for key in others)
    QTest.mouseClick(window.bar.all_button, LEFT)
    assert engine.calls_of("models.set_compared")[-1] == ((),)
    assert window.bar.all_button.isChecked()  # not before the engine says so
    say(models("prototypical"))
    assert not window.bar.all_button.isChecked()
    say(models("prototypical", "maml"))
    QTest.mouseClick(window.bar.all_button, LEFT)
    assert engine.calls_of("models.set_compared")[-1] == (others,)


def test_the_context_menu_says_it_in_words(bar: MethodBar, engine: FakeEngine, say: Say) -> None:
    say(models("prototypical", "maml", "rl2"))
    menu = bar.menu_for("maml")
    decide, compare, only = menu.actions()
    assert compare.isChecked()
    compare.trigger()
    only.trigger()
    decide.trigger()
    assert engine.calls_of("models.set_compared") == [(("rl2",),), (("maml",),)]
    assert engine.calls_of("models.set_learner") == [("maml",)]
    menu.close()
    assert not any(action.isEnabled() for action in bar.menu_for("maml").actions())  # it was just asked to decide


def test_a_right_click_opens_the_menu_of_its_button(bar: MethodBar) -> None:
    place = bar.row.mapTo(bar, bar.buttons["reptile"].geometry().center())
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, bar.mapToGlobal(place))
    QApplication.sendEvent(bar, event)
    menu = child_of(bar, QMenu)
    assert menu.isVisible()
    menu.close()
    beside = QPoint(bar.width() - 2, 5)
    QApplication.sendEvent(bar, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, beside, bar.mapToGlobal(beside)))
    assert not any(menu.isVisible() for menu in bar.findChildren(QMenu))


# State --------------------------------------------------------------------------------------------------------------


def test_while_loading_nothing_can_be_asked(window: Window, engine: FakeEngine, say: Say) -> None:
    say(models("prototypical", "maml", state=ModelState.LOADING))
    assert "Loading" in window.bar.explanation.text()
    QTest.mouseClick(window.bar.buttons["maml"], LEFT)
    for key in (Qt.Key.Key_4, Qt.Key.Key_A, Qt.Key.Key_C):
        QTest.keyClick(window.stage, key)
    assert engine.calls == []
    say(models("prototypical", state=ModelState.FAILED))
    QTest.keyClick(window.stage, Qt.Key.Key_4)
    assert engine.calls_of("models.set_learner") == [("maml",)]


def test_a_baseline_checks_no_method(bar: MethodBar, say: Say) -> None:
    say(models("stock"))
    assert not any(button.isChecked() for button in bar.buttons.values())


def test_actions_are_checked_as_the_buttons_are(bar: MethodBar, say: Say) -> None:
    say(models("maml", "reptile"))
    checked = [action.text() for action in bar.actions_for_window() if action.isChecked()]
    assert checked == ["MAML", "Compare Reptile"]
    bar.actions_for_window()[0].trigger()  # checks itself; only the engine's answer may
    assert [action.text() for action in bar.actions_for_window() if action.isChecked()] == checked


def test_tooltips_say_all(bar: MethodBar) -> None:
    tip = bar.buttons["rl2"].toolTip()
    for words in ("Auto (RL²)", "Duan 2016", LEARNERS["rl2"].explanation, "9, A", "Shift+9"):
        assert words in tip


def test_a_tenth_method_is_for_the_mouse(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metaface_gui.gui.studio.method_bar.LEARNERS", [f"method {number}" for number in range(1, 11)])
    bar = MethodBar(engine.models, bridge)
    qtbot.addWidget(bar)
    *_, ninth, tenth = bar.choosing_actions
    *_, compare_ninth, compare_tenth, _all = bar.comparing_actions
    keys = [[sequence.toString() for sequence in action.shortcuts()] for action in (ninth, compare_ninth)]
    assert keys == [["9"], ["Shift+9"]]
    assert tenth.shortcuts() == compare_tenth.shortcuts() == []
    tip = bar.buttons["method 10"].toolTip()
    assert "Click: let it decide" in tip
    assert "10" not in tip.replace("method 10", "")


@pytest.mark.parametrize("width", [664, 760, 900, 1100, 1280, 1500, 1900])
@pytest.mark.parametrize("deciding", ["meta_optimizer", "maml"])
def test_every_name_is_whole_at_any_width(window: Window, say: Say, width: int, deciding: str) -> None:
    say(models(deciding, "rl2"))
    window.resize(width, 300)
    QApplication.processEvents()
    row = window.bar.row
    places = [button.geometry() for button in (*row.buttons, row.all_button)]
    for number, (button, learner) in enumerate(zip(row.buttons, LEARNERS.values(), strict=True)):
        assert button.text() in (learner.title, learner.short_title)
        assert row.rect().contains(places[number])
        assert not any(places[number].intersects(other) for other in places[:number])
        assert button.sizeHint().width() <= button.width()
        assert QFontMetrics(font(FontSize.SMALL, bold=True)).horizontalAdvance(button.text()) < button.width() - 24
    assert row.rect().contains(places[-1])
    assert not any(places[-1].intersects(other) for other in places[:-1])
    words = QFontMetrics(row.all_button.font()).horizontalAdvance(row.all_button.text())
    assert words + 26 <= row.all_button.width()  # the style sheet's padding and border on both sides


@pytest.mark.parametrize("width", [400, 460, 530, 600])
def test_a_very_narrow_bar_keeps_its_numbers_whole(window: Window, width: int) -> None:
    window.resize(width, 300)
    QApplication.processEvents()
    assert window.width() == width
    assert all(button.sizeHint().width() <= button.width() for button in window.bar.row.buttons)
    assert len({button.text() for button in window.bar.row.buttons}) in (1, len(KEYS))
    assert window.bar.all_button.geometry().right() < window.bar.row.width()


def test_names_that_do_not_fit_in_a_row_stand_in_two(window: Window) -> None:
    row, below = window.bar.row, window.bar.explanation
    window.resize(1280, 300)
    QApplication.processEvents()
    in_one = row.height()
    assert {button.y() for button in row.buttons} == {0}
    window.resize(664, 300)
    QApplication.processEvents()
    assert len({button.y() for button in row.buttons}) == 2
    assert row.all_button.y() == row.buttons[-1].y()
    assert row.height() > in_one
    assert not below.geometry().intersects(row.geometry())
    window.resize(1280, 300)
    QApplication.processEvents()
    assert row.height() == in_one


def test_wider_is_longer(window: Window) -> None:
    names = []
    for width in (664, 1150, 1900):
        window.resize(width, 300)
        QApplication.processEvents()
        names.append([button.text() for button in window.bar.row.buttons])
    assert names[0] == names[1] == [each.short_title for each in LEARNERS.values()]
    assert names[2] == [each.title for each in LEARNERS.values()]


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_marks_are_painted_in_both_themes(bar: MethodBar, say: Say, theme: Theme, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    say(models("prototypical"))
    button = bar.buttons["maml"]
    plain = button.grab().toImage()
    say(models("prototypical", "maml"))
    compared = button.grab().toImage()
    say(models("maml"))
    deciding = button.grab().toImage()
    say(models("maml", state=ModelState.LOADING))
    disabled = button.grab().toImage()
    assert len({bytes(image.constBits()) for image in (plain, compared, deciding, disabled)}) == 4
