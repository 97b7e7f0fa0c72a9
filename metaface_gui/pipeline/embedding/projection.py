"""The shared meta-trained projection, which lets learners move an embedder's tail from a few floats per face.

A moved tail is z = normalise(BN(W₀ u + A B u)), u being the trunk's features. W₀ and A B are large, B u is not. So one
projection B (m, u) of rank m, meta-trained once per embedder, is applied to every face, and each method has only its
own A. With e₀ = BN(W₀ u), s = e₀ / ‖e₀‖ and v = [B u; 1] / ‖e₀‖ (r = m + 1; the 1 moves the bias), the moved embedding
is z = normalise(s + A v); the batch norm's scale is part of A.

The file takes about 2.4 MB for SFace and m = 48, because B is stored in 8 bits (`quantised`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from metaface_gui.deferred import Tensor, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.quantised import (
    dequantise,
    dequantised,
    id_of,
    metadata_of,
    quantise,
)
from metaface_gui.pipeline.feature_space import backbone_of
from metaface_gui.types import Floats
from metaface_gui.weights.whole_file import write_whole

_FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """B, and the initial value of the methods' own tails.

    `weight` is B (m, u), `tail` is A₀ (d, m + 1), both float32; `id` distinguishes this file from any other.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
    """

    id: str
    weight: Tensor
    tail: Tensor

    def __post_init__(self) -> None:
        if self.weight.ndim != 2 or self.tail.ndim != 2 or self.tail.shape[1] != self.weight.shape[0] + 1:
            shapes = tuple(self.weight.shape), tuple(self.tail.shape)
            raise ValueError(f"want weight (m, u) and tail (d, m + 1), got {shapes}")
        if not bool(self.weight.isfinite().all() and self.tail.isfinite().all()):
            raise ValueError("a projection's value is not finite")

    @property
    def projection_dim(self) -> int:
        """r = m + 1, the length of v."""
        return int(self.tail.shape[1])


def save_projection(
    path: Path, weight: Tensor, tail: Tensor, *, embedder_id: str, card: Mapping[str, object]
) -> Projection:
    """Write B (m, u) quantised, A₀ (d, m + 1) unchanged, and `card` as JSON beside them; whole files or none.

    Returns what `read_projection` will read: evaluate with that, not with the trained values. The same tensors give the
    same file, and so the same id, on every machine.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
        OSError: if the files cannot be written.
    """
    from safetensors.torch import save  # noqa: PLC0415 - imports PyTorch, which reading does not need

    exact = Projection("", weight.detach().float().cpu(), tail.detach().float().cpu())
    quantised, scales = quantise(exact.weight)
    tensors = {"weight": quantised, "scales": scales, "tail": exact.tail.contiguous()}
    # One entry: safetensors writes several in random order, which would change the file's hash, the id.
    described = {"format": _FORMAT, "embedder_id": embedder_id, "rank": len(quantised)}
    content = save(tensors, {"projection": json.dumps(described, sort_keys=True)})
    text = json.dumps({**card, **described}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path.with_suffix(".json"), text.encode())
    write_whole(path, content)
    return Projection(id_of(content), dequantise(quantised, scales), exact.tail)


@dataclass(frozen=True, slots=True, eq=False)
class ProjectionArrays:
    """The content of a `Projection` as arrays."""

    id: str
    weight: Floats
    tail: Floats


def read_projection(path: Path, *, embedder_id: str) -> Projection:
    """Read a file by `save_projection` for that embedder (what follows `+` or `@` in the id does not matter).

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another embedder.
    """
    arrays = read_projection_arrays(path, embedder_id=embedder_id)
    return Projection(arrays.id, torch.from_numpy(arrays.weight), torch.from_numpy(arrays.tail))


def read_projection_arrays(path: Path, *, embedder_id: str) -> ProjectionArrays:
    """Read a projection's file without PyTorch.

    Raises:
        WeightsError: as `read_projection`.
    """
    try:
        projection, trained_for = _parsed(path.read_bytes())
    except (OSError, SafetensorError, AttributeError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise damaged_projection(path) from error
    if trained_for != backbone_of(embedder_id):
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was trained for the embedder “{trained}”, not for “{embedder}”. Run “metaface train "
                "projection” for the latter.",
            ),
            file=path.name,
            trained=trained_for,
            embedder=embedder_id,
        )
    return projection


def _parsed(content: bytes) -> tuple[ProjectionArrays, str]:
    """Return the projection in a file, and the embedder for which it was trained."""
    tensors = load(content)
    described = json.loads(metadata_of(content)["projection"])
    weight, tail = tensors["weight"], tensors["tail"]
    if described["format"] != _FORMAT or weight.ndim != 2 or tail.ndim != 2 or tail.dtype.kind != "f":
        raise ValueError("want two matrices")
    arrays = ProjectionArrays(id_of(content), dequantised(weight, tensors["scales"]), tail.astype(np.float32))
    if arrays.tail.shape[1] != len(arrays.weight) + 1:
        raise ValueError("want weight (m, u) and tail (d, m + 1)")
    if not (np.isfinite(arrays.weight).all() and np.isfinite(arrays.tail).all()):
        raise ValueError("a projection's value is not finite")
    return arrays, str(described["embedder_id"])


def damaged_projection(path: Path) -> WeightsError:
    """Return the error that a file holds no usable projection."""
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} is damaged or contains no projection. Install MetaFace again."),
        file=path.name,
    )
