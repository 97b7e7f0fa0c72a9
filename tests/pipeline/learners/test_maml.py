"""MAML's meta-gradient: by hand on a quadratic, by finite differences on faces, and against plain autograd."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from metaface_gui.pipeline.learners.base import STRANGER, Episode, Params, SupportSet
from metaface_gui.pipeline.learners.inner_loop import HEAD, inner_loop
from metaface_gui.pipeline.learners.losses import open_set_loss
from metaface_gui.pipeline.learners.maml import MamlLearner, MamlSettings, log_rate, sgd
from metaface_gui.pipeline.learners.tail import TAIL
from tests.pipeline.learners.nuisance_family import N_WAY, SPACE, accuracy, episodes, mean_loss, meta_trained

RATES = torch.tensor([0.1, 0.2, 0.3, 0.3, 0.3])
H = torch.tensor([[3.0, 1.0], [1.0, 2.0]])
CENTRE, GOAL, START = torch.tensor([1.0, -1.0]), torch.tensor([0.5, 2.0]), torch.tensor([4.0, 3.0])


def meta_gradient(loss: str, *, first_order: bool, steps: int = 2) -> Tensor:
    """d/dφ ½‖θ_K − goal‖² with θ_K from φ by `steps` steps down ½ (θ − c)ᵀ H (θ − c), or down cᵀ θ."""
    losses = {
        "quadratic": lambda theta: 0.5 * (theta["w"] - CENTRE) @ H @ (theta["w"] - CENTRE),
        "linear": lambda theta: CENTRE @ theta["w"],
    }
    rule = sgd({log_rate("w"): RATES.log()}, first_order=first_order)

    def outer(start: Tensor) -> Tensor:
        end = inner_loop(losses[loss], {"w": start}, moving=("w",), rule=rule, steps=steps)
        return 0.5 * (end["w"] - GOAL).square().sum()

    gradient: Tensor = torch.func.grad(outer)(START)
    return gradient


def test_second_order_meta_gradient_on_a_quadratic_is_the_one_derived_by_hand() -> None:
    # θ_2 − c = (I − α₂H)(I − α₁H)(φ − c), so dL/dφ = ((I − α₂H)(I − α₁H))ᵀ (θ_2 − goal).
    jacobian = (torch.eye(2) - 0.2 * H) @ (torch.eye(2) - 0.1 * H)
    end = CENTRE + jacobian @ (START - CENTRE)
    torch.testing.assert_close(meta_gradient("quadratic", first_order=False), jacobian.T @ (end - GOAL))


def test_first_order_leaves_the_jacobian_out() -> None:
    jacobian = (torch.eye(2) - 0.2 * H) @ (torch.eye(2) - 0.1 * H)
    end = CENTRE + jacobian @ (START - CENTRE)
    first = meta_gradient("quadratic", first_order=True)
    torch.testing.assert_close(first, end - GOAL)
    assert (first - meta_gradient("quadratic", first_order=False)).abs().max() > 0.5


def test_both_orders_agree_where_the_hessian_vanishes() -> None:
    first, second = (meta_gradient("linear", first_order=order) for order in (True, False))
    torch.testing.assert_close(first, second)


def test_steps_past_the_learned_ones_use_the_last_rate() -> None:
    rule = sgd({log_rate("w"): RATES.log()})
    gradient = {"w": torch.ones(2)}
    for step, rate in ((0, 0.1), (1, 0.2), (4, 0.3), (19, 0.3)):
        torch.testing.assert_close(rule(step, gradient, {})[0]["w"], torch.full((2,), -rate))


def doubled(tensors: Params) -> Params:
    """In double precision and moved a little, so that no derivative is at a special point."""
    random = torch.Generator().manual_seed(5)
    return {n: (t + 0.05 * torch.randn(t.shape, generator=random)).double() for n, t in tensors.items()}


def one_episode(seed: int = 3) -> Episode:
    support, support_labels, query, query_labels = (part[0] for part in episodes(1, seed))
    return Episode(support.double(), support_labels, query.double(), query_labels)


@pytest.mark.parametrize("anil", [False, True])
def test_meta_gradient_on_faces_equals_finite_differences(anil: bool) -> None:
    learner = MamlLearner(SPACE, None, MamlSettings(inner_steps=3, anil=anil))
    params, episode = doubled(learner.params), one_episode()
    gradient = torch.func.grad(lambda at: learner.episode_loss(at, episode, N_WAY))(params)
    random = torch.Generator().manual_seed(11)
    for name, tensor in params.items():
        direction = torch.randn(tensor.shape, generator=random, dtype=torch.float64)
        ends = [learner.episode_loss({**params, name: tensor + h * direction}, episode, N_WAY) for h in (1e-5, -1e-5)]
        torch.testing.assert_close((gradient[name] * direction).sum(), (ends[0] - ends[1]) / 2e-5, rtol=1e-5, atol=1e-7)


def reference(params: Params, episode: Episode, *, create_graph: bool) -> Params:
    """Two inner steps and the outer gradient in plain autograd, written without the package's inner loop."""
    leaf = {name: tensor.clone().requires_grad_() for name, tensor in params.items()}
    d = SPACE.embedding_dim

    def embed(x: Tensor, a: Tensor) -> Tensor:
        return normalize(x[:, :d] + x[:, d:] @ a.T, dim=1)

    x, y = episode.support, episode.support_labels
    a = leaf["tail.a"]
    head = normalize(torch.stack([embed(x, a)[y == k].mean(0) for k in range(N_WAY)]), dim=1)
    power = x[:, d:].square().sum(1).mean()
    for step in range(2):
        # Aliases: the head comes from A, but the inner gradient with respect to A holds the head still.
        a, head = a.view_as(a), head.view_as(head)
        rows = torch.cat([normalize(head, dim=1), normalize(leaf["background"], dim=1)])
        # All have two shots, so the plain mean is balanced.
        loss = cross_entropy(leaf["inner.log_scale"].exp() * embed(x, a) @ rows.T, y)
        g_a, g_head = torch.autograd.grad(loss, [a, head], create_graph=create_graph, retain_graph=True)
        a = a - leaf[log_rate(TAIL)][step].exp() * g_a / power
        head = head - leaf[log_rate(HEAD)][step].exp() * g_head * N_WAY
    scores = embed(episode.query, a) @ normalize(head, dim=1).T
    outer = open_set_loss(
        scores, episode.query_labels, scale=leaf["loss.log_scale"].exp(), threshold=leaf["loss.threshold"]
    )
    found = torch.autograd.grad(outer, list(leaf.values()), materialize_grads=True)
    return dict(zip(leaf, found, strict=True))


