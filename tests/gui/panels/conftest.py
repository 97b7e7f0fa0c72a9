"""What several tests of panels need."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.people_panel import PeoplePanel
from tests.gui.fakes import FakeEngine, on_screen


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> PeoplePanel:
    """The people, as narrow as a panel is; a file with a panel of another kind has a fixture of its own."""
    return on_screen(qtbot, PeoplePanel(engine.people, engine.privacy, bridge), 320, 760)
