from __future__ import annotations

import pytest

from metaface_gui.engine.live.model_loader import uncalibrated
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER, EMBEDDERS


@pytest.mark.parametrize("key", list(EMBEDDERS))
def test_nobody_is_sent_from_an_embedder_to_itself(key: str) -> None:
    text = str(uncalibrated(key))
    assert f"“{key}”" in text
    assert (f"Use the embedder “{DEFAULT_EMBEDDER}”" in text) is (key != DEFAULT_EMBEDDER)
