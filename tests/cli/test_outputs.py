"""Results of commands that take minutes or hours: nothing of the user's is replaced, as is said before the work."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui import app
from metaface_gui.cli import bench, evaluate, train
from metaface_gui.demo import director as demo_director
from metaface_gui.errors import KnownError
from metaface_gui.settings import RecognitionSettings
from tests.cli.conftest import Metaface
from tests.pipeline.capture.videos import moving, write_video


class BegunError(Exception):
    """The command has begun its work."""


@pytest.fixture(autouse=True)
def _no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(*_: object) -> None:
        raise BegunError

    for module in (bench, evaluate, train):
        monkeypatch.setattr(module, "tune_process", begin)
    monkeypatch.setattr(app, "running", begin)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of one person with one picture, and a letter beside it."""
    folder = tmp_path / "data"
    (folder / "anna").mkdir(parents=True)
    cv2.imwrite(str(folder / "anna" / "1.png"), np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "letter").write_text("Dear reader")
    (tmp_path / "letter.json").write_text('{"dear": "reader"}')
    return folder


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(metaface: Metaface, words: str, *arguments: object) -> None:
    result = metaface(*arguments)
    assert result.code == 1
    assert words in result.err
    assert result.err.count("\n") == 1


def test_evaluate_destroys_nothing(metaface: Metaface, data: Path, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    plots.mkdir()
    (plots / "det_hard_20way_5shot.png").write_bytes((data / "anna" / "1.png").read_bytes())
    (tmp_path / "link").symlink_to(data / "anna" / "1.png")
    before, verb = contents(tmp_path), ("evaluate", "--data", data)
    for path in (data / "anna" / "1.png", tmp_path / "link"):
        refused(metaface, "is an input file", *verb, "--json", path, "--force")
    refused(
        metaface, "is an input file", *verb, "--json", tmp_path / "m.safetensors", "--meta", tmp_path / "m.safetensors"
    )
    refused(metaface, "--force", *verb, "--json", tmp_path / "letter.json")
    refused(metaface, "--force", *verb, "--plots", plots)
    refused(metaface, "Cannot write", *verb, "--json", tmp_path / "letter" / "x.json")
    refused(metaface, "Cannot write", *verb, "--json", data)
    refused(metaface, "Cannot write", *verb, "--json", tmp_path / ("x" * 300))
    refused(metaface, "Cannot write", *verb, "--plots", tmp_path / "letter")
    assert contents(tmp_path) == before
    with pytest.raises(BegunError):
        metaface(*verb, "--plots", plots, "--force")
    with pytest.raises(BegunError):
        metaface(*verb, "--plots", plots, "--conditions", "clean")


def test_train_destroys_nothing(metaface: Metaface, data: Path, tmp_path: Path) -> None:
    before, verb = contents(tmp_path), ("train", "maml", "--data", data)
    refused(metaface, "is an input file", *verb, "--out", data / "anna" / "1.png", "--force")
    refused(metaface, "is an input file", *verb, "--out", tmp_path / "p", "--projection", tmp_path / "p")
    refused(metaface, "is an input file", *verb, "--out", tmp_path / "p.json", "--projection", tmp_path / "p")
    refused(metaface, "Two results", *verb, "--out", tmp_path / "x.json")
    refused(metaface, "--force", *verb, "--out", tmp_path / "letter")
    refused(metaface, "letter.json already exists", *verb, "--out", tmp_path / "letter.safetensors")
    refused(metaface, "Cannot write", *verb, "--out", ".")
    assert contents(tmp_path) == before
    with pytest.raises(BegunError):
        metaface(*verb, "--out", tmp_path / "letter.safetensors", "--force")
    with pytest.raises(BegunError):  # a room's file has no card beside it
        metaface("train", "room", "--data", data, "--out", tmp_path / "letter.safetensors")


def test_bench_destroys_nothing(metaface: Metaface, data: Path, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", moving(2))
    before = contents(tmp_path)
    refused(metaface, "is an input file", "bench", "--source", clip, "--json", clip, "--force")
    refused(
        metaface, "is an input file", "bench", "--source", data / "anna", "--json", data / "anna" / "1.png", "--force"
    )
    refused(metaface, "--force", "bench", "--json", tmp_path / "letter.json")
    assert contents(tmp_path) == before
    (tmp_path / "letter.json").write_text(json.dumps({"machine": {"torch": "2.9", "device": "cpu"}}))
    with pytest.raises(BegunError):
        metaface("bench", "--json", tmp_path / "letter.json")


def test_recognize_knows_its_source_by_its_url(metaface: Metaface, tmp_path: Path) -> None:
    clip, gallery = write_video(tmp_path / "clip.avi", moving(2)), tmp_path / "g.metaface"
    before = contents(tmp_path)
    verb = ("recognize", clip.as_uri(), "--gallery", gallery)
    refused(metaface, "is an input file", *verb, "--video", clip, "--force")
    refused(metaface, "Cannot write", *verb, "--jsonl", tmp_path / ("x" * 300))
    assert contents(tmp_path) == before


def test_a_folder_of_videos_gets_no_lines_over_somebodys_file(metaface: Metaface, tmp_path: Path) -> None:
    videos, lines = tmp_path / "videos", tmp_path / "lines"
    for folder in (videos, lines):
        folder.mkdir()
    write_video(videos / "a.avi", moving(2))
    verb = ("recognize", videos, "--gallery", tmp_path / "g.metaface", "--jsonl", lines, "--again")
    for name in ("a.avi.jsonl", "recognition.json"):
        (lines / name).write_text("Dear reader")
        refused(metaface, f"{name} already exists", *verb)
        assert (lines / name).read_text() == "Dear reader"
        (lines / name).unlink()


@pytest.mark.usefixtures("qapp")
def test_the_demo_destroys_no_picture(data: Path, tmp_path: Path) -> None:
    shutil.copy(data / "anna" / "1.png", tmp_path / "5-stranger.png")

    def play(out_dir: Path, *, is_forced: bool) -> None:
        told: list[object] = []
        settings = RecognitionSettings()
        app.run_demo(settings=settings, watch_s=1.0, out_dir=out_dir, tell=told.append, is_forced=is_forced)

    with pytest.raises(KnownError, match=r"5-stranger.png already exists"):
        play(tmp_path, is_forced=False)
    with pytest.raises(BegunError):
        play(tmp_path, is_forced=True)
    for name in demo_director.SCREENSHOTS:
        assert not (tmp_path / "new" / f"{name}.png").exists()
    with pytest.raises(BegunError):
        play(tmp_path / "new", is_forced=False)
