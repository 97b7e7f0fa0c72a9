"""Every family of places: deterministic by seed, crops stay crops, one place is more like itself than like another."""

from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.metalearning.environments import FAMILIES, HELD_OUT, TRAINED, environment_of
from metaface_gui.types import Image


def face() -> Image:
    """Something with edges and colours, about as bright as a face."""
    blocks = np.random.default_rng(0).integers(40, 220, (14, 14, 3)).astype(np.uint8)
    return blocks.repeat(8, axis=0).repeat(8, axis=1)


def shown(family: str, place: int, picture: int) -> Image:
    return environment_of((family,), np.random.default_rng(place))(face(), np.random.default_rng([9, picture]))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_place_follows_from_its_seed_and_leaves_a_crop(family: str) -> None:
    before = face()
    seen = environment_of((family,), np.random.default_rng(3))(before, np.random.default_rng(4))
    assert seen.shape == (112, 112, 3)
    assert seen.dtype == np.uint8
    np.testing.assert_array_equal(before, face())
    np.testing.assert_array_equal(shown(family, 3, 4), shown(family, 3, 4))
    assert any((shown(family, place, 4) != shown(family, 3, 4)).any() for place in range(4, 8))


@pytest.mark.parametrize("family", FAMILIES)
def test_pictures_of_one_place_are_more_alike_than_of_two(family: str) -> None:
    pictures = np.asarray([[shown(family, place, i) for i in range(4)] for place in range(12)], np.float32)
    within = np.abs(pictures[:, ::2] - pictures[:, 1::2]).mean()
    across = np.abs(pictures - np.roll(pictures, 1, axis=0)).mean()
    assert within < across


def test_what_judges_was_never_trained_on() -> None:
    assert not set(HELD_OUT) & set(TRAINED)
    assert set(HELD_OUT) | set(TRAINED) == set(FAMILIES)


def test_an_unknown_family_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        environment_of(("fog", "snow"), np.random.default_rng(0))
