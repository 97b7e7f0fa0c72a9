from __future__ import annotations

import numpy as np
import pytest

from tests.soak.growth import growth

AT = np.arange(1, 121) * 1700


@pytest.mark.parametrize("seed", range(20))
def test_noise_about_a_level_is_no_growth(seed: int) -> None:
    """Also noise that remembers, as memory does: each value is mostly the one before."""
    random = np.random.default_rng(seed)
    noise = np.zeros(len(AT))
    for i in range(1, len(AT)):
        noise[i] = 0.5 * noise[i - 1] + random.normal()
    assert not growth(AT.tolist(), (500 + noise).tolist()).exceeds(0.3)


@pytest.mark.parametrize("seed", range(20))
def test_a_slow_leak_is_found_below_the_noise(seed: int) -> None:
    leak = 0.6 * AT / 10_000
    found = growth(AT.tolist(), (500 + leak + np.random.default_rng(seed).normal(0, 1.5, len(AT))).tolist())
    assert found.exceeds(0.3)
    assert found.low < 0.6 < found.high


def test_the_warm_up_does_not_count() -> None:
    filling = np.minimum(AT, 0.3 * AT[-1]) / 1000
    assert not growth(AT.tolist(), filling.tolist()).exceeds(0.0)


def test_what_never_changes_is_flat() -> None:
    found = growth(AT.tolist(), [9.0] * len(AT))
    assert (found.slope, found.low, found.high) == (0.0, 0.0, 0.0)
    assert not found.exceeds(0.0)


def test_a_step_at_the_end_is_growth_of_what_is_counted() -> None:
    """One thread more that stays: small, but it never goes back."""
    assert growth(AT.tolist(), (0.6 * AT[-1] < AT).astype(float).tolist()).exceeds(0.05)


def test_too_little_is_not_judged() -> None:
    with pytest.raises(ValueError, match="at least 24 points"):
        growth([1, 2, 3], [1.0, 2.0, 3.0])
