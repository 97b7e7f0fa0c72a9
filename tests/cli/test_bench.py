"""`metaface bench`: sections, tables, JSON, and one clear line for whatever cannot be."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch

from metaface_gui.bench import peers
from metaface_gui.bench.clips import ClipSettings
from metaface_gui.bench.galleries import GalleryScale
from metaface_gui.bench.learners import BenchmarkSettings, GallerySize
from metaface_gui.bench.peers import AbsentPeer
from metaface_gui.cli import bench
from metaface_gui.cli.bench_options import SECTIONS
from metaface_gui.pipeline.feature_space import FeatureSpace
from tests.cli.conftest import Metaface

# Stands for the window: says its two words and goes on until it is ended.
FAKE_WINDOW = (
    "import time; [print(word, flush=True) for word in "
    "('starting', 'painted', 'picture', 'boxes', 'recognised', 'loaded 0.05')]; time.sleep(60)"
)
SMALL = ClipSettings(frames_each=3, starts_s=(12.0,), crowd=5, width=640, height=360, fps=10.0)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    learners = BenchmarkSettings(
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
    plan = bench.BenchPlan(
        learners=learners,
        gallery=GalleryScale(sizes=(2, 3), shots_each=2, chip_bytes=10, repeats=2),
        clips=SMALL,
        peer_clips=SMALL,
        peer_sizes=((320, 180), (640, 360)),
        all_learners=("prototypical", "matching"),
        stage_repeats=1,
        clip_repeats=1,
        peer_repeats=1,
        start_repeats=1,
        seconds=1.0,
        probe=(sys.executable, "-c", FAKE_WINDOW),
    )
    monkeypatch.setattr(bench, "BenchPlan", lambda: plan)
    # The command sets these for its whole process, which here goes on to other tests.
    monkeypatch.setattr(bench, "tune_process", lambda: None)


def test_tables_and_json_say_the_same_of_the_learners(metaface: Metaface, tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    result = metaface("bench", "--device", "cpu", "--only", "learners", "--json", path)
    assert result.code == 0
    record = json.loads(path.read_text(encoding="utf-8"))
    assert set(record) == {"machine", "adaptation", "scoring", "maml_meta_steps"}
    assert record["machine"]["torch"] == torch.__version__
    row = next(line for line in result.out.splitlines() if line.strip().startswith("prototypical"))
    assert row.split()[1:] == [f"{cost['adapt_ms']:.1f}" for cost in record["adaptation"]] + [
        f"{cost['score_us']:.0f}" for cost in record["scoring"]
    ]
    assert "2 tasks, 2-way 1-shot, 4 queries each, 1 inner steps" in result.out


def test_without_only_every_section_but_the_peers_is_measured(metaface: Metaface, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    result = metaface("bench", "--device", "cpu", "--json", path)
    assert result.code == 0, result.err
    record = json.loads(path.read_text(encoding="utf-8"))
    learners = {"adaptation", "scoring", "maml_meta_steps"}
    assert set(record) == {"machine"} | learners | (set(SECTIONS) - {"learners"})
    assert {outcome["key"] for outcome in record["pipeline"]["contenders"]} == {
        "thorough",
        "file",
        "live",
        "thorough-all",
        "file-all",
        "live-all",
    }
    assert record["pipeline"]["frames"] == 6
    assert [cost["people"] for cost in record["gallery"]] == [2, 3]
    assert record["live"]["source"] == "demo"
    window = record["window"]
    assert (window["one"]["methods"], window["all"]["methods"], window["frames"]) == (1, 2, 6)
    assert window["one"]["strips"] == 0 < window["all"]["strips"]
    assert window["times"] == pytest.approx(window["all"]["mean_ms"] / window["one"]["mean_ms"])
    assert f"2 methods cost {window['times']:.2f} times as much as one" in result.out
    assert set(record["startup"]) == {"median", "runs"}
    for heading in (
        "Stages",
        "Whole pipeline, at full speed",
        "The live engine",
        "One frame in the window",
        "Galleries",
        "Start-up",
        "Memory",
    ):
        assert heading in result.out


def test_only_and_gallery_sizes_pick(metaface: Metaface, tmp_path: Path) -> None:
    path = tmp_path / "gallery.json"
    result = metaface("bench", "--device", "cpu", "--only", "gallery", "--gallery-sizes", "1", "4", "--json", path)
    assert result.code == 0, result.err
    record = json.loads(path.read_text(encoding="utf-8"))
    assert set(record) == {"machine", "gallery"}
    assert [cost["people"] for cost in record["gallery"]] == [1, 4]
    assert "pipeline" not in result.out


def test_a_missing_peer_is_one_line_that_says_how_to_install_it(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = AbsentPeer("face_recognition", "No module named 'face_recognition'", None)
    monkeypatch.setattr(peers, "find_face_recognition", lambda: gone)
    path = tmp_path / "peers.json"
    result = metaface("bench", "--device", "cpu", "--only", "peers", "--json", path)
    assert result.code == 0, result.err
    (line,) = (line for line in result.out.splitlines() if "was not measured" in line)
    assert "uv run --group peers metaface bench --peers" in line
    record = json.loads(path.read_text(encoding="utf-8"))
    assert set(record) == {"machine", "peers"}
    assert record["peers"]["absent"][0]["peer"] == "face_recognition"
    assert [(race["width"], race["height"]) for race in record["peers"]["races"]] == [(320, 180), (640, 360)]
    assert {"live", "file", "thorough"} <= {outcome["key"] for outcome in record["peers"]["races"][0]["contenders"]}


@pytest.mark.parametrize("sizes", ["0", "-3", "many", "2.5"])
def test_a_gallery_size_that_is_none_is_refused(metaface: Metaface, sizes: str) -> None:
    result = metaface("bench", "--gallery-sizes", sizes)
    assert result.code == 2
    assert "Traceback" not in result.err


def test_a_source_that_is_not_there_is_one_line(metaface: Metaface, tmp_path: Path) -> None:
    result = metaface("bench", "--device", "cpu", "--only", "pipeline", "--source", tmp_path / "no.mp4")
    assert result.code == 1
    assert "no.mp4" in result.err
    assert "Traceback" not in result.err


def test_a_camera_cannot_be_measured_with(metaface: Metaface) -> None:
    result = metaface("bench", "--device", "cpu", "--only", "pipeline", "--source", "0")
    assert result.code == 1
    assert "cannot be used for measuring" in result.err


def test_ctrl_c_ends_it_as_any_command(metaface: Metaface, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "run_benchmarks", interrupted)
    result = metaface("bench", "--device", "cpu", "--only", "learners")
    assert result.code == 130
    assert "interrupted" in result.err


def test_a_file_that_cannot_be_written_is_one_line(metaface: Metaface, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "costs.json"
    result = metaface("bench", "--device", "cpu", "--only", "learners", "--json", path)
    assert result.code == 1
    assert "costs.json" in result.err
    assert "Traceback" not in result.err
