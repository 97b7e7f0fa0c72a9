"""The outer loop: it learns, resumes bit for bit, keeps the best, and stops when it should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from metaface_gui.metalearning.checkpoint import CheckpointError
from metaface_gui.metalearning.episodes import EpisodeShape
from metaface_gui.metalearning.train import (
    DivergedError,
    MetaTrainingInterrupted,
    TooFewToTrainError,
    TrainingProgress,
    meta_train,
    starting_params,
)
from metaface_gui.metalearning.training_settings import TRAINING, MetaTrainingSettings, training_settings
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import Episode, Params, TrainableLearner, TrainingFeatures
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from tests.metalearning.training_problem import SPACE, TINY, people

LEARNER = PrototypicalLearner(SPACE)


class Scripted(PrototypicalLearner):
    """A prototypical network whose gradients are made up: 1, or not finite at the steps in `broken`."""

    broken: tuple[int, ...] = ()
    calls = 0

    def meta_gradient(self, params: Params, episodes: Episode, n_way: int) -> tuple[Params, Tensor]:
        value = float("nan") if self.calls in self.broken else 1.0
        self.calls += 1
        return {name: torch.full_like(tensor, value) for name, tensor in params.items()}, torch.ones(5)

    def to(self, device: torch.device) -> Scripted:
        return self


def test_meta_training_helps_on_people_it_never_saw() -> None:
    result = meta_train(LEARNER, people(80, 0), people(40, 1), replace(TINY, steps=60, validate_every=20, patience=9))
    assert result.trials[0].metrics == result.untrained
    assert result.best.metrics.tpir > result.untrained.tpir + 0.1
    assert result.best.metrics.top1 > result.untrained.top1
    assert result.best.metrics.loss < result.untrained.loss
    assert [trial.step for trial in result.trials] == [0, 20, 40, 60]
    # Going on from what it found must start where it ended: the best parameters are the ones returned.
    again = meta_train(LEARNER, people(80, 0), people(40, 1), replace(TINY, steps=1), initial=result.params)
    assert again.trials[0].metrics == result.best.metrics


def test_ten_steps_are_five_and_five_more_after_a_break(tmp_path: Path) -> None:
    train, validation = people(40, 0), people(24, 1)
    straight = meta_train(LEARNER, train, validation, TINY)
    steps: list[int] = []
    checkpoint = tmp_path / "x.checkpoint"
    with pytest.raises(MetaTrainingInterrupted, match="after 5 of 10 steps"):
        meta_train(
            LEARNER,
            train,
            validation,
            TINY,
            checkpoint=checkpoint,
            is_cancelled=lambda: len(steps) == 4,
            on_progress=lambda progress: steps.append(progress.step),
        )
    assert steps == [1, 2, 3, 4, 5]
    resumed = meta_train(
        LEARNER, train, validation, TINY, checkpoint=checkpoint, on_progress=lambda p: steps.append(p.step)
    )
    assert steps == list(range(1, 11))
    assert resumed.trials == straight.trials
    assert resumed.params.keys() == straight.params.keys()
    assert all(torch.equal(resumed.params[name], straight.params[name]) for name in straight.params)
    with pytest.raises(CheckpointError, match="different training"):
        meta_train(LEARNER, train, validation, replace(TINY, meta_lr=0.5), checkpoint=checkpoint)


def test_the_same_seed_gives_the_same_result_and_another_does_not() -> None:
    train, validation = people(40, 0), people(24, 1)
    settings = replace(TINY, steps=3)
    one, two = (meta_train(LEARNER, train, validation, settings) for _ in range(2))
    assert one.trials == two.trials
    other = meta_train(LEARNER, train, validation, replace(settings, seed=1))
    assert other.trials != one.trials


def test_progress_tells_every_step() -> None:
    told: list[TrainingProgress] = []
    meta_train(LEARNER, people(40, 0), people(24, 1), TINY, on_progress=told.append)
    assert [progress.step for progress in told] == list(range(1, 11))
    assert [progress.trial.step for progress in told] == [0] * 3 + [4] * 4 + [8, 8, 10]
    assert told[-1].steps == 10
    assert all(progress.loss > 0 for progress in told)


def test_a_gradient_that_is_not_finite_is_skipped_and_counted() -> None:
    learner = Scripted(SPACE)
    learner.broken = (1, 3)
    result = meta_train(learner, people(40, 0), people(24, 1), replace(TINY, steps=5, max_skipped=2))
    assert result.skipped == 2
    assert all(bool(tensor.isfinite().all()) for tensor in result.params.values())


def test_too_many_in_a_row_end_it() -> None:
    learner = Scripted(SPACE)
    learner.broken = (1, 2, 3)
    with pytest.raises(
        DivergedError, match="3 gradients of “prototypical” in a row were not finite, the last at step 4"
    ):
        meta_train(learner, people(40, 0), people(24, 1), replace(TINY, max_skipped=3))


def test_it_stops_early_and_keeps_the_best() -> None:
    learner = Scripted(SPACE)  # its gradients ruin the tail
    result = meta_train(
        learner, people(40, 0), people(24, 1), replace(TINY, steps=50, validate_every=1, patience=3, meta_lr=0.5)
    )
    assert result.steps == result.best.step + 3 < 50
    assert result.best.metrics.tpir == max(trial.metrics.tpir for trial in result.trials)


class WithFrozen(PrototypicalLearner):
    frozen = ("loss.threshold",)

    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:
        return {**params, "loss.threshold": faces.features.mean()}


def test_frozen_parameters_are_prepared_and_left_alone() -> None:
    train = people(40, 0)
    result = meta_train(WithFrozen(SPACE), train, people(24, 1), replace(TINY, steps=4, patience=9, validate_every=4))
    assert torch.equal(result.params["loss.threshold"], train.features.mean())


def test_the_initial_tail_reaches_every_tail() -> None:
    a = torch.arange(6.0).view(3, 2)
    params = {
        "tail.a": torch.zeros(3, 2),
        "cluster.tail.a": torch.zeros(4, 3, 2),
        "detail.a": torch.zeros(3, 2),
        "scale": torch.tensor(1.0),
    }
    started = starting_params(params, {"tail.a": a, "scale": torch.tensor(2.0), "else": a}, FeatureSpace(3, 2))
    assert torch.equal(started["tail.a"], a)
    assert torch.equal(started["cluster.tail.a"], a.expand(4, 3, 2))
    assert not started["detail.a"].any()
    assert float(started["scale"]) == 2.0
    assert started.keys() == params.keys()
    started["cluster.tail.a"][0] = 7.0  # each has its own memory
    assert torch.equal(started["cluster.tail.a"][1], a)


def test_without_a_projection_there_is_still_something_to_train() -> None:
    def stock_only(faces: TrainingFeatures) -> TrainingFeatures:
        return TrainingFeatures(faces.features[..., :12], faces.person)

    learner = PrototypicalLearner(FeatureSpace(12))
    result = meta_train(learner, stock_only(people(40, 0)), stock_only(people(24, 1)), replace(TINY, steps=2))
    assert result.params["tail.a"].shape == (12, 0)


@pytest.mark.parametrize(("train", "validation"), [(3, 24), (40, 1)])
def test_too_few_people_are_named(train: int, validation: int) -> None:
    with pytest.raises(TooFewToTrainError, match="Give a folder with more people"):
        meta_train(LEARNER, people(train, 0), people(validation, 1), TINY)


def test_very_few_people_are_enough() -> None:
    result = meta_train(LEARNER, people(4, 0), people(2, 1), replace(TINY, steps=2))
    assert result.steps == 2


def test_the_table_has_an_entry_for_every_method_that_can_be_trained() -> None:
    trainable = {key for key, learner in LEARNERS.items() if issubclass(learner, TrainableLearner)}
    assert trainable == set(TRAINING)
    assert training_settings("a new method") == MetaTrainingSettings()


def test_few_steps_are_still_validated() -> None:
    assert MetaTrainingSettings().with_steps(20).validate_every == 2
    assert MetaTrainingSettings().with_steps(3).validate_every == 1
    assert MetaTrainingSettings().with_steps(5000).validate_every == MetaTrainingSettings().validate_every


def test_a_steps_shape_follows_from_seed_and_step() -> None:
    settings = replace(TINY, shapes=(EpisodeShape(4, 1), EpisodeShape(4, 2)))
    drawn = [settings.shape_of(step) for step in range(40)]
    assert drawn == [settings.shape_of(step) for step in range(40)]
    assert set(drawn) == set(settings.shapes)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"meta_lr": 0.0}, {"seed": -1}, {"shapes": ()}, {"warm_up": 1.5}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="want"):
        replace(TINY, **wrong)  # type: ignore[arg-type]
