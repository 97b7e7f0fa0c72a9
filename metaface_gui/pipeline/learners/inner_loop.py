"""The inner loop: what methods share that adapt by a few gradient steps on the support set.

Moving, or "fast", are the tail A (`tail.py`) and a linear head W that starts at the prototypes, as in Triantafillou et
al., "Meta-Dataset", ICLR 2020, section 3 (fo-Proto-MAML). Everything is a pure function of a dictionary of tensors, so
that meta-training differentiates through the loop by `torch.func.grad` and runs many tasks at once by `vmap`.
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
"""Name of W (n_way, d) among the moving tensors: a row a person, compared by its cosine."""

LOG_SCALE = "inner.log_scale"
"""Name of log σ (), the scale of the cosines in the inner loss."""

TaskLoss = Callable[[Params], Tensor]
"""A task's loss () as a function of its tensors."""

Gradient = Callable[[TaskLoss, Params], Params]
"""∇L at some tensors, shaped like them: `differentiable_gradient`, or `gradient` where nothing follows."""


class UpdateRule(Protocol):
    """How gradients become a step; SGD's is −α g. The state, e.g. of a recurrent rule, is empty at the first step."""

    def __call__(self, step: int, gradients: Params, state: Params) -> tuple[Params, Params]:
        """Return each moving tensor's change, shaped like `gradients`, and the next state; `step` counts from 0."""


def differentiable_gradient(loss: TaskLoss, at: Params) -> Params:
    """∇L, itself a function that `torch.func` differentiates and maps.

    The first one of a process imports PyTorch's compiler: 900 modules, 190 MB and most of a second.
    """
    gradients: Params = grad(loss)(at)
    return gradients


def gradient(loss: TaskLoss, at: Params) -> Params:
    """∇L as mere numbers, the same ones, by autograd alone, which imports nothing."""
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
    """θ_{t+1} = θ_t + rule(∇_θ L(θ_t)), `steps` times from `start`; only the tensors named in `moving` move.

    `after_step` is told how many steps were taken, from 0, the start, and θ then.
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
    """What the inner loop fits, a pytree: faces (n, p), labels (n,), their weights (n,) in the loss, which sum to 1.

    `people` () is how many people there are, each `STRANGER` one of their own; `tail_power` () the mean ‖v‖².
    """

    features: Tensor
    labels: Tensor
    weights: Tensor
    people: Tensor
    tail_power: Tensor


def inner_task(features: Tensor, labels: Tensor, n_way: int, embedding_dim: int) -> InnerTask:
    """Weigh n faces so that each person counts the same, however many shots they have."""
    own = membership(labels, n_way).to(features.dtype)
    of_strangers = (labels == STRANGER).to(features.dtype)
    people = n_way + of_strangers.sum()
    weights = ((own / own.sum(0)).sum(1) + of_strangers) / people
    return InnerTask(features, labels, weights, people, features[:, embedding_dim:].square().sum(1).mean())


def inner_loss(theta: Params, task: InnerTask) -> Tensor:
    """Cross-entropy () over the people and everybody else, each person counting the same.

    L = −Σ_i w_i log P(y_i | z_i) with P ∝ exp(σ cos(z, ·)) over the head's rows and the background's; a `STRANGER`
    belongs to the background as a whole.
    """
    n_way = len(theta[HEAD])
    rows = torch.cat([normalize(theta[HEAD], dim=1), normalize(theta[BACKGROUND], dim=1)])
    logits = theta[LOG_SCALE].exp() * (adapted_embedding(task.features, theta[TAIL]) @ rows.T)
    own = logits.gather(1, task.labels.clamp_min(0)[:, None])[:, 0]
    target = torch.where(task.labels == STRANGER, logits[:, n_way:].logsumexp(1), own)
    return (task.weights * (logits.logsumexp(1) - target)).sum()


def per_person(gradients: Params, task: InnerTask) -> Params:
    """Rescale gradients so that one rate suits a gallery of one person and of a thousand, and any unit of v.

    A row of the head sees about 1/people of the loss, so its gradient is multiplied by `people`. A step of A along its
    gradient moves z by ‖v‖² times as much, so that one is divided by the mean ‖v‖².
    """
    tail_factor = 1.0 / task.tail_power.clamp_min(1e-6)
    return {name: g * (tail_factor if name == TAIL else task.people) for name, g in gradients.items()}


class LinearHeadClassifier(CosineClassifier):
    """What an inner loop leaves: a frozen tail, and a head whose rows started as prototypes."""

    @classmethod
    def of(cls, theta: Params) -> LinearHeadClassifier:
        """Freeze the tensors of an inner loop."""
        return cls(theta[TAIL].detach(), normalize(theta[HEAD].detach(), dim=1))
