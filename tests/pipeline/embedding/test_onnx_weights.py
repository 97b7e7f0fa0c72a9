from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.embedding.onnx_weights import dequantize_blocks, read_onnx_weights


def test_two_blocks_by_hand() -> None:
    quantized = np.array([[1, 2, 3, 4]], np.int8)
    scales = np.array([[10.0, 0.5]], np.float32)
    zero_points = np.array([[0, 2]], np.int8)
    values = dequantize_blocks(quantized, scales, zero_points, axis=1, block_size=2)
    assert values.tolist() == [[10.0, 20.0, 0.5, 1.0]]


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(1, 4), st.integers(1, 9)),
    st.integers(1, 5),
    st.integers(0, 1),
    st.booleans(),
    st.integers(0, 99),
)
def test_agrees_with_the_operator_specification(
    shape: tuple[int, int], block: int, axis: int, centred: bool, seed: int
) -> None:
    rows, length = shape
    rng = np.random.default_rng(seed)
    blocks = -(-length // block)
    quantized = rng.integers(-128, 128, (rows, length), dtype=np.int8)
    scales = rng.uniform(0.1, 2.0, (rows, blocks)).astype(np.float32)
    zero_points = np.zeros_like(scales, np.int8) if centred else rng.integers(-9, 9, scales.shape, dtype=np.int8)
    want = np.empty((rows, length), np.float32)
    for r in range(rows):
        for i in range(length):
            want[r, i] = (int(quantized[r, i]) - int(zero_points[r, i // block])) * scales[r, i // block]
    if axis == 0:
        quantized, scales, zero_points, want = quantized.T, scales.T, zero_points.T, want.T
    got = dequantize_blocks(quantized, scales, zero_points, axis=axis, block_size=block)
    np.testing.assert_allclose(got, want, rtol=1e-6)


def test_reads_plain_quantised_and_reshaped_weights_as_the_graph_does(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    quantized = rng.integers(-128, 128, (2, 18), dtype=np.int8)
    scales = rng.uniform(0.1, 1.0, (2, 2)).astype(np.float32)
    initializers = [
        numpy_helper.from_array(quantized, "w_quantized"),
        numpy_helper.from_array(scales, "w_scales"),
        numpy_helper.from_array(np.zeros((2, 2), np.int8), "w_zero_point"),
        numpy_helper.from_array(np.array([2, 2, 3, 3], np.int64), "w_shape"),
        numpy_helper.from_array(np.array([3.0], np.float32), "plain"),
    ]
    nodes = [
        helper.make_node(
            "DequantizeLinear", ["w_quantized", "w_scales", "w_zero_point"], ["flat"], axis=1, block_size=9
        ),
        helper.make_node("Reshape", ["flat", "w_shape"], ["w"]),
    ]
    output = helper.make_tensor_value_info("w", TensorProto.FLOAT, [2, 2, 3, 3])
    model = helper.make_model(
        helper.make_graph(nodes, "g", [], [output], initializers), opset_imports=[helper.make_opsetid("", 21)]
    )
    path = tmp_path / "model.onnx"
    onnx.save(model, str(path))
    weights = read_onnx_weights(path)
    want = np.asarray(next(iter(ReferenceEvaluator(model).run(None, {}))))
    np.testing.assert_allclose(weights["w"], want, rtol=1e-6)
    assert weights["plain"].tolist() == [3.0]
    assert "w_quantized" not in weights


@pytest.mark.parametrize("content", [b"not ONNX at all", b"\x08\x07\x12\xff\xff\xff", b"<!doctype html>"])
def test_a_file_that_is_no_onnx_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.onnx is not a readable ONNX file"):
        read_onnx_weights(path)


def of_weights(path: Path, **blocks: int) -> Path:
    """Write a quantised weight of 2 × 8 with a scale for each four."""
    arrays: dict[str, np.ndarray] = {
        "w_quantized": np.ones((2, 8), np.int8),
        "w_scales": np.ones((2, 2), np.float32),
        "w_zero_point": np.zeros((2, 2), np.int8),
    }
    node = helper.make_node("DequantizeLinear", list(arrays), ["w"])
    node.attribute.extend(helper.make_attribute(name, value) for name, value in blocks.items())
    initializers = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    onnx.save(helper.make_model(helper.make_graph([node], "g", [], [], initializers)), str(path))
    return path


@pytest.mark.parametrize(
    "blocks",
    [
        {"axis": 1, "block_size": 0},
        {"axis": 1, "block_size": -4},
        {"axis": 1, "block_size": 3},
        {"axis": 1, "block_size": 2**62},
        {"axis": 2, "block_size": 4},
        {"axis": -5, "block_size": 4},
        {"axis": 1},
        {},
    ],
    ids=str,
)
def test_blocks_that_do_not_fit_are_said(tmp_path: Path, blocks: dict[str, int]) -> None:
    assert read_onnx_weights(of_weights(tmp_path / "fits.onnx", axis=1, block_size=4))["w"].shape == (2, 8)
    with pytest.raises(WeightsError, match=r"model\.onnx is not a readable ONNX file"):
        read_onnx_weights(of_weights(tmp_path / "model.onnx", **blocks))


def test_no_other_file_is_read_however_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(np.array([3.0], np.float32).tobytes())
    tensor = numpy_helper.from_array(np.array([0.0], np.float32), "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="outside")
    path = tmp_path / "model.onnx"
    path.write_bytes(helper.make_model(helper.make_graph([], "g", [], [], [tensor])).SerializeToString())
    with pytest.raises(WeightsError, match=r"model\.onnx is not a readable ONNX file"):
        read_onnx_weights(path)
