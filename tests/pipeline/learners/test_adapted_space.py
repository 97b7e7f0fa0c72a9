"""Every adapted classifier shows the space that it compares in, and what stands for each person there."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import MetaLearner, SupportSet
from metaface_gui.pipeline.learners.distances import SquaredMahalanobis, class_means
from metaface_gui.pipeline.learners.full_context import probes_in_context, shots_in_context
from metaface_gui.pipeline.learners.gradient_learner import InnerLoopSettings
from metaface_gui.pipeline.learners.matching import MatchingLearner, MatchingSettings
from metaface_gui.pipeline.learners.meta_network import BaseNetwork
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, PrototypicalSettings
from metaface_gui.pipeline.learners.siamese import SiameseLearner
from tests.pipeline.learners.contract_family import (
    PROJECTED_SPACE,
    STOCK_SPACE,
    make,
    moved_params,
    people,
    probes,
)
from tests.pipeline.torch_samples import at, seeded

BY_PROTOTYPES = ("prototypical", "stock", "matching", "siamese", "task_clusters")
"""Methods in which one shot of a person is all that stands for them."""


def assert_unit_vectors(points: Tensor, n: int) -> None:
    assert points.shape[0] == n
    assert points.ndim == 2
    assert points.dtype == torch.float32
    assert not points.requires_grad
    torch.testing.assert_close(points.norm(dim=1), torch.ones(n))


@pytest.mark.parametrize("shots", [[1], [4], [1, 9, 2], [2] * 20], ids=str)
def test_faces_and_class_vectors_are_unit_vectors_of_one_space(learner: MetaLearner, shots: list[int]) -> None:
    classifier = learner.adapt(people(shots, learner.space))
    faces, class_vectors = classifier.embed(probes(learner.space)), classifier.class_vectors()
    assert_unit_vectors(faces, 7)
    assert_unit_vectors(class_vectors, len(shots))
    assert faces.shape[1] == class_vectors.shape[1]
    assert classifier.embed(probes(learner.space)[:0]).shape == (0, class_vectors.shape[1])


def test_looking_changes_nothing_and_shows_the_same_bits_again(learner: MetaLearner) -> None:
    support, shown = people([4, 1, 2], learner.space), probes(learner.space)
    classifier, kept = learner.adapt(support), shown.clone()
    before = classifier.scores(shown)
    faces, class_vectors = classifier.embed(shown), classifier.class_vectors()
    assert torch.equal(classifier.scores(shown), before)
    assert torch.equal(shown, kept)
    again = learner.adapt(support)
    assert torch.equal(again.embed(shown), faces)
    assert torch.equal(again.class_vectors(), class_vectors)


def test_a_face_lies_in_the_same_place_alone_and_in_company(learner: MetaLearner) -> None:
    classifier, shown = learner.adapt(people([2, 3], learner.space)), probes(learner.space)
    alone = torch.cat([classifier.embed(face[None]) for face in shown])
    torch.testing.assert_close(alone, classifier.embed(shown), rtol=1e-4, atol=1e-5)


def test_neither_order_nor_numbering_of_the_shots_matters(learner: MetaLearner) -> None:
    support, shown = people([1, 6, 3, 10], learner.space), probes(learner.space)
    classifier = learner.adapt(support)
    order, renamed = torch.randperm(20, generator=seeded(3)), torch.tensor([2, 0, 3, 1])
    other = learner.adapt(SupportSet(support.features[order], renamed[support.labels[order]], 4))
    torch.testing.assert_close(other.embed(shown), classifier.embed(shown), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(other.class_vectors()[renamed], classifier.class_vectors(), rtol=1e-4, atol=1e-4)


def test_with_a_shot_a_person_the_anchor_is_that_shot_or_near_it(learner: MetaLearner) -> None:
    support = people([1] * 6, learner.space)
    classifier = learner.adapt(support)
    cosines = (classifier.embed(support.features) * classifier.class_vectors()).sum(1)
    assert cosines.min() > (0.9999 if learner.key in BY_PROTOTYPES else 0.9)


def test_the_nearest_anchor_is_whom_the_scores_name(learner: MetaLearner) -> None:
    support = people([1] * 8, learner.space)
    classifier, shown = learner.adapt(support), people([5] * 8, learner.space, seed=0).features
    nearest = (classifier.embed(shown) @ classifier.class_vectors().T).argmax(1)
    assert (nearest == classifier.scores(shown).argmax(1)).float().mean() > 0.95


# What it is in each paper, by hand ------------------------------------------------------------------------------

PLANE = FeatureSpace(2)


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
def test_a_prototypes_anchor_is_the_mean_direction_of_the_shots(distance: str) -> None:
    support = SupportSet(at(90.0, 10.0, 30.0), torch.tensor([1, 0, 0]), 2)
    classifier = PrototypicalLearner(PLANE, None, PrototypicalSettings(distance)).adapt(support)
    torch.testing.assert_close(classifier.class_vectors(), at(20.0, 90.0))
    torch.testing.assert_close(classifier.embed(at(55.0)), at(55.0))


def test_under_a_mahalanobis_distance_faces_are_seen_whitened() -> None:
    # The shots differ from side to side far more than in length, so whitening turns 45° towards 0°.
    support = SupportSet(at(*range(-20, 21, 2), 44.0, 46.0), torch.tensor([0] * 21 + [1] * 2), 2)
    classifier = PrototypicalLearner(PLANE, None, PrototypicalSettings("mahalanobis")).adapt(support)
    distance, shown = SquaredMahalanobis().fitted_to(support), at(0.0, 45.0, 100.0)
    whitened, means = distance.whitened(shown), distance.whitened(class_means(support))
    torch.testing.assert_close(classifier.embed(shown), normalize(whitened, dim=1))
    torch.testing.assert_close(classifier.class_vectors(), normalize(means, dim=1))
    apart = (whitened[:, None] - means).square().sum(2)
    torch.testing.assert_close(classifier.scores(shown), -apart, rtol=1e-4, atol=1e-3)
    assert 0.0 < math.degrees(math.acos(float(classifier.embed(shown)[1] @ at(0.0)[0]))) < 40.0


def test_a_matching_network_sees_a_face_in_the_light_of_the_shots() -> None:
    params = moved_params(MatchingLearner, STOCK_SPACE)
    support, shown = people([2, 1], STOCK_SPACE), probes(STOCK_SPACE)
    classifier = MatchingLearner(STOCK_SPACE, params, MatchingSettings(shrinkage=0.0, full_context=True)).adapt(support)
    shots = shots_in_context(params, support.features)
    torch.testing.assert_close(classifier.embed(shown), probes_in_context(params, shown, shots))
    assert not torch.allclose(classifier.embed(shown), shown, atol=1e-3)
    torch.testing.assert_close(classifier.class_vectors(), normalize(torch.stack([shots[:2].mean(0), shots[2]]), dim=1))


def test_a_verifier_sees_faces_as_it_weighs_them() -> None:
    # α = (1, 4), so √α stretches the second axis to twice: 45° goes to arctan 2.
    params = SiameseLearner.initial_params(PLANE) | {"verifier.log_weights": torch.tensor([1.0, 4.0]).log()}
    classifier = SiameseLearner(PLANE, params).adapt(SupportSet(at(0.0, 45.0, 90.0), torch.tensor([0, 1, 0]), 2))
    torch.testing.assert_close(classifier.embed(at(45.0)), at(math.degrees(math.atan(2.0))))
    # Ann's shots are (1, 0) and (0, 2).
    torch.testing.assert_close(
        classifier.class_vectors(), at(math.degrees(math.atan(2.0)), math.degrees(math.atan(2.0)))
    )


def test_a_meta_networks_space_is_the_written_one_and_its_class_vectors_leave_biases_out() -> None:
    classifier = BaseNetwork(
        tail=torch.zeros(2, 0), gains=torch.tensor([math.sqrt(3.0), 1.0]), head=at(60.0), biases=torch.tensor([0.7])
    )
    torch.testing.assert_close(classifier.embed(at(45.0)), at(30.0))
    torch.testing.assert_close(classifier.class_vectors(), at(60.0))


@pytest.mark.parametrize("key", ["reptile", "meta_optimizer"])
def test_fine_tuning_moves_both_the_faces_and_the_class_vectors(key: str) -> None:
    learner = make(key, PROJECTED_SPACE)
    near = make(key, PROJECTED_SPACE, InnerLoopSettings(inner_lr=1e-6))
    support, shown = people([2, 3, 1], PROJECTED_SPACE), probes(PROJECTED_SPACE)
    far, start = learner.adapt(support), near.adapt(support)
    assert (far.embed(shown) - start.embed(shown)).norm(dim=1).min() > 1e-4
    assert (far.class_vectors() - start.class_vectors()).norm(dim=1).min() > 1e-3
    torch.testing.assert_close(far.scores(shown), far.embed(shown) @ far.class_vectors().T)
