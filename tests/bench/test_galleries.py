"""Galleries of random people of several sizes, in files that are gone afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from metaface_gui.bench.galleries import GalleryScale, measure_galleries
from tests.engine.synthetic import learning_assets


def test_each_size_is_measured_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told: list[str] = []
    scale = GalleryScale(sizes=(1, 3), shots_each=2, chip_bytes=50_000, repeats=1)
    one, three = measure_galleries(scale, learning_assets(), on_step=told.append)
    assert (one.people, one.shots, three.people, three.shots) == (1, 2, 3, 6)
    assert three.file_mb > 6 * 0.05
    assert three.start_ms == three.open_ms + three.read_ms + three.adapt_ms
    assert min(one.enroll_ms, one.open_ms, one.read_ms, one.adapt_ms, one.identify_us) > 0.0
    assert told == ["1", "3"]
    assert not list(tmp_path.iterdir())
