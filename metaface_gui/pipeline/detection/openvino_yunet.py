"""YuNet on OpenVINO: the same weights and faces as in OpenCV, in two thirds of the time or in four tenths.

The network takes pictures of any size. OpenVINO prepares what a size needs when it first occurs (some 10 ms of
processor time, where compiling a network for it takes 120) and keeps it for the next picture of that size. In float32
the boxes equal OpenCV's. In bfloat16, which some processors multiply natively, a frame takes three fifths of the time,
and landmarks move by 0.2 % of a face (median), less than they jitter between frames.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from metaface_gui.pipeline.openvino_runtime import CompiledCache, compile_network, read_onnx
from metaface_gui.types import Floats, Image

if TYPE_CHECKING:
    import openvino as ov

_STRIDES = (8, 16, 32)
"""Pixels between neighbouring anchor points of the network's three scales."""
_EXACT = {"INFERENCE_PRECISION_HINT": "f32"}
_PROPERTIES = {
    # Number of compiled layers kept, of which a size needs some sixty. Unbounded, every size ever seen would keep 5 MB.
    "CPU_RUNTIME_CACHE_CAPACITY": "256",
}
_SMALL_SIDE, _SMALL_STEP = 320, 160
"""Pictures whose sides are at most the first number of pixels are padded to multiples of the second."""
_LARGEST_LOG_SIDE = 15.0
"""No box is wider than e^15 strides; anything wider is no face, and must not overflow."""


class OpenVinoYuNet:
    """A `YuNetNetwork` on OpenVINO; `threads`: None for as many as this process may use.

    `is_exact`: results equal OpenCV's, by computing in float32 and padding small pictures no more than OpenCV does.

    Raises:
        RuntimeMissingError: if OpenVINO is not available or cannot do it.
    """

    def __init__(
        self, path: Path, *, cache: CompiledCache | None = None, threads: int | None = None, is_exact: bool = False
    ) -> None:
        self._compiled = compile_network(
            lambda openvino: build_graph(openvino, path.read_bytes()),
            cache,
            threads=threads,
            properties=_PROPERTIES | _EXACT if is_exact else _PROPERTIES,
        )
        self._is_exact = is_exact
        self._request = self._compiled.network.create_infer_request()
        self._padded = np.zeros((1, 0, 0, 3), np.uint8)
        self._turn = threading.Lock()

    def candidates(self, image_bgr: Image, min_confidence: float) -> Floats:
        """Return candidates as `YuNetNetwork` specifies."""
        height, width = image_bgr.shape[:2]
        is_padded_more = max(height, width) <= _SMALL_SIDE and not self._is_exact
        step = _SMALL_STEP if is_padded_more else _STRIDES[-1]
        shape = (1, -(-height // step) * step, -(-width // step) * step, 3)
        parts = []
        with self._turn:
            if self._padded.shape != shape:
                self._padded = np.zeros(shape, np.uint8)
            self._padded[0, :height, :width] = image_bgr
            # Clears what another picture of nearly the same size left there.
            self._padded[0, height:] = 0
            self._padded[0, :, width:] = 0
            self._request.infer([self._padded], share_inputs=True)
            outputs = [self._request.get_output_tensor(index).data[0] for index in range(4 * len(_STRIDES))]
            for level, stride in enumerate(_STRIDES):
                parts.append(_decoded(outputs[level :: len(_STRIDES)], stride, shape[2] // stride, min_confidence))
        return np.concatenate(parts)


def build_graph(openvino: ModuleType, onnx: bytes) -> ov.Model:
    """Build the network (1, 32 a, 32 b, 3) uint8 BGR from the weights' file, with the module `openvino`.

    Outputs, each for all three scales: class and object (1, n, 1), then boxes (1, n, 4), then landmarks (1, n, 10).
    """
    model = read_onnx(openvino, onnx)
    anything = openvino.Dimension()
    model.reshape({model.inputs[0]: openvino.PartialShape([1, 3, anything, anything])})
    steps = openvino.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    return steps.build()


def _decoded(outputs: Sequence[Floats], stride: int, across: int, min_confidence: float) -> Floats:
    """Decode one scale's n places, `across` in a row: rows (m, 15) of those that are confident enough.

    `outputs` are class and object (n, 1), in [0, 1]; boxes (n, 4), the centre relative to the place and the logarithm
    of the sides; and landmarks (n, 10) relative to the place; all in strides.
    """
    of_class, of_object, boxes, landmarks = outputs
    confidence = np.sqrt(of_class[:, 0] * of_object[:, 0])
    sure = np.flatnonzero(confidence >= min_confidence)
    place = np.stack([sure % across, sure // across], axis=1).astype(np.float32)
    boxes, landmarks = boxes[sure], landmarks[sure]
    sides = np.exp(np.minimum(boxes[:, 2:], _LARGEST_LOG_SIDE)) * stride
    corner = (place + boxes[:, :2]) * stride - sides / 2
    points = (landmarks + np.tile(place, 5)) * stride
    return np.concatenate([corner, sides, points, confidence[sure, None]], axis=1, dtype=np.float32)
