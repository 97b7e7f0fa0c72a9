from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.near_shot_row import NearShotRow
from metaface_gui.pipeline.explanation import NearShot
from tests.gui.panels.samples import picture


def near(count: int, with_picture: bool = True) -> list[NearShot]:
    return [
        NearShot(i, i, f"person {i}", 0.9 - 0.1 * i, picture(30 * i) if with_picture else b"") for i in range(count)
    ]


@pytest.fixture
def row(qtbot: QtBot) -> NearShotRow:
    made = NearShotRow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(("width", "height", "fitting"), [(226, 150, 4), (120, 90, 2), (600, 250, 6), (60, 90, 1)])
def test_as_many_as_fit_are_shown_none_over_another(row: NearShotRow, width: int, height: int, fitting: int) -> None:
    row.resize(width, height)
    row.show_shots(near(6))
    tiles = row.tiles()
    assert len(tiles) == fitting
    assert all(row.rect().contains(tile.toRect()) for tile in tiles)
    assert not any(a.intersects(b) for a, b in combinations(tiles, 2))


def test_more_height_makes_two_rows_of_larger_pictures(row: NearShotRow) -> None:
    row.show_shots(near(6))
    row.resize(360, 100)
    one = row.tiles()
    row.resize(360, 260)
    two = row.tiles()
    assert len({tile.top() for tile in one}) == 1
    assert len({tile.top() for tile in two}) == 2
    assert two[0].width() > one[0].width()


def test_pictures_or_initials_are_drawn(row: NearShotRow) -> None:
    row.resize(200, 100)
    row.show_shots(near(2))
    centre = row.tiles()[1].center().toPoint()
    with_picture = row.grab().toImage().pixelColor(centre)
    row.show_shots(near(2, with_picture=False))
    assert row.grab().toImage().pixelColor(centre) != with_picture


def test_each_has_its_words(row: NearShotRow, qapp: QApplication) -> None:
    row.resize(200, 100)
    row.show_shots(near(2))
    assert row.accessibleDescription().splitlines() == ["person 0, cosine 0.90", "person 1, cosine 0.80"]
    at = row.tiles()[1].center().toPoint()
    qapp.sendEvent(row, QHelpEvent(QEvent.Type.ToolTip, at, row.mapToGlobal(at)))
    assert QToolTip.text() == "person 1, cosine 0.80"
    QToolTip.showText(QPoint(), "", row, QRect())


def test_none_is_nothing(row: NearShotRow) -> None:
    row.show_shots(())
    assert row.tiles() == ()
    row.grab()
