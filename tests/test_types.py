from __future__ import annotations

from math import isnan

import pytest

from metaface_gui.types import UNKNOWN, Identification, ScoreScale


def test_a_margin_is_the_same_on_any_methods_scale() -> None:
    cosine, wide = ScoreScale(0.1, 0.8), ScoreScale(-20.0, 50.0)
    for share in (-1.0, -0.4, 0.0, 0.5, 1.0):
        score = 0.4 + share * (0.4 if share > 0 else 0.3)
        other = 10.0 + share * (40.0 if share > 0 else 30.0)
        assert cosine.margin(score, 0.4) == pytest.approx(share, abs=1e-6)
        assert wide.margin(other, 10.0) == pytest.approx(share, abs=1e-6)


def test_a_margin_never_leaves_its_scale() -> None:
    scale = ScoreScale(0.1, 0.8)
    assert scale.margin(9.0, 0.4) == 1.0
    assert scale.margin(-9.0, 0.4) == -1.0
    assert isnan(scale.margin(float("-inf"), 0.4))


def test_where_people_were_not_measured_or_are_no_better_than_the_threshold_it_still_rises() -> None:
    assert ScoreScale(0.1).margin(0.55, 0.4) == pytest.approx(0.5)
    assert ScoreScale(0.1, people=0.3).margin(0.43, 0.4) == pytest.approx(0.4)


def test_without_a_scale_it_is_measured_against_the_threshold_itself() -> None:
    assert Identification(1, "Ann", 0.6, 0.4).margin == pytest.approx(0.5)
    assert Identification(None, None, 0.1, 0.4).margin == pytest.approx(-0.75)
    assert isnan(UNKNOWN.margin)


def test_the_scale_is_for_showing_and_makes_no_other_decision() -> None:
    assert Identification(1, "Ann", 0.6, 0.4) == Identification(1, "Ann", 0.6, 0.4, scale=ScoreScale(0.0, 0.9))
