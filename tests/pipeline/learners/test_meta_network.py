"""Weights that one network writes for another, checked against hands and against prototypes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.background import BACKGROUND
from metaface_gui.pipeline.learners.base import Episode, Params, SupportSet, TrainingFeatures
from metaface_gui.pipeline.learners.meta_network import BaseNetwork, MetaNetworkLearner, MetaNetworkSettings, embed
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from metaface_gui.pipeline.learners.tail import TAIL
from tests.pipeline.learners.nuisance_family import accuracy, five_of_ten, meta_trained
from tests.pipeline.torch_samples import at

PLANE = FeatureSpace(2)


def shaken(learner: MetaNetworkLearner, amount: float = 0.1) -> Params:
    """Meta-parameters that write something."""
    random = torch.Generator().manual_seed(5)
    return {n: t + amount * torch.randn(t.shape, generator=random) for n, t in learner.params.items()}


def gallery(seed: int) -> SupportSet:
    """Three people with 1, 3 and 2 shots."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.tensor([0, 1, 1, 1, 2, 2])
    stock = normalize(torch.randn(len(labels), 6, generator=random), dim=-1)
    projected = torch.rand(len(labels), 3, generator=random)
    return SupportSet(torch.cat([stock, projected], 1), labels, 3)


def test_base_network_by_hand() -> None:
    # A face at 45° whose projection 1 the tail moves by (0, −√½): on to 0°. Gains leave it there.
    face = torch.cat([at(45.0), torch.ones(1, 1)], 1)
    written = BaseNetwork(
        tail=torch.tensor([[0.0], [-math.sqrt(0.5)]]),
        gains=torch.tensor([3.0, 0.5]),
        head=at(60.0, 180.0),
        biases=torch.tensor([0.1, 0.0]),
    )
    torch.testing.assert_close(written.scores(face), torch.tensor([[0.5 + 0.1, -1.0]]))
    # Gains of (√3, 1) turn 45° into 30°.
    turned = embed(at(45.0), torch.zeros(2, 0), torch.tensor([math.sqrt(3.0), 1.0]))
    torch.testing.assert_close(turned, at(30.0))


def test_strength_says_how_much_of_what_is_written_counts() -> None:
    learner, support = MetaNetworkLearner(FeatureSpace(6, 3)), gallery(0)
    params = shaken(learner)

    def written(strength: float) -> BaseNetwork:
        own = MetaNetworkLearner(learner.space, params, MetaNetworkSettings(strength))
        return own.write(params, support.features, support.labels, 3)

    none, half, full = written(0.0), written(0.5), written(1.0)
    # At 0: prototypes in the slow tail.
    plain = PrototypicalLearner(
        learner.space, {n: params[n] for n in PrototypicalLearner.initial_params(learner.space)}
    ).adapt(support)
    torch.testing.assert_close(none.head, plain.class_vectors())
    assert torch.equal(none.tail, params[TAIL])
    assert torch.equal(none.gains, torch.ones(6))
    assert torch.equal(none.biases, torch.zeros(3))
    # In between: tail and biases move in proportion.
    torch.testing.assert_close(half.biases, full.biases / 2)
    torch.testing.assert_close(half.tail - none.tail, (full.tail - none.tail) / 2)
    assert (full.tail - none.tail).abs().max() > 1e-3


def test_untrained_it_writes_prototypes() -> None:
    support = gallery(0)
    meta = MetaNetworkLearner(FeatureSpace(6, 3)).adapt(support)
    probes = gallery(1).features
    torch.testing.assert_close(
        meta.scores(probes), PrototypicalLearner(FeatureSpace(6, 3)).adapt(support).scores(probes), rtol=0, atol=1e-6
    )
    assert torch.equal(meta.gains, torch.ones(6))
    assert torch.equal(meta.biases, torch.zeros(3))


def test_a_person_looks_at_the_others_but_not_at_themselves() -> None:
    learner = MetaNetworkLearner(PLANE)
    params = learner.params | {
        BACKGROUND: at(180.0),
        "attention.query": torch.eye(2),
        "attention.key": 2.0 * torch.eye(2),
    }
    read = learner.read(params, at(0.0, 90.0), torch.tensor([0, 1]), 2).others
    # Ann at 0° sees Bob at 90° (cosine 0) and the background (−1), at twice the cosine: shares 1 : e⁻².
    bob = 1.0 / (1.0 + math.exp(-2.0))
    # Bob sees Ann and the background, both at a right angle: half each, which cancels.
    want = torch.stack([bob * at(90.0)[0] + (1.0 - bob) * at(180.0)[0], torch.zeros(2)])
    torch.testing.assert_close(read, want)
    alone = learner.read(params, at(0.0), torch.tensor([0]), 1).others
    torch.testing.assert_close(alone, at(180.0))


