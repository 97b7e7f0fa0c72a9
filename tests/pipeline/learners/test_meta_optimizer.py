"""The learned optimizer: gradient descent when untrained, the paper's preprocessing, and faster once trained."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import LSTMCell

from metaface_gui.pipeline.learners.base import Params, SupportSet
from metaface_gui.pipeline.learners.inner_loop import UpdateRule, inner_loop
from metaface_gui.pipeline.learners.maml import MamlLearner
from metaface_gui.pipeline.learners.meta_optimizer import (
    MetaOptimizerLearner,
    initial_optimizer,
    learned_rule,
    lstm_cell,
    preprocessed,
)
from tests.pipeline.learners.nuisance_family import N_WAY, SPACE, accuracy, episodes, mean_loss, meta_trained

STEPS = 5


def test_gradients_are_read_as_logarithm_and_sign() -> None:
    tiny = math.exp(-12.0)
    read = preprocessed(torch.tensor([1.0, -math.exp(-5.0), 0.0, -tiny]))
    wanted = torch.tensor([[0.0, -0.5, -1.0, -1.0], [1.0, -1.0, 0.0, -math.exp(10.0) * tiny]])
    torch.testing.assert_close(read, wanted)


def test_the_cell_is_an_lstm() -> None:
    params, cell = initial_optimizer({"w": 0.1}), LSTMCell(2, 8)
    # torch orders the gates input, forget, cell, output; here it is forget, input, output, cell, with forget + 1.
    order = torch.tensor([1, 0, 3, 2])
    with torch.no_grad():
        for ours, theirs in (("input", cell.weight_ih), ("hidden", cell.weight_hh)):
            theirs.copy_(params[f"optimizer.lstm.{ours}"].reshape(4, 8, -1)[order].reshape(32, -1))
        cell.bias_ih.zero_()[8:16] = 1.0
        cell.bias_hh.zero_()
        random = torch.Generator().manual_seed(0)
        x, h, c = (torch.randn(rows, 5, generator=random) for rows in (2, 8, 8))
        for got, wanted in zip(lstm_cell(params, x, h, c), cell(x.T, (h.T, c.T)), strict=True):
            torch.testing.assert_close(got, wanted.T)


def test_untrained_it_is_gradient_descent() -> None:
    rule, gradient = learned_rule(initial_optimizer({"w": 0.25})), torch.tensor([[4.0, -8.0], [0.0, 1e-6]])
    changes, state = rule(0, {"w": gradient}, {})
    torch.testing.assert_close(changes["w"], -0.25 * gradient)
    torch.testing.assert_close(rule(1, {"w": gradient}, state)[0]["w"], -0.25 * gradient)


def test_untrained_it_adapts_as_untrained_maml() -> None:
    support, labels, query, _ = (part[0] for part in episodes(1, 3))
    gallery = SupportSet(support, labels, N_WAY)
    scores = [learner(SPACE).adapt(gallery).scores(query) for learner in (MetaOptimizerLearner, MamlLearner)]
    torch.testing.assert_close(scores[0], scores[1])


def test_coordinates_do_not_see_each_other_but_for_the_common_scale() -> None:
    params = initial_optimizer({"w": 0.1})
    params["optimizer.output.weight"] = torch.full((2, 8), 0.3)
    gradient = torch.tensor([0.5, -2.0, 0.01])
    order = torch.tensor([2, 0, 1])
    changes = learned_rule(params)(0, {"w": gradient}, {})[0]["w"]
    torch.testing.assert_close(learned_rule(params)(0, {"w": gradient[order]}, {})[0]["w"], changes[order])


def quadratics(n: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """W (n, 10, 10), y (n, 10), θ_0 (n, 10) of losses ‖Wθ − y‖², of very different curvature along the coordinates."""
    random = torch.Generator().manual_seed(seed)
    scales = 10.0 ** (torch.rand(n, 1, 10, generator=random) - 1.0)
    w = (torch.eye(10) + 0.1 * torch.randn(n, 10, 10, generator=random)) * 3.0 * scales
    return w, torch.randn(n, 10, generator=random), torch.randn(n, 10, generator=random)


def final_losses(rule: UpdateRule, tasks: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Losses (n,) after five steps on each task."""

    def one(w: Tensor, y: Tensor, start: Tensor) -> Tensor:
        def loss(theta: Params) -> Tensor:
            return (w @ theta["w"] - y).square().sum()

        return loss(inner_loop(loss, {"w": start}, moving=("w",), rule=rule, steps=STEPS))

    return torch.vmap(one)(*tasks)


def test_after_a_few_steps_it_is_ahead_of_gradient_descent_at_its_best_rate_on_held_out_tasks() -> None:
    params = {name: tensor.requires_grad_() for name, tensor in initial_optimizer({"w": 0.05}).items()}
    optimizer = torch.optim.Adam(list(params.values()), lr=0.02)
    for step in range(100):
        loss = final_losses(learned_rule(params), quadratics(64, seed=100 + step)).mean()
        for tensor, gradient in zip(params.values(), torch.autograd.grad(loss, list(params.values())), strict=True):
            tensor.grad = gradient
        optimizer.step()
    held_out = quadratics(200, seed=7)
    with torch.no_grad():
        learned = final_losses(learned_rule(params), held_out).mean()
        descents = {
            rate: float(final_losses(learned_rule(initial_optimizer({"w": rate})), held_out).mean())
            for rate in (0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2)
        }
    best = min(descents, key=lambda rate: descents[rate])
    # The best rate lies inside the range that was tried, so it is a fair opponent.
    assert best not in (0.01, 0.2)
    assert float(learned) < 0.6 * descents[best]


def test_meta_training_beats_the_untrained_start_on_held_out_tasks() -> None:
    learner, held_out = MetaOptimizerLearner(SPACE), episodes(40, seed=77)
    trained = meta_trained(learner, steps=40, rate=0.03)
    assert mean_loss(learner, trained, held_out) < 0.7 * mean_loss(learner, learner.params, held_out)
    assert accuracy(learner, trained, held_out) > accuracy(learner, learner.params, held_out) + 0.1
    changed = [name for name in trained if not torch.equal(trained[name], learner.params[name])]
    assert "optimizer.lstm.hidden" in changed
