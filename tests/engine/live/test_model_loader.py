from __future__ import annotations

import threading
from unittest.mock import MagicMock

import pytest

from metaface_gui.engine.live import model_loader
from metaface_gui.engine.live.model_loader import ModelLoader, uncalibrated
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER, EMBEDDERS
from metaface_gui.settings import RecognitionSettings


@pytest.mark.parametrize("key", list(EMBEDDERS))
def test_nobody_is_sent_from_an_embedder_to_itself(key: str) -> None:
    text = str(uncalibrated(key))
    assert f"“{key}”" in text
    assert (f"Use the embedder “{DEFAULT_EMBEDDER}”" in text) is (key != DEFAULT_EMBEDDER)


def test_a_frame_looked_at_before_the_window_is_there_does_not_load_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    loading, is_window_there = threading.Event(), list[bool]()
    monkeypatch.setattr(model_loader, "is_loaded", lambda: False)
    monkeypatch.setattr(model_loader, "load_in_background", lambda: is_window_there.append(loading.is_set()))
    loader = ModelLoader(
        *(MagicMock() for _ in range(5)), runners=MagicMock(), settings=RecognitionSettings(), awaits_window=True
    )
    loader.on_picture()
    thread = threading.Thread(target=loader._load_pytorch)
    thread.start()
    loading.set()
    loader.on_window()
    thread.join()
    assert is_window_there == [True]
