"""Shared base of MAML, Reptile and the learned optimizer, which differ in the update rule and the outer update."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.background import BACKGROUND, fitted_background, initial_background
from metaface_gui.pipeline.learners.base import (
    AdaptStep,
    Episode,
    OnStep,
    Params,
    SupportSet,
    TrainableLearner,
    TrainingFeatures,
    setting,
)
from metaface_gui.pipeline.learners.distances import prototypes
from metaface_gui.pipeline.learners.inner_loop import (
    HEAD,
    LOG_SCALE,
    Gradient,
    InnerTask,
    LinearHeadClassifier,
    UpdateRule,
    differentiable_gradient,
    gradient,
    inner_loop,
    inner_loss,
    inner_task,
    per_person,
)
from metaface_gui.pipeline.learners.losses import initial_loss, learned_open_set_loss
from metaface_gui.pipeline.learners.tail import TAIL, adapted_embedding, initial_tail

TAIL_RATE, HEAD_RATE = 0.1, 0.1
"""Untrained rates of the inner loop, applied after `per_person`."""


@dataclass(frozen=True, slots=True)
class InnerLoopSettings:
    """`inner_steps`: gradient steps on the support set; `inner_lr` multiplies the (learned) rates, 0 means no movement.

    `rate_decay` to the power t multiplies the rate of step t = 0, 1 …; `temperature` multiplies the inner loss's 1/σ.
    """

    inner_steps: int = setting(
        5,
        low=1,
        high=20,
        title=QT_TRANSLATE_NOOP("Settings", "Inner steps"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Gradient steps on the shots. More steps fit them more closely, up to memorising them."
        ),
    )
    inner_lr: float = setting(
        1.0,
        low=0.1,
        high=10.0,
        is_logarithmic=True,
        title=QT_TRANSLATE_NOOP("Settings", "Inner rate"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Multiplies the method's own learning rate. A small value stays close to the prototypes."
        ),
    )
    rate_decay: float = setting(
        1.0,
        low=0.3,
        high=1.5,
        title=QT_TRANSLATE_NOOP("Settings", "Rate per step"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Multiplies the rate from one step to the next: below 1 steps shrink, above 1 they grow."
        ),
    )
    temperature: float = setting(
        1.0,
        low=0.25,
        high=4.0,
        is_logarithmic=True,
        title=QT_TRANSLATE_NOOP("Settings", "Temperature"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings",
            "Of the loss that the steps reduce. Low: only easily confused people count. High: everybody does.",
        ),
    )


class GradientLearner(TrainableLearner):
    """Starts from A and a head at the prototypes, and adapts both by `rule`.

    Meta-parameters: the initial A, the background directions, the scale of the inner loss, and the scale and threshold
    of the loss that meta-training minimises.
    """

    settings_type = InnerLoopSettings

    settings: InnerLoopSettings

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return a stock tail, a random background, and an inner scale low enough that correct shots still matter."""
        return {
            TAIL: initial_tail(space),
            BACKGROUND: initial_background(space),
            LOG_SCALE: torch.tensor(2.1),
            **initial_loss(),
        }

    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:
        """Fit the background directions to the meta-training people."""
        return {**params, BACKGROUND: fitted_background(faces, params[TAIL], len(params[BACKGROUND]))}

    @property
    def moving(self) -> tuple[str, ...]:
        """Names of the tensors that adaptation moves."""
        return (TAIL, HEAD)

    @abstractmethod
    def rule(self, params: Params) -> UpdateRule:
        """Return the rule that turns gradients into a step, under these meta-parameters."""

    def task(self, features: Tensor, labels: Tensor, n_way: int) -> InnerTask:
        """Return the task that the inner loop fits: faces (n, p) with labels (n,)."""
        return inner_task(features, labels, n_way, self.space.embedding_dim)

    def task_rule(self, params: Params, task: InnerTask) -> UpdateRule:
        """Return `rule` applied to gradients that are comparable between tasks, times the user's multipliers."""
        rule, lr, decay = self.rule(params), self.settings.inner_lr, self.settings.rate_decay

        def step(step: int, gradients: Params, state: Params) -> tuple[Params, Params]:
            changes, state = rule(step, per_person(gradients, task), state)
            factor = lr * decay**step
            return {name: factor * change for name, change in changes.items()}, state

        return step

    def start(self, params: Params, task: InnerTask, n_way: int) -> Params:
        """Return θ_0: the meta-parameters, a head at the prototypes, and the inner loss at the user's temperature."""
        scale = params[LOG_SCALE] - math.log(self.settings.temperature)
        head = prototypes(adapted_embedding(task.features, params[TAIL]), task.labels, n_way)
        return {**params, LOG_SCALE: scale, HEAD: head}

    def fine_tuned(
        self,
        params: Params,
        task: InnerTask,
        n_way: int,
        *,
        gradient_of: Gradient = differentiable_gradient,
        after_step: Callable[[int, Params], None] | None = None,
    ) -> Params:
        """Return θ_K, the result of the inner loop on a task; by default pure, differentiable and vmap-able."""
        return inner_loop(
            lambda theta: inner_loss(theta, task),
            self.start(params, task, n_way),
            moving=self.moving,
            rule=self.task_rule(params, task),
            steps=self.settings.inner_steps,
            gradient_of=gradient_of,
            after_step=after_step,
        )

    def query_loss(self, theta: Params, episode: Episode) -> Tensor:
        """Return the open-set loss () of the queries' cosines with the adapted head."""
        scores = adapted_embedding(episode.query, theta[TAIL]) @ normalize(theta[HEAD], dim=1).T
        return learned_open_set_loss(theta, scores, episode.query_labels)

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the queries' loss () at θ_K, the tensors fine-tuned on the support: L_query(U_K(φ))."""
        task = self.task(episode.support, episode.support_labels, n_way)
        return self.query_loss(self.fine_tuned(params, task, n_way), episode)

    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> LinearHeadClassifier:
        """Run the inner loop and keep only its result. The reported step 0 is the prototypes that it starts from."""
        task, steps = self.task(support.features, support.labels, support.n_way), self.settings.inner_steps

        def tell(on_step: OnStep, step: int, theta: Params) -> None:
            correct = LinearHeadClassifier.of(theta).scores(support.features).argmax(1) == support.labels
            on_step(AdaptStep(step, steps, float(inner_loss(theta, task)), float((task.weights * correct).sum())))

        after_step = None if on_step is None else partial(tell, on_step)
        with torch.no_grad():
            theta = self.fine_tuned(self.params, task, support.n_way, gradient_of=gradient, after_step=after_step)
        return LinearHeadClassifier.of(theta)