def test_a_person_is_described_by_scatter_count_quality_and_crowd() -> None:
    learner = MetaNetworkLearner(FeatureSpace(2, 1))
    pick = torch.zeros(32, 5)
    pick[:5] = torch.eye(5)
    params = learner.params | {"read.weight": pick, "read.bias": torch.zeros(32), BACKGROUND: at(60.0, -60.0)}
    params |= {"quality.centre": torch.tensor(1.0), "quality.spread": torch.tensor(2.0)}
    # Two shots at ±60°, whose mean is half as long, with qualities 2 and 6; the background is where the shots are.
    shots = torch.cat([at(60.0, -60.0), torch.tensor([[2.0], [6.0]])], 1)
    known = learner.read(params, shots, torch.zeros(2, dtype=torch.int64), 1).person[0, :5].atanh()
    torch.testing.assert_close(known, torch.tensor([0.5, math.log(2.0), 1.5, 0.5, 0.5]))


def test_turning_all_faces_turns_what_is_read_and_changes_no_description() -> None:
    learner = MetaNetworkLearner(PLANE)
    turn = at(37.0, 127.0)
    faces, labels = at(0.0, 30.0, 100.0), torch.tensor([0, 0, 1])
    one = learner.read(learner.params, faces, labels, 2)
    turned = learner.params | {BACKGROUND: learner.params[BACKGROUND] @ turn}
    other = learner.read(turned, faces @ turn, labels, 2)
    torch.testing.assert_close(other.person, one.person)
    torch.testing.assert_close(other.others, one.others @ turn)


def test_a_row_moves_along_the_others_by_a_gate() -> None:
    learner = MetaNetworkLearner(PLANE)
    params = learner.params | {"write.others": torch.full((32,), -0.2)}
    faces, labels = at(0.0, 50.0), torch.tensor([0, 1])
    others, person = learner.read(params, faces, labels, 2)
    want = normalize(faces - 0.2 * person.sum(1, keepdim=True) * others, dim=-1)
    torch.testing.assert_close(learner.write(params, faces, labels, 2).head, want)


def test_the_tail_moves_by_coded_ranks() -> None:
    learner = MetaNetworkLearner(FeatureSpace(6, 3))
    params, support = shaken(learner), gallery(2)
    task = learner.read(params, support.features, support.labels, 3).person.mean(0)
    want = params[TAIL].clone()
    for rank, row in enumerate(params["write.code"]):
        want += (row @ task) * torch.outer(params["write.code_left"][:, rank], params["write.code_right"][rank])
    got = learner.write(params, support.features, support.labels, 3).tail
    torch.testing.assert_close(got, want)


def test_the_base_network_uses_what_was_written_and_another_gallery_writes_something_else() -> None:
    space = FeatureSpace(6, 3)
    learner = MetaNetworkLearner(space, shaken(MetaNetworkLearner(space)))
    first, second = learner.adapt(gallery(3)), learner.adapt(gallery(4))
    for name in ("tail", "head", "gains", "biases"):
        assert (getattr(first, name) - getattr(second, name)).abs().max() > 1e-3
    probes = gallery(5).features
    for i, face in enumerate(probes):
        z = face[:6] + first.tail @ face[6:]
        z = first.gains * z / z.norm()
        torch.testing.assert_close(first.scores(probes)[i], first.head @ (z / z.norm()) + first.biases)
    torch.testing.assert_close(first.head.norm(dim=1), torch.ones(3))


def test_prepare_centres_quality_and_sets_the_background_to_the_training_people() -> None:
    random = torch.Generator().manual_seed(0)
    stock = normalize(torch.randn(150, 2, 4, generator=random), dim=-1)
    quality = 5.0 + 2.0 * torch.randn(150, 2, 1, generator=random)
    faces = TrainingFeatures(torch.cat([stock, quality], -1), torch.arange(150) // 2)
    learner = MetaNetworkLearner(FeatureSpace(4, 1))
    prepared = learner.prepare(learner.params, faces)
    assert float(prepared["quality.centre"]) == pytest.approx(5.0, abs=0.5)
    assert float(prepared["quality.spread"]) == pytest.approx(2.0, abs=0.3)
    assert not torch.equal(prepared[BACKGROUND], learner.params[BACKGROUND])
    assert set(learner.frozen) <= set(prepared)


def lit_episodes(seed: int, n_episodes: int) -> Episode:
    """Five people and some strangers in a light of its own for each episode, which adds the same unknown direction of a
    nuisance plane to every face but with a strength that varies from picture to picture."""
    random = torch.Generator().manual_seed(seed)
    people = normalize(torch.randn(n_episodes, 10, 6, generator=random), dim=-1)
    light = normalize(torch.randn(n_episodes, 1, 2, generator=random), dim=-1)

    def pictures(who: Tensor) -> Tensor:
        shape = (n_episodes, len(who))
        strength = 1.5 * torch.randn(*shape, 1, generator=random)
        face = people[:, who] + 0.15 * torch.randn(*shape, 6, generator=random)
        return normalize(torch.cat([face, strength * light], -1), dim=-1)

    return five_of_ten(n_episodes, pictures)


def test_meta_training_learns_to_write_better_weights_than_prototypes() -> None:
    learner, held_out = MetaNetworkLearner(FeatureSpace(8)), lit_episodes(1000, 40)
    params = meta_trained(learner, steps=40, rate=0.02, drawn=lambda step: lit_episodes(step, 8))
    assert accuracy(learner, params, held_out) > accuracy(learner, learner.params, held_out) + 0.1
