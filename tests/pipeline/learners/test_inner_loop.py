"""The inner loop on losses that are done by hand, and the inner loss against torch's own cross-entropy."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from metaface_gui.pipeline.learners.background import BACKGROUND
from metaface_gui.pipeline.learners.base import STRANGER, Params
from metaface_gui.pipeline.learners.distances import prototypes
from metaface_gui.pipeline.learners.inner_loop import (
    HEAD,
    LOG_SCALE,
    LinearHeadClassifier,
    differentiable_gradient,
    gradient,
    inner_loop,
    inner_loss,
    inner_task,
    per_person,
)
from metaface_gui.pipeline.learners.tail import TAIL
from tests.pipeline.torch_samples import at


def halve(step: int, gradients: Params, state: Params) -> tuple[Params, Params]:
    return {name: -0.5 * gradient for name, gradient in gradients.items()}, state


def test_each_step_goes_down_the_gradient_of_what_moves_and_leaves_the_rest() -> None:
    # L = ½ (x − y)², so dL/dx = x − y, and a step at rate ½ halves the distance to y, which stays.
    told: list[tuple[int, float]] = []
    end = inner_loop(
        lambda theta: 0.5 * (theta["x"] - theta["y"]).square(),
        {"x": torch.tensor(8.0), "y": torch.tensor(0.0)},
        moving=("x",),
        rule=halve,
        steps=3,
        after_step=lambda step, theta: told.append((step, float(theta["x"]))),
    )
    assert told == [(0, 8.0), (1, 4.0), (2, 2.0), (3, 1.0)]
    assert float(end["x"]) == 1.0
    assert float(end["y"]) == 0.0


def test_both_gradients_are_the_same_and_what_a_loss_does_not_hang_on_has_none() -> None:
    # L = x³ y: dL/dx = 3 x² y, dL/dy = x³.
    def loss(theta: Params) -> Tensor:
        return theta["x"] ** 3 * theta["y"]

    at_start = {"x": torch.tensor(2.0), "y": torch.tensor(5.0), "unused": torch.ones(3)}
    for gradient_of in (gradient, differentiable_gradient):
        found = gradient_of(loss, at_start)
        assert {name: tensor.tolist() for name, tensor in found.items()} == {"x": 60.0, "y": 8.0, "unused": [0.0] * 3}
    with torch.no_grad():
        assert float(gradient(loss, at_start)["x"]) == 60.0
    assert not at_start["x"].requires_grad


def test_a_rule_gets_its_own_state_back() -> None:
    def counting(step: int, gradients: Params, state: Params) -> tuple[Params, Params]:
        count = state.get("count", torch.tensor(0.0)) + 1.0
        return {"x": count}, {"count": count}

    end = inner_loop(lambda t: t["x"].square(), {"x": torch.tensor(0.0)}, moving=("x",), rule=counting, steps=4)
    assert float(end["x"]) == 1.0 + 2.0 + 3.0 + 4.0


def theta_of(head: Tensor, background: Tensor) -> Params:
    scale = torch.tensor(4.0).log()
    return {TAIL: torch.zeros(2, 0), HEAD: head, BACKGROUND: background, LOG_SCALE: scale}


def test_prototypes_are_the_directions_of_the_means() -> None:
    means = prototypes(at(0, 40, 100, 180), torch.tensor([0, 0, STRANGER, 1]), 2)
    torch.testing.assert_close(means, at(20, 180))


def test_every_person_counts_the_same_however_many_shots() -> None:
    faces, labels = at(0, 10, 20, 90), torch.tensor([0, 0, 0, 1])
    head, background = at(10, 90), at(200, 300)
    logits = 4.0 * faces @ torch.cat([head, background]).T
    per_shot = cross_entropy(logits, labels, reduction="none")
    by_hand = (per_shot[:3].mean() + per_shot[3]) / 2
    task = inner_task(faces, labels, 2, 2)
    torch.testing.assert_close(inner_loss(theta_of(3.0 * head, background), task), by_hand)


def test_one_person_has_something_to_learn_because_of_everybody_else() -> None:
    task = inner_task(at(10), torch.tensor([0]), 1, 2)
    start = theta_of(at(40), at(90))
    end = inner_loop(lambda t: inner_loss(t, task), start, moving=(HEAD,), rule=halve, steps=1)
    assert inner_loss(end, task) < inner_loss(start, task)
    assert LinearHeadClassifier.of(end).scores(at(10)) > LinearHeadClassifier.of(start).scores(at(10))


def test_a_stranger_belongs_to_the_background_as_a_whole() -> None:
    faces, labels = at(0, 100), torch.tensor([0, STRANGER])
    head, background = at(0), at(90, 180)
    weight = (4.0 * faces @ torch.cat([head, background]).T).exp()
    own, other = weight[0, 0] / weight[0].sum(), weight[1, 1:].sum() / weight[1].sum()
    task = inner_task(faces, labels, 1, 2)
    torch.testing.assert_close(inner_loss(theta_of(head, background), task), -(own.log() + other.log()) / 2)


def test_a_rate_means_the_same_in_a_gallery_twice_as_large() -> None:
    # The same two people twice over, far apart: each row of the head has the same to learn as before.
    once = inner_task(normalize(torch.eye(8)[:2] + 0.3), torch.tensor([0, 1]), 2, 8)
    many = once._replace(weights=once.weights / 10, people=once.people * 10)
    gradients = {HEAD: torch.ones(2, 8)}
    share = {HEAD: gradients[HEAD] / 10}
    torch.testing.assert_close(per_person(gradients, once)[HEAD], per_person(share, many)[HEAD])


def test_a_rate_means_the_same_whatever_the_unit_of_the_projection() -> None:
    # v in another unit is c·v, and A/c embeds the same. A step must change z the same: A's by 1/c.
    random = torch.Generator().manual_seed(0)
    stock, v = normalize(torch.randn(6, 4, generator=random)), torch.randn(6, 3, generator=random)
    labels, changes = torch.tensor([0, 0, 1, 1, 2, 2]), []
    for unit in (1.0, 10.0):
        task = inner_task(torch.cat([stock, unit * v], 1), labels, 3, 4)
        background = normalize(torch.randn(2, 4, generator=torch.Generator().manual_seed(1)))
        theta = {TAIL: torch.zeros(4, 3), HEAD: prototypes(stock, labels, 3), BACKGROUND: background}
        theta[LOG_SCALE] = torch.tensor(1.0)
        gradient = torch.func.grad(lambda a, t=theta, k=task: inner_loss({**t, TAIL: a}, k))(theta[TAIL])
        changes.append(unit * per_person({TAIL: gradient}, task)[TAIL])
    torch.testing.assert_close(changes[0], changes[1])


def test_the_classifier_scores_cosines_and_is_cut_from_the_graph() -> None:
    theta = {TAIL: torch.zeros(2, 0, requires_grad=True), HEAD: (5.0 * at(0, 60)).requires_grad_()}
    scores = LinearHeadClassifier.of(theta).scores(at(0))
    torch.testing.assert_close(scores, torch.tensor([[1.0, 0.5]]))
    assert not scores.requires_grad
