"""Training degradations: shape, determinism, how often what is drawn, and that they reach beyond the tests' kinds."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from metaface_gui.metalearning import degradations
from metaface_gui.metalearning.conditions import Condition
from metaface_gui.metalearning.degradations import FAMILIES, degrade
from metaface_gui.types import Image


@pytest.fixture
def crop() -> Image:
    """A drawn face whose left and right differ."""
    image = np.full((112, 112, 3), 90, np.uint8)
    cv2.ellipse(image, (56, 60), (36, 46), 0, 0, 360, (200, 160, 130), -1)
    cv2.circle(image, (38, 50), 8, (20, 20, 20), -1)
    cv2.rectangle(image, (80, 0), (111, 111), (30, 60, 200), -1)
    image.setflags(write=False)
    return image


@pytest.mark.parametrize("family", [*FAMILIES, degrade])
def test_a_degradation_is_a_pure_function_of_crop_and_draws(crop: Image, family: Condition) -> None:
    for seed in range(40):
        one, two = (family(crop, np.random.default_rng(seed)) for _ in range(2))
        np.testing.assert_array_equal(one, two)
        assert one.shape == crop.shape
        assert one.dtype == np.uint8
        assert not np.array_equal(one, crop)


def test_families_are_drawn_as_often_as_they_say(crop: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def counting(number: int) -> Condition:
        def family(image: Image, rng: np.random.Generator) -> Image:
            drawn.append(number)
            return image

        return family

    chances = tuple(FAMILIES.values())
    assert sum(chances) == pytest.approx(1)
    monkeypatch.setattr(degradations, "FAMILIES", {counting(i): chance for i, chance in enumerate(chances)})
    rng = np.random.default_rng(0)
    copies = 4000
    mirrored = sum(np.array_equal(degrade(crop, rng), crop[:, ::-1]) for _ in range(copies))
    assert mirrored / copies == pytest.approx(0.5, abs=0.03)
    assert len(drawn) / copies == pytest.approx(1.15, abs=0.03)
    np.testing.assert_allclose(np.bincount(drawn) / len(drawn), chances, atol=0.03)


def test_occlusion_hides_a_part_and_leaves_the_rest(crop: Image) -> None:
    for seed in range(60):
        changed = (degradations.occlusion(crop, np.random.default_rng(seed)) != crop).any(axis=2)
        assert 0.03 < changed.mean() < 0.6


def test_training_reaches_darker_and_brighter_than_the_test(crop: Image) -> None:
    means = [degradations.low_light(crop, np.random.default_rng(seed)).mean() / 255 for seed in range(60)]
    assert min(means) < 0.3
    assert max(means) > 0.42
