"""The list of shortcuts: complete, and narrowed down by typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from metaface_gui.gui.dialogs import MethodsDialog
from metaface_gui.gui.main_actions import ActionGroup
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.shortcuts_dialog import Shortcut, ShortcutsDialog


def action(text: str, *keys: str) -> QAction:
    made = QAction(text)
    made.setShortcuts([QKeySequence(key) for key in keys])
    return made


@pytest.fixture
def dialog(qtbot: QtBot) -> ShortcutsDialog:
    groups = [
        ActionGroup("File", [action("&Pause", "P"), action("E&xport everybody…"), action("&Quit…", "Ctrl+Q", "F4")]),
        ActionGroup("Gallery", [action("&Find a person", "Ctrl+F")]),
        ActionGroup("Nothing with keys", [action("About")]),
    ]
    made = ShortcutsDialog(groups)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def type_there(dialog: ShortcutsDialog, text: str) -> list[str]:
    """Type as a user does, wherever the focus is."""
    focused = dialog.focusWidget()
    assert isinstance(focused, QLineEdit)
    QTest.keyClicks(focused, text)
    return [shortcut.text for shortcut in dialog.shown()]


def test_everything_with_keys_is_listed_with_all_its_keys(dialog: ShortcutsDialog) -> None:
    assert dialog.shown()[4:] == [
        Shortcut("Pause", ("P",)),
        Shortcut("Quit", ("Ctrl+Q", "F4")),
        Shortcut("Find a person", ("Ctrl+F",)),
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("quit", ["Quit"]), ("ctrl+", ["Quit", "Find a person"]), ("pERS find", ["Find a person"]), ("nobody", [])],
)
def test_typing_narrows_the_list(dialog: ShortcutsDialog, typed: str, found: list[str]) -> None:
    assert type_there(dialog, typed) == found


def test_what_is_cleared_comes_back(dialog: ShortcutsDialog) -> None:
    before = dialog.shown()
    type_there(dialog, "zzz")
    dialog.search.clear()
    assert dialog.shown() == before


def test_a_group_without_a_hit_goes_with_its_heading(dialog: ShortcutsDialog) -> None:
    type_there(dialog, "quit")
    assert [block.isVisible() for block in dialog._blocks] == [False, True, False]


def test_arrows_and_pages_scroll_while_one_types(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    dialog.resize(dialog.width(), 200)
    bar = dialog._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    QTest.keyClick(dialog.search, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(dialog.search, Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_the_window_s_own_actions_are_all_there_as_soon_as_they_exist(window: MainWindow) -> None:
    new = action("&Juggle", "Ctrl+Shift+J")
    window.commands.groups[0].actions.append(new)
    window.commands.shortcuts.trigger()
    (dialog,) = window.findChildren(ShortcutsDialog)
    assert Shortcut("Juggle", ("Ctrl+Shift+J",)) in dialog.shown()
    dialog.close()


def test_it_leads_to_the_methods_and_to_the_tour(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    (dialog,) = window.findChildren(ShortcutsDialog)
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    QTest.mouseClick(buttons["Methods explained"], Qt.MouseButton.LeftButton)
    (methods,) = dialog.findChildren(MethodsDialog)
    assert methods.isVisible()
    methods.close()
    QTest.mouseClick(buttons["Take the tour"], Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert window.help.tour.isVisible()
    window.help.tour.end()
