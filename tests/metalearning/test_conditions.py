"""The test conditions; `hard` against stored output of the reference that defines it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from metaface_gui.metalearning.conditions import CONDITIONS, CROP_SIZE, clean, corrupt, hard
from metaface_gui.types import Image

_GOLDEN = Path(__file__).parent / "data" / "hard_condition.npz"
_MEAN_TOLERANCE = 1.0
"""Grey levels: JPEG decoders and bicubic resizing differ by a rounding between builds of OpenCV."""


class Golden(NamedTuple):
    crop: Image
    seeds: NDArray[np.int64]
    every_second_pixel: Image


@pytest.fixture(scope="module")
def golden() -> Golden:
    """A drawn face and what the reference makes of it: every kind, mask, glasses and hand, both kinds of blur."""
    with np.load(_GOLDEN) as file:
        return Golden(file["crop"], file["seeds"], file["every_second_pixel"])


def _distance(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(np.int64) - b).mean())


def test_hard_is_the_reference_for_every_seed(golden: Golden) -> None:
    assert len(golden.seeds) >= 12
    for seed, wanted in zip(golden.seeds, golden.every_second_pixel, strict=True):
        got = hard(golden.crop, np.random.default_rng(seed))[::2, ::2]
        assert _distance(got, wanted) < _MEAN_TOLERANCE, f"seed {seed}"


def test_the_tolerance_tells_the_draws_of_two_seeds_apart(golden: Golden) -> None:
    for one, other in zip(golden.every_second_pixel[:-1], golden.every_second_pixel[1:], strict=True):
        assert _distance(one, other) > 2 * _MEAN_TOLERANCE


def test_the_names_are_those_of_commands_and_reports() -> None:
    assert list(CONDITIONS) == ["clean", "low_light", "low_resolution", "blur", "occlusion", "hard"]


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_a_pure_function_of_crop_and_draws(golden: Golden, name: str) -> None:
    crop = golden.crop.copy()
    crop.setflags(write=False)
    outputs = [CONDITIONS[name](crop, np.random.default_rng(3)) for _ in range(2)]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert outputs[0].shape == crop.shape
    assert outputs[0].dtype == np.uint8
    assert outputs[0].flags.writeable  # a copy: nobody's change reaches the data set
    assert np.array_equal(outputs[0], crop) == (name == "clean")


def test_low_light_ends_as_bright_as_it_says_whatever_the_crop(golden: Golden) -> None:
    means = [CONDITIONS["low_light"](golden.crop, np.random.default_rng(seed)).mean() / 255 for seed in range(5)]
    assert max(means) < 0.36
    assert min(means) > 0.25


def test_hard_draws_all_kinds_about_equally(golden: Golden) -> None:
    counts = dict.fromkeys(CONDITIONS, 0)
    for seed in range(200):
        got = hard(golden.crop, np.random.default_rng(seed))
        for name in ("low_light", "low_resolution", "blur", "occlusion"):
            chance = np.random.default_rng(seed)
            chance.integers(4)
            counts[name] += np.array_equal(got, CONDITIONS[name](golden.crop, chance))
    assert sum(counts.values()) == 200
    assert all(30 <= counts[name] <= 70 for name in ("low_light", "low_resolution", "blur", "occlusion"))


def test_an_embedder_of_160_pixels_gets_the_corrupted_112_enlarged(golden: Golden) -> None:
    small = hard(golden.crop, np.random.default_rng(1))
    large = corrupt(golden.crop, hard, np.random.default_rng(1), 160)
    assert large.shape == (160, 160, 3)
    assert _distance(corrupt(large, clean, np.random.default_rng(0), CROP_SIZE), small) < 4


def test_clean_keeps_every_pixel_of_a_larger_crop() -> None:
    crop = np.random.default_rng(0).integers(0, 256, (160, 160, 3)).astype(np.uint8)
    np.testing.assert_array_equal(corrupt(crop, clean, np.random.default_rng(0), 160), crop)
    assert corrupt(crop, hard, np.random.default_rng(0), 160).shape == crop.shape
