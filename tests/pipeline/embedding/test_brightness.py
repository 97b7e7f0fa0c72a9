from __future__ import annotations

import numpy as np
import pytest
import torch

from metaface_gui.pipeline.embedding.brightness import MOST_GAIN, brightened, brightened_batch
from metaface_gui.types import Image


def picture(mean: float, *, seed: int = 0) -> Image:
    """(16, 16, 3) of about this mean, none of whose pixels is far from it."""
    texture = np.random.default_rng(seed).uniform(0.5, 1.5, (16, 16, 3))
    return np.asarray(texture * mean + 0.5, np.uint8)


def in_pytorch(*crops: Image) -> Image:
    pixels = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float()
    return np.asarray(brightened_batch(pixels, 60.0).permute(0, 2, 3, 1).numpy(), np.uint8)


def test_what_is_bright_enough_stays_as_it_is() -> None:
    bright = picture(62.0)
    assert np.array_equal(brightened(bright, 60.0), bright)
    assert np.array_equal(in_pytorch(bright)[0], bright)
    assert np.array_equal(brightened(picture(3.0), 0.0), picture(3.0)), "none is too dark"


@pytest.mark.parametrize("mean", [6.0, 20.0, 59.0])
def test_a_dark_picture_is_multiplied_until_its_mean_is_that(mean: float) -> None:
    dark = picture(mean)
    found = brightened(dark, 60.0)
    assert found.mean() == pytest.approx(60.0, abs=0.5)
    assert np.corrcoef(found.ravel(), dark.ravel())[0, 1] > 0.999


def test_no_gain_is_beyond_the_greatest_and_black_stays_black() -> None:
    dark = np.full((16, 16, 3), 2, np.uint8)
    assert (brightened(dark, 60.0) == 2 * MOST_GAIN).all()
    assert not brightened(np.zeros((16, 16, 3), np.uint8), 60.0).any()


def test_a_lamp_in_the_dark_clips() -> None:
    lamp = np.full((16, 16, 3), 5, np.uint8)
    lamp[0, 0] = 250
    assert brightened(lamp, 60.0).max() == 255


def test_both_runtimes_see_the_same_and_no_picture_hangs_on_its_neighbours() -> None:
    pictures = [picture(mean, seed=int(mean)) for mean in (2.0, 7.0, 13.0, 31.0, 58.0, 120.0)]
    want = np.stack([brightened(each, 60.0) for each in pictures])
    # Either may round a product that ends in a half its own way.
    assert np.abs(in_pytorch(*pictures).astype(int) - want.astype(int)).max() <= 1
    assert (in_pytorch(*pictures) == want).mean() > 0.99
