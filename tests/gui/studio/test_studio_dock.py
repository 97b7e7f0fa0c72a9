"""The studio's tabs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.studio_dock import StudioDock


@pytest.fixture
def dock(qtbot: QtBot) -> StudioDock:
    keys = ("method", "compare", "map", "why", "report")
    made = StudioDock([(key, key.capitalize(), QLabel(key)) for key in keys])
    qtbot.addWidget(made)
    made.resize(900, 240)
    made.show()
    return made


def test_pages_come_in_their_order_and_the_first_is_open(dock: StudioDock) -> None:
    assert [dock.tabText(index) for index in range(dock.count())] == ["Method", "Compare", "Map", "Why", "Report"]
    assert dock.key == "method"


def test_opening_a_page_says_so(dock: StudioDock, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dock.key_changed) as changed:
        dock.open_key("why")
    assert changed.args == ["why"]
    with qtbot.waitSignal(dock.key_changed) as changed:
        QTest.mouseClick(dock.tabBar(), Qt.MouseButton.LeftButton, pos=dock.tabBar().tabRect(2).center())
    assert changed.args == ["map"]
    assert dock.key == "map"


def test_an_unknown_page_changes_nothing(dock: StudioDock, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dock.key_changed):
        dock.open_key("nowhere")
    assert dock.key == "method"


def test_all_tabs_fit_at_760(dock: StudioDock) -> None:
    dock.resize(760, 240)
    assert dock.tabBar().tabRect(4).right() <= dock.width()


def test_a_page_is_found_by_its_class(qtbot: QtBot) -> None:
    label, button = QLabel(), QPushButton()
    both = StudioDock([("label", "Label", label), ("button", "Button", button)])
    qtbot.addWidget(both)
    assert both.page(QPushButton) is button
    assert both.page(QLabel) is label


def test_without_pages_there_is_no_key(qtbot: QtBot) -> None:
    empty = StudioDock([])
    qtbot.addWidget(empty)
    assert empty.key == ""
