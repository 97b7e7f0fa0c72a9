"""What tests of the window share: a fake engine, a bridge that listens to it, and the theme put on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EngineEvent
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.gui.window_state import WindowState
from tests.gui.fakes import FakeEngine, on_screen

Say = Callable[[EngineEvent], None]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def bridge(qapp: QApplication, engine: FakeEngine) -> Iterator[EngineBridge]:
    made = EngineBridge()
    engine.recorder.listener = made
    yield made
    made.close()


@pytest.fixture
def say(bridge: EngineBridge, qapp: QApplication) -> Say:
    """Send an event as the engine does, and have the window hear it."""

    def send(event: EngineEvent) -> None:
        bridge(event)
        qapp.sendPostedEvents(bridge)

    return send


@pytest.fixture(autouse=True)
def _numbers_are_english() -> None:
    """Write them as the window does, which goes by its words and not by the system."""
    QLocale.setDefault(QLocale("en"))


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    current = Theme.current()
    yield current
    current.set_mode(ThemeMode.SYSTEM)
    current.set_text_scale(1.0)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let Qt's offscreen platform say that it has no window manager; every other warning of Qt fails the test."""
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


@pytest.fixture
def open_window(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, ini: Path
) -> Iterator[Callable[[], MainWindow]]:
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        state = WindowState(QSettings(str(ini), QSettings.Format.IniFormat))
        windows.append(on_screen(qtbot, MainWindow(engine, bridge, state, list_cameras=lambda: ())))
        return windows[-1]

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()
