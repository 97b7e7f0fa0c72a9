"""The mathematics of attention over shots on cases small enough to do by hand: embeddings are angles on a circle."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import STRANGER, Episode, SupportSet
from metaface_gui.pipeline.learners.matching import LOG_TEMPERATURE, MatchingLearner, MatchingSettings
from tests.pipeline.learners.nuisance_family import SPACE, accuracy, episodes, mean_loss, meta_trained
from tests.pipeline.torch_samples import at

PLANE = FeatureSpace(2)


AS_THEY_ARE = MatchingSettings(shrinkage=0.0)


def matching(temperature: float = 0.5) -> MatchingLearner:
    """One that compares shots as they are, as the paper does."""
    params = {**MatchingLearner.initial_params(PLANE), LOG_TEMPERATURE: torch.tensor(temperature).log()}
    return MatchingLearner(PLANE, params, AS_THEY_ARE)


# Ann at 0° and 60°, Bob at 120°, not in order. From 0° the cosines are 1, ½ and −½; over τ = ½ they are 2, 1 and −1.
ANN_AND_BOB = SupportSet(at(60.0, 120.0, 0.0), torch.tensor([0, 1, 0]), 2)
E2, E1, E_1 = math.exp(2.0), math.exp(1.0), math.exp(-1.0)


def test_attention_is_the_softmax_of_the_cosines() -> None:
    attention = matching().adapt(ANN_AND_BOB).attention(at(0.0))
    # Each person's shots lie together: Ann's 60° and 0°, then Bob's.
    torch.testing.assert_close(attention, torch.tensor([[E1, E2, E_1]]) / (E2 + E1 + E_1))


def test_the_score_is_the_kernel_density_of_a_persons_shots() -> None:
    scores = matching().adapt(ANN_AND_BOB).scores(at(0.0))
    torch.testing.assert_close(scores, torch.tensor([[0.5 * math.log((E2 + E1) / 2), -0.5]]))


def test_the_papers_probability_follows_from_the_scores() -> None:
    classifier = matching().adapt(ANN_AND_BOB)
    probe, counts = at(20.0, 100.0, 250.0), torch.tensor([2.0, 1.0])
    attention = classifier.attention(probe)
    of_ann = attention[:, 0] + attention[:, 1]
    weights = counts * (classifier.scores(probe) / 0.5).exp()
    torch.testing.assert_close(of_ann, weights[:, 0] / weights.sum(1))


def test_another_persons_shots_do_not_change_a_score() -> None:
    alone = SupportSet(at(60.0, 0.0), torch.tensor([0, 0]), 1)
    together, apart = matching().adapt(ANN_AND_BOB), matching().adapt(alone)
    torch.testing.assert_close(together.scores(at(10.0, 200.0))[:, :1], apart.scores(at(10.0, 200.0)))


def test_a_lone_person_is_nearer_to_their_own_face_than_to_a_strangers() -> None:
    scores = MatchingLearner(PLANE).adapt(SupportSet(at(0.0), torch.tensor([0]), 1)).scores(at(5.0, 90.0))
    torch.testing.assert_close(scores, torch.tensor([[math.cos(math.radians(5.0))], [0.0]]), rtol=0, atol=1e-5)


def test_the_temperature_goes_from_the_nearest_shot_to_the_mean_of_all() -> None:
    probe = at(0.0)
    sharp = MatchingLearner(PLANE, settings=replace(AS_THEY_ARE, temperature=0.4)).adapt(ANN_AND_BOB).scores(probe)
    flat = matching(100.0).adapt(ANN_AND_BOB).scores(probe)
    assert float(sharp[0, 0]) == pytest.approx(1.0 - 0.02 * math.log(2.0), abs=1e-3)
    assert float(flat[0, 0]) == pytest.approx(0.75, abs=1e-2)


def test_the_setting_multiplies_the_trained_temperature() -> None:
    params = {**MatchingLearner.initial_params(PLANE), LOG_TEMPERATURE: torch.tensor(0.25).log()}
    twice = MatchingLearner(PLANE, params, replace(AS_THEY_ARE, temperature=2.0)).adapt(ANN_AND_BOB)
    torch.testing.assert_close(twice.scores(at(33.0)), matching(0.5).adapt(ANN_AND_BOB).scores(at(33.0)))


def test_untrained_the_full_context_changes_nothing() -> None:
    off = MatchingLearner(PLANE, settings=MatchingSettings(full_context=False)).adapt(ANN_AND_BOB)
    on = MatchingLearner(PLANE, settings=MatchingSettings(full_context=True)).adapt(ANN_AND_BOB)
    torch.testing.assert_close(on.scores(at(10.0, 99.0)), off.scores(at(10.0, 99.0)))
    torch.testing.assert_close(on.attention(at(10.0)), off.attention(at(10.0)))


def test_the_gradient_reaches_the_temperature_and_both_contexts() -> None:
    learner = MatchingLearner(PLANE)
    episode = Episode(ANN_AND_BOB.features, ANN_AND_BOB.labels, at(20.0, 140.0, 250.0), torch.tensor([0, 1, STRANGER]))
    gradient, _ = learner.meta_gradient(learner.params, Episode(*(part[None] for part in episode)), 2)
    for name in (LOG_TEMPERATURE, "context.shot_out", "context.probe_out"):
        assert gradient[name].abs().max() > 0.0, name


def test_meta_training_improves_on_untrained() -> None:
    learner, held_out = MatchingLearner(SPACE), episodes(16, seed=1)
    trained = meta_trained(learner, steps=40, rate=0.03)
    assert mean_loss(learner, trained, held_out) < 0.8 * mean_loss(learner, learner.params, held_out)
    assert accuracy(learner, trained, held_out) > accuracy(learner, learner.params, held_out) + 0.1
