"""What the tool bar says of the learners."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Adapted, ModelState
from metaface_gui.gui.main_actions import MainActions
from metaface_gui.gui.main_toolbar import MainToolBar
from metaface_gui.gui.source_menu import SourceMenu
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.i18n import install_translation
from tests.gui.fakes import child_of, models


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    return made


def bar_of(window: QMainWindow) -> MainToolBar:
    menu = SourceMenu(window, lambda: ())
    bar = MainToolBar(menu, MainActions(window, menu), window)
    window.addToolBar(bar)
    return bar


@pytest.fixture
def bar(window: QMainWindow) -> MainToolBar:
    return bar_of(window)


def test_words_of_buttons_have_no_letters_of_menus(qapp: QApplication, window: QMainWindow) -> None:
    assert install_translation(qapp, "zh_CN")
    bar = bar_of(window)
    install_translation(qapp, "en")
    window.resize(1600, 300)
    words = [button.text() for button in bar._view_buttons]
    assert all(words)
    assert not [word for word in words if "(" in word]


def test_the_learners_name_is_that_of_the_registry(bar: MainToolBar) -> None:
    assert "Loading" in bar.learner_button.text()
    bar.show_models(models("prototypical"))
    assert bar.learner_button.text() == "Prototypes"
    assert "is adapting" in bar.learner_button.toolTip()
    bar.show_adapted(Adapted("prototypical", 0, 0, 0.1))
    assert bar.learner_button.text() == "Prototypes"
    assert "Nobody" in bar.learner_button.toolTip()
    bar.show_adapted(Adapted("prototypical", 1, 5, 3.2))
    assert bar.learner_button.text() == "Prototypes · 1 person"


def test_compared_learners_are_counted_and_named(bar: MainToolBar) -> None:
    bar.show_models(models("prototypical", "maml", "reptile", "rl2"))
    bar.show_adapted(Adapted("prototypical", 5, 25, 3.2))
    bar.show_adapted(Adapted("maml", 5, 25, 14.0, is_primary=False))
    assert bar.learner_button.text() == "Prototypes +3 · 5 people"
    assert "25 shots in 3 ms" in bar.learner_button.toolTip()
    assert "MAML, Reptile, Auto" in bar.learner_button.toolTip()
    bar.show_models(models("prototypical"))
    assert bar.learner_button.text() == "Prototypes · 5 people"
    assert "Compared" not in bar.learner_button.toolTip()


def test_a_compared_learner_that_decides_now_is_known_already(bar: MainToolBar) -> None:
    bar.show_models(models("prototypical", "maml"))
    bar.show_adapted(Adapted("prototypical", 5, 25, 3.2))
    bar.show_adapted(Adapted("maml", 5, 25, 14.0, is_primary=False))
    bar.show_models(models("maml", "prototypical"))
    assert bar.learner_button.text() == "MAML +1 · 5 people"
    bar.show_models(models("reptile", "prototypical"))
    assert bar.learner_button.text() == "Reptile +1 · 5 people"


def test_how_many_people_there_are_stays_while_another_learner_adapts(bar: MainToolBar) -> None:
    bar.show_models(models())
    bar.show_adapted(Adapted("prototypical", 5, 25, 3.2))
    bar.show_models(models("maml"))
    assert bar.learner_button.accessibleName() == "Learner: MAML · 5 people"
    assert "is adapting" in bar.learner_button.toolTip()


def test_loading_and_unknown_learners(bar: MainToolBar) -> None:
    bar.show_models(models("something else"))
    assert bar.learner_button.text() == "something else"
    bar.show_models(models("maml", state=ModelState.LOADING))
    assert "Loading" in bar.learner_button.text()


def test_a_click_asks_for_the_controls(bar: MainToolBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.learner_clicked):
        QTest.mouseClick(bar.learner_button, Qt.MouseButton.LeftButton)


def test_the_button_to_enrol_keeps_its_short_text_and_colour_in_every_theme(
    bar: MainToolBar, theme: Theme, qtbot: QtBot
) -> None:
    for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
        theme.set_mode(mode)
        assert bar.enroll_button.text() == "Enrol"
    window = bar.window()
    actions = child_of(window, MainActions)
    with qtbot.waitSignal(actions.enroll.triggered):
        QTest.mouseClick(bar.enroll_button, Qt.MouseButton.LeftButton)
