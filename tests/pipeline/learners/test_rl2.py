"""Auto with strategies of known quality: it tries them, tells what it saw, and returns the best one's classifier."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.metalearning.optimizers import adam, initial_state
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import AdaptStep, Episode, MetaLearner, OnStep, SupportSet
from metaface_gui.pipeline.learners.distances import class_means
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, StockLearner
from metaface_gui.pipeline.learners.rl2 import Rl2Learner, Rl2Settings
from metaface_gui.pipeline.learners.strategies import STRATEGIES
from tests.pipeline.torch_samples import seeded

SPACE = FeatureSpace(16)
GOOD_ARM = 9


def gallery(shots: list[int], seed: int = 0) -> SupportSet:
    random = seeded(seed)
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    centres = normalize(torch.randn(len(shots), 16, generator=random), dim=1)
    noise = 0.05 * torch.randn(len(labels), 16, generator=random)
    return SupportSet(normalize(centres[labels] + noise, dim=1), labels, len(shots))


@dataclass(frozen=True)
class SomeAxes:
    """A classifier that looks at the first axes of an embedding only: the more, the better."""

    prototypes: Tensor
    axes: int

    @property
    def n_way(self) -> int:
        return len(self.prototypes)

    def scores(self, features: Tensor) -> Tensor:
        return features[:, : self.axes] @ self.prototypes[:, : self.axes].T

    def embed(self, features: Tensor) -> Tensor:
        return normalize(features[:, : self.axes], dim=1)

    def class_vectors(self) -> Tensor:
        return normalize(self.prototypes[:, : self.axes], dim=1)


class SomeAxesLearner(MetaLearner):
    key, title, citation = "some axes", "Some axes", "made up"
    short_title, explanation = "Some axes", "Looks at the first axes only."
    axes = 1

    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> SomeAxes:
        return SomeAxes(class_means(support), self.axes)


def looking_at(axes: int) -> SomeAxesLearner:
    learner = SomeAxesLearner(SPACE)
    learner.axes = axes
    return learner


def auto(good_arm: int, trials: int = 4) -> Rl2Learner:
    """Auto with one strategy that sees 16 axes among those that see one."""
    arms = [looking_at(16 if arm == good_arm else 1) for arm in range(len(STRATEGIES))]
    return Rl2Learner(SPACE, settings=Rl2Settings(trials), arms=arms)


def episodes(seed: int, n: int = 2) -> Episode:
    each = [gallery([3] * 5, seed * n + i) for i in range(n)]
    support = torch.stack([people.features[torch.arange(15) % 3 > 0] for people in each])
    query = torch.stack([people.features[::3] for people in each])
    return Episode(support, torch.arange(5).repeat_interleave(2).expand(n, -1), query, torch.arange(5).expand(n, -1))


def test_it_returns_the_best_of_the_strategies_that_it_tried() -> None:
    support = gallery([3, 2, 4])
    classifier = auto(good_arm=2).adapt(support)
    assert [trial.strategy for trial in classifier.trials] == [strategy.label for strategy in STRATEGIES[:4]]
    assert classifier.chosen == classifier.trials[2] == max(classifier.trials, key=lambda trial: trial.reward)
    probes = torch.randn(5, 16, generator=seeded(1))
    winner = looking_at(16).adapt(support)
    torch.testing.assert_close(classifier.scores(probes), winner.scores(probes))
    torch.testing.assert_close(classifier.embed(probes), winner.embed(probes))
    # In the caller's numbering, though Auto sorts the people for itself.
    torch.testing.assert_close(classifier.class_vectors(), winner.class_vectors())
    assert not torch.equal(classifier.numbers, torch.arange(3))


def test_a_strategy_that_was_not_tried_is_not_chosen() -> None:
    classifier = auto(good_arm=2, trials=2).adapt(gallery([3, 2, 4]))
    assert len(classifier.trials) == 2
    assert classifier.chosen in classifier.trials
    more = auto(good_arm=2, trials=3).adapt(gallery([3, 2, 4]))
    probes = torch.randn(5, 16, generator=seeded(1))
    assert not torch.allclose(more.scores(probes), classifier.scores(probes), atol=1e-2)


def test_of_equally_good_strategies_the_first_one_wins() -> None:
    classifier = auto(good_arm=-1, trials=3).adapt(gallery([2, 2]))
    assert len({trial.reward for trial in classifier.trials}) == 1
    assert classifier.chosen is classifier.trials[0]


def test_its_steps_are_its_trials() -> None:
    told: list[AdaptStep] = []
    classifier = auto(good_arm=1, trials=3).adapt(gallery([2, 3]), on_step=told.append)
    assert [(step.step, step.steps) for step in told] == [(1, 3), (2, 3), (3, 3)]
    assert [step.accuracy for step in told] == [trial.reward for trial in classifier.trials]
    assert [step.loss for step in told] == [1.0 - trial.reward for trial in classifier.trials]


def test_meta_training_finds_a_strategy_that_the_untrained_policy_never_tries() -> None:
    learner = auto(good_arm=GOOD_ARM)
    params, held_out = learner.params, episodes(1000)
    first = Episode(*(part[0] for part in held_out))
    before = learner.episode_loss(params, first, 5)
    state = initial_state({name: p for name, p in params.items() if name not in learner.frozen})
    for step in range(15):
        gradient, _ = learner.meta_gradient(params, episodes(step), 5)
        params, state = adam(params, gradient, state, 0.1)
    assert learner.episode_loss(params, first, 5) < before - 0.1
    classifier = learner.with_params(params).adapt(gallery([3, 3, 3], seed=77))
    assert classifier.chosen.strategy == STRATEGIES[GOOD_ARM].label


def test_strategies_use_the_other_methods_trained_parameters() -> None:
    space = FeatureSpace(16, 2)
    tail = torch.full((16, 2), 0.5)
    params = PrototypicalLearner.initial_params(space) | {"tail.a": tail}
    learner = Rl2Learner.build(space, {"prototypical": params}, Rl2Settings(1))
    support = SupportSet(torch.randn(4, 18, generator=seeded(2)), torch.tensor([0, 0, 1, 1]), 2)
    probes = torch.randn(5, 18, generator=seeded(3))
    want = PrototypicalLearner(space, params).adapt(support).scores(probes)
    for same in (learner, learner.with_params(learner.params), learner.to(torch.device("cpu"))):
        torch.testing.assert_close(same.adapt(support).scores(probes), want)
    stock = StockLearner(space).adapt(support).scores(probes)
    assert not torch.allclose(learner.adapt(support).scores(probes), stock, atol=1e-3)


def test_every_strategy_has_its_own_name_and_a_learner() -> None:
    assert len({strategy.label for strategy in STRATEGIES}) == len(STRATEGIES)
    with pytest.raises(ValueError, match="one learner for each"):
        Rl2Learner(SPACE, arms=[looking_at(1)])
