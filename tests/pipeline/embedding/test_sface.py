from __future__ import annotations

import copy

import numpy as np
import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from torch import Tensor

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.sface import load_sface
from metaface_gui.pipeline.embedding.sface_weights import FEATURE_DIM
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.resources import weights_dir
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def sface() -> TorchEmbedder:
    return load_sface(weights_dir() / "face_recognition_sface_2021dec_int8bq.onnx", CPU)


@pytest.fixture
def crops(paint_face: PaintFace) -> Tensor:
    """Three crops (3, 3, 112, 112): a painted face, the same mirrored, noise."""
    face = paint_face(160)[30:142, 11:123, ::-1]
    noise = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    return torch.from_numpy(np.stack([face, face[:, ::-1], noise])).permute(0, 3, 1, 2)


def test_agrees_with_an_independent_run_of_the_same_file(sface: TorchEmbedder, crops: Tensor) -> None:
    # onnx's reference evaluator runs the graph itself, in numpy, by the operators' specification.
    model = onnx.load(str(weights_dir() / "face_recognition_sface_2021dec_int8bq.onnx"))
    want = np.asarray(next(iter(ReferenceEvaluator(model).run(None, {"data": crops.float().numpy()}))))
    want /= np.linalg.norm(want, axis=1, keepdims=True)
    np.testing.assert_allclose(sface.embed(crops).numpy(), want, atol=1e-4)
    assert np.abs(want[0] - want[2]).max() > 0.05, "a test that could not tell two crops apart would prove nothing"


def test_embeddings_are_trunk_then_tail_and_unit_vectors(sface: TorchEmbedder, crops: Tensor) -> None:
    features = sface.trunk(crops)
    assert features.shape == (3, FEATURE_DIM)
    embeddings = sface.embed(crops)
    assert embeddings.shape == (3, sface.embedding_dim)
    assert embeddings.dtype == torch.float32
    torch.testing.assert_close(sface.tail(features), embeddings)
    torch.testing.assert_close(embeddings.norm(dim=1), torch.ones(3))


def test_a_face_does_not_depend_on_its_batch_or_memory_layout(sface: TorchEmbedder, crops: Tensor) -> None:
    together = sface.embed(crops)
    torch.testing.assert_close(sface.embed(crops[:1]), together[:1], atol=1e-5, rtol=0)
    torch.testing.assert_close(sface.embed(crops.contiguous()), together, atol=1e-5, rtol=0)


def test_no_faces_are_no_embeddings(sface: TorchEmbedder) -> None:
    none = torch.zeros((0, 3, 112, 112), dtype=torch.uint8)
    assert sface.embed(none).shape == (0, 128)
    assert sface.trunk(none).shape == (0, FEATURE_DIM)
    assert sface.tail(sface.trunk(none)).shape == (0, 128)


@pytest.mark.parametrize(
    "bad",
    [
        torch.zeros((1, 112, 112, 3), dtype=torch.uint8),
        torch.zeros((1, 3, 160, 160), dtype=torch.uint8),
        torch.zeros((3, 112, 112), dtype=torch.uint8),
        torch.zeros((1, 3, 112, 112)),
    ],
)
def test_crops_of_another_shape_or_type_are_refused(sface: TorchEmbedder, bad: Tensor) -> None:
    with pytest.raises(ValueError, match="want uint8"):
        sface.embed(bad)
    with pytest.raises(ValueError, match="want uint8"):
        sface.trunk(bad)


def test_features_and_a_copied_tail_can_be_differentiated(sface: TorchEmbedder, crops: Tensor) -> None:
    tail = copy.deepcopy(sface.tail_module).requires_grad_(True)
    embeddings = tail(sface.trunk(crops))
    (embeddings[0] @ embeddings[2]).backward()
    gradient = tail.linear.weight.grad
    assert gradient is not None
    assert gradient.abs().max() > 0
    assert not any(parameter.requires_grad for parameter in sface.tail_module.parameters())


def test_another_network_is_refused(store: WeightsStore) -> None:
    with pytest.raises(WeightsError, match="a network other than SFace"):
        load_sface(store.path("yunet-2023mar"), CPU)


def test_bfloat16_sees_the_same_face(sface: TorchEmbedder, crops: Tensor) -> None:
    quick = sface.in_bfloat16()
    assert (quick.id, quick.dtype) == (sface.id, torch.bfloat16)
    want, got = sface.features(crops), quick.features(crops)
    assert got.dtype == torch.float32
    assert torch.cosine_similarity(got, want).min() > 0.9995
    assert not torch.equal(got, want), "nothing was computed in bfloat16"
    assert quick.trunk(crops).dtype == quick.embed(crops).dtype == torch.float32
    assert (quick.embed(crops) @ quick.embed(crops).T - want @ want.T).abs().max() < 0.02


def test_the_tuned_trunk_sees_the_same_face_in_the_dark(store: WeightsStore, crops: Tensor) -> None:
    tuned = make_embedder("sface", CPU, store)
    stock = make_embedder("sface", CPU, store, meta_trained=False)
    in_the_dark = crops // 12
    assert float(in_the_dark.float().mean()) < 15.0
    alike, was = ((e.embed(crops) * e.embed(in_the_dark)).sum(1) for e in (tuned, stock))
    assert float(alike.min()) > 0.9
    assert (alike > was).all(), "the published network is left as it was published"


def test_bfloat16_leaves_the_network_it_came_from_as_it_is(sface: TorchEmbedder, crops: Tensor) -> None:
    before = sface.embed(crops)
    dtypes = {name: weight.dtype for name, weight in sface.trunk_module.named_parameters()}
    sface.in_bfloat16()
    assert torch.equal(sface.embed(crops), before)
    assert {name: weight.dtype for name, weight in sface.trunk_module.named_parameters()} == dtypes


def test_pixels_keep_their_precision_in_bfloat16(sface: TorchEmbedder) -> None:
    dtypes = [weight.dtype for weight in sface.in_bfloat16().trunk_module.parameters()]
    assert dtypes.count(torch.float32) == 4, "weight and bias of the first layer, the last norm's scale and shift"
    assert dtypes.count(torch.bfloat16) == len(dtypes) - 4
