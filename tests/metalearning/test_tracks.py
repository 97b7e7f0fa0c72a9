from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.metalearning.conditions import CONDITIONS, CROP_SIZE
from metaface_gui.metalearning.environments import seen_from
from metaface_gui.metalearning.tracks import TRACKS, track_of
from metaface_gui.types import Image


@pytest.fixture
def crop() -> Image:
    """Stripes and a spot, so that every change is seen."""
    x, y = np.meshgrid(np.arange(CROP_SIZE), np.arange(CROP_SIZE))
    grey = 128 + 60 * np.sin(x / 4.0) + 30 * np.cos(y / 6.0)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def test_every_condition_has_tracks() -> None:
    assert set(TRACKS) == set(CONDITIONS)


@pytest.mark.parametrize("condition", TRACKS)
def test_looks_differ_and_are_drawn_anew_by_the_seed_alone(crop: Image, condition: str) -> None:
    before = crop.copy()
    one = track_of(crop, condition, 4, np.random.default_rng(1))
    assert one.shape == (4, CROP_SIZE, CROP_SIZE, 3)
    assert one.dtype == np.uint8
    np.testing.assert_array_equal(crop, before)
    np.testing.assert_array_equal(one, track_of(crop, condition, 4, np.random.default_rng(1)))
    assert not np.array_equal(one, track_of(crop, condition, 4, np.random.default_rng(2)))
    assert all(not np.array_equal(one[0], look) for look in one[1:])


def test_a_track_keeps_its_harm() -> None:
    """Looks at a flat face under one track's light are alike, those of two tracks are not."""
    flat = np.full((CROP_SIZE, CROP_SIZE, 3), 120, np.uint8)
    colours = []
    for seed in range(12):
        looks = track_of(flat, "occlusion", 5, np.random.default_rng(seed)).astype(np.int64)
        covered = [look[np.abs(look - 120).sum(2) > 0] for look in looks]
        assert all(len(np.unique(part, axis=0)) == 1 for part in covered), "one colour a track"
        colours.append(tuple(covered[0][0].tolist()))
        assert all(tuple(part[0].tolist()) == colours[-1] for part in covered)
    assert len(set(colours)) == 12


def test_an_unknown_condition_is_refused(crop: Image) -> None:
    with pytest.raises(KeyError):
        track_of(crop, "fire", 2, np.random.default_rng(0))


def test_who_does_not_turn_is_seen_as_before_and_who_does_is_not(crop: Image) -> None:
    np.testing.assert_array_equal(seen_from(crop, 0.0, 0.0), crop)
    turned = seen_from(crop, 0.2, 0.0)
    assert np.abs(turned.astype(int) - crop).mean() > 5
