"""Store meta-trained weights: large matrices in 8 bits, in files identified by their hash.

Block-wise quantisation as in Dettmers et al., "8-bit Optimizers via Block-wise Quantization", ICLR 2022, but linear and
symmetric: every `BLOCK` columns of a row share a scale, and rounding changes an entry by at most 1/254 of the largest
in its block.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metaface_gui.deferred import Tensor, nn, torch
from metaface_gui.types import Floats

BLOCK = 512
"""Columns that share a scale; the last block of a row may be shorter."""
_LEVELS = 127
_ID_DIGITS = 8


def scales_shape(weight: Tensor) -> tuple[int, int]:
    """Return the rows and blocks of a matrix (m, u)."""
    return weight.shape[0], -(-weight.shape[1] // BLOCK)


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise B (m, u) to int8 (m, u) and float32 scales (m, blocks)."""
    rows, columns = weight.shape
    blocks = scales_shape(weight)[1]
    padded = nn.functional.pad(weight, (0, blocks * BLOCK - columns)).view(rows, blocks, BLOCK)
    scales = padded.abs().amax(2) / _LEVELS
    levels = (padded / scales.clamp_min(torch.finfo(torch.float32).tiny)[:, :, None]).round().clamp(-_LEVELS, _LEVELS)
    return levels.to(torch.int8).view(rows, -1)[:, :columns].contiguous(), scales


def dequantised(levels: NDArray[Any], scales: NDArray[Any]) -> Floats:
    """Invert `quantise` without PyTorch: levels (m, …) int8 and their scales (m, blocks) → float32, levels' shape.

    Raises:
        ValueError: if a dtype or a shape does not fit.
    """
    rows = levels.reshape(len(levels), -1)
    blocks = -(-rows.shape[1] // BLOCK)
    if levels.dtype != np.int8 or scales.dtype.kind != "f" or scales.shape != (len(rows), blocks):
        raise ValueError("want int8 weights with a scale a block")
    spread = np.repeat(scales.astype(np.float32), BLOCK, axis=1)[:, : rows.shape[1]]
    return (rows.astype(np.float32) * spread).reshape(levels.shape)


def dequantise(quantised: Tensor, scales: Tensor) -> Tensor:
    """Invert `quantise`, up to rounding: (m, u) float32."""
    return quantised.float() * scales.repeat_interleave(BLOCK, dim=1)[:, : quantised.shape[1]]


def metadata_of(content: bytes) -> Mapping[str, str]:
    """Return the metadata of a safetensors file: its header is JSON after 8 bytes of length."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return {str(key): str(value) for key, value in header["__metadata__"].items()}


def id_of(content: bytes) -> str:
    """Return the first digits of the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()[:_ID_DIGITS]
