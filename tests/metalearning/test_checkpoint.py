"""Checkpoints: bit for bit, whole or not at all, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from metaface_gui.errors import KnownError
from metaface_gui.metalearning.checkpoint import CheckpointError, TrainingState, load_checkpoint, save_checkpoint
from metaface_gui.metalearning.meta_validation import ValidationMetrics
from metaface_gui.metalearning.optimizers import adam, initial_state
from metaface_gui.weights import whole_file

CPU = torch.device("cpu")


def state() -> TrainingState:
    params = {"tail.a": torch.randn(3, 2, generator=torch.Generator().manual_seed(0)), "empty": torch.zeros(3, 0)}
    params, optimizer = adam(params, {k: v + 0.1 for k, v in params.items()}, initial_state(params), 0.1)
    fresh = TrainingState(
        1, params, optimizer, ValidationMetrics(2.0, 0.1, 0.2), (), params, loss_sum=0.1 + 0.2, loss_count=2, skipped=1
    )
    return fresh.tried(ValidationMetrics(1 / 3, 0.5, 0.25))


def test_a_state_comes_back_bit_for_bit(tmp_path: Path) -> None:
    path, kept = tmp_path / "runs" / "x.checkpoint", state()
    save_checkpoint(path, kept, "mine")
    back = load_checkpoint(path, "mine", CPU)
    pairs = ((back.params, kept.params), (back.best, kept.best), (back.optimizer.mean, kept.optimizer.mean))
    for ours, theirs in (*pairs, (back.optimizer.square, kept.optimizer.square)):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert back.optimizer.steps == kept.optimizer.steps
    scalars = ("step", "untrained", "trials", "loss_sum", "loss_count", "skipped", "skipped_in_a_row", "seconds")
    for name in scalars:
        assert getattr(back, name) == getattr(kept, name)
    assert [entry.name for entry in path.parent.iterdir()] == ["x.checkpoint"]


def test_a_failed_write_leaves_the_earlier_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.checkpoint"
    save_checkpoint(path, state(), "mine")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file, "_new_partial", full)
    with pytest.raises(KnownError, match="Cannot write"):
        save_checkpoint(path, state(), "mine")
    assert load_checkpoint(path, "mine", CPU).step == 1


def test_another_trainings_checkpoint_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "x", state(), "mine")
    with pytest.raises(CheckpointError, match="of a different training"):
        load_checkpoint(tmp_path / "x", "yours", CPU)


@pytest.mark.parametrize("content", [b"", b"no safetensors at all", b"\x02\0\0\0\0\0\0\0{}"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged or not a checkpoint"):
        load_checkpoint(path, "mine", CPU)


def test_a_value_that_is_not_finite_is_damage(tmp_path: Path) -> None:
    kept = state()
    kept.params["tail.a"][1, 1] = torch.nan
    save_checkpoint(tmp_path / "x", kept, "mine")
    with pytest.raises(CheckpointError, match="damaged or not a checkpoint"):
        load_checkpoint(tmp_path / "x", "mine", CPU)


def test_the_best_trial_is_the_first_with_the_highest_tpir_and_of_those_the_least_loss() -> None:
    tried = state()
    first = tried.best
    for tpir in (0.5, 0.5, 0.4):
        tried = tried.tried(ValidationMetrics(1.0, 0.5, tpir))
        if tpir == 0.4:
            assert tried.trials_since_best == 2
    assert tried.best_trial is tried.trials[1]
    assert tried.best is first
    assert tried.tried(ValidationMetrics(0.9, 0.5, 0.5)).best_trial.metrics.loss == 0.9
