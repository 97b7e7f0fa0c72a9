"""Faces made of tensors: points of the plane, and randomness that is always the same."""

from __future__ import annotations

import torch
from torch import Tensor


def at(*degrees: float) -> Tensor:
    """Unit vectors (n, 2) at these angles."""
    radians = torch.tensor(degrees, dtype=torch.float32).deg2rad()
    return torch.stack([radians.cos(), radians.sin()], 1)


def seeded(seed: int) -> torch.Generator:
    """A source of randomness."""
    return torch.Generator().manual_seed(seed)
