from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.pipeline.capture.demo import room as demo_room

SIZES = [(1280, 720), (320, 180), (300, 400)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_has_the_size_asked_for(width: int, height: int) -> None:
    background = demo_room.paint_background(width, height, np.random.default_rng(0))
    assert background.shape == (height, width, 3)
    assert background.dtype == np.uint8
    top, desk, alpha = demo_room.paint_desk(width, height, np.random.default_rng(0))
    assert desk.shape == alpha.shape == (height - top, width, 3)
    assert (alpha[0] == 0).all()
    assert (alpha[-1] == 255).all()
    noise = demo_room.sensor_noise(width, height, np.random.default_rng(0))
    assert noise.shape == (height + demo_room.NOISE_SLACK, width + demo_room.NOISE_SLACK, 3)


def test_the_noise_has_the_mean_and_deviation_it_says() -> None:
    noise = demo_room.sensor_noise(320, 180, np.random.default_rng(1)).astype(float)
    assert noise.mean() == pytest.approx(128.0, abs=0.5)
    assert noise.std() == pytest.approx(demo_room.NOISE_STD, rel=0.02)


def test_the_room_comes_from_the_seed() -> None:
    first, again, other = (demo_room.paint_background(320, 180, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_folder_is_opaque_with_round_corners() -> None:
    folder = demo_room.paint_folder(200)
    assert folder.shape == (200, 156, 4)
    assert folder[100, 78, 3] == 255
    assert folder[0, 0, 3] < 40
