"""`metaface train`: what it writes, what it refuses before the work, and that it can be interrupted."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file

from metaface_gui.cli import own_embedder, train_cohort, train_trunk
from metaface_gui.cli import train as command
from metaface_gui.cli.training_data import Part, TrainingData, TrainingFaces, projected
from metaface_gui.cli.training_progress import TrainingDisplay, interruptible, remaining
from metaface_gui.metalearning import cohort_sharpening
from metaface_gui.metalearning.checkpoint import Trial
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.meta_validation import ValidationMetrics
from metaface_gui.metalearning.range_fit import RangeSettings
from metaface_gui.metalearning.train import TrainingProgress
from metaface_gui.metalearning.training_settings import training_settings
from metaface_gui.metalearning.trunk_tuning import TrunkTuningSettings, _Tuning
from metaface_gui.pipeline.embedding.projection import Projection, read_projection
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder
from metaface_gui.pipeline.embedding.tuned_trunk import read_tuned_trunk, save_tuned_trunk
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.parameters import read_params
from metaface_gui.pipeline.recognition.cohort import read_generator
from tests.cli.conftest import Metaface
from tests.metalearning.training_problem import SPACE, TINY, people

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """A shell starts what runs in the background with interrupts ignored, and its children inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


SIDE = 32
TAIL = torch.full((12, 4), 0.01)


@dataclass
class FakeEmbedder:
    """Features are what the cache holds."""

    id: str = "fake@11223344"
    device: torch.device = CPU
    space: FeatureSpace = SPACE
    projection: Projection | None = None

    def project(self, trunk_features: torch.Tensor) -> torch.Tensor:
        return trunk_features.float()


def part(count: int, seed: int) -> Part:
    faces = people(count, seed)
    return Part(faces.features.to(torch.float16).numpy(), faces.person.numpy())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> FakeEmbedder:
    """No network, no pictures, and settings that take milliseconds."""
    embedder = FakeEmbedder(projection=Projection("11223344", np.zeros((3, 5), np.float32), TAIL.numpy()))
    for module in (command, own_embedder):
        monkeypatch.setattr(module, "make_embedder", lambda *_, **__: embedder)
    monkeypatch.setattr(command, "load_trained", lambda *_: {})
    monkeypatch.setattr(command, "load_training_data", lambda *_: TrainingData(part(40, 0), part(24, 1)))
    monkeypatch.setattr(command, "training_settings", lambda key: replace(TINY, meta_lr=training_settings(key).meta_lr))
    return embedder


def test_parameters_and_their_card(metaface: Metaface, offline: FakeEmbedder, tmp_path: Path) -> None:
    out, data = tmp_path / "runs" / "proto.safetensors", tmp_path / "private" / "faces"
    outcome = metaface("train", "prototypical", "--data", data, "--out", out, "--steps", 6, "--device", "cpu")
    assert outcome.code == 0
    assert "metaface:" not in outcome.err
    assert "untrained: accuracy" in outcome.out
    params = read_params(out, key="prototypical", space=SPACE, embedder_id=offline.id)
    assert float((params["tail.a"] - TAIL).abs().max()) < 0.1  # it began where the projection says
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["data"] == "faces"
    assert str(tmp_path) not in out.with_suffix(".json").read_text()
    assert card["split"] == {
        "seed": 0,
        "train": {"people": 40, "pictures": 100},
        "validation": {"people": 24, "pictures": 60},
    }
    assert card["settings"]["steps"] == card["steps"] == 6
    assert set(card["validation"]) == {"fpir", "untrained", "start", "trained"}
    assert {"torch", "metaface", "python"} <= set(card["versions"])
    assert sorted(path.name for path in out.parent.iterdir()) == ["proto.json", "proto.safetensors"]


