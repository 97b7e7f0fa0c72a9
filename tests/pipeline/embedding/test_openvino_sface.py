"""SFace on OpenVINO against SFace in PyTorch, and what is kept of a compiled network."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.embedding import make_embedder, openvino_sface
from metaface_gui.pipeline.embedding.frozen import load_openvino_sface, make_frozen_embedder
from metaface_gui.pipeline.embedding.openvino_sface import OpenVinoEmbedder
from metaface_gui.pipeline.embedding.sface_weights import SFaceWeights, read_sface_weights
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.views import features_of
from metaface_gui.pipeline.openvino_runtime import RUNTIME, CompiledCache, RuntimeMissingError, compile_network
from metaface_gui.types import Floats, Image
from metaface_gui.weights.store import WeightsStore

pytest.importorskip("openvino", exc_type=ImportError)

N_NOISE = 4


@pytest.fixture(autouse=True, scope="module")
def _compiled_here() -> Iterator[None]:
    """Not shared with other tests, as `tests/conftest.py` has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openvino_sface, "compile_network", compile_network)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def ours(store: WeightsStore, cache: Path) -> OpenVinoEmbedder:
    return load_openvino_sface(store, cache=cache, threads=2)


@pytest.fixture(scope="module")
def reference(store: WeightsStore) -> TorchEmbedder:
    return make_embedder("sface", torch.device("cpu"), store)


@pytest.fixture(scope="module")
def crops(store: WeightsStore) -> Image:
    """Every enrolment picture of the demo's people, the first of them in the dark, too, and noise."""
    detector = make_detector("yunet", "cpu", store)
    stills = [still for person in demo_people() for still in person.stills]
    faces = [align(still, detector.detect(still).landmarks[:1], 112)[0] for still in stills]
    noise = np.random.default_rng(0).integers(0, 256, (N_NOISE, 112, 112, 3), dtype=np.uint8)
    return np.concatenate([np.stack(faces), np.stack(faces[:4]) // 10, noise])


def cosines(one: Floats, other: Floats) -> Floats:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(1) / lengths, np.float32)


def test_features_are_those_of_pytorch(ours: OpenVinoEmbedder, reference: TorchEmbedder, crops: Image) -> None:
    assert (ours.id, ours.key, ours.space) == (reference.id, reference.key, reference.space)
    theirs = features_of(reference, crops)
    found = features_of(ours, crops)
    assert found.dtype == np.float32
    assert found.shape == (len(crops), ours.space.feature_dim)
    # Noise is no face, and in bfloat16 its layers' large values round more coarsely, on PyTorch as here.
    is_exact, d = ours.precision == "f32", ours.embedding_dim
    least = np.full(len(crops), 0.999999 if is_exact else 0.9999, np.float32)
    least[-N_NOISE:] = least[0] if is_exact else 0.9995
    assert np.abs(np.linalg.norm(found[:, :d], axis=1) - 1.0).max() < 1e-5
    assert (cosines(found[:, :d], theirs[:, :d]) >= least).all()
    assert (cosines(found[:, d:], theirs[:, d:]) >= least).all(), "of the projection too"


def test_a_faces_features_hang_on_nothing_else(ours: OpenVinoEmbedder, crops: Image) -> None:
    together = ours.features_of(crops)
    assert np.array_equal(together[3], ours.features_of(crops[3:4])[0])
    assert np.array_equal(together[::-1], ours.features_of(crops[::-1]))
    assert np.array_equal(together, ours.features(torch.from_numpy(crops).permute(0, 3, 1, 2)).numpy())
    assert ours.features_of(crops[:0]).shape == (0, ours.space.feature_dim)


def test_threads_may_embed_at_the_same_time(ours: OpenVinoEmbedder, crops: Image) -> None:
    found: dict[int, Floats] = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: ours.features_of(crops)})) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[0], found[n]) for n in range(3))


@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 3, 112, 112), np.uint8), np.zeros((112, 112, 3), np.uint8), np.zeros((1, 112, 112, 3))]
)
def test_crops_of_another_kind_are_refused(ours: OpenVinoEmbedder, wrong: Image) -> None:
    with pytest.raises(ValueError, match="want uint8"):
        ours.features_of(wrong)


def test_a_compiled_network_is_kept_and_read_again(
    ours: OpenVinoEmbedder, store: WeightsStore, cache: Path, crops: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metaface_gui.pipeline.embedding.openvino_sface.build_graph", None)  # not built anew
    again = load_openvino_sface(store, cache=cache, threads=2)
    assert np.array_equal(again.features_of(crops), ours.features_of(crops))
    assert len(list(cache.iterdir())) == 1


def test_one_of_another_version_of_the_graph_is_built_again(
    store: WeightsStore, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept,) = cache.iterdir()
    shutil.copy(kept, tmp_path)
    monkeypatch.setattr("metaface_gui.pipeline.embedding.frozen.GRAPH_VERSION", "of tomorrow")
    load_openvino_sface(store, cache=tmp_path, threads=2)
    (built,) = tmp_path.iterdir()
    assert built.name != kept.name


def test_a_damaged_one_is_made_anew(ours: OpenVinoEmbedder, store: WeightsStore, cache: Path, crops: Image) -> None:
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    again = load_openvino_sface(store, cache=cache, threads=2)
    assert np.array_equal(again.features_of(crops), ours.features_of(crops))
    content = kept.read_bytes()
    assert hashlib.sha256(content[32:]).digest() == content[:32], "and kept"


def test_a_folder_that_cannot_be_written_costs_time_only(
    store: WeightsStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    weights = read_sface_weights(store.path("sface-2021dec"))

    def stock() -> tuple[SFaceWeights, None]:
        return weights, None

    embedder = OpenVinoEmbedder(
        stock, id="x", projection_dim=0, cache=CompiledCache(tmp_path / "file", "sface", ("x",)), threads=1
    )
    assert "cannot be kept" in caplog.text
    found = embedder.features_of(np.zeros((1, 112, 112, 3), np.uint8))
    assert found.shape == (1, 128)


def test_pytorch_embeds_where_openvino_is_not(
    store: WeightsStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(RuntimeMissingError):
        load_openvino_sface(store)
    with caplog.at_level(logging.WARNING):
        embedder = make_frozen_embedder("sface", "cpu", store)
    assert isinstance(embedder, TorchEmbedder)
    assert caplog.text.count("OpenVINO is not there") == 1


def test_the_runtime_can_be_chosen(store: WeightsStore, cache: Path) -> None:
    made = {
        name: make_frozen_embedder("sface", "cpu", store, cache=cache, threads=2, environ={RUNTIME: name})
        for name in ("torch", "openvino", "")
    }
    assert [type(made[name]) for name in made] == [TorchEmbedder, OpenVinoEmbedder, OpenVinoEmbedder]
