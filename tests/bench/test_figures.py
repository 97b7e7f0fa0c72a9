"""Percentiles, slopes and names against the truth, on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.bench.figures import NamedBox, TruthTally, measure, slope_of, tally_of, timing_of
from metaface_gui.types import FaceTruth, Floats


def box(x: float) -> Floats:
    return np.array([x, 0.0, x + 10.0, 10.0], np.float32)


def test_a_timing_is_median_and_95th_percentile() -> None:
    timing = timing_of([float(value) for value in range(101)])
    assert (timing.median_ms, timing.p95_ms, timing.count) == (50.0, 95.0, 101)
    with pytest.raises(ValueError, match="no durations"):
        timing_of([])


def test_warming_up_is_not_counted() -> None:
    calls: list[int] = []
    assert measure(lambda: calls.append(1), 3, warm_up=2).count == 3
    assert len(calls) == 5


def test_a_slope_is_per_minute_with_its_standard_error() -> None:
    straight = slope_of([0.0, 30.0, 60.0, 90.0], [5.0, 6.0, 7.0, 8.0])
    assert straight is not None
    assert straight.per_minute == pytest.approx(2.0)
    assert straight.standard_error == pytest.approx(0.0, abs=1e-9)
    # Residuals of ±1 about a flat line over four samples: s² = 4/2, Σ(t−t̄)² = 5 min².
    noisy = slope_of([0.0, 60.0, 120.0, 180.0], [1.0, -1.0, -1.0, 1.0])
    assert noisy is not None
    assert noisy.per_minute == pytest.approx(0.0)
    assert noisy.standard_error == pytest.approx((2.0 / 5.0) ** 0.5)


@pytest.mark.parametrize("times", [[], [0.0, 1.0], [2.0, 2.0, 2.0]])
def test_too_few_samples_have_no_slope(times: list[float]) -> None:
    assert slope_of(times, times) is None


def test_names_are_told_from_the_truth() -> None:
    truths = [FaceTruth(box(x), name) for x, name in ((0, "Anna"), (20, "Bela"), (40, "Carla"), (60, None), (80, None))]
    seen = [NamedBox(box(0), "Anna"), NamedBox(box(21), "Anna"), NamedBox(box(60), "Bela"), NamedBox(box(80), None)]
    tally = tally_of(truths, [*seen, NamedBox(box(200), None)])
    assert tally == TruthTally(of_enrolled=3, of_strangers=2, found=4, right=1, wrong=1, strangers_named=1, extra=1)
    assert tally.right_share == pytest.approx(1 / 3)
    assert tally.found_share == pytest.approx(4 / 5)
    assert (tally + tally).right == 2
    assert TruthTally().right_share is None
