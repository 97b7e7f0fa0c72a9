"""SFace in PyTorch, with the weights of OpenCV Zoo's ONNX file.

Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", IEEE TIP 2021; the
network is a MobileFaceNet-like MobileNet (Howard et al. 2017) of depthwise-separable blocks with PReLU. Running it
here instead of in `cv2.dnn` brings the GPU and gradients: the tail is what meta-learning adapts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder, fold_batch_norm

CROP_SIZE = 112
EMBEDDING_DIM = 128
_WIDTHS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
_GRID = 7
FEATURE_DIM = _WIDTHS[-1] * _GRID * _GRID
_CONV_EPS, _LAST_EPS = 1e-3, 2e-5


def _conv_prelu(inputs: int, outputs: int, *, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups)
    return [conv, nn.PReLU(outputs)]


class SFaceTrunk(nn.Module):
    """(n, 3, 112, 112) uint8 RGB → (n, 50176) float32: stem, 13 depthwise-separable blocks, batch norm, flatten.

    The batch norms after convolutions are folded into them; the last one, which follows a PReLU, is a scale and shift.
    """

    def __init__(self) -> None:
        super().__init__()
        layers = _conv_prelu(3, _WIDTHS[0], kernel=3)
        for inputs, outputs, stride in zip(_WIDTHS, _WIDTHS[1:], _STRIDES, strict=False):
            layers += _conv_prelu(inputs, inputs, kernel=3, stride=stride, groups=inputs)
            layers += _conv_prelu(inputs, outputs, kernel=1)
        self.layers = nn.Sequential(*layers)
        self.scale = nn.Parameter(torch.ones(_WIDTHS[-1], 1, 1))
        self.shift = nn.Parameter(torch.zeros(_WIDTHS[-1], 1, 1))

    def forward(self, crops_rgb: Tensor) -> Tensor:
        """Features (n, 50176), channel-major as the ONNX graph flattens them."""
        x = (crops_rgb.float() - 127.5) / 128.0
        x = self.layers(x.contiguous(memory_format=torch.channels_last))
        return (x * self.scale + self.shift).flatten(1)


class SFaceTail(nn.Module):
    """(n, 50176) → (n, 128), L2-normalised: linear layer, batch norm with its trained statistics, normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(FEATURE_DIM, EMBEDDING_DIM)
        self.bn = nn.BatchNorm1d(EMBEDDING_DIM, eps=_LAST_EPS)

    def forward(self, features: Tensor) -> Tensor:
        """Unit vectors (n, 128)."""
        return F.normalize(self.bn(self.linear(features)))


def _load(trunk: SFaceTrunk, tail: SFaceTail, weights: Mapping[str, Tensor]) -> None:
    def norm(name: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        gamma, beta, mean, var = (weights[f"{name}_{part}"] for part in ("gamma", "beta", "moving_mean", "moving_var"))
        return gamma, beta, mean, var

    names = ["conv_1"]
    for block in range(2, len(_WIDTHS) + 1):
        names += [f"conv_{block}_dw", f"conv_{block}"]
    state: dict[str, Tensor] = {}
    for i, name in enumerate(names):
        conv = weights[f"{name}_conv2d_weight"]
        weight, bias = fold_batch_norm(conv, *norm(f"{name}_batchnorm"), eps=_CONV_EPS)
        state[f"layers.{2 * i}.weight"], state[f"layers.{2 * i}.bias"] = weight, bias
        state[f"layers.{2 * i + 1}.weight"] = weights[f"{name}_relu_gamma"].flatten()
    gamma, beta, mean, var = norm("bn1")
    scale = gamma / torch.sqrt(var + _LAST_EPS)
    state["scale"], state["shift"] = scale[:, None, None], (beta - mean * scale)[:, None, None]
    trunk.load_state_dict(state, assign=True)
    gamma, beta, mean, var = norm("fc1")
    tail.load_state_dict(
        {
            "linear.weight": weights["pre_fc1_weight"],
            "linear.bias": weights["pre_fc1_bias"],
            "bn.weight": gamma,
            "bn.bias": beta,
            "bn.running_mean": mean,
            "bn.running_var": var,
            "bn.num_batches_tracked": torch.tensor(0),
        },
        assign=True,
    )


def load_sface(path: Path, device: torch.device) -> TorchEmbedder:
    """Build SFace from the ONNX file at `path` (block-quantised or float) on `device`.

    Raises:
        WeightsError: if the file is not OpenCV Zoo's SFace.
    """
    weights = {name: torch.from_numpy(array) for name, array in read_onnx_weights(path).items()}
    with torch.device("meta"):  # no random initialisation: the real weights are assigned below
        trunk, tail = SFaceTrunk(), SFaceTail()
    try:
        _load(trunk, tail, weights)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "{file} holds another network than SFace. Run “metaface weights verify”."),
            file=path.name,
        ) from error
    return TorchEmbedder(
        key="sface",
        id="sface-2021dec",
        crop_size=CROP_SIZE,
        feature_dim=FEATURE_DIM,
        embedding_dim=EMBEDDING_DIM,
        trunk=trunk.to(memory_format=torch.channels_last),
        tail=tail,
        device=device,
    )
