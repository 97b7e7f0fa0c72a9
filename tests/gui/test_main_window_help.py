"""What the window says of itself: shortcuts, menus, accessible names, leaving."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel

from metaface_gui.gui.dialogs import AboutDialog, MethodsDialog
from metaface_gui.gui.learner_words import learner_citation, learner_explanation, learner_title
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.shortcuts_dialog import ShortcutsDialog
from metaface_gui.pipeline.learners import LEARNERS


def test_f1_lists_every_shortcut_there_is(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    (dialog,) = window.findChildren(ShortcutsDialog)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    keyed = [action for group in window.commands.groups for action in group.actions if action.shortcuts()]
    assert len(keyed) > 15
    for action in keyed:
        assert action.text().replace("&", "").rstrip("…") in texts
        assert action.shortcut().toString() in texts
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_no_two_actions_share_a_shortcut(window: MainWindow) -> None:
    keys = [
        sequence.toString()
        for group in window.commands.groups
        for action in group.actions
        for sequence in action.shortcuts()
    ]
    assert len(keys) == len(set(keys))


def test_methods_are_explained_from_the_registry(window: MainWindow) -> None:
    window.commands.methods.trigger()
    (dialog,) = window.findChildren(MethodsDialog)
    text = dialog.text.toPlainText()
    for key in LEARNERS:
        assert learner_title(key) in text
        assert learner_explanation(key) in text
        assert learner_citation(key) in text
    assert not dialog.text.openLinks() or "http" not in dialog.text.toHtml().split("</head>")[1]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_about_says_that_faces_stay_here(window: MainWindow) -> None:
    window.commands.about.trigger()
    (dialog,) = window.findChildren(AboutDialog)
    assert any("stay on this computer" in label.text() for label in dialog.findChildren(QLabel))
    dialog.close()


def test_everything_in_the_menus_has_a_text_and_does_something(window: MainWindow) -> None:
    actions = [action for group in window.commands.groups for action in group.actions]
    assert len(actions) > 20
    for action in actions:
        assert action.text()
        assert action.receivers("2triggered(bool)") + action.receivers("2toggled(bool)") > 0


def test_buttons_without_a_text_have_an_accessible_name(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton

    for button in window.findChildren(QAbstractButton):
        assert button.text() or button.accessibleName() or not button.isVisible(), button


def test_quit_closes(window: MainWindow) -> None:
    action: QAction = window.commands.quit
    action.trigger()
    assert not window.isVisible()
    assert not window.findChildren(QDialog)
