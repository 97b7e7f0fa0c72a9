from __future__ import annotations

import threading
from unittest.mock import MagicMock

import pytest

from metaface_gui.engine.live import model_loader
from metaface_gui.engine.live.model_loader import ModelLoader, uncalibrated
from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER, EMBEDDERS
from metaface_gui.settings import RecognitionSettings


@pytest.mark.parametrize("key", list(EMBEDDERS))
def test_nobody_is_sent_from_an_embedder_to_itself(key: str) -> None:
    text = str(uncalibrated(key))
    assert f"“{key}”" in text
    assert (f"use the embedder “{DEFAULT_EMBEDDER}”" in text) is (key != DEFAULT_EMBEDDER)


def test_the_window_comes_before_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    is_made, made_first = threading.Event(), list[bool]()

    def build_pipeline(*_given: object, **_named: object) -> None:
        made_first.append(is_made.is_set())
        raise WeightsError("none here")

    monkeypatch.setattr(model_loader, "build_pipeline", build_pipeline)
    parts = [MagicMock() for _ in range(5)]
    loader = ModelLoader(*parts, runners=MagicMock(), settings=RecognitionSettings(), awaits_window=True)
    thread = threading.Thread(target=loader._load, args=(MagicMock(),))
    thread.start()
    loader.on_picture()
    is_made.set()
    loader.on_window()
    thread.join()
    assert made_first == [True]


@pytest.mark.parametrize("n_missing", [0, 3])
def test_another_pipeline_is_made_only_where_a_template_is_missing(
    monkeypatch: pytest.MonkeyPatch, n_missing: int
) -> None:
    made, embedded = MagicMock(), MagicMock()
    monkeypatch.setattr(model_loader, "build_pipeline", made)
    monkeypatch.setattr(model_loader, "re_embed", embedded)
    gallery, store, listener, worker, adaptations = (MagicMock() for _ in range(5))
    gallery.is_read_only = False
    gallery.count_shots_without.return_value = n_missing
    loader = ModelLoader(
        gallery, store, listener, worker, adaptations, runners=MagicMock(), settings=RecognitionSettings()
    )
    loader._pipeline = MagicMock()
    loader._make_templates(MagicMock())
    assert (made.call_count, embedded.call_count) == ((1, 1) if n_missing else (0, 0))
    adaptations.adapt.assert_called_once_with()