def test_ctrl_c_keeps_a_checkpoint_that_resume_goes_on_from(
    metaface: Metaface, offline: FakeEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, broken = tmp_path / "straight.safetensors", tmp_path / "broken.safetensors"
    options = ("--data", tmp_path, "--device", "cpu", "--steps", 5)
    assert metaface("train", "prototypical", *options, "--out", straight).code == 0

    def press(self: TrainingDisplay, _title: str) -> object:
        return lambda progress: os.kill(os.getpid(), signal.SIGINT) if progress.step == 2 else None

    with monkeypatch.context() as pressed:
        pressed.setattr(TrainingDisplay, "meta_training", press)
        outcome = metaface("train", "prototypical", *options, "--out", broken)
    assert outcome.code == 130
    assert "after 3 of 5 steps" in outcome.err
    assert "--resume" in outcome.err
    assert not broken.exists()
    refused = metaface("train", "prototypical", *options, "--out", broken)
    assert refused.code == 1
    assert "Continue it with --resume, or delete the file" in refused.err
    assert metaface("train", "prototypical", *options, "--out", broken, "--resume").code == 0
    ours, theirs = load_file(broken), load_file(straight)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert not list(tmp_path.glob("*.checkpoint"))


def test_without_a_projection_it_says_that_there_is_little_to_gain(
    metaface: Metaface, offline: FakeEmbedder, tmp_path: Path
) -> None:
    offline.projection = None
    outcome = metaface("train", "prototypical", "--data", tmp_path, "--out", tmp_path / "x", "--steps", 1)
    assert outcome.code == 0
    assert "metaface train projection" in outcome.err


def test_the_projection_is_trained_too(
    metaface: Metaface, offline: FakeEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(0)

    def trunk(count: int) -> Part:
        person = np.repeat(np.arange(count), 3)
        return Part(random.standard_normal((len(person), 3, 80)).astype(np.float16), person)

    tail = LinearTail(80, 70, bias=True, eps=1e-5).eval().requires_grad_(False)
    monkeypatch.setattr(FakeEmbedder, "tail_module", tail, raising=False)
    monkeypatch.setattr(command, "load_training_data", lambda *_: TrainingData(trunk(12), trunk(6)))
    out = tmp_path / "projection.safetensors"
    outcome = metaface("train", "projection", "--data", tmp_path, "--out", out, "--steps", 6, "--device", "cpu")
    assert outcome.code == 0
    assert "metaface:" not in outcome.err
    assert read_projection(out, embedder_id="fake").weight.shape == (63, 80)
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["settings"]["steps"] == 6
    assert card["split"]["train"] == {"people": 12, "pictures": 36}


def noise_faces(people: int, pictures: int) -> AlignedFaces:
    """Small crops of nothing; features of them are made up or of a random network."""
    count = people * pictures
    crops = np.random.default_rng(people).integers(0, 256, (count, SIDE, SIDE, 3), np.uint8)
    names = tuple(f"person {i // pictures:04}" for i in range(count))
    return AlignedFaces(crops, names, tuple(f"{name}/{i}.jpg" for i, name in enumerate(names)))


def stage_on(monkeypatch: pytest.MonkeyPatch, embedder: object, train: AlignedFaces, validation: AlignedFaces) -> None:
    """Let a stage start from that embedder and those faces."""
    for module in (command, own_embedder):
        monkeypatch.setattr(module, "make_embedder", lambda *_, **__: embedder)
    monkeypatch.setattr(command, "load_training_faces", lambda *_: TrainingFaces(train, validation))


def stock_embedder() -> TorchEmbedder:
    torch.manual_seed(0)
    trunk = torch.nn.Sequential(FloatCrops(), torch.nn.Conv2d(3, 2, 3, stride=4), torch.nn.Flatten())
    tail = LinearTail(2 * 8 * 8, 6, bias=True, eps=1e-5)
    return TorchEmbedder(key="net", id="net-1", crop_size=SIDE, trunk=trunk, tail=tail, device=CPU)


class FloatCrops(torch.nn.Module):
    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        return crops.float() / 255.0


def test_the_trunk_is_tuned_too(metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage_on(monkeypatch, stock_embedder(), noise_faces(6, 2), noise_faces(3, 2))
    out = tmp_path / "trunk.safetensors"
    outcome = metaface("train", "trunk", "--data", tmp_path, "--out", out, "--steps", 2, "--device", "cpu")
    assert outcome.code == 0, outcome.err
    assert "metaface:" not in outcome.err
    movement = read_tuned_trunk(out, embedder_id="net-1").movement
    assert {name: tensor.shape for name, tensor in movement.items()} == {"1.weight": (2, 3, 3, 3), "1.bias": (2,)}
    assert float(np.abs(movement["1.weight"]).max()) > 0.0
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["settings"]["steps"] == 2
    assert card["split"]["validation"] == {"people": 3, "pictures": 6}
    assert set(card["validation_cosine"]) == {"untrained", "trained"}


def test_a_tuned_trunk_is_written_again_with_the_ranges_of_its_channels(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage_on(monkeypatch, stock_embedder(), noise_faces(6, 2), noise_faces(3, 2))
    tuned, out = tmp_path / "tuned.safetensors", tmp_path / "trunk.safetensors"
    before = save_tuned_trunk(tuned, {"1.bias": np.array([1.0, -1.0], np.float32)}, embedder_id="net-1", card={})
    outcome = metaface("train", "ranges", "--data", tmp_path, "--trunk", tuned, "--out", out, "--device", "cpu")
    assert outcome.code == 0, outcome.err
    made = read_tuned_trunk(out, embedder_id="net-1")
    assert np.array_equal(made.movement["1.bias"], before.movement["1.bias"])
    (bounds,) = made.ranges.values()
    assert list(made.ranges) == ["1"]
    assert bounds.shape == (4, 2)
    assert (bounds[[1, 3]] > 0.0).all(), "how far it reaches"
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["started_from"] == {"id": before.id}
    assert card["settings"]["width"] == RangeSettings().width
    assert made.least_brightness == RangeSettings().least_brightness > 0.0


def made_up_features(faces: AlignedFaces, embedder: FakeEmbedder, condition: str, **_: object) -> torch.Tensor:
    """Everybody about a direction of their own, further from it where it is hard."""
    person = torch.from_numpy(faces.person())
    random = torch.Generator().manual_seed(len(faces))
    features = torch.randn(faces.n_people, embedder.space.feature_dim, generator=random)[person]
    features = features + (0.2 if condition == "clean" else 0.5) * torch.randn(features.shape, generator=random)
    lengths: torch.Tensor = features[:, : embedder.space.embedding_dim].norm(dim=1, keepdim=True)
    return features / lengths


@pytest.fixture
def cohort_stage(offline: FakeEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    stage_on(monkeypatch, offline, noise_faces(512, 1), noise_faces(40, 3))
    monkeypatch.setattr(train_cohort, "condition_features", made_up_features)
    monkeypatch.setattr(cohort_sharpening, "_REPEATS", dict.fromkeys(cohort_sharpening.GALLERIES, 1))


@pytest.mark.usefixtures("cohort_stage")
def test_the_cohort_is_fitted_too(metaface: Metaface, tmp_path: Path) -> None:
    out = tmp_path / "cohort.safetensors"
    outcome = metaface("train", "cohort", "--data", tmp_path / "faces", "--out", out, "--device", "cpu")
    assert outcome.code == 0, outcome.err
    assert "hard: promised 1 %" in outcome.out
    generator = read_generator(out)
    assert generator.space == SPACE
    assert generator.metadata["fitted_to"] == "512 pictures of 512 people of faces"
    assert set(json.loads(generator.metadata["validation_fpir"])) == {"clean", "hard"}
    assert str(tmp_path) not in repr(generator.metadata)
    (tmp_path / "other").touch()
    assert out.stat().st_mode == (tmp_path / "other").stat().st_mode  # whoever may read other files may read this
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cohort.safetensors", "other"]


def test_a_cohort_of_few_people_would_give_them_away(
    metaface: Metaface, offline: FakeEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage_on(monkeypatch, offline, noise_faces(511, 1), noise_faces(40, 3))
    outcome = metaface("train", "cohort", "--data", tmp_path, "--out", tmp_path / "x", "--device", "cpu")
    assert outcome.code == 1
    assert "511 people are too few" in outcome.err
    assert not (tmp_path / "x").exists()


def test_an_interrupted_trunk_says_how_to_go_on_and_does(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage_on(monkeypatch, stock_embedder(), noise_faces(6, 2), noise_faces(3, 2))
    every_step = replace(TrunkTuningSettings(), steps=4, batch=4, checkpoint_every=1)
    monkeypatch.setattr(train_trunk, "trunk_settings", lambda _: every_step)
    told: list[int] = []

    def press_at_three(self: TrainingDisplay, _title: str) -> object:
        def tell(step: int, _steps: int, _note: str) -> None:
            told.append(step)
            if told == [1, 2, 3]:
                raise KeyboardInterrupt

        return tell

    monkeypatch.setattr(TrainingDisplay, "noted_stage", press_at_three)
    out = tmp_path / "x.safetensors"
    command_line = ("train", "trunk", "--data", tmp_path, "--out", out, "--device", "cpu")
    interrupted = metaface(*command_line)
    assert interrupted.code == 130
    assert "--resume" in interrupted.err
    assert metaface(*command_line).code == 1, "an unfinished training is not overwritten unasked"
    resumed = metaface(*command_line, "--resume")
    assert resumed.code == 0, resumed.err
    assert told == [1, 2, 3, 4], "the third step was kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.json", "x.safetensors"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_trunk_interrupted_before_its_first_checkpoint_goes_on_where_it_was(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stage_on(monkeypatch, stock_embedder(), noise_faces(6, 2), noise_faces(3, 2))
    look, looks, told = _Tuning._look, list[int](), list[int]()

    def look_and_end(self: _Tuning, which: torch.Tensor, crops: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        looks.append(self.step)
        if looks == [0] * 4 + [1]:  # within the second step
            signal.raise_signal(getattr(signal, name))
        return look(self, which, crops)

    monkeypatch.setattr(_Tuning, "_look", look_and_end)
    monkeypatch.setattr(TrainingDisplay, "noted_stage", lambda *_: lambda step, *_: told.append(step))
    out = tmp_path / "x.safetensors"
    command_line = ("train", "trunk", "--data", tmp_path, "--out", out, "--steps", 3, "--device", "cpu")
    interrupted = metaface(*command_line)
    assert interrupted.code == 128 + getattr(signal, name)
    assert interrupted.err == "Run the same command with --resume to continue.\nmetaface: interrupted\n"
    resumed = metaface(*command_line, "--resume")
    assert resumed.code == 0, resumed.err
    assert told == [1, 3]


@pytest.mark.usefixtures("cohort_stage")
@pytest.mark.parametrize("stage", ["projection", "cohort"])
def test_ctrl_c_ends_a_stage_with_one_line(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    embedder = stock_embedder()
    if stage != "cohort":
        stage_on(monkeypatch, embedder, noise_faces(6, 2), noise_faces(3, 2))
    both = np.repeat(np.arange(6), 2)
    trunk_features = Part(np.ones((12, 2, embedder.feature_dim), np.float16), both)
    monkeypatch.setattr(command, "load_training_data", lambda *_: TrainingData(trunk_features, trunk_features))

    def press(self: TrainingDisplay, _title: str) -> object:
        return lambda *_: os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(TrainingDisplay, "noted_stage", press)
    out = tmp_path / "x.safetensors"
    outcome = metaface("train", stage, "--data", tmp_path, "--out", out, "--steps", 3, "--device", "cpu")
    assert outcome.code == 130
    assert outcome.err == "metaface: interrupted\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--trunk", "--projection", "--meta"])
def test_files_that_cannot_be_read_are_one_line(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    stage_on(monkeypatch, stock_embedder(), noise_faces(6, 2), noise_faces(3, 2))
    monkeypatch.setattr(command, "load_trained", lambda *_: {})
    (tmp_path / "letter").write_text("Dear reader")
    none = "There is no file"
    for file, words in (("none", none), ("x" * 300, none), ("", none), ("letter", "letter is damaged")):
        options = ("--data", tmp_path, "--out", tmp_path / "x", "--device", "cpu", option, tmp_path / file)
        outcome = metaface("train", "cohort", *options)
        assert outcome.code == 1
        assert words in outcome.err
        assert outcome.err.count("\n") == 1


def test_a_name_that_no_file_can_have_is_one_line(metaface: Metaface, tmp_path: Path) -> None:
    outcome = metaface("train", "maml", "--data", tmp_path, "--out", tmp_path / ("x" * 300))
    assert outcome.code == 1
    assert "Cannot write" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_trunk_goes_on_from_an_earlier_one_and_its_card_says_so(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = stock_embedder()
    stage_on(monkeypatch, embedder, noise_faces(6, 2), noise_faces(3, 2))
    earlier, out = tmp_path / "earlier.safetensors", tmp_path / "x.safetensors"
    moved = {"1.weight": np.full((2, 3, 3, 3), 0.5, np.float32), "1.bias": np.zeros(2, np.float32)}
    start = save_tuned_trunk(earlier, moved, embedder_id=embedder.id, card={})
    options = ("train", "trunk", "--data", tmp_path, "--out", out, "--steps", 1, "--device", "cpu")
    outcome = metaface(*options, "--trunk", earlier)
    assert outcome.code == 0, outcome.err
    # It goes on from 0.5, and what comes out is drawn back towards the stock trunk by the strength, 0.85.
    movement = read_tuned_trunk(out, embedder_id="net-1").movement["1.weight"]
    assert float(movement.mean()) == pytest.approx(0.425, abs=0.01)
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["started_from"] == {"file": "earlier.safetensors", "id": start.id}
    refused = metaface(*options, "--projection", earlier)
    assert refused.code == 1
    assert "Leave out --projection" in refused.err


def test_too_few_people_are_the_users_input(
    metaface: Metaface, offline: FakeEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "load_training_data", lambda *_: TrainingData(part(40, 0), part(1, 1)))
    outcome = metaface("train", "prototypical", "--data", tmp_path, "--out", tmp_path / "x")
    assert outcome.code == 1
    assert "1 for validation" in outcome.err


def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*_: object) -> object:
        raise AssertionError("it started to work")

    monkeypatch.setattr(command, "default_store", work)
    (tmp_path / "file").touch()
    for out in (tmp_path, tmp_path / "file" / "x.safetensors"):
        outcome = metaface("train", "prototypical", "--data", tmp_path, "--out", out)
        assert outcome.code == 1
        assert "Choose another place" in outcome.err


def test_a_folder_that_is_not_there(metaface: Metaface, tmp_path: Path) -> None:
    outcome = metaface("train", "prototypical", "--data", tmp_path / "none", "--out", tmp_path / "x", "--device", "cpu")
    assert outcome.code == 1
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("stock",), "“stock” has nothing to train"),
        (("no-such",), "there is no learner “no-such”"),
        (("prototypical", "--steps", "0"), "less than 1"),
        (("prototypical", "--meta-lr", "-1"), "not a number above 0"),
        (("prototypical", "--seed", "x"), "not a whole number"),
    ],
)
def test_usage(metaface: Metaface, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    outcome = metaface("train", *arguments, "--data", tmp_path, "--out", tmp_path / "x")
    assert outcome.code == 2
    assert words in outcome.err


def test_features_are_projected_picture_by_picture() -> None:
    wanted = part(40, 0)
    told: list[tuple[int, int]] = []
    faces = projected(wanted, FakeEmbedder(), lambda done, total: told.append((done, total)))  # type: ignore[arg-type]
    assert torch.equal(faces.features, torch.from_numpy(wanted.trunk).float())
    assert faces.person.tolist() == wanted.person.tolist()
    assert told[-1] == (100, 100)


def test_lines_come_every_so_often_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    metrics = ValidationMetrics(1.0, 0.925, 0.5)
    with TrainingDisplay(Console(highlight=False), clock=lambda: now[0]) as display:
        tell = display.meta_training("meta-training x")
        for step in range(1, 41):
            now[0] = float(step)
            tell(TrainingProgress(step, 40, 0.5, Trial(0, None, metrics), skipped=0))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[0] == "meta-training x 10/40, loss 0.500, validation: accuracy 92.5%, TPIR 50.0%, 0:00:30 left"


def test_other_processes_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    with TrainingDisplay(Console(), is_quiet=True, clock=lambda: now[0]) as display:
        tell = display.stage("finding faces")
        now[0] = 100.0
        tell(1, 2)
    assert capsys.readouterr().out == ""


def test_time_left_is_hours_minutes_seconds() -> None:
    assert remaining(3725.4) == "1:02:05 left"
    assert remaining(float("nan")) == ""


def test_the_second_ctrl_c_ends_at_once() -> None:
    with interruptible() as wished:
        assert not wished()
        os.kill(os.getpid(), signal.SIGINT)
        assert wished()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
