from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.metalearning.metrics import (
    EpisodeScores,
    calibration_error,
    det_curve,
    interval_over_episodes,
    supports_claim,
    tpir_at_fpir,
)
from metaface_gui.pipeline.recognition.calibration import StrangerScores


def scored(probes: list[tuple[float, bool]], strangers: list[float]) -> EpisodeScores:
    best = np.asarray([score for score, _ in probes], np.float32)
    right = np.asarray([is_right for _, is_right in probes], np.bool_)
    return EpisodeScores(right, best, StrangerScores(np.sort(np.asarray(strangers, np.float32))))


HUNDRED = [0.01 * i for i in range(100)]
"""Strangers of whom one, at 0.99, is above 0.98."""


def test_a_probe_counts_if_it_is_named_right_and_above_the_threshold() -> None:
    episode = scored([(0.985, True), (0.97, True), (0.99, False), (0.2, False)], HUNDRED)
    assert episode.top1 == 0.5
    assert tpir_at_fpir([episode], 0.01).tpir == 0.25
    assert not tpir_at_fpir([episode], 0.01).pooled


def test_each_episode_has_its_own_threshold_when_its_strangers_suffice() -> None:
    low, high = scored([(0.5, True)], [x - 0.5 for x in HUNDRED]), scored([(0.5, True)], HUNDRED)
    assert tpir_at_fpir([low, high], 0.01).tpir == 0.5


def test_too_few_strangers_are_pooled_into_one_threshold() -> None:
    # Alone, each episode's threshold would be above its own best stranger.
    crowd = [scored([(0.7, True)], [0.1] * 49 + [0.6]), scored([(0.7, True)], [0.1] * 49 + [0.9])]
    figure = tpir_at_fpir(crowd, 0.01)
    assert figure.pooled
    assert figure.tpir == 1.0
    assert tpir_at_fpir(crowd, 0.001).tpir == 0.0


def test_interval_is_students() -> None:
    interval = interval_over_episodes([0.4, 0.6])
    # t(0.975, 1) = 12.706, s = 0.1414, √2: ± 1.27, cut.
    assert (interval.mean, interval.low, interval.high) == (0.5, 0.0, 1.0)
    interval = interval_over_episodes([0.5, 0.6, 0.7])
    assert interval.low == pytest.approx(0.6 - 4.3027 * 0.1 / 3**0.5, abs=1e-4)
    assert interval.high == pytest.approx(0.6 + 4.3027 * 0.1 / 3**0.5, abs=1e-4)


def test_one_episode_says_nothing_about_others() -> None:
    interval = interval_over_episodes([0.8])
    assert (interval.mean, interval.low, interval.high) == (0.8, 0.0, 1.0)


def test_calibration_error_is_the_mean_distance_from_the_promise() -> None:
    assert calibration_error([0.02, 0.04], [0.01, 0.05]) == pytest.approx(0.01)


def test_det_points_by_hand() -> None:
    points = det_curve([scored([(0.985, True), (0.5, True)], HUNDRED)])
    assert points[0].fpir == pytest.approx(0.01)
    assert points[0].fnir == 0.5
    assert points[-1].fnir == 0.0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.floats(-1, 1, width=32), st.booleans()), min_size=1, max_size=20),
            st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=50),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_det_falls_and_thresholds_keep_their_promise(
    episodes: list[tuple[list[tuple[float, bool]], list[float]]],
) -> None:
    made = [scored(probes, strangers) for probes, strangers in episodes]
    points = det_curve(made)
    assert all(a.fpir <= b.fpir and a.fnir >= b.fnir for a, b in pairwise(points))
    for episode in made:
        assert episode.strangers.fpir(episode.strangers.threshold(0.1)) <= 0.1 + 1e-9


def test_the_rule_of_three() -> None:
    assert supports_claim(0.01, 300)
    assert not supports_claim(0.01, 299)
    assert not supports_claim(0.001, 360)
