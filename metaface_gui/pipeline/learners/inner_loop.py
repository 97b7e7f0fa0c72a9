"""The inner loop, shared by the methods that adapt by a few gradient steps on the support set.

The moving ("fast") tensors are the tail A (`tail.py`) and a linear head W that starts at the prototypes, as in
Triantafillou et al., "Meta-Dataset", ICLR 2020, section 3 (fo-Proto-MAML). Everything is a pure function of a
dictionary of tensors, so `torch.func.grad` can differentiate through the loop and `vmap` can run many tasks at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from metaface_gui.deferred import Tensor, grad, normalize, torch
from metaface_gui.pipeline.learners.background import BACKGROUND
from metaface_gui.pipeline.learners.base import STRANGER, Params
from metaface_gui.pipeline.learners.losses import membership
from metaface_gui.pipeline.learners.tail import TAIL, CosineClassifier, adapted_embedding

HEAD = "head"
"""Name of W (n_way, d) among the moving tensors: one row per person, compared by cosine."""

LOG_SCALE = "inner.log_scale"
"""Name of log σ (), the logarithm of the scale of the cosines in the inner loss."""

TaskLoss = Callable[[Params], Tensor]
"""A task's loss () as a function of its tensors."""

Gradient = Callable[[TaskLoss, Params], Params]
"""Computes ∇L at some tensors, shaped like them: `differentiable_gradient`, or `gradient` if not differentiated."""


class UpdateRule(Protocol):
    """Turns gradients into a step; SGD's is −α g. The state, e.g. of a recurrent rule, is empty at the first step."""

    def __call__(self, step: int, gradients: Params, state: Params) -> tuple[Params, Params]:
        """Return each moving tensor's change, shaped like `gradients`, and the next state; `step` counts from 0."""


def differentiable_gradient(loss: TaskLoss, at: Params) -> Params:
    """Return ∇L as a function that `torch.func` can differentiate and map.

    The first call in a process imports PyTorch's compiler: 900 modules, 190 MB and most of a second.
    """
    gradients: Params = grad(loss)(at)
    return gradients


def gradient(loss: TaskLoss, at: Params) -> Params:
    """Return the same ∇L without a graph, by autograd alone, which needs no further imports."""
    leaves = {name: tensor.detach().requires_grad_() for name, tensor in at.items()}
    with torch.enable_grad():
        found = torch.autograd.grad(loss(leaves), tuple(leaves.values()), materialize_grads=True)
    return dict(zip(leaves, found, strict=True))


def inner_loop(
    loss: TaskLoss,
    start: Params,
    *,
    moving: tuple[str, ...],
    rule: UpdateRule,
    steps: int,
    gradient_of: Gradient = differentiable_gradient,
    after_step: Callable[[int, Params], None] | None = None,
) -> Params:
    """Run θ_{t+1} = θ_t + rule(∇_θ L(θ_t)) for `steps` steps from `start`; only tensors named in `moving` move.

    `after_step` is called with the number of steps taken, starting with 0 before the first one, and the current θ.
    """
    theta, state = dict(start), Params()
    if after_step is not None:
        after_step(0, theta)
    for step in range(steps):
        still = theta

        def loss_of(fast: Params, still: Params = still) -> Tensor:
            return loss({**still, **fast})

        gradients = gradient_of(loss_of, {name: theta[name] for name in moving})
        changes, state = rule(step, gradients, state)
        theta = {**theta, **{name: theta[name] + change for name, change in changes.items()}}
        if after_step is not None:
            after_step(step + 1, theta)
    return theta


class InnerTask(NamedTuple):
    """What the inner loop fits, a pytree: faces (n, p), labels (n,), and loss weights (n,), which sum to 1.

    `people` () is the number of people, counting each `STRANGER` as a separate one; `tail_power` () is the mean ‖v‖².
    """

    features: Tensor
    labels: Tensor
    weights: Tensor
    people: Tensor
    tail_power: Tensor


def inner_task(features: Tensor, labels: Tensor, n_way: int, embedding_dim: int) -> InnerTask:
    """Weight n faces so that each person counts the same, however many shots they have."""
    own = membership(labels, n_way).to(features.dtype)
    of_strangers = (labels == STRANGER).to(features.dtype)
    people = n_way + of_strangers.sum()
    weights = ((own / own.sum(0)).sum(1) + of_strangers) / people
    return InnerTask(features, labels, weights, people, features[:, embedding_dim:].square().sum(1).mean())


def inner_loss(theta: Params, task: InnerTask) -> Tensor:
    """Return the cross-entropy () over the people and the background, with each person counting the same.

    L = −Σ_i w_i log P(y_i | z_i) with P ∝ exp(σ cos(z, ·)) over the rows of the head and of the background; a
    `STRANGER` belongs to the background as a whole.
    """
    n_way = len(theta[HEAD])
    rows = torch.cat([normalize(theta[HEAD], dim=1), normalize(theta[BACKGROUND], dim=1)])
    logits = theta[LOG_SCALE].exp() * (adapted_embedding(task.features, theta[TAIL]) @ rows.T)
    own = logits.gather(1, task.labels.clamp_min(0)[:, None])[:, 0]
    target = torch.where(task.labels == STRANGER, logits[:, n_way:].logsumexp(1), own)
    return (task.weights * (logits.logsumexp(1) - target)).sum()


def per_person(gradients: Params, task: InnerTask) -> Params:
    """Rescale gradients so that one rate suits galleries of one person and of a thousand, and any unit of v.

    A row of the head receives about 1/people of the loss, so its gradient is multiplied by `people`. A step of A along
    its gradient moves z in proportion to ‖v‖², so A's gradient is divided by the mean ‖v‖².
    """
    tail_factor = 1.0 / task.tail_power.clamp_min(1e-6)
    return {name: g * (tail_factor if name == TAIL else task.people) for name, g in gradients.items()}


class LinearHeadClassifier(CosineClassifier):
    """The result of an inner loop: a frozen tail, and a head whose rows started as prototypes."""

    @classmethod
    def of(cls, theta: Params) -> LinearHeadClassifier:
        """Create a classifier from the detached tensors of an inner loop."""
        return cls(theta[TAIL].detach(), normalize(theta[HEAD].detach(), dim=1))
