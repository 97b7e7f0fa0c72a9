"""The head-up display."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EngineStats
from metaface_gui.gui.live.hud import Hud


@pytest.fixture
def hud(qtbot: QtBot) -> Hud:
    made = Hud()
    qtbot.addWidget(made)
    return made


def test_it_says_every_number(hud: Hud) -> None:
    hud.show_stats(EngineStats(30.04, 24.3, 38.4, 12, 0, "cuda:0"))
    expected = "Preview 30.0 fps, Recognition 24.3 fps, Latency 38 ms, Dropped 12, Device CUDA:0"
    assert hud.accessibleDescription() == expected
    assert not hud.grab().isNull()


def test_failed_frames_are_told(hud: Hud) -> None:
    hud.show_stats(EngineStats(30.0, 24.0, 38.0, 12, 3, "cpu"))
    assert "Dropped 12, 3 failed" in hud.accessibleDescription()


def test_without_recognition_there_is_no_latency(hud: Hud) -> None:
    hud.show_stats(EngineStats(30.0, 0.0, 0.0, 0, 0, "cpu"))
    assert "Latency –" in hud.accessibleDescription()
    hud.show_stats(None)
    assert "Preview –" in hud.accessibleDescription()


def test_numbers_do_not_change_its_width(hud: Hud) -> None:
    hud.show_stats(EngineStats(9.9, 1.1, 8.0, 1, 0, "cpu"))
    before = hud.size()
    hud.show_stats(EngineStats(120.5, 60.7, 250.0, 98765, 0, "cpu"))
    assert hud.size() == before


def test_it_is_no_obstacle_to_the_mouse(hud: Hud) -> None:
    assert hud.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
