"""Tracks made from stills: what a camera would see of a face over a few seconds, in one environment a track.

Evaluating one look at a face says little of a video, and independent corruptions of one picture say too much: what a
place and a camera do to a face they do to all looks. So a track draws its degradation once (which light, which
distance, which mask) and only that from look to look which changes in a video: the sensor's noise, how fast something
moves, the focus that hunts, the head that turns and nods, where the detector puts the eyes. Pose follows an
autoregressive process, so that neighbouring looks are alike. A head's turn is made by parallax on the surface of a
generic face (`environments`).

A degradation's range is that of the condition of the same name in `conditions`, so that a track's single look is as
hard as that condition is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from metaface_gui.metalearning.conditions import CROP_SIZE, Condition
from metaface_gui.metalearning.environments import moved_crop, seen_from
from metaface_gui.metalearning.optics import (
    blurred,
    defocus_kernel,
    enlarged_noise,
    jpeg,
    motion_kernel,
    resized,
    underexposed,
)
from metaface_gui.types import Image

VERSION = 2
"""Counts up when what is drawn changes: cached features of another version are not used."""

_BRIGHTNESS, _NOISE_GRID = 0.35, 40
_MASK_FROM = 68
_GLASSES = (40, 63, 22, 91)
_STEADY = 0.7
"""Correlation of the pose in one look with that in the next."""

Draw = Callable[[np.random.Generator], Condition]


def clean(track: np.random.Generator) -> Condition:
    """A usual webcam: a little noise, a little more or less light, JPEG."""
    quality, noise = int(track.integers(60, 96)), track.uniform(0.0, 2.5)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        seen = crop * np.exp(rng.normal(0, 0.05)) + rng.normal(0.0, noise, crop.shape)
        return jpeg(np.asarray(np.clip(seen, 0.0, 255.0) + 0.5, np.uint8), quality)

    return photograph


def low_light(track: np.random.Generator) -> Condition:
    """The same few photons in every look, other noise."""
    fine, coarse = track.uniform(0.004, 0.012), track.uniform(0.006, 0.018)
    exposure, quality = track.uniform(0.08, 0.25), int(track.integers(50, 90))

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        pixels = rng.normal(0.0, fine, crop.shape)
        blotches = enlarged_noise(rng.normal(0.0, coarse, (_NOISE_GRID, _NOISE_GRID, 3)), CROP_SIZE)
        light = exposure * np.exp(rng.normal(0, 0.08))
        return jpeg(underexposed(crop, float(light), pixels, blotches, _BRIGHTNESS), quality)

    return photograph


def low_resolution(track: np.random.Generator) -> Condition:
    """The same distance, give or take a step; compressed at that size."""
    side, quality = track.uniform(16, 29), int(track.integers(60, 95))

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        small = resized(crop, int(np.clip(side * np.exp(rng.normal(0, 0.05)), 14, 32)))
        return resized(jpeg(small, quality), CROP_SIZE)

    return photograph


def blur(track: np.random.Generator) -> Condition:
    """Motion that is faster and slower by turns, or a focus that hunts."""
    length, angle, radius = track.uniform(9, 19), track.uniform(0, 180), track.uniform(3.0, 6.0)
    moves = track.random() < 0.5

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        if moves:
            path = int(np.clip(length * np.exp(rng.normal(0, 0.4)), 3, 24))
            return blurred(crop, motion_kernel(path, angle + rng.normal(0, 25)))
        return blurred(crop, defocus_kernel(float(np.clip(radius * np.exp(rng.normal(0, 0.2)), 1.5, 7.0))))

    return photograph


def occlusion(track: np.random.Generator) -> Condition:
    """A mask or glasses that stay where they are but for a pixel or two, or a hand that moves."""
    kind, colour = int(track.integers(3)), track.integers(0, 256, 3)
    is_left = track.random() < 0.5

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        image = crop.copy()
        if kind == 0:
            image[_MASK_FROM + round(rng.normal(0, 1.5)) :] = colour
        elif kind == 1:
            top, bottom, left, right = _GLASSES
            down = round(rng.normal(0, 1.5))
            image[top + down : bottom + down, left:right] = colour
        else:
            edge = int(np.clip(CROP_SIZE / 2 + rng.normal(0, 8), 20, CROP_SIZE - 20))
            image[:, slice(None, edge) if is_left else slice(edge, None)] = colour
        return image

    return photograph


_DEGRADATIONS: tuple[Draw, ...] = (low_light, low_resolution, blur, occlusion)


def hard(track: np.random.Generator) -> Condition:
    """One of the four degradations above for the whole track, each as likely as the others."""
    return _DEGRADATIONS[int(track.integers(len(_DEGRADATIONS)))](track)


TRACKS: Mapping[str, Draw] = MappingProxyType({draw.__name__: draw for draw in (clean, *_DEGRADATIONS, hard)})
"""What a track's camera does, by the condition's name."""


def _wander(rng: np.random.Generator, looks: int, deviation: float) -> NDArray[np.float64]:
    """An autoregressive process of that stationary deviation: (looks,)."""
    steps = rng.normal(0.0, 1.0, looks)
    values = np.empty(looks)
    value = steps[0]
    for index in range(looks):
        value = value if index == 0 else _STEADY * value + np.sqrt(1.0 - _STEADY**2) * steps[index]
        values[index] = value * deviation
    return values


def track_of(crop: Image, condition: str, looks: int, rng: np.random.Generator) -> Image:
    """Make `looks` looks at a face (112, 112, 3) uint8 RGB under one draw of a condition: (looks, 112, 112, 3).

    Raises:
        KeyError: if there is no such condition.
    """
    camera = TRACKS[condition](rng)
    turns, nods = _wander(rng, looks, 0.1), _wander(rng, looks, 0.06)
    rolls, scales = _wander(rng, looks, 4.0), np.exp(_wander(rng, looks, 0.03))
    moves = np.stack([_wander(rng, looks, 1.3), _wander(rng, looks, 1.3)], axis=1)
    seen = []
    for look in range(looks):
        turned = seen_from(crop, float(turns[look]), float(nods[look]))
        seen.append(camera(moved_crop(turned, float(rolls[look]), float(scales[look]), moves[look]), rng))
    return np.stack(seen)
