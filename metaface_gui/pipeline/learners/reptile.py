"""Reptile: train on a task, then move the initialisation a little towards where training ended.

Nichol, Achiam and Schulman, "On First-Order Meta-Learning Algorithms", arXiv:1803.02999, 2018.
"""

from __future__ import annotations

from typing import ClassVar

from metaface_gui.deferred import Tensor, torch, vmap
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.background import BACKGROUND
from metaface_gui.pipeline.learners.base import Episode, Params
from metaface_gui.pipeline.learners.gradient_learner import (
    HEAD_RATE,
    TAIL_RATE,
    GradientLearner,
)
from metaface_gui.pipeline.learners.inner_loop import (
    HEAD,
    LOG_SCALE,
    UpdateRule,
    inner_loop,
    inner_loss,
)
from metaface_gui.pipeline.learners.losses import LOSS_LOG_SCALE, LOSS_THRESHOLD
from metaface_gui.pipeline.learners.tail import TAIL

_RATES = {TAIL: TAIL_RATE, HEAD: HEAD_RATE, BACKGROUND: HEAD_RATE}


class ReptileLearner(GradientLearner):
    """φ ← φ + ε (φ̃ − φ), φ̃ = U_K(φ) (algorithm 1): K gradient-descent steps on all of an episode's faces together.

    There is no query set: support, probes and strangers form one training set, and nothing is differentiated twice.
    With K = 1 the update is gradient descent on the joint loss (section 4). φ is A and the background, which both move
    in training; the head is specific to an episode's people and is discarded. Scales, thresholds and rates keep their
    initial values, because the inner loop does not descend on a loss with respect to them.
    """

    key = "reptile"
    title = QT_TRANSLATE_NOOP("Learners", "Reptile")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Reptile")
    explanation = QT_TRANSLATE_NOOP(
        "Learners",
        "Fine-tunes as MAML does, from a start found more simply: by moving towards where fine-tuning ended.",
    )
    citation = "Nichol 2018"
    frozen: ClassVar[tuple[str, ...]] = (LOG_SCALE, LOSS_LOG_SCALE, LOSS_THRESHOLD)

    def rule(self, params: Params) -> UpdateRule:  # noqa: ARG002 - its rates are not meta-parameters
        """Return gradient descent with fixed rates."""

        def sgd(step: int, gradients: Params, state: Params) -> tuple[Params, Params]:  # noqa: ARG001 - constant
            return {name: -_RATES[name] * gradient for name, gradient in gradients.items()}, state

        return sgd

    def meta_gradient(self, params: Params, episodes: Episode, n_way: int) -> tuple[Params, Tensor]:
        """Return the mean φ − φ̃ of E stacked episodes, the outer optimizer's gradient, and the losses L(φ) (E,)."""

        def trained(episode: Episode) -> tuple[Params, Tensor]:
            of_support = self.task(episode.support, episode.support_labels, n_way)
            faces = torch.cat([episode.support, episode.query])
            task = self.task(faces, torch.cat([episode.support_labels, episode.query_labels]), n_way)
            start, rule = self.start(params, of_support, n_way), self.task_rule(params, task)
            steps, moving = self.settings.inner_steps, (TAIL, HEAD, BACKGROUND)
            end = inner_loop(lambda theta: inner_loss(theta, task), start, moving=moving, rule=rule, steps=steps)
            return {name: end[name] for name in (TAIL, BACKGROUND)}, inner_loss(start, task)

        ends, losses = vmap(trained)(episodes)
        still = {name: torch.zeros_like(tensor) for name, tensor in params.items()}
        return still | {name: params[name] - end.mean(0) for name, end in ends.items()}, losses
