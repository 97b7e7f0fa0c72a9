"""SFace on OpenVINO: the same weights as in PyTorch, frozen, in half the time per face and without loading PyTorch."""

from __future__ import annotations

import queue
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.embedding.brightness import brightened
from metaface_gui.pipeline.embedding.sface_weights import (
    CROP_SIZE,
    EMBEDDING_DIM,
    FEATURE_DIM,
    LAST_EPS,
    LEAST_DEVIATION,
    SAMPLED_FROM,
    SFaceWeights,
    block_shapes,
)
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.openvino_runtime import CompiledCache, compile_network
from metaface_gui.types import Floats, Image

if TYPE_CHECKING:
    import openvino as ov

GRAPH_VERSION = "2"
"""Version of `build_graph`: networks compiled from another version are recompiled. Version 2 computes statistics from
every other row and column."""
_LEAST_LENGTH = 1e-12
"""Length below which a vector has no direction, as in `ProjectedTail`."""


class OpenVinoEmbedder:
    """A `FrozenEmbedder`: SFace, whose features equal those of the `TorchEmbedder` with the same `id`, up to rounding.

    Faces are embedded one at a time, so that a face's features do not depend on its neighbours nor, on one processor,
    on how many there are. Thread-safe: concurrent calls take turns. `weights` returns the network's weights, with its
    tuned trunk applied, and the projection's B (m, u) or None; it is called only if `cache` holds no compiled network.
    `projection_dim` is r of the feature space. Pictures are first brightened to `least_brightness` (`brightness`).
    `threads`: None for as many as this process may use.

    Raises:
        RuntimeMissingError: if OpenVINO is not available or cannot do it.
        WeightsError: as `weights`.
    """

    key = "sface"
    crop_size = CROP_SIZE
    embedding_dim = EMBEDDING_DIM
    device = "cpu"

    def __init__(
        self,
        weights: Callable[[], tuple[SFaceWeights, Floats | None]],
        *,
        id: str,  # noqa: A002 - the contract's name
        projection_dim: int,
        least_brightness: float = 0.0,
        cache: CompiledCache | None = None,
        threads: int | None = None,
    ) -> None:
        self.id = id
        self.space = FeatureSpace(EMBEDDING_DIM, projection_dim)
        self._compiled = compile_network(lambda openvino: build_graph(openvino, *weights()), cache, threads=threads)
        self.precision = self._compiled.precision
        self._least_brightness = least_brightness
        self._idle: queue.SimpleQueue[ov.InferRequest] = queue.SimpleQueue()

    def features_of(self, crops_rgb: Image) -> Floats:
        """Map crops (n, 112, 112, 3) uint8 to x = [s; v], (n, p) float32; n may be 0.

        Raises:
            ValueError: if the crops have another shape or dtype.
        """
        want = (CROP_SIZE, CROP_SIZE, 3)
        if crops_rgb.ndim != 4 or crops_rgb.shape[1:] != want or crops_rgb.dtype != np.uint8:
            raise ValueError(f"crops_rgb: want uint8 (n, {want}), got {crops_rgb.dtype} {crops_rgb.shape}")
        features = np.empty((len(crops_rgb), self.space.feature_dim), np.float32)
        try:
            request = self._idle.get_nowait()
        except queue.Empty:
            request = self._compiled.network.create_infer_request()
        for row, crop in zip(features, crops_rgb, strict=True):
            request.infer([np.ascontiguousarray(brightened(crop, self._least_brightness)[None])])
            row[:] = request.get_output_tensor(0).data[0]
        self._idle.put(request)
        return features

    def features(self, crops_rgb: Tensor) -> Tensor:
        """Do the same for crops (n, 3, 112, 112) uint8 on any device: (n, p) float32 on the CPU.

        Raises:
            ValueError: if the crops have another shape or dtype.
        """
        return torch.from_numpy(self.features_of(crops_rgb.permute(0, 2, 3, 1).cpu().numpy()))


