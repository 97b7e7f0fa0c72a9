"""SFace in PyTorch, with the weights of OpenCV Zoo's ONNX file.

Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", IEEE TIP 2021; the
network is a MobileNet (Howard et al. 2017) of depthwise-separable blocks with PReLU. Unlike `cv2.dnn`, PyTorch gives
GPU support and gradients, which meta-learning needs to adapt the tail.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from metaface_gui.pipeline.embedding.brightness import brightened_batch
from metaface_gui.pipeline.embedding.channel_range import ChannelRange
from metaface_gui.pipeline.embedding.sface_weights import (
    CROP_SIZE,
    EMBEDDING_DIM,
    FEATURE_DIM,
    LAST_EPS,
    WIDE,
    WIDTHS,
    block_shapes,
    other_network,
    read_sface_weights,
)
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder
from metaface_gui.types import Floats


class PointwiseConv(nn.Linear):
    """A 1×1 convolution (n, in, h, w) → (n, out, h, w), computed as a matrix product.

    For many channels on a small grid this is faster than `nn.Conv2d`, whose CPU backend repacks the weights at every
    call: one face takes a fifth less time on two cores.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map a channels-last tensor; the permutations move no data."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def _block(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
    wide = inputs >= WIDE
    return [
        nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs),
        nn.PReLU(inputs),
        PointwiseConv(inputs, outputs) if wide else nn.Conv2d(inputs, outputs, 1),
        nn.PReLU(outputs),
    ]


class SFaceTrunk(nn.Module):
    """(n, 3, 112, 112) uint8 RGB → (n, 50176) float32: stem, 13 depthwise-separable blocks, batch norm, flatten.

    Batch norms after convolutions are folded into them; the last one follows a PReLU and is kept as scale and shift.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, WIDTHS[0], 3, padding=1), nn.PReLU(WIDTHS[0])]
        for inputs, outputs, stride in block_shapes():
            layers += _block(inputs, outputs, stride)
        self.layers = nn.Sequential(*layers)
        self.ranges = nn.ModuleDict()
        self.least_brightness = 0.0
        self.scale = nn.Parameter(torch.ones(WIDTHS[-1], 1, 1))
        self.shift = nn.Parameter(torch.zeros(WIDTHS[-1], 1, 1))

    def forward(self, crops_rgb: Tensor) -> Tensor:
        """Return features (n, 50176), flattened channel-major like the ONNX graph's."""
        pixels = crops_rgb.float()
        if self.least_brightness > 0.0:
            pixels = brightened_batch(pixels, self.least_brightness)
        x = ((pixels - 127.5) / 128.0).contiguous(memory_format=torch.channels_last)
        for number, layer in self.layers.named_children():
            x = layer(x)
            if number in self.ranges:
                x = self.ranges[number](x)
        features: Tensor = x * self.scale + self.shift
        return features.flatten(1)

    def keep_within(self, ranges: Mapping[str, Tensor], *, least_brightness: float) -> None:
        """Limit the outputs of the convolutions `layers.{n}` to bounds (4, channels) from now on (`channel_range`).

        Pictures are first brightened to `least_brightness`, a grey level (`brightness`).

        Raises:
            ValueError: if there is no such convolution, or its bounds do not fit it.
        """
        convolutions = {name: layer for name, layer in self.named_modules() if isinstance(layer, nn.Conv2d | nn.Linear)}
        for name, bounds in ranges.items():
            layer = convolutions.get(name)
            if layer is None or bounds.shape != (4, len(layer.weight)):
                raise ValueError(f"{name}: a range is of another trunk")
            self.ranges[name.rpartition(".")[2]] = ChannelRange(bounds)
        self.least_brightness = least_brightness


def load_sface(path: Path, device: torch.device, *, id: str = "sface-2021dec") -> TorchEmbedder:  # noqa: A002
    """Build SFace from the ONNX file at `path` (block-quantised or float) on `device`.

    Raises:
        WeightsError: if the file is not OpenCV Zoo's SFace.
    """
    weights = read_sface_weights(path)
    with torch.device("meta"):  # no random initialisation: the real weights are assigned below
        trunk, tail = SFaceTrunk(), LinearTail(FEATURE_DIM, EMBEDDING_DIM, bias=True, eps=LAST_EPS)
    try:
        trunk.load_state_dict(_tensors(weights.trunk), assign=True)
        tail.load_state_dict(_tensors(weights.tail) | {"bn.num_batches_tracked": torch.tensor(0)}, assign=True)
    except (KeyError, RuntimeError) as error:
        raise other_network(path) from error
    return TorchEmbedder(
        key="sface",
        id=id,
        crop_size=CROP_SIZE,
        trunk=trunk.to(memory_format=torch.channels_last),
        tail=tail,
        device=device,
    )


def _tensors(arrays: Mapping[str, Floats]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(array) for name, array in arrays.items()}
