"""On small screens nothing of the window is out of sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.gui import main_window
from metaface_gui.gui.main_window import MainWindow


@pytest.mark.parametrize("screen", [(800, 600), (853, 533), (1366, 768)])
def test_panel_and_buttons_are_on_the_screen(
    qtbot: QtBot,
    open_window: Callable[[], MainWindow],
    monkeypatch: pytest.MonkeyPatch,
    screen: tuple[int, int],
) -> None:
    available = QRect(0, 0, *screen)
    monkeypatch.setattr(main_window, "space_of", lambda _window: available)
    window = open_window()
    qtbot.waitUntil(lambda: window.width() <= available.width() and window.height() <= available.height() - 32)
    inside = QRect(QPoint(), window.size())
    for key in ("people", "enroll", "unknown", "controls"):
        window.side.open_key(key)
        widgets: list[QWidget] = [window.side, window.stage, window.statusBar(), window.side.enroll.save_button]
        widgets += [button for button in window.toolbar.findChildren(QAbstractButton) if button.isVisible()]
        for widget in widgets:
            if widget.isVisible():
                assert inside.contains(QRect(widget.mapTo(window, QPoint()), widget.size())), widget.objectName()
    extension = window.toolbar.findChild(QAbstractButton, "qt_toolbar_ext_button")
    assert extension is None or not extension.isVisible()
