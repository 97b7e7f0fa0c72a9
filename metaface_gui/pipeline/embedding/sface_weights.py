"""SFace's weights from OpenCV Zoo's ONNX file, batch norms folded, as arrays under PyTorch's parameter names.

Every runtime builds its network from these arrays, so that all compute in the same feature space.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.types import Floats

CROP_SIZE = 112
EMBEDDING_DIM = 128
WIDTHS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
"""Channels after the stem and after each of the 13 depthwise-separable blocks."""
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
WIDE = 512
"""From this many channels on, a pointwise convolution's weights are a matrix (out, in)."""
GRID = 7
FEATURE_DIM = WIDTHS[-1] * GRID * GRID
CONV_EPS, LAST_EPS = 1e-3, 2e-5
LEAST_DEVIATION = 1e-4
"""Least deviation of a channel that is kept within a range (`channel_range`); below it, it counts as having none."""
SAMPLED_FROM = 28
"""From this many rows on, every other row and column gives a channel's statistics as well, in a third of the time."""


@dataclass(frozen=True, slots=True, eq=False)
class SFaceWeights:
    """Float32 arrays by PyTorch's parameter names.

    `trunk`: `layers.{n}.weight` and `.bias` of convolutions at even n, PReLU slopes `layers.{n}.weight` at odd n, and
    `scale` and `shift` (1024, 1, 1) of the norm after them. `tail`: `linear.weight` (128, 50176), `linear.bias`, and
    the norm after it, `bn.weight`, `bn.bias`, `bn.running_mean`, `bn.running_var`. `ranges`: bounds (4, channels) on
    the outputs of some convolutions, by the name `layers.{n}` (`channel_range`); the published network has none.
    """

    trunk: Mapping[str, Floats]
    tail: Mapping[str, Floats]
    ranges: Mapping[str, Floats] = field(default_factory=dict)


def read_sface_weights(path: Path) -> SFaceWeights:
    """Read the ONNX file at `path` (block-quantised or float).

    Raises:
        WeightsError: if the file is not OpenCV Zoo's SFace.
    """
    weights = read_onnx_weights(path)
    try:
        return SFaceWeights(_trunk(weights), _tail(weights))
    except (KeyError, ValueError, IndexError) as error:
        raise other_network(path) from error


def other_network(path: Path) -> WeightsError:
    """Return the error that a file holds another network."""
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} contains a network other than SFace. Run “metaface weights verify”."),
        file=path.name,
    )


def block_shapes() -> tuple[tuple[int, int, int], ...]:
    """Return the input channels, output channels and stride of each depthwise-separable block."""
    return tuple((inputs, outputs, stride) for (inputs, outputs), stride in zip(pairwise(WIDTHS), STRIDES, strict=True))


def _scale_and_shift(weights: Mapping[str, Floats], name: str, eps: float) -> tuple[Floats, Floats]:
    """Return a batch norm at inference, x ↦ scale·x + shift (Ioffe and Szegedy 2015, algorithm 2): both (channels,)."""
    scale = weights[f"{name}_gamma"] / np.sqrt(weights[f"{name}_moving_var"] + np.float32(eps))
    return scale, weights[f"{name}_beta"] - weights[f"{name}_moving_mean"] * scale


def _trunk(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    names = ["conv_1"]
    for block in range(2, len(WIDTHS) + 1):
        names += [f"conv_{block}_dw", f"conv_{block}"]
    state: dict[str, Floats] = {}
    for i, name in enumerate(names):
        # scale·(w∗x) + shift = (scale·w)∗x + shift: the norm is absorbed by the convolution before it.
        scale, shift = _scale_and_shift(weights, f"{name}_batchnorm", CONV_EPS)
        weight = weights[f"{name}_conv2d_weight"] * scale[:, None, None, None]
        is_matrix = weight.shape[2:] == (1, 1) and weight.shape[1] >= WIDE
        state[f"layers.{2 * i}.weight"] = weight[:, :, 0, 0] if is_matrix else weight
        state[f"layers.{2 * i}.bias"] = shift
        state[f"layers.{2 * i + 1}.weight"] = weights[f"{name}_relu_gamma"].ravel()
    scale, shift = _scale_and_shift(weights, "bn1", LAST_EPS)
    return state | {"scale": scale[:, None, None], "shift": shift[:, None, None]}


def _tail(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    return {
        "linear.weight": weights["pre_fc1_weight"],
        "linear.bias": weights["pre_fc1_bias"],
        "bn.weight": weights["fc1_gamma"],
        "bn.bias": weights["fc1_beta"],
        "bn.running_mean": weights["fc1_moving_mean"],
        "bn.running_var": weights["fc1_moving_var"],
    }
