"""What tests of the studio share: a way to say what the engine would say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from metaface_gui.engine.events import EngineEvent
from metaface_gui.gui.bridge import EngineBridge

Say = Callable[[EngineEvent], None]


@pytest.fixture
def say(bridge: EngineBridge, qapp: QApplication) -> Say:
    """Send an event as the engine does, and have the studio hear it."""

    def send(event: EngineEvent) -> None:
        bridge(event)
        qapp.sendPostedEvents(bridge)

    return send
