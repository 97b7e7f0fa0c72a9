"""A learned optimizer: a small recurrent network reads gradients and writes the steps of the inner loop.

Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", NeurIPS 2016. Related: Ravi and
Larochelle, "Optimization as a Model for Few-Shot Learning", ICLR 2017; Li et al., "Meta-SGD", arXiv:1707.09835, 2017.
"""

from __future__ import annotations

import math

from metaface_gui.deferred import Tensor, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.learners.gradient_learner import HEAD_RATE, TAIL_RATE, GradientLearner
from metaface_gui.pipeline.learners.inner_loop import HEAD, UpdateRule
from metaface_gui.pipeline.learners.tail import TAIL

_HIDDEN = 8
_P = 10.0


def log_rate(name: str) -> str:
    """Return the name of log α () of the moving tensor `name`."""
    return f"optimizer.log_lr.{name}"


def initial_optimizer(rates: dict[str, float]) -> Params:
    """Return a fixed random LSTM with output 0, so that it starts as gradient descent with these rates, by tensor."""
    random = torch.Generator().manual_seed(0)

    def uniform(*shape: int) -> Tensor:
        return (torch.rand(*shape, generator=random) * 2.0 - 1.0) / math.sqrt(_HIDDEN)

    network = {
        "lstm.input": uniform(4 * _HIDDEN, 2),
        "lstm.hidden": uniform(4 * _HIDDEN, _HIDDEN),
        "lstm.bias": torch.zeros(4 * _HIDDEN),
        "output.weight": torch.zeros(2, _HIDDEN),
        "output.bias": torch.zeros(2),
    }
    learned = {f"optimizer.{name}": tensor for name, tensor in network.items()}
    return learned | {log_rate(name): torch.tensor(math.log(rate)) for name, rate in rates.items()}


def preprocessed(gradient: Tensor) -> Tensor:
    """Map (n,) → (2, n): (log|g| / p, sign g) where |g| ≥ e⁻ᵖ, else (−1, eᵖ g); p = 10 (appendix A of the paper).

    Gradients differ by orders of magnitude between coordinates, so a network cannot use their raw values.
    """
    large = gradient.abs() >= math.exp(-_P)
    logarithm = torch.where(large, gradient.abs(), 1.0).log() / _P
    return torch.stack(
        [torch.where(large, logarithm, -1.0), torch.where(large, gradient.sign(), math.exp(_P) * gradient)]
    )


def lstm_cell(params: Params, inputs: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Run one LSTM step on each of n coordinates: (2, n), (h, n), (h, n) → the next hidden and cell state (h, n)."""
    weight = torch.cat([params["optimizer.lstm.input"], params["optimizer.lstm.hidden"]], dim=1)
    gates = weight @ torch.cat([inputs, hidden]) + params["optimizer.lstm.bias"][:, None]
    forget, write, read, candidate = gates.chunk(4)
    # A forget gate that starts open lets gradients of early steps through (Jozefowicz, Zaremba and Sutskever 2015).
    cell = (forget + 1.0).sigmoid() * cell + write.sigmoid() * candidate.tanh()
    return read.sigmoid() * cell.tanh(), cell


def learned_rule(params: Params) -> UpdateRule:
    """Return the rule θ_{t+1} = θ_t + g_t, (g_t, h_{t+1}) = m(∇_t, h_t; φ) (equations 3 and 4), m for each coordinate.

    m is an LSTM that outputs two numbers a, b per coordinate: g = −α (eᵃ ∇ + b rms(∇)), with rms over the tensor.
    a scales the coordinate's rate; b adds an independent step, such as momentum. With a = b = 0 it is gradient descent,
    so training starts at Meta-SGD. As in the paper (section 2), gradients are treated as constants.
    """

    def rule(step: int, gradients: Params, state: Params) -> tuple[Params, Params]:  # noqa: ARG001 - h encodes it
        changes, after = Params(), Params()
        for name, attached in gradients.items():
            gradient = attached.detach().flatten()
            empty = gradient.new_zeros(_HIDDEN, len(gradient))
            hidden, cell = state.get(f"{name}.hidden", empty), state.get(f"{name}.cell", empty)
            hidden, cell = lstm_cell(params, preprocessed(gradient), hidden, cell)
            written = params["optimizer.output.weight"] @ hidden + params["optimizer.output.bias"][:, None]
            # Bounded for robustness on any gallery: rates are multiplied by 1/20 … 20, added steps are at most 3 rms.
            a, b = (3.0 * (written / 3.0).tanh()).unbind(0)
            rms = gradient.square().sum().div(max(len(gradient), 1)).sqrt()
            change = -params[log_rate(name)].exp() * (a.exp() * gradient + b * rms)
            changes[name] = change.reshape(attached.shape)
            after |= {f"{name}.hidden": hidden, f"{name}.cell": cell}
        return changes, after

    return rule


class MetaOptimizerLearner(GradientLearner):
    """Moves the same tensors as MAML, but by a learned optimizer: min_φ E[L(θ_K(φ))] (equation 2).

    Of the paper's sum of losses along the trajectory only the last term is used: the query loss after the last step.
    """

    key = "meta_optimizer"
    title = QT_TRANSLATE_NOOP("Learners", "Learned optimizer")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Meta-opt")
    explanation = QT_TRANSLATE_NOOP(
        "Learners",
        "Fine-tunes as MAML does, but a small trained network decides the length and direction of each step.",
    )
    citation = "Andrychowicz 2016"

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return the common start of the gradient methods, and an optimizer that starts as gradient descent."""
        return super().initial_params(space) | initial_optimizer({TAIL: TAIL_RATE, HEAD: HEAD_RATE})

    def rule(self, params: Params) -> UpdateRule:
        """Return the recurrent network's update rule."""
        return learned_rule(params)
