"""The list of learners in the controls."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.models_section import ModelsSection
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.resources import weights_dir
from metaface_gui.weights.store import WeightsStore
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, models


@pytest.fixture
def section(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, tmp_path: Path) -> ModelsSection:
    made = ModelsSection(engine.models, engine.jobs, bridge, WeightsStore(weights_dir(), tmp_path))
    qtbot.addWidget(made)
    made.resize(320, 320)
    made.show()
    return made


def test_every_method_has_its_title_and_explanation(section: ModelsSection) -> None:
    combo = section.learner
    assert [combo.itemData(row) for row in range(combo.count())] == list(LEARNERS)
    assert [combo.itemText(row) for row in range(combo.count())] == [each.title for each in LEARNERS.values()]
    for row, each in enumerate(LEARNERS.values()):
        assert combo.itemData(row, Qt.ItemDataRole.ToolTipRole) == each.explanation


def test_the_list_follows_what_decides_and_asks_for_nothing(
    section: ModelsSection, engine: FakeEngine, say: Say
) -> None:
    say(models("rl2", "maml"))
    assert section.learner.currentText() == "Auto (RL²)"
    say(models("stock", "maml"))
    assert section.learner.currentData() == "stock"
    assert engine.calls == []


def test_choosing_with_the_keyboard(section: ModelsSection, engine: FakeEngine, say: Say) -> None:
    say(models("prototypical", "maml"))
    section.learner.setFocus()
    QTest.keyClick(section.learner, Qt.Key.Key_Down)
    assert engine.calls_of("models.set_learner") == [("matching",)]