def build_graph(openvino: ModuleType, weights: SFaceWeights, projection: Floats | None) -> ov.Model:
    """Build the network (1, 112, 112, 3) uint8 RGB → x (1, p) float32, with the module `openvino`.

    It is `SFaceTrunk` of `sface.py`, then `ProjectedTail`, or without a projection `LinearTail`.
    """
    op, trunk = openvino.opset13, weights.trunk

    def layer(x: Any, index: int, stride: int) -> Any:
        """Apply convolution `index` of the trunk with its bias, and the PReLU after it."""
        kernel = trunk[f"layers.{index}.weight"]
        if kernel.ndim == 2:
            kernel = kernel[:, :, None, None]
        pad = [kernel.shape[2] // 2] * 2
        if kernel.shape[1] == 1:  # depthwise: each channel is a group of its own
            x = op.group_convolution(x, kernel[:, None], [stride] * 2, pad, pad, [1, 1])
        else:
            x = op.convolution(x, kernel, [stride] * 2, pad, pad, [1, 1])
        x = op.add(x, trunk[f"layers.{index}.bias"].reshape(1, -1, 1, 1))
        if (bounds := weights.ranges.get(f"layers.{index}")) is not None:
            x = _within(op, x, bounds)
        return op.prelu(x, trunk[f"layers.{index + 1}.weight"])

    crops = op.parameter([1, CROP_SIZE, CROP_SIZE, 3], np.uint8, name="crops")
    x = op.divide(op.subtract(op.convert(crops, "f32"), np.float32(127.5)), np.float32(128.0))
    x = layer(op.transpose(x, np.array([0, 3, 1, 2])), 0, 1)
    for number, (_, _, stride) in enumerate(block_shapes()):
        x = layer(layer(x, 4 * number + 2, stride), 4 * number + 4, 1)
    x = op.add(op.multiply(x, trunk["scale"][None]), trunk["shift"][None])
    return openvino.Model(
        [_tail(op, op.reshape(x, np.array([1, FEATURE_DIM]), False), weights, projection)], [crops], "sface"
    )


def _within(op: Any, x: Any, bounds: Floats) -> Any:
    """Keep the channel statistics of x (1, c, h, w) within a ball (4, c), like `ChannelRange` of `channel_range.py`."""
    middle, reach, log_middle, log_reach = bounds[:, None, :, None, None]
    axes = np.array([2, 3])
    seen = x
    if x.get_output_shape(0)[2] >= SAMPLED_FROM:
        nowhere, step = np.zeros(4, np.int64), np.array([1, 1, 2, 2])
        seen = op.strided_slice(x, nowhere, nowhere, step, [1] * 4, [1] * 4)
    mean = op.reduce_mean(seen, axes, True)
    apart = op.subtract(seen, mean)
    variance = op.reduce_mean(op.multiply(apart, apart), axes, True)
    deviation = op.maximum(op.sqrt(variance), np.float32(LEAST_DEVIATION))
    off, log_off = op.subtract(mean, middle), op.subtract(op.log(deviation), log_middle)
    both = op.concat([op.divide(off, reach), op.divide(log_off, log_reach)], 1)
    distance = op.sqrt(op.reduce_mean(op.multiply(both, both), np.array([1]), True))
    back = op.subtract(op.divide(np.float32(1.0), op.maximum(distance, np.float32(1.0))), np.float32(1.0))
    gain = op.exp(op.multiply(back, log_off))
    # One product and one sum: each further step would round the convolution's output once more. Within the ball `back`
    # is zero, so the factor is 1 and the summand 0, however coarse the arithmetic.
    rest = op.subtract(np.float32(1.0), gain)
    return op.add(op.multiply(x, gain), op.add(op.multiply(mean, rest), op.multiply(back, off)))


def _tail(op: Any, features: Any, weights: SFaceWeights, projection: Floats | None) -> Any:
    """Map trunk features (1, u) to x = [s; v] (`FeatureSpace`); W₀ and B are one matrix, as in `ProjectedTail`."""
    tail = weights.tail
    rows = tail["linear.weight"] if projection is None else np.concatenate([tail["linear.weight"], projection])
    bias = np.zeros((1, len(rows)), np.float32)
    bias[0, :EMBEDDING_DIM] = tail["linear.bias"]
    # The batch norm after W₀ is a scale and a shift.
    scale = tail["bn.weight"] / np.sqrt(tail["bn.running_var"] + np.float32(LAST_EPS))
    shift = tail["bn.bias"] - tail["bn.running_mean"] * scale
    product = op.add(op.matmul(features, op.constant(rows), False, True), bias)
    parts = [product]
    if projection is not None:
        parts = op.variadic_split(product, 1, np.array([EMBEDDING_DIM, len(projection)])).outputs()
    before = op.add(op.multiply(parts[0], scale[None]), shift[None])
    squares = op.reduce_sum(op.multiply(before, before), np.array([1]), True)
    length = op.maximum(op.sqrt(squares), np.float32(_LEAST_LENGTH))
    if projection is None:
        return op.divide(before, length)
    return op.divide(op.concat([before, parts[1], np.ones((1, 1), np.float32)], 1), length)
