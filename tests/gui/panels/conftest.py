"""What several tests of panels need."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.people_panel import PeoplePanel
from tests.gui.fakes import FakeEngine


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> PeoplePanel:
    """The people, as narrow as a panel is; a file with a panel of another kind has a fixture of its own."""
    made = PeoplePanel(engine.people, engine.privacy, bridge)
    qtbot.addWidget(made)
    made.resize(320, 760)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made
