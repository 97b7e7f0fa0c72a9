"""Read the weights of an ONNX file as float32 arrays, undoing block quantisation; the graph itself is not run.

Source: ONNX operator specification, `DequantizeLinear` (opset 21), blocked quantisation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.types import Floats

if TYPE_CHECKING:
    import onnx


def dequantize_blocks(
    quantized: NDArray[np.int8], scales: Floats, zero_points: NDArray[np.int8], *, axis: int, block_size: int
) -> Floats:
    """Return (q − zero point) · scale, where `block_size` neighbours along `axis` share a scale; float32, q's shape.

    `scales` and `zero_points` have q's shape, except for ⌈length / block_size⌉ along `axis`.

    Raises:
        ValueError: if a shape, the axis or the block size does not fit.
    """
    if not 0 <= axis < quantized.ndim or block_size < 1:
        raise ValueError(f"no axis {axis} of {quantized.ndim}, or a block of {block_size}")
    length = quantized.shape[axis]
    block_size = min(block_size, max(1, length))
    blocks = -(-length // block_size)
    want = (*quantized.shape[:axis], blocks, *quantized.shape[axis + 1 :])
    if scales.shape != want or zero_points.shape != want:
        raise ValueError(f"want scales and zero points {want}, got {scales.shape} and {zero_points.shape}")
    if length == blocks * block_size:
        # The common case as a single broadcast: split the axis into (block, within block).
        split = (*quantized.shape[:axis], blocks, block_size, *quantized.shape[axis + 1 :])
        values = quantized.reshape(split).astype(np.float32)
        if np.any(zero_points):
            values -= np.expand_dims(zero_points.astype(np.float32), axis + 1)
        values *= np.expand_dims(scales, axis + 1)
        return values.reshape(quantized.shape)
    spread_scales = np.repeat(scales, block_size, axis=axis).take(range(length), axis=axis)
    spread_zeros = np.repeat(zero_points, block_size, axis=axis).take(range(length), axis=axis)
    return (quantized.astype(np.float32) - spread_zeros.astype(np.float32)) * spread_scales


def read_onnx_weights(path: Path) -> dict[str, Floats]:
    """Return every float weight of the file at `path` by name, as a float32 array.

    A quantised weight is listed under its name without `_quantized`, in the shape that the graph's `Reshape` gives it.

    Raises:
        WeightsError: if the file is not readable ONNX, or keeps weights in another file.
        OSError: if it is not there or cannot be read.
    """
    import onnx  # noqa: PLC0415 - not needed for a network that is already compiled

    try:
        # External data is not loaded: the file could name any other file, and no weights that ship use it.
        graph = onnx.load(str(path), load_external_data=False).graph
    except OSError:
        raise
    except Exception as error:
        # protobuf's DecodeError derives from Exception alone and its module differs between protobuf versions.
        raise _not_readable(path) from error
    try:
        return _weights_of(graph)
    except (KeyError, IndexError, ValueError, TypeError, NotImplementedError, OverflowError, MemoryError) as error:
        raise _not_readable(path) from error


def _weights_of(graph: onnx.GraphProto) -> dict[str, Floats]:
    """Do the work of `read_onnx_weights`; raises whatever numpy and onnx raise for an unsuitable graph."""
    import onnx  # noqa: PLC0415 - as above
    from onnx import numpy_helper  # noqa: PLC0415

    if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in graph.initializer):
        raise ValueError("weights in another file")
    arrays: dict[str, NDArray[Any]] = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    # Copied because an initialiser is a read-only view of the file's bytes, which PyTorch will not wrap.
    weights = {name: array.copy() for name, array in arrays.items() if array.dtype == np.float32}
    named_by_output: dict[str, str] = {}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            quantized, scales, zero_points = (arrays[name] for name in node.input)
            attributes = {attribute.name: attribute.i for attribute in node.attribute}
            name = node.input[0].removesuffix("_quantized")
            weights[name] = dequantize_blocks(
                quantized, scales, zero_points, axis=attributes["axis"], block_size=attributes["block_size"]
            )
            named_by_output[node.output[0]] = name
        elif node.op_type == "Reshape" and node.input[0] in named_by_output:
            name = named_by_output[node.input[0]]
            weights[name] = weights[name].reshape(arrays[node.input[1]])
    return weights


def _not_readable(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} is not a readable ONNX file. Delete it and install or fetch it again."),
        file=path.name,
    )
