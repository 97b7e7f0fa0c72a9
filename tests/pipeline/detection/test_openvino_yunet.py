"""YuNet on OpenVINO against OpenCV's own, on the same weights."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.pipeline.detection import make_detector, openvino_yunet
from metaface_gui.pipeline.detection.openvino_yunet import OpenVinoYuNet
from metaface_gui.pipeline.detection.yunet import OpenCvYuNet, YuNetDetector, YuNetNetwork, each_once
from metaface_gui.pipeline.openvino_runtime import RUNTIME, CompiledCache, compile_network
from metaface_gui.types import Floats, Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace

pytest.importorskip("openvino", exc_type=ImportError)

NEAR_PX = 1e-3
"""Of 1,030 faces in photographs and frames none was farther off than 0.00006 pixels."""
FAST_NEAR = 0.03
"""Share of a face's width: of 108 faces the farthest was 0.012 off in bfloat16."""


@pytest.fixture(autouse=True, scope="module")
def _compiled_here() -> Iterator[None]:
    """Not shared with other tests, as `tests/conftest.py` has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openvino_yunet, "compile_network", compile_network)
        yield


@pytest.fixture(scope="module")
def weights(store: WeightsStore) -> Path:
    return store.path("yunet-2023mar")


@pytest.fixture(scope="module")
def ours(weights: Path) -> OpenVinoYuNet:
    return OpenVinoYuNet(weights, is_exact=True)


@pytest.fixture(scope="module")
def theirs(weights: Path) -> OpenCvYuNet:
    return OpenCvYuNet(weights)


def found_by(network: YuNetNetwork, picture: Image, least: float) -> Floats:
    return each_once(network.candidates(picture, min(0.5, least)), least)


def assert_the_same(found: Floats, expected: Floats) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    assert np.abs(found[:, :14] - expected[:, :14]).max(initial=0.0) < NEAR_PX
    assert np.abs(found[:, 14] - expected[:, 14]).max(initial=0.0) < 1e-5


def test_the_same_boxes_in_the_same_order_on_frames(ours: OpenVinoYuNet, theirs: OpenCvYuNet) -> None:
    scene, faces = DemoScene(), 0
    for index in np.linspace(0.0, 1800.0, 12, endpoint=False).round():
        frame = scene.render(int(index))[0]
        for size in ((960, 540), (641, 361), (333, 500)):
            picture = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
            expected = found_by(theirs, picture, 0.7)
            assert_the_same(found_by(ours, picture, 0.7), expected)
            faces += len(expected)
    assert faces > 40


def test_the_same_boxes_on_stills_noisy_dim_and_turned(ours: OpenVinoYuNet, theirs: OpenCvYuNet) -> None:
    random, faces = np.random.default_rng(0), 0
    for still in (still for person in demo_people() for still in person.stills):
        for turns in range(4):
            turned = np.ascontiguousarray(np.rot90(still, turns))
            spoilt = 0.4 * turned + random.normal(0.0, 12.0, turned.shape)
            for picture in (turned, np.clip(spoilt, 0, 255).astype(np.uint8)):
                expected = found_by(theirs, picture, 0.5)
                assert_the_same(found_by(ours, picture, 0.5), expected)
                faces += len(expected)
    assert faces > 40


def test_as_fast_as_the_processor_can_it_finds_the_same_faces(weights: Path, theirs: OpenCvYuNet) -> None:
    fast, scene, faces = OpenVinoYuNet(weights), DemoScene(), 0
    for index in np.linspace(0.0, 1800.0, 12, endpoint=False).round():
        picture = scene.render(int(index))[0]
        expected, found = found_by(theirs, picture, 0.7), found_by(fast, picture, 0.7)
        assert found.shape == expected.shape
        for row in expected:
            nearest = found[np.abs(found[:, :2] - row[:2]).sum(axis=1).argmin()]
            assert np.abs(nearest[:14] - row[:14]).max() < FAST_NEAR * row[2]
            assert abs(nearest[14] - row[14]) < 0.02
        faces += len(expected)
    assert faces > 12


def test_the_exact_one_and_the_fast_one_are_kept_side_by_side(store: WeightsStore, tmp_path: Path) -> None:
    for _ in range(2):
        for is_exact in (False, True):
            make_detector("yunet", "cpu", store, cache=tmp_path, threads=1, is_exact=is_exact)
    kept = sorted(path.name.rsplit("-", 1)[0] for path in tmp_path.glob("*.compiled"))
    assert kept == ["exact-yunet", "yunet"]


def test_of_a_crowd_the_same_and_so_few_sure_ones(
    ours: OpenVinoYuNet, theirs: OpenCvYuNet, paint_face: PaintFace
) -> None:
    crowd = np.tile(paint_face(96), (7, 10, 1))
    for least in (0.2, 0.7, 0.9):
        expected = found_by(theirs, crowd, least)
        assert len(expected)
        found = found_by(ours, crowd, least)
        assert found.shape == expected.shape
        # Faces that are painted alike are as sure as each other to the last digit: their order hangs on it.
        order, other = (np.lexsort((np.round(rows[:, 0]), np.round(rows[:, 1]))) for rows in (found, expected))
        assert_the_same(found[order], expected[other])


def test_what_a_larger_picture_left_beside_a_smaller_one_is_gone(ours: OpenVinoYuNet, paint_face: PaintFace) -> None:
    face = paint_face(128)  # both need 128 × 128
    alone = found_by(ours, np.full((100, 100, 3), 120, np.uint8), 0.1)
    found_by(ours, face, 0.7)
    assert np.array_equal(found_by(ours, np.full((100, 100, 3), 120, np.uint8), 0.1), alone)


def test_a_box_beyond_all_measure_is_no_warning() -> None:
    one, far = np.ones((1, 1), np.float32), np.full((1, 4), 200, np.float32)
    rows = openvino_yunet._decoded([one, one, far, np.zeros((1, 10), np.float32)], 8, 1, 0.5)
    assert np.isfinite(rows).all()


def test_it_is_compiled_once_and_for_any_size(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    build_graph = openvino_yunet.build_graph

    def counted(openvino: ModuleType, onnx: bytes) -> object:
        times.append(1)
        return build_graph(openvino, onnx)

    monkeypatch.setattr(openvino_yunet, "build_graph", counted)
    cache = CompiledCache(tmp_path, "yunet", ("a",))
    found = []
    for _ in range(2):
        network = OpenVinoYuNet(weights, cache=cache, threads=1)
        for side in (64, 320, 100):
            found.append(found_by(network, np.zeros((side, side, 3), np.uint8), 0.7))
    assert len(times) == 1
    assert [len(rows) for rows in found] == [0] * 6


def network_of(detector: object) -> type:
    assert isinstance(detector, YuNetDetector)
    return type(detector._network)


def test_opencv_finds_faces_where_openvino_is_not(
    store: WeightsStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with caplog.at_level(logging.WARNING):
        assert network_of(make_detector("yunet", "cpu", store)) is OpenCvYuNet
    assert caplog.text.count("OpenVINO is not there") == 1


def test_the_runtime_can_be_chosen(store: WeightsStore) -> None:
    made = [network_of(make_detector("yunet", "cpu", store, environ={RUNTIME: name})) for name in ("torch", "")]
    assert made == [OpenCvYuNet, OpenVinoYuNet]
