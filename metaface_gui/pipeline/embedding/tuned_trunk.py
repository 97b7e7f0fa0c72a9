"""A trunk that was meta-trained to see through degradation: the stock one plus a movement, stored in 8 bits.

What moved is small beside the weights, so 8 bits of the movement cost nothing that can be measured, and the stock
network stays in the file that its publisher's checksum vouches for.
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
    dequantised,
    id_of,
    metadata_of,
    quantise,
)
from metaface_gui.pipeline.feature_space import network_of
from metaface_gui.types import Floats
from metaface_gui.weights.whole_file import write_whole

_FORMAT = 1
_SCALES = ".scales"


@dataclass(frozen=True, slots=True, eq=False)
class TunedTrunk:
    """What to add to the stock trunk's parameters, float32 by name; `id` tells this file from every other.

    Raises:
        ValueError: if a value is not finite.
    """

    id: str
    movement: Mapping[str, Tensor]

    def __post_init__(self) -> None:
        if not all(bool(tensor.isfinite().all()) for tensor in self.movement.values()):
            raise ValueError("a trunk's value is not finite")


def save_tuned_trunk(
    path: Path, movement: Mapping[str, Tensor], *, embedder_id: str, card: Mapping[str, object]
) -> TunedTrunk:
    """Write the movement quantised, and `card` as JSON beside it; whole files or none.

    Returns what `read_tuned_trunk` will read. The same tensors give the same file, and so the same id.

    Raises:
        ValueError: if a value is not finite.
        OSError: if the files cannot be written.
    """
    exact = TunedTrunk("", {name: tensor.detach().float().cpu() for name, tensor in movement.items()})
    from safetensors.torch import save  # noqa: PLC0415 - brings PyTorch, which reading does without

    tensors: dict[str, Tensor] = {}
    for name, tensor in exact.movement.items():
        levels, tensors[name + _SCALES] = quantise(tensor.reshape(len(tensor), -1))
        tensors[name] = levels.view(tensor.shape)
    described = {"format": _FORMAT, "embedder_id": network_of(embedder_id)}
    content = save(tensors, {"trunk": json.dumps(described, sort_keys=True)})
    text = json.dumps({**card, **described}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path.with_suffix(".json"), text.encode())
    write_whole(path, content)
    return _as_tensors(_parsed(content)[0])


def read_tuned_trunk(path: Path, *, embedder_id: str) -> TunedTrunk:
    """Read what `save_tuned_trunk` wrote for that network.

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another network.
    """
    return _as_tensors(read_movement(path, embedder_id=embedder_id))


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What `TunedTrunk` holds, as arrays."""

    id: str
    arrays: Mapping[str, Floats]


def read_movement(path: Path, *, embedder_id: str) -> Movement:
    """Read a tuned trunk's file without PyTorch.

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another network.
    """
    try:
        trunk, trained_for = _parsed(path.read_bytes())
    except (OSError, SafetensorError, AttributeError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise damaged_trunk(path) from error
    if trained_for != network_of(embedder_id):
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was trained for the embedder “{trained}”, not for “{embedder}”. "
                "Run “metaface train trunk” for that one.",
            ),
            file=path.name,
            trained=trained_for,
            embedder=embedder_id,
        )
    return trunk


def damaged_trunk(path: Path) -> WeightsError:
    """Say that a file holds no tuned trunk that can be used."""
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} is damaged or holds no tuned trunk. Install MetaFace again."),
        file=path.name,
    )


def _as_tensors(movement: Movement) -> TunedTrunk:
    return TunedTrunk(movement.id, {name: torch.from_numpy(array) for name, array in movement.arrays.items()})


def _parsed(content: bytes) -> tuple[Movement, str]:
    tensors = load(content)
    described = json.loads(metadata_of(content)["trunk"])
    if described["format"] != _FORMAT:
        raise ValueError("another format")
    names = [name for name in tensors if not name.endswith(_SCALES)]
    arrays = {name: dequantised(tensors[name], tensors[name + _SCALES]) for name in names}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("a trunk's value is not finite")
    return Movement(id_of(content), arrays), str(described["embedder_id"])
