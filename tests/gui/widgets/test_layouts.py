"""Tests of columns and rows: what comes where, and how much room is between and around."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QLayout, QWidget, QWidgetItem
from pytestqt.qtbot import QtBot
from shiboken6 import getAllValidWrappers

from metaface_gui.gui.widgets.layouts import Gap, Stretch, column, flow, row


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def tiles(host: QWidget) -> list[QWidget]:
    """Four of 20×10."""
    made = [QWidget(host) for _ in range(4)]
    for tile in made:
        tile.setFixedSize(20, 10)
    return made


def lay_out(host: QWidget, layout: QLayout, size: QSize) -> None:
    host.setLayout(layout)
    host.resize(size)
    layout.activate()


def test_a_column_goes_downwards_with_spacing_and_margins(
    qapp: QApplication, host: QWidget, tiles: list[QWidget]
) -> None:
    one, other, *_ = tiles
    lay_out(host, column(one, Gap(3), other, Stretch(), margins=(1, 2, 4, 5), spacing=7), QSize(100, 100))
    assert (one.pos().toTuple(), other.pos().toTuple()) == ((1, 2), (1, 2 + 10 + 7 + 3))
    assert host.minimumSizeHint() == QSize(1 + 20 + 4, 2 + 10 + 7 + 3 + 10 + 5)


def test_a_row_goes_sideways_and_columns_stand_in_it(qapp: QApplication, host: QWidget, tiles: list[QWidget]) -> None:
    first, second, third, wide = tiles
    wide.setMaximumWidth(1000)
    lay_out(host, row(first, column(second, third, spacing=0), (wide, 1), margins=2, spacing=5), QSize(200, 24))
    assert second.geometry() == QRect(2 + 20 + 5, 2, 20, 10)
    assert third.geometry() == second.geometry().translated(0, 10)
    assert wide.geometry().right() == 200 - 1 - 2


def test_an_item_stands_where_its_alignment_says(qapp: QApplication, host: QWidget, tiles: list[QWidget]) -> None:
    top, middle, *_ = tiles
    lay_out(host, row((top, 0, Qt.AlignmentFlag.AlignTop), middle), QSize(100, 50))
    assert (top.y(), middle.y()) == (0, 20)


def test_a_flow_goes_on_in_the_next_line(qapp: QApplication, host: QWidget, tiles: list[QWidget]) -> None:
    lay_out(host, flow(*tiles, spacing=4), QSize(50, 100))
    assert [tile.pos().toTuple() for tile in tiles] == [(0, 0), (24, 0), (0, 14), (24, 14)]


def test_of_the_place_of_what_may_move_elsewhere_nothing_is_kept(host: QWidget, tiles: list[QWidget]) -> None:
    before = getAllValidWrappers()
    known = {id(wrapper) for wrapper in before}
    host.setLayout(column(row(*tiles), Stretch()))
    assert not [one for one in getAllValidWrappers() if isinstance(one, QWidgetItem) and id(one) not in known]
