from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.gui.screen_fit import USUAL_SIZE, place, space_of, within


@pytest.mark.parametrize("screen", [(800, 600), (1366, 768), (853, 533), (1024, 700), (2560, 1440)])
@pytest.mark.parametrize("wanted", [QRect(0, 0, 1280, 800), QRect(900, 700, 1280, 800), QRect(-50, -80, 400, 300)])
def test_no_part_of_a_window_is_off_the_screen(screen: tuple[int, int], wanted: QRect) -> None:
    available = QRect(0, 0, *screen)
    placed = within(wanted, available)
    assert available.contains(placed)
    assert placed.top() >= 32, "room for the title"
    assert placed.size() == wanted.size().boundedTo(QSize(screen[0], screen[1] - 32))


def test_what_fits_stays_where_it_is() -> None:
    assert within(QRect(100, 90, 800, 600), QRect(0, 0, 1920, 1080)) == QRect(100, 90, 800, 600)


def test_a_new_window_is_no_larger_than_its_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    available = QRect(0, 0, 800, 600)
    place(window, QByteArray(), available)
    assert available.contains(window.geometry())
    assert window.width() == 800


def test_where_nobody_sees_it_a_window_has_its_usual_size(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    place(window, QByteArray(), space_of(window))
    assert window.size() == USUAL_SIZE
