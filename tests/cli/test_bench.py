"""`metaface bench`: tables, JSON, and one clear line when the file cannot be written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from metaface_gui.cli import bench
from metaface_gui.metalearning.benchmarks import BenchmarkSettings, GallerySize
from metaface_gui.pipeline.feature_space import FeatureSpace
from tests.cli.conftest import Metaface


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = BenchmarkSettings(
        learners=("prototypical",),
        galleries=(GallerySize(2, 1), GallerySize(3, 2)),
        space=FeatureSpace(8, 2),
        repeats=1,
        faces_per_timing=2,
        n_tasks=2,
        task=GallerySize(2, 1),
        n_query=1,
        inner_steps=1,
    )
    monkeypatch.setattr(bench, "BenchmarkSettings", lambda: tiny)
    # The command sets these for its whole process, which here goes on to other tests.
    monkeypatch.setattr(bench, "tune_process", lambda: None)


def test_tables_and_json_say_the_same(metaface: Metaface, tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    result = metaface("bench", "--device", "cpu", "--json", path)
    assert result.code == 0
    record = json.loads(path.read_text(encoding="utf-8"))
    assert set(record) == {"machine", "adaptation", "scoring", "maml_meta_steps"}
    assert record["machine"]["torch"] == torch.__version__
    row = next(line for line in result.out.splitlines() if line.strip().startswith("prototypical"))
    assert row.split()[1:] == [f"{cost['adapt_ms']:.1f}" for cost in record["adaptation"]] + [
        f"{cost['score_us']:.0f}" for cost in record["scoring"]
    ]
    assert "2 tasks, 2-way 1-shot, 4 queries each, 1 inner steps" in result.out


def test_a_file_that_cannot_be_written_is_one_line(metaface: Metaface, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = metaface("bench", "--device", "cpu", "--json", tmp_path / "file" / "costs.json")
    assert result.code == 1
    assert "costs.json" in result.err
    assert "Traceback" not in result.err
