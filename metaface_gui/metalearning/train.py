"""The outer loop: gradient descent of the meta-parameters on the query loss of adapted classifiers.

One loop serves every method (Finn, Abbeel and Levine 2017, algorithm 1, lines 3 to 8, with Adam for line 8). Methods
differ in `TrainableLearner.meta_gradient`, from the gradient of a closed form to one through an inner loop.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.metalearning.checkpoint import TrainingState, Trial, load_checkpoint, save_checkpoint
from metaface_gui.metalearning.distributed import ProcessGroup, from_first, share_of, summed
from metaface_gui.metalearning.episodes import EpisodeSampler
from metaface_gui.metalearning.meta_validation import MetaValidation, ValidationMetrics
from metaface_gui.metalearning.optimizers import adam, clipped, initial_state, one_cycle
from metaface_gui.metalearning.training_settings import MetaTrainingSettings
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params, TrainableLearner, TrainingFeatures
from metaface_gui.pipeline.learners.tail import TAIL

_MIN_TRAIN_PEOPLE, _MIN_VALIDATION_PEOPLE = 4, 2


class TooFewToTrainError(KnownError):
    """A split of a data set has too few people for an episode."""


class DivergedError(KnownError):
    """Too many consecutive gradients were not finite."""


class MetaTrainingInterrupted(KnownError):  # noqa: N818 - not an error
    """Training was cancelled after `step` steps; the checkpoint, if there is one, holds its state."""


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """State after an outer step: its loss, the latest meta-validation, and the number of skipped gradients so far."""

    step: int
    steps: int
    loss: float
    trial: Trial
    skipped: int


@dataclass(frozen=True, slots=True, eq=False)
class MetaTrainingResult:
    """The parameters with the best meta-validation, on the CPU; all trials, the first one before any step.

    `untrained` are the metrics of the method's own initial parameters. `steps` is the number of steps done, of which
    `skipped` changed nothing; `seconds` is their total duration, over all resumed runs.
    """

    params: Params
    trials: tuple[Trial, ...]
    best: Trial
    untrained: ValidationMetrics
    steps: int
    skipped: int
    seconds: float


def meta_train(
    learner: TrainableLearner,
    train: TrainingFeatures,
    validation: TrainingFeatures,
    settings: MetaTrainingSettings,
    *,
    initial: Mapping[str, torch.Tensor] | None = None,
    on_progress: Callable[[TrainingProgress], None] = lambda _: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    checkpoint: Path | None = None,
    trained_on: str = "",
    group: ProcessGroup | None = None,
) -> MetaTrainingResult:
    """Meta-train `learner`'s parameters on the people of `train`, and keep those that do best on `validation`.

    Runs on the features' device. Starts at the method's initial parameters, overridden by `initial`
    (`starting_params`). If `checkpoint` exists, training resumes from it with the same result bit for bit; it is
    written as set and on cancellation. `trained_on` describes the features: a checkpoint of others is rejected. With a
    `group`, every process calls this with the same arguments and gets the same result; only process 0 writes.

    Raises:
        TooFewToTrainError: if there are fewer than 4 people to train on or 2 to validate on.
        MetaTrainingInterrupted: once `is_cancelled` returns true in any process.
        DivergedError: if too many gradients in a row are not finite.
        KnownError: if the checkpoint cannot be read or written, or belongs to another training run.
    """
    loop = _OuterLoop(learner, train, validation, settings, group or ProcessGroup())
    identity = _identity(learner, train, settings, trained_on)
    if checkpoint is not None and checkpoint.exists():
        state = load_checkpoint(checkpoint, identity, loop.device)
    else:
        state = loop.start(initial or {})
    before, started = state.seconds, time.monotonic()
    while state.step < settings.steps and state.trials_since_best < settings.patience:
        state, loss, cancelled = loop.step(state, cancel=is_cancelled())
        state = replace(state, seconds=before + time.monotonic() - started)
        if loop.is_first and checkpoint is not None and (cancelled or state.step % settings.checkpoint_every == 0):
            save_checkpoint(checkpoint, state, identity)
        on_progress(TrainingProgress(state.step, settings.steps, loss, state.trials[-1], state.skipped))
        if cancelled:
            raise MetaTrainingInterrupted(
                QT_TRANSLATE_NOOP("Errors", "Interrupted after {step} of {steps} steps."),
                step=state.step,
                steps=settings.steps,
            )
    best = {name: tensor.cpu() for name, tensor in state.best.items()}
    return MetaTrainingResult(
        best, state.trials, state.best_trial, state.untrained, state.step, state.skipped, state.seconds
    )


def starting_params(params: Params, initial: Mapping[str, torch.Tensor], space: FeatureSpace) -> Params:
    """Return `params` overridden by `initial`, by name; its tail A₀ (d, r) also initialises a method's other tails.

    Those are parameters whose name ends with `.tail.a` and whose shape ends with (d, r); all of them start at A₀.
    """
    tail_shape = (space.embedding_dim, space.projection_dim)
    started = {}
    for name, tensor in params.items():
        is_tail = (name == TAIL or name.endswith(f".{TAIL}")) and tensor.shape[-2:] == tail_shape
        value = initial.get(name, initial.get(TAIL) if is_tail else None)
        started[name] = tensor if value is None else value.to(tensor).expand_as(tensor).clone()
    return started


class _OuterLoop:
    """Performs one outer step at a time, from state to state."""

    def __init__(
        self,
        learner: TrainableLearner,
        train: TrainingFeatures,
        validation: TrainingFeatures,
        settings: MetaTrainingSettings,
        group: ProcessGroup,
    ) -> None:
        check_enough(*(len(torch.unique(faces.person)) for faces in (train, validation)))
        self.device = train.features.device
        self._learner, self._faces, self._settings, self._group = learner.to(self.device), train, settings, group
        dim = learner.space.embedding_dim
        self._sampler = EpisodeSampler(train, settings.seed, settings.mix, embedding_dim=dim)
        self._validation = MetaValidation(
            validation, settings.validation_shapes, settings.validation_episodes, settings.seed, embedding_dim=dim
        )

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that writes."""
        return self._group.rank == 0

    def start(self, initial: Mapping[str, torch.Tensor]) -> TrainingState:
        """Return the state before the first step, meta-validated."""
        space = self._learner.space
        untrained = {name: t.to(self.device) for name, t in self._learner.initial_params(space).items()}
        params = self._learner.prepare(starting_params(untrained, initial, space), self._faces)
        params = from_first({name: tensor.detach() for name, tensor in params.items()}, self._group)
        moving = {name: tensor for name, tensor in params.items() if name not in self._learner.frozen}
        metrics = self._validation.measure(self._learner, untrained, self._group)
        state = TrainingState(0, params, initial_state(moving), metrics, (), params)
        return state.tried(self._validation.measure(self._learner, params, self._group))

    def step(self, state: TrainingState, *, cancel: bool) -> tuple[TrainingState, float, bool]:
        """Do one outer step: return the next state, the step's loss, and whether any process asked to cancel."""
        gradient, loss, cancelled = self._gradient(state, cancel=cancel)
        is_finite = all(bool(part.isfinite().all()) for part in (*gradient.values(), loss))
        state = self._moved(state, gradient, float(loss)) if is_finite else self._skipped(state)
        if state.step % self._settings.validate_every == 0 or state.step == self._settings.steps:
            state = state.tried(self._validation.measure(self._learner, state.params, self._group))
        return state, float(loss), cancelled

    def _gradient(self, state: TrainingState, *, cancel: bool) -> tuple[Params, torch.Tensor, bool]:
        """Return the mean gradient and loss over the step's meta-batch, whose episodes the processes share."""
        shape = self._settings.shape_of(state.step).fitted_to(self._sampler.n_people)
        numbers = share_of(self._settings.meta_batch, self._group)
        message = {name: torch.zeros_like(mean) for name, mean in state.optimizer.mean.items()}
        names = tuple(message)
        loss = torch.zeros((), device=self.device)
        if len(numbers):
            episodes = self._sampler.draw(shape, state.step, numbers)
            gradient, losses = self._learner.meta_gradient(state.params, episodes, shape.n_way)
            share = len(numbers) / self._settings.meta_batch
            message = {name: gradient[name].detach() * share for name in names}
            loss = losses.detach().mean() * share
        # The loss and the cancel flag are summed with the gradient, so all processes agree and stop together.
        message |= {"/loss": loss, "/cancel": torch.full((), float(cancel), device=self.device)}
        total = summed(message, self._group)
        return {name: total[name] for name in names}, total["/loss"], bool(total["/cancel"] > 0)

    def _moved(self, state: TrainingState, gradient: Params, loss: float) -> TrainingState:
        settings = self._settings
        rate = one_cycle(state.step, settings.steps, settings.meta_lr, settings.warm_up)
        factors = {name: settings.tail_rate for name in gradient if name.startswith("tail.")}
        params, optimizer = adam(state.params, clipped(gradient, settings.clip), state.optimizer, rate, factors)
        return replace(
            state,
            step=state.step + 1,
            params=params,
            optimizer=optimizer,
            loss_sum=state.loss_sum + loss,
            loss_count=state.loss_count + 1,
            skipped_in_a_row=0,
        )

    def _skipped(self, state: TrainingState) -> TrainingState:
        in_a_row = state.skipped_in_a_row + 1
        if in_a_row >= self._settings.max_skipped:
            raise DivergedError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{count} gradients of “{learner}” in a row were not finite, the last at step {step}. Choose a "
                    "smaller --meta-lr.",
                ),
                count=in_a_row,
                learner=self._learner.key,
                step=state.step + 1,
            )
        return replace(state, step=state.step + 1, skipped=state.skipped + 1, skipped_in_a_row=in_a_row)


def check_enough(train_people: int, validation_people: int) -> None:
    """Reject data from which no episode can be drawn.

    Raises:
        TooFewToTrainError: if there are fewer than 4 people to train on or 2 to validate on.
    """
    if train_people >= _MIN_TRAIN_PEOPLE and validation_people >= _MIN_VALIDATION_PEOPLE:
        return
    raise TooFewToTrainError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "Of the people with a detected face, {train} are for training and {validation} for validation, but at "
            "least {min_train} and {min_validation} are needed. Give a folder with more people.",
        ),
        train=train_people,
        validation=validation_people,
        min_train=_MIN_TRAIN_PEOPLE,
        min_validation=_MIN_VALIDATION_PEOPLE,
    )


def _identity(learner: TrainableLearner, train: TrainingFeatures, settings: MetaTrainingSettings, data: str) -> str:
    """Return what a checkpoint must match: the method, its settings, the training settings and the data."""
    described = {
        "learner": learner.key,
        "learner_settings": repr(learner.settings),
        "space": asdict(learner.space),
        "features": list(train.features.shape),
        "settings": asdict(settings),
        "trained_on": data,
    }
    return json.dumps(described, sort_keys=True)
