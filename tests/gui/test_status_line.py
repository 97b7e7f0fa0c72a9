"""The line that says what runs, spelled as the models' authors do."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import ModelState
from metaface_gui.gui.model_words import device_name, model_name
from metaface_gui.gui.status_line import StatusLine
from metaface_gui.pipeline.detection import DETECTORS
from metaface_gui.pipeline.embedding import EMBEDDERS
from tests.gui.fakes import models


def test_models_and_devices_are_spelled_as_such(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_models(models("maml"))
    assert line.text() == "Detector YuNet · embedder SFace · on CPU · strangers let through: 1 %"
    line.show_models(models("maml", state=ModelState.LOADING))
    assert line.text() == "Loading models…"


@pytest.mark.parametrize("key", [*DETECTORS, *EMBEDDERS])
def test_every_model_has_a_name(key: str) -> None:
    assert model_name(key) != key


def test_what_has_no_name_keeps_its_key() -> None:
    assert model_name("my own") == "my own"
    assert device_name("cuda:0") == "CUDA:0"
