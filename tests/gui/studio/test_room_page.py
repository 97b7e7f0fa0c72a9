"""The room's page at any width."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.room_page import RoomPage
from tests.gui.fakes import FakeEngine, child_of


@pytest.mark.parametrize(("width", "is_beside"), [(520, False), (580, True), (664, True), (920, True)])
def test_nothing_has_to_be_scrolled_sideways(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, width: int, is_beside: bool
) -> None:
    page = RoomPage(engine.source, engine.room, bridge)
    qtbot.addWidget(page)
    page.resize(width, 260)
    page.show()
    for _layouts_within_layouts in range(4):
        QApplication.processEvents()
    scroll = child_of(page, QScrollArea)
    assert scroll.horizontalScrollBar().maximum() == 0
    assert (page.adaptation.y() == page.dial.y()) == is_beside
    assert page.minimumSizeHint().height() < 260, "the other pages need not be as high"


def test_where_everything_is_in_sight_nothing_scrolls(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> None:
    page = RoomPage(engine.source, engine.room, bridge)
    qtbot.addWidget(page)
    page.resize(1000, 290)
    page.show()
    for _layouts_within_layouts in range(4):
        QApplication.processEvents()
    scroll = child_of(page, QScrollArea)
    assert scroll.verticalScrollBar().maximum() == 0
    contents = scroll.widget()
    assert contents is not None
    assert contents.height() == scroll.viewport().height()
