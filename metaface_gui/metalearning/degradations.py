"""Training degradations: of the same kinds as the test conditions, more widely drawn, and one that is mild.

Meta-training sees copies of each picture made here (`feature_cache.trunk_copies`). Ranges reach beyond those of
`conditions` at both ends, positions and fills vary, and a seventh of the copies is degraded twice, so that what is
learnt is to recognise degraded faces and not the few corruptions that tests use.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.metalearning.conditions import CROP_SIZE, Condition
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
"""Counts up when the distributions change: cached copies of another version are not used."""

_MIRRORED = 0.5
_HARMED_TWICE = 0.15
_SMALL_COMPRESSED = 0.8
_ENLARGED_LINEARLY = 0.3
_MOTION = 0.5
_FLAT_COLOUR = 0.75
_FILL_NOISE = 25.0
"""Standard deviation of a cover's texture, grey levels."""


def low_light(crop: Image, rng: np.random.Generator) -> Image:
    """Six to 40 % of the light, noise of single pixels and of blotches 2 to 5 pixels wide, gain, JPEG."""
    fine = rng.normal(0.0, rng.uniform(0.002, 0.014), crop.shape)
    grid = int(rng.integers(24, 64))
    coarse = enlarged_noise(rng.normal(0.0, rng.uniform(0.003, 0.02), (grid, grid, 3)), CROP_SIZE)
    exposure = rng.uniform(0.06, 0.4)
    return jpeg(underexposed(crop, exposure, fine, coarse, rng.uniform(0.25, 0.5)), int(rng.integers(45, 95)))


def low_resolution(crop: Image, rng: np.random.Generator) -> Image:
    """A face of 14 to 39 pixels, mostly compressed at that size, enlarged by one of two interpolations."""
    small = resized(crop, int(rng.integers(14, 40)))
    if rng.random() < _SMALL_COMPRESSED:
        small = jpeg(small, int(rng.integers(50, 97)))
    interpolation = cv2.INTER_LINEAR if rng.random() < _ENLARGED_LINEARLY else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(small, (CROP_SIZE, CROP_SIZE), interpolation=interpolation), np.uint8)


def blur(crop: Image, rng: np.random.Generator) -> Image:
    """Motion of 5 to 20 pixels at any angle, or defocus by a disc of radius 2 to 6.5 pixels."""
    if rng.random() < _MOTION:
        length = int(rng.integers(5, 21))
        return blurred(crop, motion_kernel(length, rng.uniform(0, 180)))
    return blurred(crop, defocus_kernel(rng.uniform(2.0, 6.5)))


def occlusion(crop: Image, rng: np.random.Generator) -> Image:
    """A mask, glasses, something from the left or right edge, or a box anywhere; flat or textured."""
    image = crop.copy()
    kind, colour = rng.integers(5), rng.integers(0, 256, 3)
    covered = image[_covered(int(kind), rng)]
    covered[:] = _fill(colour, covered.shape, rng)
    return image


def _covered(kind: int, rng: np.random.Generator) -> tuple[slice, slice]:
    """Rows and columns that an occluder of that kind hides."""
    if kind == 0:  # a mask
        return slice(int(rng.integers(60, 78)), CROP_SIZE), slice(0, CROP_SIZE)
    if kind == 1:  # glasses
        top, bottom = int(rng.integers(34, 44)), int(rng.integers(58, 68))
        left, right = int(rng.integers(14, 26)), int(rng.integers(86, 98))
        return slice(top, bottom), slice(left, right)
    if kind in {2, 3}:  # a hand, a neighbour, the picture's edge
        width = int(rng.integers(36, 60))
        return slice(0, CROP_SIZE), slice(0, width) if kind == 2 else slice(CROP_SIZE - width, CROP_SIZE)
    height, width = (int(side) for side in rng.integers(25, 60, 2))
    top, left = int(rng.integers(0, CROP_SIZE - height)), int(rng.integers(0, CROP_SIZE - width))
    return slice(top, top + height), slice(left, left + width)


def _fill(colour: NDArray[np.int64], shape: tuple[int, ...], rng: np.random.Generator) -> Image:
    if rng.random() < _FLAT_COLOUR:
        return np.broadcast_to(colour.astype(np.uint8), shape)
    return np.clip(colour + rng.normal(0.0, _FILL_NOISE, shape), 0, 255).astype(np.uint8)


def mild(crop: Image, rng: np.random.Generator) -> Image:
    """What differs between ordinary pictures: gamma and exposure, up to 12° of tilt, inexact alignment, JPEG."""
    light = np.clip((crop / 255.0) ** rng.uniform(0.5, 2.0) * rng.uniform(0.7, 1.3) + rng.uniform(-0.05, 0.05), 0, 1)
    middle = (CROP_SIZE - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), rng.uniform(-12, 12), rng.uniform(0.93, 1.08))
    move = np.asarray(turn, np.float64)
    move[:, 2] += rng.uniform(-3, 3, 2)
    image = cv2.warpAffine(
        (light * 255.0).astype(np.uint8), move, (CROP_SIZE, CROP_SIZE), borderMode=cv2.BORDER_REFLECT
    )
    return jpeg(np.asarray(image, np.uint8), int(rng.integers(30, 95)))


FAMILIES: Mapping[Condition, float] = MappingProxyType(
    {low_light: 0.26, low_resolution: 0.36, blur: 0.18, occlusion: 0.14, mild: 0.06}
)
"""How often each kind is drawn: most often those that cost stock embeddings most (DESIGN §4: resolution, light)."""


def degrade(crop: Image, rng: np.random.Generator) -> Image:
    """A corrupted copy of an aligned crop (112, 112, 3) uint8 RGB; half of the copies are mirrored."""
    image = crop[:, ::-1].copy() if rng.random() < _MIRRORED else crop
    image = _draw_family(rng)(image, rng)
    if rng.random() < _HARMED_TWICE:
        image = _draw_family(rng)(image, rng)
    return image


def _draw_family(rng: np.random.Generator) -> Condition:
    return tuple(FAMILIES)[int(rng.choice(len(FAMILIES), p=tuple(FAMILIES.values())))]
