"""Fits the balls within which a tuned trunk's channel statistics are kept (`pipeline.embedding.channel_range`).

They are measured after the trunk was tuned, on the kinds of data that it was tuned on: meta-training people's pictures
unchanged, individually degraded, and in drawn environments. They cover the mean and deviation of each channel of each
picture, and their spread. Families that are left out of training are left out here too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from metaface_gui.metalearning.conditions import clean, corrupt
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.degradations import degrade
from metaface_gui.metalearning.environments import draw_environment
from metaface_gui.pipeline.embedding.brightness import brightened
from metaface_gui.pipeline.embedding.channel_range import channel_statistics, measured_range
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder


@dataclass(frozen=True, slots=True)
class RangeSettings:
    """`places` with `pictures` each are measured: a quarter unchanged, a quarter degraded, the others in environments.

    The channels of the first `layers` layers are kept within a ball of `width` deviations. Pictures are brightened to
    `least_brightness`, of which 45, 60 and 80 did equally well on meta-validation people's dark pictures.
    """

    places: int = 100
    pictures: int = 10
    width: float = 1.3
    layers: int = 13
    least_brightness: float = 60.0
    seed: int = 0


def fit_ranges(
    embedder: TorchEmbedder,
    faces: AlignedFaces,
    settings: RangeSettings,
    *,
    on_progress: Callable[[int, int], None],
) -> dict[str, Tensor]:
    """Measure the ranges of the embedder's trunk: balls (4, channels) float32 by layer name.

    `on_progress` counts places and may raise to cancel.

    Raises:
        ValueError: if the trunk already keeps its channels within ranges.
    """
    trunk = embedder.trunk_module
    convolutions = [name for name, layer in trunk.named_modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    seen: dict[str, list[tuple[Tensor, Tensor]]] = {name: [] for name in convolutions[: settings.layers]}

    def note(name: str, _layer: nn.Module, _inputs: object, output: Tensor) -> None:
        mean, deviation = channel_statistics(output.float())
        seen[name].append((mean.flatten(1).cpu(), deviation.flatten(1).cpu()))

    handles = [trunk.get_submodule(name).register_forward_hook(partial(note, name)) for name in seen]
    try:
        for place in range(settings.places):
            embedder.trunk(_photographed(faces, place, settings, embedder.crop_size))
            on_progress(place + 1, settings.places)
    finally:
        for handle in handles:
            handle.remove()
    ranges = dict[str, Tensor]()
    for name, parts in seen.items():
        means, deviations = (torch.cat(column) for column in zip(*parts, strict=True))
        ranges[name] = measured_range(means, deviations, width=settings.width)
    return ranges


def _photographed(faces: AlignedFaces, place: int, settings: RangeSettings, size: int) -> Tensor:
    """Return pictures (n, 3, s, s) uint8 of random faces in one place."""
    random = np.random.default_rng([settings.seed, place])
    rows = random.choice(len(faces), min(settings.pictures, len(faces)), replace=False)
    degradation = (clean, draw_environment(random), degrade, draw_environment(random))[place % 4]
    seen = (corrupt(faces.crops_rgb[row], degradation, random, size) for row in rows)
    crops = [brightened(crop, settings.least_brightness) for crop in seen]
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)
