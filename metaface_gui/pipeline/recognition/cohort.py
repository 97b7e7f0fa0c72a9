"""Strangers to measure a threshold against, sampled from a generator so that no real person's template ships.

The generator is a mixture of Gaussians in an embedder's feature space, fitted by `metalearning.cohort_fit` to people
that no evaluation uses. Speaker verification normalises scores by such impostor cohorts (Reynolds 1997; Auckenthaler,
Carey and Lloyd-Thomas 2000, "T-norm"): how the cohort scores against a new model tells what a score means there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from metaface_gui.deferred import Tensor, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.feature_space import FeatureSpace, network_of, same_space
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore
from metaface_gui.weights.whole_file import write_whole

COHORT_SIZE = 10_000
"""Number of strangers drawn: at an FPIR of 1 % a hundred of them pass, so chance moves the FPIR by ± 0.1 %."""
_SEED = 20_240_601
_DTYPES = ("F16", "F32")
"""Number types that a generator's file may hold."""


@dataclass(frozen=True, slots=True, eq=False)
class CohortGenerator:
    """A mixture of k Gaussians: `weights` (k,), each a mean (k, p) plus a factor (k, p, f) times f standard normals.

    `metadata` says in words what it was fitted to and, if p > d, holds d as `embedding_dim` (`FeatureSpace`).

    Raises:
        ValueError: if shapes do not fit, weights do not sum to one, a value is not finite or d is not in 1 … p.
    """

    weights: Floats
    means: Floats
    factors: Floats
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shapes_fit = (
            self.weights.ndim == 1 and self.means.ndim == 2 and self.factors.ndim == 3 and len(self.weights) > 0
        )
        if not shapes_fit or len(self.means) != len(self.weights) or self.factors.shape[:2] != self.means.shape:
            raise ValueError("want weights (k,), means (k, p) and factors (k, p, f)")
        if not all(np.isfinite(array).all() for array in (self.weights, self.means, self.factors)):
            raise ValueError("a parameter is not finite")
        if (self.weights < 0.0).any() or abs(float(self.weights.sum()) - 1.0) > 0.01:
            raise ValueError("weights must be shares of a whole")
        if not 1 <= self.embedding_dim <= self.means.shape[1]:
            raise ValueError("embedding_dim must lie in 1 … p")

    @property
    def embedding_dim(self) -> int:
        """d, how many of a sample's p features are s, a unit vector."""
        return int(self.metadata.get("embedding_dim", self.means.shape[1]))

    @property
    def space(self) -> FeatureSpace:
        """The feature space of its samples."""
        return FeatureSpace(self.embedding_dim, self.means.shape[1] - self.embedding_dim)

    def sample(self, n: int, seed: int) -> Floats:
        """Draw n strangers: (n, p) float32, the first d values L2-normalised; deterministic for a seed.

        Each sample is divided as a whole, because a face's projections are divided by the same length as its embedding.
        """
        random = np.random.default_rng(seed)
        weights = self.weights.astype(np.float64)
        counts = random.multinomial(n, weights / weights.sum())
        drawn = [
            mean + random.standard_normal((count, factor.shape[1]), np.float32) @ factor.T
            for count, mean, factor in zip(counts, self.means, self.factors, strict=True)
        ]
        # Shuffled, so that any part of a cohort represents the whole.
        points = random.permutation(np.concatenate(drawn).astype(np.float32))
        strangers: Floats = points / np.linalg.norm(points[:, : self.embedding_dim], axis=1, keepdims=True)
        return strangers


def save_generator(generator: CohortGenerator, path: Path) -> None:
    """Write the generator in half precision, as a whole file or none; rounding matters far less than sampling does.

    Raises:
        KnownError: if it cannot be written.
    """
    arrays = {"weights": generator.weights, "means": generator.means, "factors": generator.factors}
    write_whole(
        path, save({name: array.astype(np.float16) for name, array in arrays.items()}, dict(generator.metadata))
    )


def read_generator(path: Path) -> CohortGenerator:
    """Read a generator that `save_generator` wrote.

    Raises:
        WeightsError: if the file is missing, damaged or something else.
    """
    try:
        return _parsed(path)
    except (OSError, SafetensorError, AttributeError, ValueError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "{file} contains no cohort of strangers. Install MetaFace again."),
            file=path.name,
        ) from error


def _parsed(path: Path) -> CohortGenerator:
    with safe_open(str(path), framework="numpy") as file:
        names = ("weights", "means", "factors")
        if any(file.get_slice(name).get_dtype() not in _DTYPES for name in names):
            raise ValueError("numbers of another kind")
        arrays = {name: np.asarray(file.get_tensor(name), np.float32) for name in names}
        return CohortGenerator(**arrays, metadata=file.metadata() or {})


def load_cohort(store: WeightsStore, embedder_id: str, space: FeatureSpace) -> Tensor | None:
    """Sample the strangers of an embedder's feature space: (10000, p) float32, always the same ones; None if none fit.

    A network may have several generators, such as one for the stock features and one for the meta-trained ones; each
    one's metadata says what it was fitted to. A copy of the same network in another precision shares its space.

    Raises:
        WeightsError: if the generator's file is missing or damaged.
    """
    cohort = sample_cohort(store, embedder_id, space)
    return None if cohort is None else torch.from_numpy(cohort)


def sample_cohort(store: WeightsStore, embedder_id: str, space: FeatureSpace) -> Floats | None:
    """Sample what `load_cohort` returns, as an array.

    Raises:
        WeightsError: as `load_cohort`.
    """
    prefix = f"cohort-{network_of(embedder_id)}"
    for entry in store.entries():
        if entry.role == "cohort" and entry.name.startswith(prefix):
            generator = read_generator(store.path(entry.name))
            if generator.space == space and same_space(generator.metadata.get("embedder_id", ""), embedder_id):
                return generator.sample(COHORT_SIZE, _SEED)
    return None
