from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.resources import weights_dir
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace

CPU = torch.device("cpu")


def load(path: Path) -> TorchEmbedder:
    # Not above: it brings torchvision, seconds that every process would take to find the tests.
    from metaface_gui.pipeline.embedding.inception_resnet_v1 import load_inception_resnet_v1

    return load_inception_resnet_v1(path, CPU, key="facenet-casia", id="test")


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """facenet-pytorch's own network with random weights and batch norm statistics that matter."""
    from facenet_pytorch import InceptionResnetV1

    torch.manual_seed(0)
    network = InceptionResnetV1(classify=False, num_classes=None).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.05, 0.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
    assert isinstance(network, nn.Module)
    return network


@pytest.fixture
def crops(paint_face: PaintFace) -> Tensor:
    """Two crops (2, 3, 160, 160): a painted face and noise."""
    face = paint_face(220)[40:200, 12:172, ::-1]
    noise = np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    return torch.from_numpy(np.stack([face, noise])).permute(0, 3, 1, 2)


def test_agrees_with_facenet_pytorchs_own_forward_pass(network: nn.Module, crops: Tensor, tmp_path: Path) -> None:
    # The published files are in torch's old format and end with the classifier's logits.
    state = network.state_dict() | {"logits.weight": torch.zeros(7, 512), "logits.bias": torch.zeros(7)}
    torch.save(state, tmp_path / "w.pt", _use_new_zipfile_serialization=False)
    embedder = load(tmp_path / "w.pt")
    with torch.no_grad():
        want = network((crops.float() - 127.5) / 128.0)
    torch.testing.assert_close(embedder.embed(crops), want, atol=1e-4, rtol=0)
    assert (want[0] - want[1]).abs().max() > 1e-3
    features = embedder.trunk(crops)
    assert features.shape == (2, 1792)
    torch.testing.assert_close(embedder.tail(features), want, atol=1e-4, rtol=0)
    assert (embedder.crop_size, embedder.embedding_dim) == (160, 512)
    assert embedder.embed(crops[:0]).shape == (0, 512)


def test_a_half_precision_copy_is_installed_and_used(network: nn.Module, crops: Tensor, tmp_path: Path) -> None:
    store = WeightsStore(weights_dir(), tmp_path / "weights")
    half = {name: value.half() if value.is_floating_point() else value for name, value in network.state_dict().items()}
    save_file(half, tmp_path / "half.safetensors")
    store.install("facenet-casia-webface", tmp_path / "half.safetensors")
    embedder = make_embedder("facenet-casia", CPU, store)
    with torch.no_grad():
        want = network((crops.float() - 127.5) / 128.0)
    assert torch.nn.functional.cosine_similarity(embedder.embed(crops), want).min() > 0.999
    assert embedder.key == "facenet-casia"
    assert embedder.id.startswith("facenet-casia-20180408+"), "templates of other weights must not be mixed with these"


class _Payload:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return io.open, ("/nonexistent", "r")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a checkpoint",
        pickle.dumps(_Payload(), protocol=2),
        pickle.dumps([1, 2, 3], protocol=2),
        pickle.dumps({"a": 1}, protocol=2),
    ],
    ids=["empty", "text", "code", "list", "no tensors"],
)
def test_files_that_hold_no_state_are_refused_and_run_no_code(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.pt").write_bytes(content)
    with pytest.raises(WeightsError, match=r"w\.pt is damaged or contains a network other"):
        load(tmp_path / "w.pt")


def test_a_state_of_another_network_is_refused(tmp_path: Path) -> None:
    torch.save({"fc.weight": torch.zeros(2, 2)}, tmp_path / "w.pt")
    save_file({"fc.weight": torch.zeros(2, 2)}, tmp_path / "w.safetensors")
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "w.safetensors").read_bytes()[:20])
    for name in ("w.pt", "w.safetensors", "cut.safetensors"):
        with pytest.raises(WeightsError, match="network other"):
            load(tmp_path / name)
