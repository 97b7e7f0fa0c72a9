"""The state of a meta-training run and its checkpoint: tensors and JSON in one safetensors file, written atomically.

No pickle, so a checkpoint from an untrusted source may contain wrong numbers, but no code.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.metalearning.meta_validation import ValidationMetrics
from metaface_gui.metalearning.optimizers import AdamState
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.weights.whole_file import write_whole

_FORMAT = 1
_NUMBERS = ("step", "loss_sum", "loss_count", "skipped", "skipped_in_a_row", "seconds")
"""Fields of a `TrainingState` that a checkpoint holds as they are."""

Scalars = dict[str, Any]
"""JSON-compatible numbers, texts and lists of a training's state."""


class CheckpointError(KnownError):
    """A checkpoint cannot be read, or belongs to another training run."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One meta-validation, after `step` outer steps; `train_loss` is the mean over the steps since the last, if any."""

    step: int
    train_loss: float | None
    metrics: ValidationMetrics

    @property
    def merit(self) -> tuple[float, float]:
        """Sort key for comparing trials: higher TPIR first; among equals, lower loss."""
        return self.metrics.tpir, -self.metrics.loss


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """Everything that determines the rest of a meta-training run, after `step` outer steps.

    `best` holds the parameters of the best trial so far. `loss_sum` and `loss_count` cover the steps since the last
    trial. `skipped` counts all non-finite gradients, `skipped_in_a_row` the most recent consecutive ones. `seconds` is
    the elapsed time.
    """

    step: int
    params: Params
    optimizer: AdamState
    untrained: ValidationMetrics
    trials: tuple[Trial, ...]
    best: Params
    loss_sum: float = 0.0
    loss_count: int = 0
    skipped: int = 0
    skipped_in_a_row: int = 0
    seconds: float = 0.0

    @property
    def best_trial(self) -> Trial:
        """The trial with the highest merit, the first among equals."""
        return max(self.trials, key=lambda trial: trial.merit)

    @property
    def trials_since_best(self) -> int:
        """Number of trials after the best one."""
        return len(self.trials) - 1 - self.trials.index(self.best_trial)

    def tried(self, metrics: ValidationMetrics) -> TrainingState:
        """Return the state after a meta-validation of its current parameters."""
        mean = self.loss_sum / self.loss_count if self.loss_count else None
        trial = Trial(self.step, mean, metrics)
        is_best = not self.trials or trial.merit > self.best_trial.merit
        best = self.params if is_best else self.best
        return replace(self, trials=(*self.trials, trial), best=best, loss_sum=0.0, loss_count=0)


def save_checkpoint(path: Path, state: TrainingState, identity: str) -> None:
    """Write the state to `path` atomically: a reader finds either the previous file or this one, never a partial one.

    `identity` describes what is trained on which data; `load_checkpoint` rejects a file with another identity.

    Raises:
        KnownError: if the file cannot be written.
    """
    groups = {
        "params": state.params,
        "best": state.best,
        "mean": state.optimizer.mean,
        "square": state.optimizer.square,
    }
    # Cloned because `best` may be `params`, and safetensors rejects shared tensors.
    tensors = {
        f"{group}/{name}": t.detach().clone().contiguous()
        for group, params in groups.items()
        for name, t in params.items()
    }
    scalars: Scalars = {
        **{name: getattr(state, name) for name in _NUMBERS},
        "optimizer_steps": state.optimizer.steps,
        "untrained": asdict(state.untrained),
        "trials": [asdict(trial) for trial in state.trials],
    }
    save_state(path, tensors, scalars, identity)


def save_state(path: Path, tensors: Params, scalars: Scalars, identity: str) -> None:
    """Write tensors and scalars of any kind of training atomically, for `load_state`.

    Raises:
        KnownError: if the file cannot be written.
    """
    described = {**scalars, "format": _FORMAT, "identity": identity}
    write_whole(path, save(tensors, {"checkpoint": json.dumps(described)}))


def load_state(path: Path, identity: str, device: torch.device) -> tuple[Params, Scalars]:
    """Read what `save_state` wrote, bit for bit.

    Raises:
        CheckpointError: if the file is missing, damaged or belongs to another training run.
    """
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            scalars: Scalars = json.loads(file.metadata()["checkpoint"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        theirs = (scalars["format"], scalars["identity"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise damaged_checkpoint(path) from error
    if theirs != (_FORMAT, identity):
        raise CheckpointError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{path} is the checkpoint of a different training run. Give the same options as then, or delete the "
                "file.",
            ),
            path=path,
        )
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise damaged_checkpoint(path)
    return tensors, scalars


def damaged_checkpoint(path: Path) -> CheckpointError:
    """Return the error for a file from which training cannot be resumed."""
    text = QT_TRANSLATE_NOOP("Errors", "{path} is damaged or not a checkpoint. Delete it and start the training again.")
    return CheckpointError(text, path=path)


def load_checkpoint(path: Path, identity: str, device: torch.device) -> TrainingState:
    """Read what `save_checkpoint` wrote, bit for bit.

    Raises:
        CheckpointError: if the file is missing, damaged or belongs to another meta-training run.
    """
    tensors, scalars = load_state(path, identity, device)
    groups: dict[str, Params] = {"params": {}, "best": {}, "mean": {}, "square": {}}
    try:
        for full_name, tensor in tensors.items():
            group, _, name = full_name.partition("/")
            groups[group][name] = tensor
        trials = tuple(
            Trial(trial["step"], trial["train_loss"], ValidationMetrics(**trial["metrics"]))
            for trial in scalars["trials"]
        )
        return TrainingState(
            params=groups["params"],
            optimizer=AdamState(groups["mean"], groups["square"], scalars["optimizer_steps"]),
            untrained=ValidationMetrics(**scalars["untrained"]),
            trials=trials,
            best=groups["best"],
            **{name: scalars[name] for name in _NUMBERS},
        )
    except (KeyError, TypeError) as error:
        raise damaged_checkpoint(path) from error
