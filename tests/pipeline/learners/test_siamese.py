"""The contrastive loss as Hadsell's paper has it, and the verifier on cases small enough to do by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.func import grad

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import STRANGER, Episode, Params, SupportSet
from metaface_gui.pipeline.learners.siamese import SiameseLearner, SiameseSettings, contrastive_loss
from tests.pipeline.learners.nuisance_family import SPACE, accuracy, episodes, mean_loss, meta_trained
from tests.pipeline.torch_samples import at

PLANE = FeatureSpace(2)
SAME, DIFFERENT = torch.tensor(True), torch.tensor(False)


def loss_between(x: Tensor, y: Tensor, same: Tensor, margin: float) -> Tensor:
    return contrastive_loss((x - y).square().sum(), same, margin)


# Points 0.6 apart along x and 0.8 along y: D = 1.
X, Y = torch.tensor([0.6, 0.8]), torch.zeros(2)


def test_faces_of_one_person_pay_half_the_squared_distance() -> None:
    assert float(loss_between(X, Y, SAME, 1.5)) == pytest.approx(0.5)


def test_faces_of_two_people_pay_for_what_lacks_to_the_margin() -> None:
    assert float(loss_between(X, Y, DIFFERENT, 1.5)) == pytest.approx(0.5 * 0.5**2)
    assert float(loss_between(X, Y, DIFFERENT, 0.9)) == 0.0


def test_the_gradient_pulls_one_person_together_like_a_spring() -> None:
    # Equation 8 of the paper: ∂L_S/∂x = D ∂D/∂x, which is x − y.
    torch.testing.assert_close(grad(loss_between)(X, Y, SAME, 1.5), X - Y)


def test_the_gradient_pushes_two_people_apart_within_the_margin_only() -> None:
    # Equation 9: ∂L_D/∂x = −(m − D) ∂D/∂x within the margin, with ∂D/∂x = (x − y) / D; zero beyond it.
    torch.testing.assert_close(grad(loss_between)(X, Y, DIFFERENT, 1.5), -(1.5 - 1.0) * (X - Y) / 1.0)
    torch.testing.assert_close(grad(loss_between)(X, Y, DIFFERENT, 0.9), torch.zeros(2))


def test_the_gradient_is_finite_where_two_faces_coincide() -> None:
    assert grad(loss_between)(X, X.clone(), DIFFERENT, 1.5).isfinite().all()


def params(**changed: Tensor) -> Params:
    """α = (1, 4), γ = 2, θ = 1."""
    return {
        **SiameseLearner.initial_params(PLANE),
        "verifier.log_weights": torch.tensor([1.0, 4.0]).log(),
        "verifier.log_sharpness": torch.tensor(2.0).log(),
        "verifier.bound": torch.tensor(1.0),
        **changed,
    }


# Ann at 0° and 90°, Bob at 180°, not in order. From 0°, D² to 0° is 0, to 90° it is 1·1 + 4·1 = 5, to 180° it is 1·4.
ANN_AND_BOB = SupportSet(at(90.0, 180.0, 0.0), torch.tensor([0, 1, 0]), 2)


@pytest.mark.parametrize(
    ("pooling", "of_ann"),
    [
        ("odds", math.log((math.exp(2.0) + math.exp(-8.0)) / 2)),
        ("mean", (2.0 - 8.0) / 2),
        ("best", 2.0),
    ],
)
def test_log_odds_of_each_shot_are_pooled_by_person(pooling: str, of_ann: float) -> None:
    # γ (θ − D²): 2 and −8 for Ann's shots, −6 for Bob's.
    classifier = SiameseLearner(PLANE, params(), SiameseSettings(shrinkage=0.0, pooling=pooling)).adapt(ANN_AND_BOB)
    torch.testing.assert_close(classifier.scores(at(0.0)), torch.tensor([[of_ann, -6.0]]))


def test_untrained_it_is_the_cosine_with_even_odds_at_four_tenths() -> None:
    classifier = SiameseLearner(PLANE).adapt(SupportSet(at(0.0), torch.tensor([0]), 1))
    angles = (0.0, math.degrees(math.acos(0.4)), 180.0)
    scores = classifier.scores(at(*angles))
    # γ (θ − (2 − 2 cos)) = 20 (cos − 0.4).
    torch.testing.assert_close(scores, torch.tensor([[12.0], [0.0], [-28.0]]), rtol=0, atol=1e-4)


def test_the_episode_loss_is_the_contrastive_loss_of_all_pairs_and_the_open_set_loss() -> None:
    # Ann and a stranger come to Ann's one shot at 0°; α = 1. D² is 2 − 2 cos 60° = 1 and, from 90°, 2.
    learner = SiameseLearner(PLANE)
    values = params(**{"verifier.log_weights": torch.zeros(2)})
    episode = Episode(at(0.0), torch.tensor([0]), at(60.0, 90.0), torch.tensor([0, STRANGER]))
    contrastive = 0.5 * 1.0 + 0.0  # √2 is beyond the margin
    # Log-odds 2 (1 − 1) = 0 for Ann and 2 (1 − 2) = −2 for the stranger.
    open_set = math.log(2.0) + 0.5 * math.log1p(math.exp(-2.0))
    assert float(learner.episode_loss(values, episode, 1)) == pytest.approx(contrastive + open_set, abs=1e-5)


def test_meta_training_improves_on_untrained() -> None:
    learner, held_out = SiameseLearner(SPACE), episodes(16, seed=1)
    trained = meta_trained(learner, steps=40, rate=0.03)
    assert mean_loss(learner, trained, held_out) < 0.8 * mean_loss(learner, learner.params, held_out)
    assert accuracy(learner, trained, held_out) > accuracy(learner, learner.params, held_out) + 0.1
