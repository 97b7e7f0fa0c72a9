"""The keyboard reaches everything, shows where it is, and everything it reaches says what it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.dialogs import AboutDialog, MethodsDialog
from metaface_gui.gui.errors.dialog import ErrorDialog
from metaface_gui.gui.errors.unexpected import UnexpectedError
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.shortcuts_dialog import ShortcutsDialog
from metaface_gui.gui.theme import Theme, ThemeMode
from tests.gui.fakes import FakeEngine
from tests.gui.main_states import Scene

USABLE = (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider, QAbstractItemView, QTabBar, QTextEdit)
MOST_STEPS = 120
STATES = (
    "empty",
    "failed",
    "live",
    "enrolled from files",
    "unknown",
    "controls",
    "settings",
    "comparing",
    "why",
    "report",
)


@pytest.fixture
def scene(window: MainWindow, engine: FakeEngine, bridge: EngineBridge) -> Scene:
    window.resize(1280, 800)
    return Scene(window, engine, bridge)


def tab_through(top: QWidget) -> list[QWidget]:
    """Every widget that Tab comes to, until it comes round."""
    reached: list[QWidget] = []
    for _ in range(MOST_STEPS):
        focused = QApplication.focusWidget()
        if focused is None or focused in reached[:1]:
            break
        if not reached or reached[-1] is not focused:
            reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert len(reached) < MOST_STEPS, "Tab does not come round"
    return reached


def usable_in(top: QWidget) -> list[QWidget]:
    """What can be clicked or filled in now, but for parts of other widgets and scroll bars."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if isinstance(widget, USABLE)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is top
        and not isinstance(widget.parentWidget(), (QComboBox, QLineEdit, QTabBar, QAbstractItemView))
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]


def spoken(widget: QWidget) -> str:
    """What a screen reader says of a widget."""
    text = getattr(widget, "text", None)
    words = widget.accessibleName() or (text() if callable(text) and isinstance(widget, QAbstractButton) else "")
    labels = [label for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
    return str(words or (labels[0].text() if labels else ""))


def describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} {spoken(widget)!r} in {type(widget.parentWidget()).__name__}"


def test_tab_reaches_everything_in_the_window(scene: Scene) -> None:
    for state in STATES:
        scene.go(state)
        scene.window.toolbar.source_button.setFocus(Qt.FocusReason.TabFocusReason)
        reached = tab_through(scene.window)
        # Of buttons in an exclusive group, and of a tab bar, Tab reaches one; arrows reach the others.
        missed = [describe(widget) for widget in usable_in(scene.window) if widget not in reached]
        assert not missed, state
        assert not [describe(widget) for widget in reached if not spoken(widget)], state
        scene.home()


def test_what_takes_clicks_takes_keys(scene: Scene) -> None:
    """A button that Tab passes by has an action of its own in a menu, or does what a key does."""
    by_key = {"Close the message", "Leave this shot out (Del)", "Forget this face"}
    for state in STATES:
        scene.go(state)
        skipped = [
            widget
            for widget in scene.window.findChildren(QAbstractButton)
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() is Qt.FocusPolicy.NoFocus
        ]
        odd = [describe(widget) for widget in skipped if not isinstance(widget.parentWidget(), (QTabBar, QLineEdit))]
        assert not [words for words in odd if not any(name in words for name in by_key)], state
        scene.home()


def test_the_order_is_that_in_which_one_reads(scene: Scene) -> None:
    scene.go("live")
    window = scene.window
    window.toolbar.source_button.setFocus(Qt.FocusReason.TabFocusReason)
    reached = tab_through(window)
    wanted = [
        window.toolbar.source_button,
        window.toolbar.enroll_button,
        window.stage.methods.row.buttons[0],
        window.stage.methods.row.buttons[8],
        window.live_view,
        window.side.tabBar(),
        window.side.people.search,
        window.side.people.list,
    ]
    places = [reached.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_buttons_with_a_picture_only_have_a_name_and_a_tooltip(scene: Scene) -> None:
    for state in STATES:
        scene.go(state)
        for button in scene.window.findChildren(QAbstractButton):
            is_part = isinstance(button.parentWidget(), (QTabBar, QLineEdit))
            if button.isVisible() and not button.text() and not button.icon().isNull() and not is_part:
                assert button.accessibleName(), (state, describe(button))
                assert button.toolTip(), (state, describe(button))
        scene.home()


def picture(widget: QWidget) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return pixels[:, : 3 * image.width()].astype(np.int16)


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_the_focus_can_be_seen(scene: Scene, theme: Theme, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    unseen = []
    for state in ("live", "controls", "settings", "comparing", "report"):
        scene.go(state)
        for widget in usable_in(scene.window):
            scene.window.setFocus()
            before = picture(widget)
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            changed = np.abs(picture(widget) - before).reshape(before.shape[0], -1, 3).sum(2) > 60
            if changed.sum() < 8 and not isinstance(widget, QLineEdit):
                unseen.append((state, describe(widget)))
        scene.home()
    assert not unseen


def shortcuts(window: MainWindow) -> QDialog:
    window.help.open_shortcuts()
    return found(window, ShortcutsDialog)


def methods(window: MainWindow) -> QDialog:
    window.help.open_methods()
    return found(window, MethodsDialog)


def about(window: MainWindow) -> QDialog:
    window.commands.about.trigger()
    return found(window, AboutDialog)


def error(window: MainWindow) -> QDialog:
    window.reports.show_unexpected(UnexpectedError("ValueError", "paint, line 7"))
    dialog = found(window, ErrorDialog)
    assert isinstance(dialog, ErrorDialog)
    dialog.show_button.click()
    return dialog


def privacy(window: MainWindow) -> QDialog:
    window.commands.privacy.trigger()
    return found(window, QDialog)


def forget(window: MainWindow) -> QDialog:
    window.commands.forget.trigger()
    QApplication.processEvents()  # what there is to forget comes from another thread
    return found(window, QDialog)


def found(window: MainWindow, kind: type[QDialog]) -> QDialog:
    (dialog,) = (dialog for dialog in window.findChildren(kind) if dialog.isVisible())
    return dialog


@pytest.mark.parametrize("open_dialog", [shortcuts, methods, about, error, privacy, forget])
def test_dialogs_are_used_by_keys_alone(
    window: MainWindow, qtbot: QtBot, open_dialog: Callable[[MainWindow], QDialog]
) -> None:
    dialog = open_dialog(window)
    qtbot.waitUntil(dialog.isActiveWindow)
    if dialog.focusWidget() is None:
        QTest.keyClick(dialog, Qt.Key.Key_Tab)
    reached = tab_through(dialog)
    assert not [describe(widget) for widget in usable_in(dialog) if widget not in reached]
    assert not [describe(widget) for widget in reached if not spoken(widget)]
    assert dialog.windowTitle()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
