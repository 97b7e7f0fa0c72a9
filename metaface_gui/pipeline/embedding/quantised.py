"""Store large meta-trained matrices in 8 bits.

Block-wise quantisation as in Dettmers et al., "8-bit Optimizers via Block-wise Quantization", ICLR 2022, but linear and
symmetric: every `BLOCK` columns of a row share a scale, and rounding changes an entry by at most 1/254 of the largest
in its block.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Floats

BLOCK = 512
"""Columns that share a scale; the last block of a row may be shorter."""
_LEVELS = 127


def quantised(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Quantise B (m, u) to int8 (m, u) and float32 scales (m, blocks)."""
    rows, columns = weight.shape
    blocks = -(-columns // BLOCK)
    padded = np.pad(weight, ((0, 0), (0, blocks * BLOCK - columns))).reshape(rows, blocks, BLOCK)
    scales = np.abs(padded).max(2) / np.float32(_LEVELS)
    divisors = np.maximum(scales, np.finfo(np.float32).tiny)
    levels = (padded / divisors[:, :, None]).round().clip(-_LEVELS, _LEVELS)
    return levels.astype(np.int8).reshape(rows, -1)[:, :columns], scales


def dequantised(levels: NDArray[Any], scales: NDArray[Any]) -> Floats:
    """Invert `quantised`, up to rounding: levels (m, …) int8 and their scales (m, blocks) → float32, levels' shape.

    Raises:
        ValueError: if a dtype or a shape does not fit.
    """
    rows = levels.reshape(len(levels), -1)
    blocks = -(-rows.shape[1] // BLOCK)
    if levels.dtype != np.int8 or scales.dtype.kind != "f" or scales.shape != (len(rows), blocks):
        raise ValueError("want int8 weights with a scale a block")
    spread = np.repeat(scales.astype(np.float32), BLOCK, axis=1)[:, : rows.shape[1]]
    return (rows.astype(np.float32) * spread).reshape(levels.shape)
