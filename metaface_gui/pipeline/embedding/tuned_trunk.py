"""A trunk that was meta-trained to see through degradation: the stock one plus a movement, stored in 8 bits.

The movement is small compared to the weights, so storing it in 8 bits has no measurable cost, and the stock network
stays in the file that its publisher's checksum verifies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

_FORMAT, _WITH_RANGES, _MOVEMENT_ALONE = 3, 2, 1
_SCALES, _RANGE = ".scales", ".range"
_BRIGHTEST = 255.0


@dataclass(frozen=True, slots=True, eq=False)
class TunedTrunk:
    """What to add to the stock trunk's parameters, float32 by name; `id` distinguishes this file from any other.

    `ranges` are bounds (4, channels) float32 on the channels of layers, by the layer's name (`channel_range`). Pictures
    darker than `least_brightness`, a grey level, are brightened to it (`brightness`); 0 changes none.

    Raises:
        ValueError: if a value is not finite, bounds have another shape, or there is no such grey level.
    """

    id: str
    movement: Mapping[str, Tensor]
    ranges: Mapping[str, Tensor] = field(default_factory=dict)
    least_brightness: float = 0.0

    def __post_init__(self) -> None:
        tensors = (*self.movement.values(), *self.ranges.values())
        if not all(bool(tensor.isfinite().all()) for tensor in tensors):
            raise ValueError("a trunk's value is not finite")
        if any(bounds.ndim != 2 or len(bounds) != 4 for bounds in self.ranges.values()):
            raise ValueError("want bounds of shape (4, channels)")
        _check_brightness(self.least_brightness)

    def without_ranges(self) -> TunedTrunk:
        """Return the movement alone, from which tuning continues and on which ranges are measured."""
        return replace(self, ranges={}, least_brightness=0.0)


def save_tuned_trunk(
    path: Path,
    movement: Mapping[str, Tensor],
    *,
    embedder_id: str,
    card: Mapping[str, object],
    ranges: Mapping[str, Tensor] | None = None,
    least_brightness: float = 0.0,
) -> TunedTrunk:
    """Write the movement quantised, the rest unchanged, and `card` as JSON beside it; whole files or none.

    Returns what `read_tuned_trunk` will read. The same tensors give the same file, and so the same id.

    Raises:
        ValueError: if a value is not finite, bounds have another shape, or there is no such grey level.
        OSError: if the files cannot be written.
    """
    exact = TunedTrunk("", _exact(movement), _exact(ranges or {}), least_brightness)
    from safetensors.torch import save  # noqa: PLC0415 - imports PyTorch, which reading does not need

    tensors: dict[str, Tensor] = {}
    for name, tensor in exact.movement.items():
        levels, tensors[name + _SCALES] = quantise(tensor.reshape(len(tensor), -1))
        tensors[name] = levels.view(tensor.shape)
    tensors |= {name + _RANGE: bounds for name, bounds in exact.ranges.items()}
    described: dict[str, object] = {"format": _format_of(exact), "embedder_id": network_of(embedder_id)}
    if exact.least_brightness:
        described["least_brightness"] = exact.least_brightness
    content = save(tensors, {"trunk": json.dumps(described, sort_keys=True)})
    text = json.dumps({**card, **described}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path.with_suffix(".json"), text.encode())
    write_whole(path, content)
    return _as_tensors(_parsed(content)[0])


def read_tuned_trunk(path: Path, *, embedder_id: str) -> TunedTrunk:
    """Read a file that `save_tuned_trunk` wrote for that network.

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another network.
    """
    return _as_tensors(read_movement(path, embedder_id=embedder_id))


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """The content of a `TunedTrunk` as arrays."""

    id: str
    arrays: Mapping[str, Floats]
    ranges: Mapping[str, Floats]
    least_brightness: float = 0.0


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
                "{file} was trained for the embedder “{trained}”, not for “{embedder}”. Run “metaface train trunk” "
                "for the latter.",
            ),
            file=path.name,
            trained=trained_for,
            embedder=embedder_id,
        )
    return trunk


def damaged_trunk(path: Path) -> WeightsError:
    """Return the error that a file holds no usable tuned trunk."""
    return WeightsError(
        QT_TRANSLATE_NOOP("Errors", "{file} is damaged or contains no tuned trunk. Install MetaFace again."),
        file=path.name,
    )


def _exact(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().float().cpu() for name, tensor in tensors.items()}


def _as_tensors(movement: Movement) -> TunedTrunk:
    moved, ranges = (
        {name: torch.from_numpy(array) for name, array in arrays.items()}
        for arrays in (movement.arrays, movement.ranges)
    )
    return TunedTrunk(movement.id, moved, ranges, movement.least_brightness)


def _format_of(trunk: TunedTrunk) -> int:
    """Return the oldest format that can express it, so that the same content stays the same file."""
    if trunk.least_brightness:
        return _FORMAT
    return _WITH_RANGES if trunk.ranges else _MOVEMENT_ALONE


def _check_brightness(least: float) -> None:
    if not 0.0 <= least <= _BRIGHTEST:
        raise ValueError(f"no grey level: {least}")


def _parsed(content: bytes) -> tuple[Movement, str]:
    tensors = load(content)
    described = json.loads(metadata_of(content)["trunk"])
    if described["format"] not in {_FORMAT, _WITH_RANGES, _MOVEMENT_ALONE}:
        raise ValueError("another format")
    ranges = {name.removesuffix(_RANGE): bounds for name, bounds in tensors.items() if name.endswith(_RANGE)}
    if any(bounds.dtype != np.float32 or bounds.shape[0] != 4 or bounds.ndim != 2 for bounds in ranges.values()):
        raise ValueError("a range is not (4, channels) float32")
    names = [name for name in tensors if not name.endswith((_SCALES, _RANGE))]
    arrays = {name: dequantised(tensors[name], tensors[name + _SCALES]) for name in names}
    if not all(np.isfinite(array).all() for array in (*arrays.values(), *ranges.values())):
        raise ValueError("a trunk's value is not finite")
    least = float(described["least_brightness"]) if described["format"] == _FORMAT else 0.0
    _check_brightness(least)
    return Movement(id_of(content), arrays, ranges, least), str(described["embedder_id"])
