"""MAML: learn an initialisation from which a few gradient steps on the support set give a good classifier.

Finn, Abbeel and Levine, "Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks", ICML 2017. Separate
rates for each step and tensor: Antoniou, Edwards and Storkey, "How to train your MAML", ICLR 2019. ANIL, which moves
only the head: Raghu et al., "Rapid Learning or Feature Reuse?", ICLR 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import torch
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params, setting
from metaface_gui.pipeline.learners.gradient_learner import HEAD_RATE, TAIL_RATE, GradientLearner, InnerLoopSettings
from metaface_gui.pipeline.learners.inner_loop import HEAD, UpdateRule
from metaface_gui.pipeline.learners.tail import TAIL

_LEARNED_STEPS = 5


def log_rate(name: str) -> str:
    """Return the name of log α (5,), one rate per step, of the moving tensor `name`."""
    return f"inner.log_lr.{name}"


@dataclass(frozen=True, slots=True)
class MamlSettings(InnerLoopSettings):
    """`first_order` drops the second derivatives of the meta-gradient; `anil` moves only the head.

    `first_order` does not affect adaptation: the steps are the same, and nothing is differentiated through them.
    """

    first_order: bool = setting(
        default=False,
        only_in_training=True,
        title=QT_TRANSLATE_NOOP("Settings", "First order"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Meta-trains without second derivatives: faster, a little less exact."
        ),
    )
    anil: bool = setting(
        default=False,
        title=QT_TRANSLATE_NOOP("Settings", "Head only (ANIL)"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Fine-tunes only the last layer and leaves the embedding space unchanged."
        ),
    )


def sgd(params: Params, *, first_order: bool = False) -> UpdateRule:
    """Return the rule θ_{t+1} = θ_t − α_t ∇L(θ_t) (equation 1 of the paper), with a rate for each step and tensor.

    Steps after the last learned one use its rate. In first order the gradient is treated as a constant, so dθ_K/dθ_0 =
    I instead of Π_t (I − α_t ∇²L(θ_t)).
    """

    def rule(step: int, gradients: Params, state: Params) -> tuple[Params, Params]:
        rates = {name: params[log_rate(name)][min(step, _LEARNED_STEPS - 1)].exp() for name in gradients}
        return {name: -rates[name] * (g.detach() if first_order else g) for name, g in gradients.items()}, state

    return rule


class MamlLearner(GradientLearner):
    """min_φ Σ_tasks L_query(θ_K(φ)) (the paper's meta-objective); θ_0 is the learned A and a head at the prototypes.

    The meta-gradient goes through the inner loop: `torch.func.grad` of a function that itself calls `grad`.
    """

    key = "maml"
    title = QT_TRANSLATE_NOOP("Learners", "MAML")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "MAML")
    explanation = QT_TRANSLATE_NOOP(
        "Learners",
        "Fine-tunes a classifier on the enrolled shots, from a start that makes a few steps enough.",
    )
    citation = "Finn 2017"
    settings_type = MamlSettings

    settings: MamlSettings

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return the common start of the gradient methods, with equal rates for all steps."""
        rates = {TAIL: TAIL_RATE, HEAD: HEAD_RATE}
        start = super().initial_params(space)
        return start | {log_rate(name): torch.full((_LEARNED_STEPS,), rate).log() for name, rate in rates.items()}

    @property
    def moving(self) -> tuple[str, ...]:
        """Names of the tensors that adaptation moves."""
        return (HEAD,) if self.settings.anil else (TAIL, HEAD)

    def rule(self, params: Params) -> UpdateRule:
        """Return gradient descent."""
        return sgd(params, first_order=self.settings.first_order)
