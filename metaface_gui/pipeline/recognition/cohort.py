"""Strangers to measure a threshold against: sampled from a generator, so that no real person's template ships.

The generator is a mixture of Gaussians in an embedder's space, fitted by `metalearning.cohort_fit` to people that no
evaluation uses. Cohorts of impostors are how speaker verification normalises scores (Reynolds 1997; Auckenthaler,
Carey and Lloyd-Thomas 2000, "T-norm"): what they score against a new model says what a score is worth there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from torch import Tensor

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.types import Floats

COHORT_SIZE = 10_000
"""Strangers drawn: at an FPIR of 1 % a hundred of them pass, so that chance moves the FPIR by ± 0.1 %."""
_SEED = 20_240_601


@dataclass(frozen=True, slots=True, eq=False)
class CohortGenerator:
    """k Gaussians: drawn with `weights` (k,), each mean (k, d) plus factor (k, d, r) times r standard normals.

    `metadata` says what it was fitted to, in words.

    Raises:
        ValueError: if shapes do not fit, weights are no shares of a whole, or a value is not finite.
    """

    weights: Floats
    means: Floats
    factors: Floats
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        k = len(self.weights)
        shapes_fit = self.means.ndim == 2 and self.factors.ndim == 3 and self.weights.shape == (k,) and k > 0
        if not shapes_fit or len(self.means) != k or self.factors.shape[:2] != self.means.shape:
            raise ValueError("want weights (k,), means (k, d) and factors (k, d, r)")
        if not all(np.isfinite(array).all() for array in (self.weights, self.means, self.factors)):
            raise ValueError("a parameter is not finite")
        if (self.weights < 0.0).any() or abs(float(self.weights.sum()) - 1.0) > 0.01:
            raise ValueError("weights must be shares of a whole")

    def sample(self, n: int, seed: int) -> Floats:
        """Draw n strangers: (n, d) float32, L2-normalised; the same for the same seed."""
        random = np.random.default_rng(seed)
        weights = self.weights.astype(np.float64)
        counts = random.multinomial(n, weights / weights.sum())
        drawn = [
            mean + random.standard_normal((count, factor.shape[1]), np.float32) @ factor.T
            for count, mean, factor in zip(counts, self.means, self.factors, strict=True)
        ]
        # Shuffled, so that a part of a cohort stands for the whole.
        points = random.permutation(np.concatenate(drawn).astype(np.float32))
        strangers: Floats = points / np.linalg.norm(points, axis=1, keepdims=True)
        return strangers


def save_generator(generator: CohortGenerator, path: Path) -> None:
    """Write it in half precision: what rounding moves is far less than what sampling does."""
    arrays = {"weights": generator.weights, "means": generator.means, "factors": generator.factors}
    save_file({name: array.astype(np.float16) for name, array in arrays.items()}, path, dict(generator.metadata))


def read_generator(path: Path) -> CohortGenerator:
    """Read what `save_generator` wrote.

    Raises:
        WeightsError: if the file is missing, damaged or something else.
    """
    try:
        with safe_open(str(path), framework="numpy") as file:
            arrays = {name: np.asarray(file.get_tensor(name), np.float32) for name in ("weights", "means", "factors")}
            return CohortGenerator(**arrays, metadata=file.metadata() or {})
    except (OSError, SafetensorError, ValueError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "{file} holds no cohort of strangers. Install MetaFace again."), file=path.name
        ) from error


def load_cohort(store: WeightsStore, embedder_id: str) -> Tensor | None:
    """Sample the strangers of an embedder's space: (10000, d) float32, L2-normalised, always the same ones.

    None if no generator was fitted for it. A copy of the same network in another precision, whose id has a tag after
    `+`, shares its space.

    Raises:
        WeightsError: if the generator's file is missing or damaged.
    """
    name = f"cohort-{embedder_id.partition('+')[0]}"
    if name not in {entry.name for entry in store.entries()}:
        return None
    return torch.from_numpy(read_generator(store.path(name)).sample(COHORT_SIZE, _SEED))
