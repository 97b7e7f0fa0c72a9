"""A trunk that was meta-trained to see through degradation: the stock one plus a movement, stored in 8 bits.

The movement is small compared to the weights, so storing it in 8 bits has no measurable cost, and the stock network
stays in the file that its publisher's checksum verifies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.quantised import dequantised, quantised
from metaface_gui.pipeline.embedding.trained_file import UNREADABLE, id_of, parsed, write_trained
from metaface_gui.pipeline.feature_space import network_of
from metaface_gui.types import Floats

_KIND = "trunk"
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
    movement: Mapping[str, Floats]
    ranges: Mapping[str, Floats] = field(default_factory=dict)
    least_brightness: float = 0.0

    def __post_init__(self) -> None:
        if not all(np.isfinite(array).all() for array in (*self.movement.values(), *self.ranges.values())):
            raise ValueError("a trunk's value is not finite")
        if any(bounds.ndim != 2 or len(bounds) != 4 for bounds in self.ranges.values()):
            raise ValueError("want bounds of shape (4, channels)")
        if not 0.0 <= self.least_brightness <= _BRIGHTEST:
            raise ValueError(f"no grey level: {self.least_brightness}")

    def without_ranges(self) -> TunedTrunk:
        """Return the movement alone, from which tuning continues and on which ranges are measured."""
        return replace(self, ranges={}, least_brightness=0.0)


def save_tuned_trunk(
    path: Path,
    movement: Mapping[str, Floats],
    *,
    embedder_id: str,
    card: Mapping[str, object],
    ranges: Mapping[str, Floats] | None = None,
    least_brightness: float = 0.0,
) -> TunedTrunk:
    """Write the movement quantised, the rest unchanged, and `card` as JSON beside it; whole files or none.

    Returns what `read_tuned_trunk` will read. The same tensors give the same file, and so the same id.

    Raises:
        ValueError: if a value is not finite, bounds have another shape, or there is no such grey level.
        KnownError: if the files cannot be written.
    """
    exact = TunedTrunk("", movement, ranges or {}, least_brightness)
    arrays: dict[str, NDArray[Any]] = {}
    for name, array in exact.movement.items():
        levels, arrays[name + _SCALES] = quantised(array.reshape(len(array), -1))
        arrays[name] = levels.reshape(array.shape)
    arrays |= {name + _RANGE: bounds for name, bounds in exact.ranges.items()}
    described: dict[str, object] = {"format": _format_of(exact), "embedder_id": network_of(embedder_id)}
    if exact.least_brightness:
        described["least_brightness"] = exact.least_brightness
    return _parsed(write_trained(path, _KIND, arrays, described, card))[0]


def read_tuned_trunk(path: Path, *, embedder_id: str) -> TunedTrunk:
    """Read a file that `save_tuned_trunk` wrote for that network.

    Raises:
        WeightsError: if the file is missing, damaged, something else or was trained for another network.
    """
    try:
        trunk, trained_for = _parsed(path.read_bytes())
    except UNREADABLE as error:
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


def _format_of(trunk: TunedTrunk) -> int:
    """Return the oldest format that can express it, so that the same content stays the same file."""
    if trunk.least_brightness:
        return _FORMAT
    return _WITH_RANGES if trunk.ranges else _MOVEMENT_ALONE


def _parsed(content: bytes) -> tuple[TunedTrunk, str]:
    """Return the trunk in a file, and the network for which it was trained."""
    arrays, described = parsed(content, _KIND)
    if described["format"] not in {_FORMAT, _WITH_RANGES, _MOVEMENT_ALONE}:
        raise ValueError("another format")
    ranges = {name.removesuffix(_RANGE): bounds for name, bounds in arrays.items() if name.endswith(_RANGE)}
    if any(bounds.dtype != np.float32 for bounds in ranges.values()):
        raise ValueError("a range is not float32")
    names = [name for name in arrays if not name.endswith((_SCALES, _RANGE))]
    movement = {name: dequantised(arrays[name], arrays[name + _SCALES]) for name in names}
    least = float(described["least_brightness"]) if described["format"] == _FORMAT else 0.0
    return TunedTrunk(id_of(content), movement, ranges, least), str(described["embedder_id"])
