"""The mathematics of prototypes on cases small enough to do by hand: embeddings are angles on a circle."""

from __future__ import annotations

import math

import pytest
import torch

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import STRANGER, Episode, SupportSet
from metaface_gui.pipeline.learners.distances import (
    CosineDistance,
    SquaredEuclidean,
    SquaredMahalanobis,
    make_distance,
    shrunk_shared_covariance,
)
from metaface_gui.pipeline.learners.prototypical import (
    PrototypeClassifier,
    PrototypicalLearner,
    PrototypicalSettings,
    StockLearner,
)
from metaface_gui.pipeline.learners.tail import TAIL
from tests.pipeline.learners.nuisance_family import SPACE, accuracy, episodes, mean_loss, meta_trained
from tests.pipeline.torch_samples import at

PLANE = FeatureSpace(2)


def prototypical(distance: str = "cosine", space: FeatureSpace = PLANE) -> PrototypicalLearner:
    return PrototypicalLearner(space, settings=PrototypicalSettings(distance))


# Ann at 0° and 60°: her mean is √3/2 long and points to 30°. Bob at 120° alone.
ANN_AND_BOB = SupportSet(at(0.0, 60.0, 120.0), torch.tensor([0, 0, 1]), 2)


def test_prototypes_are_the_class_means() -> None:
    prototypes = prototypical().adapt(ANN_AND_BOB).prototypes
    torch.testing.assert_close(prototypes, torch.cat([at(30.0) * math.sqrt(3) / 2, at(120.0)]))


def test_cosine_score_is_the_cosine_to_the_mean() -> None:
    scores = prototypical("cosine").adapt(ANN_AND_BOB).scores(at(30.0, 75.0, 120.0))
    want = [[1.0, 0.0], [math.cos(math.pi / 4), math.cos(math.pi / 4)], [0.0, 1.0]]
    torch.testing.assert_close(scores, torch.tensor(want), rtol=0, atol=1e-6)


def test_euclidean_score_is_minus_the_squared_distance() -> None:
    scores = prototypical("euclidean").adapt(ANN_AND_BOB).scores(at(30.0, 120.0))
    # From 30° to Ann's mean: (1 − √3/2)². From 120°, at a right angle to it: 1 + 3/4. From 30° to Bob at 120°: 2.
    want = [[-((1 - math.sqrt(3) / 2) ** 2), -2.0], [-1.75, 0.0]]
    torch.testing.assert_close(scores, torch.tensor(want), rtol=0, atol=1e-6)


def test_mahalanobis_distance_counts_directions_in_which_shots_scatter_less() -> None:
    # Eight shots at (±3, 0) and (0, ±1) and two at the origin: covariance diag(36, 4) / 9 before shrinking.
    shots = torch.tensor([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]]).repeat_interleave(2, 0)
    support = SupportSet(torch.cat([shots, torch.zeros(2, 2)]), torch.zeros(10, dtype=torch.int64), 1)
    # OAS by hand: p = 2, tr S² = (36² + 4²)/81, tr² S = 40²/81, ρ = tr² S / (9 (tr S² − tr² S / 2) + 0).
    rho = 1600.0 / (9.0 * (1312.0 - 800.0))
    x_variance = (1 - rho) * 4.0 + rho * 20.0 / 9.0
    y_variance = (1 - rho) * 4.0 / 9.0 + rho * 20.0 / 9.0
    torch.testing.assert_close(shrunk_shared_covariance(support), torch.diag(torch.tensor([x_variance, y_variance])))
    distance = SquaredMahalanobis().fitted_to(support)
    apart = distance.between(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.zeros(1, 2))
    torch.testing.assert_close(apart, torch.tensor([[1 / x_variance], [1 / y_variance]]))


def test_mahalanobis_scores_by_the_covariance_of_the_shots() -> None:
    # Ann's shots lie 10° to either side of 0°, Bob's of 180°: at 0° they scatter up and down, sin² 10° = 0.03.
    support = SupportSet(at(-10.0, 10.0, 170.0, 190.0), torch.tensor([0, 0, 1, 1]), 2)
    classifier = prototypical("mahalanobis").adapt(support)
    score = classifier.scores(at(0.0, 90.0))[:, 0]
    sideways = (1.0 - math.cos(math.radians(10.0))) ** 2
    covariance = shrunk_shared_covariance(support).diagonal()
    want = torch.stack([-sideways / covariance[0], -(0.984807753**2) / covariance[0] - 1.0 / covariance[1]])
    torch.testing.assert_close(score, want, rtol=1e-4, atol=1e-5)


