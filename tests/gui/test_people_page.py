"""The people over the whole window: what makes room, what takes it back, what is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Undoable
from metaface_gui.gui.main_window import MainWindow
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine
from tests.gui.panels.samples import gallery, person, shot

ADA, BOB = person(1, "Ada"), person(2, "Bob")
CONTROL = Qt.KeyboardModifier.ControlModifier


def is_large(window: MainWindow) -> bool:
    return window.side.width() > window.width() / 2


@pytest.fixture
def large(qtbot: QtBot, window: MainWindow, say: Say) -> MainWindow:
    """The people have the window."""
    window.resize(1280, 800)
    say(gallery(ADA, BOB))
    assert not is_large(window)
    QTest.keyClick(window, Qt.Key.Key_G, CONTROL)
    qtbot.waitUntil(lambda: is_large(window))
    return window


def test_the_people_get_the_window_and_give_it_back(qtbot: QtBot, large: MainWindow) -> None:
    people = large.side.people
    assert people.shows_cards
    assert people.list.hasFocus()
    assert not large.stage.methods.isVisible()
    assert large.live_view.isVisible()
    qtbot.waitUntil(lambda: people.details.x() > people.pages.width() / 2)
    QTest.mouseClick(people.large_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not is_large(large))
    assert not people.shows_cards
    assert large.stage.methods.isVisible()


@pytest.mark.parametrize(
    "take",
    [
        lambda window: window.commands.studio,
        lambda window: window.commands.studio_large,
        lambda window: window.commands.panel,
        lambda window: window.commands.pages["map"],
        lambda window: window.commands.enroll,
        lambda window: window.commands.full_screen,
    ],
    ids=["studio", "studio large", "panel", "page", "enrol", "full screen"],
)
def test_what_else_wants_the_room_gets_it(
    qtbot: QtBot, large: MainWindow, take: Callable[[MainWindow], QAction]
) -> None:
    take(large).trigger()
    qtbot.waitUntil(lambda: not large.commands.people_page.isChecked())
    assert not large.side.people.shows_cards
    qtbot.waitUntil(lambda: large.side.isHidden() or not is_large(large))


def test_a_large_studio_makes_room_for_the_people(qtbot: QtBot, window: MainWindow, say: Say) -> None:
    window.resize(1280, 800)
    say(gallery(ADA))
    window.commands.studio_large.setChecked(True)
    window.commands.people_page.trigger()
    qtbot.waitUntil(lambda: is_large(window))
    assert window.commands.people_page.isChecked()
    assert not window.commands.studio_large.isChecked()
    assert window.side.isVisible()


def test_pictures_in_the_narrow_panel_are_remembered_and_its_width(
    qtbot: QtBot, open_window: Callable[[], MainWindow], say: Say
) -> None:
    first = open_window()
    first.resize(1280, 800)
    say(gallery(ADA))
    QTest.mouseClick(first.side.people.cards_button, Qt.MouseButton.LeftButton)
    first.commands.people_page.trigger()
    qtbot.waitUntil(lambda: is_large(first))
    first.close()
    second = open_window()
    assert second.side.people.shows_cards
    assert not is_large(second)


def test_the_undo_beside_a_removed_shot_is_that_of_the_window(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, say: Say
) -> None:
    engine.shots[1] = (shot(10, 1), shot(11, 1))
    say(gallery(ADA))
    people = window.side.people
    people.choose(1)
    qtbot.waitUntil(lambda: len(people.details.grid.tiles) == 2)
    say(Undoable(7, "Deleted a shot", "Ada", time.monotonic_ns() + 60_000_000_000))
    assert window.toasts.toast is not None
    people.details.undo_requested.emit(7)
    assert engine.calls_of("people.undo") == [(7,)]
    assert window.toasts.toast is None
    assert not window.commands.undo.isEnabled()
