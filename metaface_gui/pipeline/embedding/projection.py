"""The shared meta-trained projection: what lets a learner move an embedder's tail although it sees a few floats a face.

A moved tail is z = normalise(BN(W₀ u + A B u)) with u the trunk's features. W₀ and A B are large, B u is not: so one
projection B (m, u), meta-trained once for an embedder and cut to rank m, is applied to every face, and each method only
owns its A. With e₀ = BN(W₀ u), s = e₀ / ‖e₀‖ and v = [B u; 1] / ‖e₀‖ (r = m + 1, the 1 is what moves the bias), the
moved embedding is z = normalise(s + A v); the batch norm's scale is part of A.

The file is about 2.4 MB for SFace and m = 48: B is stored in 8 bits (`quantised`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.quantised import (
    dequantise,
    id_of,
    metadata_of,
    quantise,
    scales_shape,
)
from metaface_gui.pipeline.feature_space import backbone_of
from metaface_gui.pipeline.whole_file import write_whole

_FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """B and where the methods' own tails start.

    `weight` is B (m, u), `tail` is A₀ (d, m + 1), both float32; `id` tells this file from every other.

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


class ProjectedTail(nn.Module):
    """Trunk features (n, u) → learners' features (n, d + r): x = [s; v]. Everything v is made of lives in here.

    W₀ and B are stacked, so that one matrix product serves both: reading the weights is what takes the time.
    """

    def __init__(self, linear: nn.Linear, bn: nn.Module, weight: Tensor, dtype: torch.dtype = torch.float32) -> None:
        """`linear` is W₀ with its bias, if any; `bn` the batch norm after it; `weight` is B (m, u).

        `dtype` is what the weights are kept and multiplied in; what comes out is float32.
        """
        super().__init__()
        self.embedding_dim = linear.out_features
        rows = torch.cat([linear.weight.detach(), weight.to(linear.weight)])
        self.weight = nn.Parameter(rows.to(dtype), requires_grad=False)
        bias = torch.zeros(len(rows), dtype=rows.dtype, device=rows.device)
        if linear.bias is not None:
            bias[: self.embedding_dim] = linear.bias.detach()
        self.bias = nn.Parameter(bias.to(dtype), requires_grad=False)
        self.bn = bn

    def forward(self, features: Tensor) -> Tensor:
        """x (n, d + r), its first d a unit vector."""
        product = nn.functional.linear(features.to(self.weight.dtype), self.weight, self.bias).float()
        before = self.bn(product[:, : self.embedding_dim])
        length = before.norm(dim=1, keepdim=True).clamp_min(1e-12)
        one = torch.ones_like(length)
        x: Tensor = torch.cat([before, product[:, self.embedding_dim :], one], dim=1) / length
        return x


def save_projection(
    path: Path, weight: Tensor, tail: Tensor, *, embedder_id: str, card: Mapping[str, object]
) -> Projection:
    """Write B (m, u) quantised and A₀ (d, m + 1) as they are, and `card` as JSON beside it; whole files or none.

    Returns what `read_projection` will read: measure with that, not with what was trained. The same tensors give the
    same file, and so the same id, on every machine.

    Raises:
        ValueError: if shapes do not fit, or a value is not finite.
        OSError: if the files cannot be written.
    """
    exact = Projection("", weight.detach().float().cpu(), tail.detach().float().cpu())
    quantised, scales = quantise(exact.weight)
    tensors = {"weight": quantised, "scales": scales, "tail": exact.tail.contiguous()}
    # One entry: safetensors writes several in random order, and the id is the file's hash.
    described = {"format": _FORMAT, "embedder_id": embedder_id, "rank": len(quantised)}
    content = save(tensors, {"projection": json.dumps(described, sort_keys=True)})
    text = json.dumps({**card, **described}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path.with_suffix(".json"), text.encode())
    write_whole(path, content)
    return Projection(id_of(content), dequantise(quantised, scales), exact.tail)


def read_projection(path: Path, *, embedder_id: str) -> Projection:
    """Read what `save_projection` wrote for that embedder (what follows `+` or `@` in the id does not matter).

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another embedder.
    """
    try:
        projection, trained_for = _parsed(path.read_bytes())
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise damaged_projection(path) from error
    if trained_for != backbone_of(embedder_id):
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was trained for the embedder “{trained}”, not for “{embedder}”. "
                "Run “metaface train projection” for that one.",
            ),
            file=path.name,
            trained=trained_for,
            embedder=embedder_id,
        )
    return projection


def _parsed(content: bytes) -> tuple[Projection, str]:
    """Return the projection in a file, and the embedder that it was trained for."""
    tensors = load(content)
    described = json.loads(metadata_of(content)["projection"])
    weight, scales, tail = tensors["weight"], tensors["scales"], tensors["tail"]
    fits = weight.dtype == torch.int8 and weight.ndim == 2 and scales.shape == scales_shape(weight)
    if described["format"] != _FORMAT or not fits or not (scales.is_floating_point() and tail.is_floating_point()):
        raise ValueError("want int8 weights with a scale a block")
    projection = Projection(id_of(content), dequantise(weight, scales.float()), tail.float())
    return projection, str(described["embedder_id"])


def damaged_projection(path: Path) -> WeightsError:
    """Say that a file holds no projection that can be used."""
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} is damaged or holds no projection. Install MetaFace again."), file=path.name
    )
