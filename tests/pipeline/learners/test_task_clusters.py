"""Kinds of galleries: finding them, choosing among them, and learning in proportion to the choice."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import (
    Episode,
    Params,
    SupportSet,
    TrainableLearner,
    TrainingFeatures,
)
from metaface_gui.pipeline.learners.clustering import k_means
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from metaface_gui.pipeline.learners.tail import TAIL
from metaface_gui.pipeline.learners.task_clusters import (
    TaskClustersLearner,
    TaskClustersSettings,
    cluster_shares,
    describe,
    mixed_tail,
    sampled_galleries,
)
from tests.pipeline.learners.nuisance_family import five_of_ten, meta_trained

SPACE = FeatureSpace(4, 1)


def test_a_description_is_made_of_mean_scatter_and_quality() -> None:
    # Ann's two shots are at a right angle: mean (½, ½), √½ long. Bob's one is (0, 1). Qualities 1, 3 and 6.
    shots = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 3.0], [0.0, 1.0, 6.0]])
    got = describe(shots, torch.tensor([0, 0, 1]), 2, 2)
    want = [0.5 / 12.0, 1.5 / 12.0, (1.0 - math.sqrt(0.5)) / 2.0, (2.0 + 6.0) / 2.0]
    torch.testing.assert_close(got, torch.tensor(want))
    assert float(describe(shots[:, :2], torch.tensor([0, 0, 1]), 2, 2)[-1]) == 0.0


def test_shares_by_hand_and_at_the_temperatures_ends() -> None:
    task, centres = torch.tensor([1.0, 0.0]), torch.tensor([[1.0, 1.0], [3.0, 0.0], [1.0, 0.5]])
    weights = [math.exp(-1.0 / 0.5), math.exp(-4.0 / 0.5), math.exp(-0.25 / 0.5)]
    want = torch.tensor(weights) / sum(weights)
    torch.testing.assert_close(cluster_shares(task, centres, 0.5), want)
    torch.testing.assert_close(cluster_shares(task, centres, 1e-3), torch.tensor([0.0, 0.0, 1.0]))
    torch.testing.assert_close(cluster_shares(task, centres, 1e6), torch.full((3,), 1 / 3))


def hand_made_gallery(kind: int, seed: int) -> SupportSet:
    """Three people with two shots each: near e₀ or near e₁, of clear or of doubtful faces."""
    random = torch.Generator().manual_seed(seed)
    where = torch.eye(4)[kind % 2] + 0.1 * torch.randn(6, 4, generator=random)
    quality = torch.full((6, 1), 5.0 if kind >= 2 else 0.0) + 0.1 * torch.randn(6, 1, generator=random)
    return SupportSet(torch.cat([normalize(where, dim=-1), quality], 1), torch.arange(3).repeat(2), 3)


def test_k_means_on_descriptions_recovers_hand_made_kinds() -> None:
    kinds = torch.arange(4).repeat(8)
    galleries = [hand_made_gallery(int(kind), seed) for seed, kind in enumerate(kinds)]
    tasks = torch.stack([describe(g.features, g.labels, g.n_way, 4) for g in galleries])
    tasks = tasks * torch.tensor([20.0, 20.0, 20.0, 20.0, 1.0, 1.0])  # the embedding counts as much as the quality
    nearest = torch.cdist(tasks, k_means(tasks, 4)).argmin(1)
    pairs = set(zip(kinds.tolist(), nearest.tolist(), strict=True))
    assert len(pairs) == 4
    assert len({cluster for _, cluster in pairs}) == 4


def people_in_two_lights() -> TrainingFeatures:
    """Eighty people, each picture once clean (quality 0) and twice in bad light (quality 5, scattered)."""
    random = torch.Generator().manual_seed(0)
    person = torch.arange(80).repeat_interleave(3)
    centres = normalize(torch.randn(80, 4, generator=random), dim=-1)[person]
    copies = []
    for noise, quality in ((0.05, 0.0), (0.5, 5.0), (0.5, 5.0)):
        stock = normalize(centres + noise * torch.randn(240, 4, generator=random), dim=-1)
        copies.append(torch.cat([stock, torch.full((240, 1), quality)], 1))
    return TrainingFeatures(torch.stack(copies, 1), person)


def test_prepare_finds_kinds_that_tell_clean_galleries_from_dark_ones() -> None:
    faces, learner = people_in_two_lights(), TaskClustersLearner(SPACE)
    prepared = learner.prepare(learner.params, faces)
    again = learner.prepare(learner.params, faces)
    assert all(torch.equal(prepared[name], again[name]) for name in prepared)
    chosen: list[set[int]] = [set(), set()]
    for copy in (0, 1):
        for first in range(0, 60, 20):
            shots = faces.features[3 * first : 3 * first + 60, copy]
            shares = learner.shares(prepared, shots, torch.arange(20).repeat_interleave(3), 20)
            chosen[copy].add(int(shares.argmax()))
    assert chosen[0].isdisjoint(chosen[1])


def test_sampled_galleries_are_galleries_of_training_people() -> None:
    faces = people_in_two_lights()
    for features, labels, n_way in sampled_galleries(faces, 20):
        support = SupportSet(features, labels, n_way)
        assert 1 <= int(torch.bincount(support.labels).max()) <= 3
        assert n_way in {5, 10, 20, 50}
        assert (features[:, None] == faces.features.flatten(0, 1)).all(2).any(1).all()


def with_clusters() -> Params:
    """Clusters 0 and 1 stand for clear and doubtful faces; 2 and 3 are far away. Each has a tail of its own."""
    params = TaskClustersLearner(SPACE).params
    centres = torch.zeros(4, 6)
    centres[:, -1] = torch.tensor([0.0, 5.0, 50.0, -50.0])
    tails = torch.randn(4, 4, 1, generator=torch.Generator().manual_seed(1))
    return params | {"tasks.centres": centres, "tail.cluster": tails, TAIL: torch.full((4, 1), 0.1)}


def test_the_nearest_cluster_is_chosen_and_a_cold_mixture_is_the_same() -> None:
    params, doubtful = with_clusters(), hand_made_gallery(2, seed=0)
    nearest = TaskClustersLearner(SPACE, params, TaskClustersSettings(choice="nearest")).adapt(doubtful)
    assert nearest.shares.tolist() == [0.0, 1.0, 0.0, 0.0]
    torch.testing.assert_close(nearest.tail, params[TAIL] + params["tail.cluster"][1])
    alone = PrototypicalLearner(SPACE, {**PrototypicalLearner(SPACE).params, TAIL: nearest.tail}).adapt(doubtful)
    probes = hand_made_gallery(3, seed=1).features
    torch.testing.assert_close(nearest.scores(probes), alone.scores(probes))
    cold = TaskClustersLearner(SPACE, params, TaskClustersSettings(temperature=0.01)).adapt(doubtful)
    torch.testing.assert_close(cold.scores(probes), nearest.scores(probes))
    warm = TaskClustersLearner(SPACE, params, TaskClustersSettings(temperature=10.0)).adapt(doubtful)
    assert 0.02 < float(warm.shares[0]) < 0.3
    torch.testing.assert_close(warm.tail, mixed_tail(params, warm.shares))


def test_each_cluster_learns_in_proportion_to_its_share() -> None:
    learner = TaskClustersLearner(SPACE, with_clusters(), TaskClustersSettings(temperature=10.0))
    support, query = hand_made_gallery(2, 0), hand_made_gallery(2, 1)
    one = Episode(support.features[None], support.labels[None], query.features[None], query.labels[None])
    gradient, _ = learner.meta_gradient(learner.params, one, 3)
    shares = learner.adapt(support).shares
    assert gradient[TAIL].norm() > 1e-3
    torch.testing.assert_close(gradient["tail.cluster"], shares[:, None, None] * gradient[TAIL])


@pytest.mark.parametrize("settings", [TaskClustersSettings(choice="all"), TaskClustersSettings(temperature=0.0)])
def test_settings_that_make_no_sense_are_refused(settings: TaskClustersSettings) -> None:
    with pytest.raises(ValueError, match="temperature"):
        TaskClustersLearner(SPACE, None, settings)


WIDE = FeatureSpace(8, 2)


def lit_from_either_side(seed: int, n_episodes: int) -> Episode:
    """Galleries of five, lit from the left or the right. The light adds ±v to two dimensions of every embedding, v
    being the projection, and faces lit from the right are doubtful: what one kind must add the other subtracts."""
    random = torch.Generator().manual_seed(seed)
    people = normalize(torch.randn(n_episodes, 10, 6, generator=random), dim=-1)
    side = torch.where(torch.arange(n_episodes) % 2 == 0, 1.0, -1.0)[:, None, None]

    def pictures(who: Tensor) -> Tensor:
        v = torch.randn(n_episodes, len(who), 1, generator=random)
        face = people[:, who] + 0.15 * torch.randn(n_episodes, len(who), 6, generator=random)
        raw = torch.cat([face, side * v, 0.5 * side * v], -1)
        length = raw.norm(dim=-1, keepdim=True)
        return torch.cat([raw / length, v / length, 3.0 - side.expand_as(v)], -1)

    return five_of_ten(n_episodes, pictures)


def trained_loss(learner: TrainableLearner) -> float:
    """The held-out loss after a few dozen steps of meta-training."""
    params = meta_trained(learner, steps=50, rate=0.05, drawn=lambda step: lit_from_either_side(step, 8))
    return float(learner.meta_gradient(params, lit_from_either_side(1000, 40), 5)[1].mean())


def test_clusters_learn_what_one_initialisation_cannot() -> None:
    centres = torch.zeros(4, 10)
    centres[:, -1] = torch.tensor([2.0, 4.0, 40.0, -40.0])
    clusters = TaskClustersLearner(WIDE).with_params(TaskClustersLearner(WIDE).params | {"tasks.centres": centres})
    untrained = float(clusters.meta_gradient(clusters.params, lit_from_either_side(1000, 40), 5)[1].mean())
    assert trained_loss(clusters) < 0.8 * trained_loss(PrototypicalLearner(WIDE)) < 0.8 * untrained