def test_mahalanobis_with_one_shot_a_person_is_euclidean() -> None:
    support = SupportSet(at(10.0, 80.0), torch.tensor([0, 1]), 2)
    torch.testing.assert_close(
        prototypical("mahalanobis").adapt(support).scores(at(0.0, 45.0, 200.0)),
        prototypical("euclidean").adapt(support).scores(at(0.0, 45.0, 200.0)),
    )


@pytest.mark.parametrize("shots", [1, 2, 3, 50])
def test_mahalanobis_stays_finite_with_few_or_equal_shots(shots: int) -> None:
    same = torch.nn.functional.normalize(torch.ones(1, 128)).repeat(shots, 1)
    random = torch.nn.functional.normalize(torch.randn(shots, 128, generator=torch.Generator().manual_seed(1)))
    for features in (same, random):
        support = SupportSet(features, torch.zeros(shots, dtype=torch.int64), 1)
        classifier = prototypical("mahalanobis", FeatureSpace(128)).adapt(support)
        assert classifier.scores(random).isfinite().all()


@pytest.mark.parametrize("distance", [CosineDistance(), SquaredEuclidean(), SquaredMahalanobis()])
def test_a_distance_is_zero_to_itself_and_symmetric(
    distance: CosineDistance | SquaredEuclidean | SquaredMahalanobis,
) -> None:
    points = at(0.0, 33.0, 190.0)
    apart = distance.between(points, points)
    torch.testing.assert_close(apart.diagonal(), torch.zeros(3), rtol=0, atol=1e-6)
    torch.testing.assert_close(apart, apart.T)
    assert (apart >= 0).all()
    assert apart[0, 2] > apart[0, 1] > 0


def test_points_of_other_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="want"):
        SquaredEuclidean().between(torch.zeros(2, 3), torch.zeros(2, 4))


def test_stock_is_the_cosine_prototype() -> None:
    ours, stock = prototypical().adapt(ANN_AND_BOB), StockLearner(PLANE).adapt(ANN_AND_BOB)
    assert torch.equal(ours.scores(at(5.0)), stock.scores(at(5.0)))


def test_unknown_distance_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="mahalanobis"):
        make_distance("manhattan")


def test_the_trained_tail_moves_shots_and_probes_alike() -> None:
    # v is the picture's share of a disturbance along y; A = (0, −1)ᵀ takes it out again.
    space = FeatureSpace(2, 1)
    tail = {**PrototypicalLearner.initial_params(space), TAIL: torch.tensor([[0.0], [-1.0]])}
    learner = PrototypicalLearner(space, tail)
    support = SupportSet(torch.tensor([[1.0, 0.5, 0.5], [0.0, 1.0, 0.0]]), torch.tensor([0, 1]), 2)
    classifier = learner.adapt(support)
    assert isinstance(classifier, PrototypeClassifier)
    torch.testing.assert_close(classifier.prototypes, torch.eye(2))
    torch.testing.assert_close(classifier.scores(torch.tensor([[1.0, -3.0, -3.0]])), torch.tensor([[1.0, 0.0]]))
    untrained = PrototypicalLearner(space).adapt(support).scores(torch.tensor([[1.0, -3.0, -3.0]]))
    assert float(untrained[0, 0]) < 0.5


def test_the_episode_loss_is_the_open_set_loss_of_the_cosines() -> None:
    learner = prototypical()
    params = {**learner.params, "loss.log_scale": torch.tensor(0.0), "loss.threshold": torch.tensor(0.5)}
    episode = Episode(ANN_AND_BOB.features, ANN_AND_BOB.labels, at(30.0, -60.0), torch.tensor([0, STRANGER]))
    # Cosines: (1, 0) for Ann's probe, (0, −1) for the stranger. Logits: cosine − 0.5.
    cross_entropy = math.log(math.exp(0.5) + math.exp(-0.5)) - 0.5
    positive = math.log1p(math.exp(-0.5))
    of_ann, of_stranger = -0.5, math.log(math.exp(-0.5) + math.exp(-1.5))
    negative = (math.log1p(math.exp(of_ann)) + math.log1p(math.exp(of_stranger))) / 2
    loss = learner.episode_loss(params, episode, 2)
    assert float(loss) == pytest.approx(cross_entropy + positive + negative, abs=1e-5)


def test_meta_training_finds_the_tail_that_takes_a_disturbance_out() -> None:
    learner, held_out = PrototypicalLearner(SPACE), episodes(16, seed=1)
    trained = meta_trained(learner, steps=40, rate=0.05)
    assert mean_loss(learner, trained, held_out) < 0.7 * mean_loss(learner, learner.params, held_out)
    assert accuracy(learner, trained, held_out) > accuracy(learner, learner.params, held_out) + 0.1


def test_stock_refuses_meta_trained_parameters() -> None:
    with pytest.raises(ValueError, match="never meta-trained"):
        StockLearner(PLANE, StockLearner.initial_params(PLANE))
