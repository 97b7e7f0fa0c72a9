"""SFace in PyTorch, with the weights of OpenCV Zoo's ONNX file.

Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", IEEE TIP 2021; the
network is a MobileNet (Howard et al. 2017) of depthwise-separable blocks with PReLU. Running it here instead of in
`cv2.dnn` brings the GPU and gradients: the tail is what meta-learning adapts.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder

CROP_SIZE = 112
EMBEDDING_DIM = 128
_WIDTHS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
_WIDE = 512
_GRID = 7
FEATURE_DIM = _WIDTHS[-1] * _GRID * _GRID
_CONV_EPS, _LAST_EPS = 1e-3, 2e-5


class PointwiseConv(nn.Linear):
    """A 1×1 convolution (n, in, h, w) → (n, out, h, w) as the matrix product it is.

    For many channels on a small grid this is faster than `nn.Conv2d`, whose CPU backend packs the weights anew at every
    call: one face takes a fifth less time on two cores.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map a channels-last tensor; no data is moved by the permutations."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def _block(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
    wide = inputs >= _WIDE
    return [
        nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs),
        nn.PReLU(inputs),
        PointwiseConv(inputs, outputs) if wide else nn.Conv2d(inputs, outputs, 1),
        nn.PReLU(outputs),
    ]


class SFaceTrunk(nn.Module):
    """(n, 3, 112, 112) uint8 RGB → (n, 50176) float32: stem, 13 depthwise-separable blocks, batch norm, flatten.

    The batch norms after convolutions are folded into them; the last one, which follows a PReLU, is a scale and shift.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, _WIDTHS[0], 3, padding=1), nn.PReLU(_WIDTHS[0])]
        for (inputs, outputs), stride in zip(pairwise(_WIDTHS), _STRIDES, strict=True):
            layers += _block(inputs, outputs, stride)
        self.layers = nn.Sequential(*layers)
        self.scale = nn.Parameter(torch.ones(_WIDTHS[-1], 1, 1))
        self.shift = nn.Parameter(torch.zeros(_WIDTHS[-1], 1, 1))

    def forward(self, crops_rgb: Tensor) -> Tensor:
        """Features (n, 50176), channel-major as the ONNX graph flattens them."""
        x = (crops_rgb.float() - 127.5) / 128.0
        features: Tensor = self.layers(x.contiguous(memory_format=torch.channels_last)) * self.scale + self.shift
        return features.flatten(1)


def load_sface(path: Path, device: torch.device, *, id: str = "sface-2021dec") -> TorchEmbedder:  # noqa: A002
    """Build SFace from the ONNX file at `path` (block-quantised or float) on `device`.

    Raises:
        WeightsError: if the file is not OpenCV Zoo's SFace.
    """
    weights = {name: torch.from_numpy(array) for name, array in read_onnx_weights(path).items()}
    with torch.device("meta"):  # no random initialisation: the real weights are assigned below
        trunk, tail = SFaceTrunk(), LinearTail(FEATURE_DIM, EMBEDDING_DIM, bias=True, eps=_LAST_EPS)
    try:
        trunk.load_state_dict(_trunk_state(weights), assign=True)
        tail.load_state_dict(_tail_state(weights), assign=True)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "{file} holds another network than SFace. Run “metaface weights verify”."),
            file=path.name,
        ) from error
    return TorchEmbedder(
        key="sface",
        id=id,
        crop_size=CROP_SIZE,
        trunk=trunk.to(memory_format=torch.channels_last),
        tail=tail,
        device=device,
    )


def _scale_and_shift(weights: Mapping[str, Tensor], name: str, eps: float) -> tuple[Tensor, Tensor]:
    """Batch norm at inference is x ↦ scale·x + shift (Ioffe and Szegedy 2015, algorithm 2): both (channels,)."""
    scale = weights[f"{name}_gamma"] / torch.sqrt(weights[f"{name}_moving_var"] + eps)
    return scale, weights[f"{name}_beta"] - weights[f"{name}_moving_mean"] * scale


def _trunk_state(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    names = ["conv_1"]
    for block in range(2, len(_WIDTHS) + 1):
        names += [f"conv_{block}_dw", f"conv_{block}"]
    state: dict[str, Tensor] = {}
    for i, name in enumerate(names):
        # scale·(w∗x) + shift = (scale·w)∗x + shift: the norm disappears into the convolution before it.
        scale, shift = _scale_and_shift(weights, f"{name}_batchnorm", _CONV_EPS)
        weight = weights[f"{name}_conv2d_weight"] * scale[:, None, None, None]
        pointwise = weight.shape[2:] == (1, 1) and weight.shape[1] >= _WIDE
        state[f"layers.{2 * i}.weight"] = weight.flatten(1) if pointwise else weight
        state[f"layers.{2 * i}.bias"] = shift
        state[f"layers.{2 * i + 1}.weight"] = weights[f"{name}_relu_gamma"].flatten()
    scale, shift = _scale_and_shift(weights, "bn1", _LAST_EPS)
    return state | {"scale": scale[:, None, None], "shift": shift[:, None, None]}


def _tail_state(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        "linear.weight": weights["pre_fc1_weight"],
        "linear.bias": weights["pre_fc1_bias"],
        "bn.weight": weights["fc1_gamma"],
        "bn.bias": weights["fc1_beta"],
        "bn.running_mean": weights["fc1_moving_mean"],
        "bn.running_var": weights["fc1_moving_var"],
        "bn.num_batches_tracked": torch.tensor(0),
    }
