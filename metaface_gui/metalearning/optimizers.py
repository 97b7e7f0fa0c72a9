"""The outer optimizer: computes the next meta-parameters from their gradients.

Pure functions over `Params`, in the style of `torch.func`: nothing is changed in place, so an interrupted step leaves
a consistent state, and a checkpoint is simply the state's tensors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch

from metaface_gui.pipeline.learners.base import Params

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


class AdamState(NamedTuple):
    """Running means of the gradients and of their squares, shaped like the parameters, after `steps` steps."""

    mean: Params
    square: Params
    steps: int


def initial_state(params: Params) -> AdamState:
    """Return the state before the first step."""
    zeros = {name: torch.zeros_like(tensor) for name, tensor in params.items()}
    return AdamState(zeros, dict(zeros), 0)


def adam(
    params: Params, gradient: Params, state: AdamState, rate: float, factors: Mapping[str, float] | None = None
) -> tuple[Params, AdamState]:
    """Take one Adam step (Kingma and Ba, ICLR 2015, algorithm 1) for the parameters in `state`; others stay unchanged.

    `factors` multiply the rate of the parameters that they name.
    """
    factors = factors or {}
    steps = state.steps + 1
    mean = {name: _BETA1 * m + (1 - _BETA1) * gradient[name] for name, m in state.mean.items()}
    square = {name: _BETA2 * v + (1 - _BETA2) * gradient[name].square() for name, v in state.square.items()}
    unbias1, unbias2 = 1 - _BETA1**steps, 1 - _BETA2**steps
    moved = {
        name: params[name]
        - rate * factors.get(name, 1.0) * (mean[name] / unbias1) / ((square[name] / unbias2).sqrt() + _EPSILON)
        for name in mean
    }
    return params | moved, AdamState(mean, square, steps)


def clipped(gradient: Params, most: float) -> Params:
    """Scale the gradient, over all parameters, down to Euclidean length `most` if longer (Pascanu et al. 2013)."""
    if not gradient:
        return gradient
    length = torch.stack([part.square().sum() for part in gradient.values()]).sum().sqrt()
    scale = (most / length.clamp_min(1e-12)).clamp_max(1.0)
    return {name: part * scale for name, part in gradient.items()}


def one_cycle(step: int, steps: int, peak: float, warm_up: float = 0.1) -> float:
    """Return the rate of step 0 … steps-1: linear up to the peak for the share `warm_up`, then a cosine down to zero.

    This is one cycle of Smith and Topin 2019 without the momentum cycle.
    """
    rise = max(1, round(warm_up * steps))
    if step < rise:
        return peak * (step + 1) / rise
    return peak * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))
