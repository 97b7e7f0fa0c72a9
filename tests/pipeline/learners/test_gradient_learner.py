"""What the methods that go down a gradient share: what they tell of their steps, and what a user may turn."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from metaface_gui.pipeline.learners import gradient_learner, learner_class
from metaface_gui.pipeline.learners.background import BACKGROUND
from metaface_gui.pipeline.learners.base import AdaptStep, Episode, Params
from metaface_gui.pipeline.learners.gradient_learner import GradientLearner, InnerLoopSettings
from metaface_gui.pipeline.learners.inner_loop import LOG_SCALE, InnerTask, inner_loss
from metaface_gui.pipeline.learners.maml import MamlLearner, MamlSettings
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from metaface_gui.pipeline.learners.reptile import ReptileLearner
from tests.pipeline.learners.contract_family import METHODS, PROJECTED_SPACE, people, probes

GRADIENT_METHODS = [key for key in METHODS if issubclass(learner_class(key), GradientLearner)]
SUPPORT = people([3, 1, 2], PROJECTED_SPACE)


def made(key: str, **turned: float) -> GradientLearner:
    kind = learner_class(key)
    assert issubclass(kind, GradientLearner)
    return kind(PROJECTED_SPACE, None, dataclasses.replace(kind(PROJECTED_SPACE).settings, **turned))  # type: ignore[arg-type]


@pytest.mark.parametrize("key", GRADIENT_METHODS)
def test_the_first_step_told_is_the_start_the_prototypes(key: str) -> None:
    told: list[AdaptStep] = []
    learner = made(key)
    learner.adapt(SUPPORT, on_step=told.append)
    assert [(step.step, step.steps) for step in told] == [(i, 5) for i in range(6)]
    prototypes = PrototypicalLearner(PROJECTED_SPACE).adapt(SUPPORT)
    scale, background = learner.params[LOG_SCALE].exp(), normalize(learner.params[BACKGROUND], dim=1)
    everybody = torch.cat([prototypes.class_vectors(), background])
    logits = scale * prototypes.embed(SUPPORT.features) @ everybody.T
    of_shots = cross_entropy(logits, SUPPORT.labels, reduction="none")
    each_person = torch.stack([of_shots[SUPPORT.labels == person].mean() for person in range(3)])
    assert told[0].loss == pytest.approx(float(each_person.mean()), rel=1e-5)
    assert told[0].accuracy == pytest.approx(1.0)
    assert told[-1].loss < told[0].loss


@pytest.mark.parametrize("key", GRADIENT_METHODS)
def test_who_listens_does_not_change_the_result(key: str) -> None:
    shown = probes(PROJECTED_SPACE)
    quiet = made(key).adapt(SUPPORT).scores(shown)
    assert torch.equal(made(key).adapt(SUPPORT, on_step=lambda step: None).scores(shown), quiet)


def test_what_only_a_listener_wants_is_not_computed_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[None] = []

    def counted(theta: Params, task: InnerTask) -> Tensor:
        asked.append(None)
        return inner_loss(theta, task)

    monkeypatch.setattr(gradient_learner, "inner_loss", counted)
    made("maml").adapt(SUPPORT)
    assert len(asked) == 5
    made("maml").adapt(SUPPORT, on_step=lambda step: None)
    assert len(asked) == 5 + 5 + 6


@pytest.mark.parametrize("key", GRADIENT_METHODS)
def test_rates_shrink_from_step_to_step_by_the_decay(key: str) -> None:
    def moves(decay: float) -> list[float]:
        learner = made(key, rate_decay=decay, inner_lr=2.0)
        task = learner.task(SUPPORT.features, SUPPORT.labels, 3)
        rule = learner.task_rule(learner.params, task)
        gradients = {name: torch.ones(2, 2) for name in learner.moving}
        return [float(rule(step, gradients, {})[0]["head"].abs().sum()) for step in range(3)]

    steady = moves(1.0)
    assert moves(0.5) == pytest.approx([steady[0], steady[1] / 2, steady[2] / 4])


def test_one_step_does_not_know_of_the_decay() -> None:
    shown = probes(PROJECTED_SPACE)
    one, other = (made("maml", inner_steps=1, rate_decay=decay).adapt(SUPPORT).scores(shown) for decay in (1.0, 0.3))
    assert torch.equal(one, other)


@pytest.mark.parametrize("key", GRADIENT_METHODS)
def test_the_temperature_divides_the_scale_of_the_inner_loss(key: str) -> None:
    learner, shown = made(key), probes(PROJECTED_SPACE)
    colder = learner.params | {LOG_SCALE: learner.params[LOG_SCALE] + torch.tensor(4.0).log()}
    wanted = learner.with_params(colder).adapt(SUPPORT).scores(shown)
    torch.testing.assert_close(made(key, temperature=0.25).adapt(SUPPORT).scores(shown), wanted)


def test_reptile_is_trained_at_the_users_temperature() -> None:
    support, labels = SUPPORT.features[None], SUPPORT.labels[None]
    episodes = Episode(support, labels, support, labels)
    usual, cold = (
        ReptileLearner(PROJECTED_SPACE),
        ReptileLearner(PROJECTED_SPACE, None, InnerLoopSettings(temperature=0.5)),
    )
    colder = usual.params | {LOG_SCALE: usual.params[LOG_SCALE] + torch.tensor(2.0).log()}
    wanted, losses = usual.meta_gradient(colder, episodes, 3)
    gradient, found = cold.meta_gradient(cold.params, episodes, 3)
    torch.testing.assert_close(found, losses)
    for name in wanted:
        torch.testing.assert_close(gradient[name], wanted[name], msg=name)


def test_no_rate_stays_at_the_prototypes() -> None:
    shown = probes(PROJECTED_SPACE)
    still = MamlLearner(PROJECTED_SPACE, None, MamlSettings(inner_lr=0.0)).adapt(SUPPORT).scores(shown)
    torch.testing.assert_close(still, PrototypicalLearner(PROJECTED_SPACE).adapt(SUPPORT).scores(shown))
