from __future__ import annotations

from metaface_gui.engine.live.rates import RateMeter


def test_rate_and_median_of_steady_events() -> None:
    meter = RateMeter()
    for i in range(61):
        meter.tick(i * 33_333_333, value=float(i))
    now = 60 * 33_333_333
    assert abs(meter.per_second(now) - 30.0) < 0.01
    assert meter.median_value(now) == 30.0


def test_old_events_are_forgotten() -> None:
    meter = RateMeter()
    meter.tick(0, 1.0)
    meter.tick(1_000_000, 1.0)
    assert meter.per_second(3_000_000_000) == 0.0
    assert meter.median_value(3_000_000_000) == 0.0
