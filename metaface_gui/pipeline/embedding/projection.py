"""The shared meta-trained projection, which lets learners move an embedder's tail from a few floats per face.

A moved tail is z = normalise(BN(W₀ u + A B u)), u being the trunk's features. W₀ and A B are large, B u is not. So one
projection B (m, u) of rank m, meta-trained once per embedder, is applied to every face, and each method has only its
own A. With e₀ = BN(W₀ u), s = e₀ / ‖e₀‖ and v = [B u; 1] / ‖e₀‖ (r = m + 1; the 1 moves the bias), the moved embedding
is z = normalise(s + A v); the batch norm's scale is part of A.

The file takes about 2.4 MB for SFace and m = 48, because B is stored in 8 bits (`quantised`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.quantised import dequantised, quantised
from metaface_gui.pipeline.embedding.trained_file import UNREADABLE, id_of, parsed, write_trained
from metaface_gui.pipeline.feature_space import backbone_of
from metaface_gui.types import Floats

_KIND, _FORMAT = "projection", 1


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """B, and the initial value of the methods' own tails.

    `weight` is B (m, u), `tail` is A₀ (d, m + 1), both float32; `id` distinguishes this file from any other.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
    """

    id: str
    weight: Floats
    tail: Floats

    def __post_init__(self) -> None:
        if self.weight.ndim != 2 or self.tail.ndim != 2 or self.tail.shape[1] != len(self.weight) + 1:
            raise ValueError(f"want weight (m, u) and tail (d, m + 1), got {self.weight.shape}, {self.tail.shape}")
        if not (np.isfinite(self.weight).all() and np.isfinite(self.tail).all()):
            raise ValueError("a projection's value is not finite")

    @property
    def projection_dim(self) -> int:
        """r = m + 1, the length of v."""
        return int(self.tail.shape[1])


def save_projection(
    path: Path, weight: Floats, tail: Floats, *, embedder_id: str, card: Mapping[str, object]
) -> Projection:
    """Write B (m, u) quantised, A₀ (d, m + 1) unchanged, and `card` as JSON beside them; whole files or none.

    Returns what `read_projection` will read: evaluate with that, not with the trained values. The same tensors give the
    same file, and so the same id, on every machine.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
        KnownError: if the files cannot be written.
    """
    Projection("", weight, tail)  # refuses what is none
    levels, scales = quantised(weight)
    described = {"format": _FORMAT, "embedder_id": embedder_id, "rank": len(levels)}
    content = write_trained(path, _KIND, {"weight": levels, "scales": scales, "tail": tail}, described, card)
    return Projection(id_of(content), dequantised(levels, scales), tail)


def read_projection(path: Path, *, embedder_id: str) -> Projection:
    """Read a file by `save_projection` for that embedder (what follows `+` or `@` in the id does not matter).

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another embedder.
    """
    try:
        projection, trained_for = _parsed(path.read_bytes())
    except UNREADABLE as error:
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


def _parsed(content: bytes) -> tuple[Projection, str]:
    """Return the projection in a file, and the embedder for which it was trained."""
    arrays, described = parsed(content, _KIND)
    if described["format"] != _FORMAT or arrays["tail"].dtype.kind != "f":
        raise ValueError("another format")
    weight = dequantised(arrays["weight"], arrays["scales"])
    return Projection(id_of(content), weight, arrays["tail"].astype(np.float32)), str(described["embedder_id"])


def damaged_projection(path: Path) -> WeightsError:
    """Return the error that a file holds no usable projection."""
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} is damaged or contains no projection. Install MetaFace again."),
        file=path.name,
    )
