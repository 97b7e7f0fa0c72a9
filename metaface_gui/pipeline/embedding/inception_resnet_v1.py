"""InceptionResnetV1 of facenet-pytorch, trained on VGGFace2 or CASIA-WebFace.

Sources: Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015 (the idea); Szegedy et al., "Inception-v4,
Inception-ResNet", AAAI 2017 (the network); facenet-pytorch (MIT), whose module and published weights are used.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from pickle import UnpicklingError

import torch
from facenet_pytorch import InceptionResnetV1
from facenet_pytorch.models.inception_resnet_v1 import BasicConv2d
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder

CROP_SIZE = 160
FEATURE_DIM = 1792
EMBEDDING_DIM = 512
_EPS = 1e-3
_BEFORE_TAIL = "avgpool_1a"


class InceptionTrunk(nn.Module):
    """(n, 3, 160, 160) uint8 RGB → (n, 1792) float32: the network up to its global average pooling."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        names = [name for name, _ in network.named_children()]
        kept = names[: names.index(_BEFORE_TAIL) + 1]
        self.layers = nn.Sequential(OrderedDict((name, network.get_submodule(name)) for name in kept))

    def forward(self, crops_rgb: Tensor) -> Tensor:
        """Return features (n, 1792)."""
        x = (crops_rgb.float() - 127.5) / 128.0
        features: Tensor = self.layers(x.contiguous(memory_format=torch.channels_last))
        return features.flatten(1)


def load_inception_resnet_v1(path: Path, device: torch.device, *, key: str, id: str) -> TorchEmbedder:  # noqa: A002
    """Build the network from facenet-pytorch's `.pt` file, or a safetensors copy of its state in any float precision.

    The classifier at the end of the published files (`logits`) is dropped; batch norms are folded into convolutions.

    Raises:
        WeightsError: if the file is not readable or holds another network.
    """
    state = {name: value for name, value in _read_state(path).items() if not name.startswith("logits.")}
    with torch.device("meta"):  # no random initialisation: the real weights are assigned below
        network = InceptionResnetV1()
    try:
        network.load_state_dict(
            {name: v.float() if v.is_floating_point() else v for name, v in state.items()}, assign=True
        )
    except RuntimeError as error:
        raise _wrong_file(path) from error
    network.eval()
    tail = LinearTail(FEATURE_DIM, EMBEDDING_DIM, bias=False, eps=_EPS)
    tail.linear, tail.bn = network.last_linear, network.last_bn
    _fold_batch_norms(network)
    trunk = InceptionTrunk(network).to(memory_format=torch.channels_last)
    return TorchEmbedder(key=key, id=id, crop_size=CROP_SIZE, trunk=trunk, tail=tail, device=device)


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        # weights_only: the file is a pickle, which could otherwise run any code.
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, UnpicklingError, RuntimeError, EOFError, OSError) as error:
        raise _wrong_file(path) from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise _wrong_file(path)
    return state


def _fold_batch_norms(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, BasicConv2d):
            module.conv = fuse_conv_bn_eval(module.conv, module.bn)
            module.bn = nn.Identity()


def _wrong_file(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "Errors", "{file} is damaged or contains a network other than InceptionResnetV1. Fetch or install it again."
        ),
        file=path.name,
    )
