"""What tests of the window share: a fake engine, a bridge that listens to it, and the theme put on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.theme import Theme, ThemeMode
from tests.gui.fakes import FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[EngineBridge]:
    made = EngineBridge()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    current = Theme.current()
    yield current
    current.set_mode(ThemeMode.SYSTEM)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let Qt's offscreen platform say that it has no window manager; every other warning of Qt fails the test."""
    item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))
