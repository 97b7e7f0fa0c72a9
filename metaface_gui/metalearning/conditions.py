"""Conditions of meta-testing: what happens to a probe's aligned crop before recognition.

`hard` is frozen, including the order of its random draws, so that results are comparable between methods and over
time; the golden test pins it. The others are `clean` and its four kinds separately. For training use `degradations`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

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

CROP_SIZE = 112
"""Side in pixels of the aligned crops that conditions and degradations work on."""

Condition = Callable[[Image, np.random.Generator], Image]
"""(112, 112, 3) uint8 RGB and a random generator → a corrupted copy of the same shape; pure apart from the draws."""

_NOISE_GRID = 40
_BRIGHTNESS = 0.35
_MASK_FROM = 68
_GLASSES = (slice(40, 63), slice(22, 91))


def clean(crop: Image, rng: np.random.Generator) -> Image:  # noqa: ARG001 - the signature of every condition
    """Return the crop unchanged; draws nothing."""
    return crop.copy()


def low_light(crop: Image, rng: np.random.Generator) -> Image:
    """Simulate few photons: 8 to 25 % of the light, noise in single pixels and in blotches, gain, JPEG."""
    fine = rng.normal(0.0, rng.uniform(0.004, 0.012), crop.shape)
    coarse = rng.normal(0.0, rng.uniform(0.006, 0.018), (_NOISE_GRID, _NOISE_GRID, 3))
    blotches = enlarged_noise(coarse, CROP_SIZE)
    exposure = rng.uniform(0.08, 0.25)
    return jpeg(underexposed(crop, exposure, fine, blotches, _BRIGHTNESS), int(rng.integers(50, 90)))


def low_resolution(crop: Image, rng: np.random.Generator) -> Image:
    """Shrink the face to 16 to 28 pixels, compress it at that size and enlarge it again."""
    small = resized(crop, int(rng.integers(16, 29)))
    return resized(jpeg(small, int(rng.integers(60, 95))), CROP_SIZE)


def blur(crop: Image, rng: np.random.Generator) -> Image:
    """Apply motion blur (straight, 9 to 18 pixels, any angle) or defocus (disc of radius 3 to 6 pixels), half each."""
    if rng.integers(2):
        length = int(rng.integers(9, 19))
        return blurred(crop, motion_kernel(length, rng.uniform(0, 180)))
    return blurred(crop, defocus_kernel(rng.uniform(3.0, 6.0)))


def occlusion(crop: Image, rng: np.random.Generator) -> Image:
    """Paint one colour over the lower face (mask), the eyes (glasses) or the left or right half (hand, edge)."""
    image, colour = crop.copy(), rng.integers(0, 256, 3)
    kind = rng.integers(3)
    if kind == 0:
        image[_MASK_FROM:] = colour
    elif kind == 1:
        image[_GLASSES] = colour
    else:
        left = int(rng.integers(2)) * CROP_SIZE // 2
        image[:, left : left + CROP_SIZE // 2] = colour
    return image


_HARD_KINDS: tuple[Condition, ...] = (low_light, low_resolution, blur, occlusion)


def hard(crop: Image, rng: np.random.Generator) -> Image:
    """Apply one of the four corruptions above, with equal probabilities."""
    return _HARD_KINDS[int(rng.integers(len(_HARD_KINDS)))](crop, rng)


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {function.__name__: function for function in (clean, *_HARD_KINDS, hard)}
)
"""Every condition by its name in commands and reports: clean, low_light, low_resolution, blur, occlusion, hard."""


def in_turn(first: Condition, then: Condition) -> Condition:
    """Return the condition that applies (and draws) `first`, then `then`: e.g. a place, then a degradation."""
    return partial(_in_turn, first, then)


def _in_turn(first: Condition, then: Condition, crop: Image, rng: np.random.Generator) -> Image:
    return then(first(crop, rng), rng)


def corrupt(crop: Image, condition: Condition, rng: np.random.Generator, size: int) -> Image:
    """Corrupt a square RGB crop at 112 pixels, then resize it to `size` pixels a side for an embedder.

    A crop of another size is first resized to 112; only `clean` lets an embedder of 160 pixels use more detail than 112
    pixels hold. Such an embedder works best on faces aligned to its own template: InceptionResnetV1 (CASIA-WebFace)
    verifies 98.2 % of clean and 64.1 % of hard pairs at FPR 1 % that way, 95.7 and 57.2 % with the template of 112.
    """
    seen = crop if condition is clean else resized(crop, CROP_SIZE)
    return resized(condition(seen, rng), size)