@pytest.mark.parametrize("first_order", [True, False])
def test_meta_gradient_equals_an_independent_autograd_reference(first_order: bool) -> None:
    learner = MamlLearner(SPACE, None, MamlSettings(inner_steps=2, first_order=first_order))
    params, episode = doubled(learner.params), one_episode()
    wanted = reference(params, episode, create_graph=not first_order)
    gradient, _ = learner.meta_gradient(params, Episode(*(part[None] for part in episode)), N_WAY)
    for name in params:
        torch.testing.assert_close(gradient[name], wanted[name], rtol=1e-8, atol=1e-10, msg=name)


def test_first_order_differs_from_second_on_faces() -> None:
    episode = Episode(*(part[None] for part in one_episode()))
    found = []
    for first_order in (True, False):
        learner = MamlLearner(SPACE, None, MamlSettings(first_order=first_order, inner_lr=5.0))
        found.append(learner.meta_gradient(doubled(learner.params), episode, N_WAY)[0][TAIL])
    assert (found[0] - found[1]).norm() > 0.01 * found[1].norm()


def test_only_the_head_moves_with_anil() -> None:
    support, labels, _, _ = one_episode()
    tails = {}
    for anil in (False, True):
        learner = MamlLearner(SPACE, None, MamlSettings(anil=anil))
        tails[anil] = learner.adapt(SupportSet(support.float(), labels, N_WAY)).tail
    assert torch.equal(tails[True], torch.zeros(SPACE.embedding_dim, SPACE.projection_dim))
    assert tails[False].abs().max() > 0.0


def test_adaptation_lowers_the_support_loss_step_by_step() -> None:
    support, labels, _, _ = one_episode()
    losses: list[float] = []
    MamlLearner(SPACE).adapt(SupportSet(support.float(), labels, N_WAY), on_step=lambda step: losses.append(step.loss))
    assert len(losses) == 1 + 5
    assert losses == sorted(losses, reverse=True)


def test_adapting_is_what_the_outer_loss_differentiates() -> None:
    support, labels, query, query_labels = (part[0] for part in episodes(1, 3))
    learner = MamlLearner(SPACE)
    scores = learner.adapt(SupportSet(support, labels, N_WAY)).scores(query)
    scale, threshold = learner.params["loss.log_scale"].exp(), learner.params["loss.threshold"]
    torch.testing.assert_close(
        open_set_loss(scores, query_labels, scale=scale, threshold=threshold),
        learner.episode_loss(learner.params, Episode(support, labels, query, query_labels), N_WAY),
    )
    assert (query_labels == STRANGER).any()


def test_meta_training_beats_the_untrained_start_on_held_out_tasks() -> None:
    learner, held_out = MamlLearner(SPACE), episodes(40, seed=77)
    trained = meta_trained(learner, steps=40, rate=0.03)
    assert mean_loss(learner, trained, held_out) < 0.7 * mean_loss(learner, learner.params, held_out)
    assert accuracy(learner, trained, held_out) > accuracy(learner, learner.params, held_out) + 0.1
