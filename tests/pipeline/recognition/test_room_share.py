from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metaface_gui.pipeline.recognition.room_share import StrangerVariances, let_through
from metaface_gui.pipeline.recognition.room_threshold import CohortScores, Room, RoomEvidence, RoomPrior

COHORT = CohortScores(
    best=np.linspace(-2.0, 2.0, 4001, dtype=np.float32), others=np.zeros(4001, np.float32), mean=0.0, deviation=1.0
)
KNOWN = RoomPrior(
    probe_shift=0.0,
    shift_variance=1e-6,
    probe_variance=1e-6,
    gallery_variance=1e-6,
    people_variance=1e-6,
    spread_weight=0.0,
)
"""Of a room like this everything is known but its shift, and that is nought where nobody tells otherwise."""

SHARP = StrangerVariances(probe=1e-6, others=1.0, room=0.0)
PLAIN = RoomPrior(probe_shift=0.0, probe_variance=0.5, others_variance=1.0)
"""Without caution, and a probe is much like its room."""


def room(shift: float = 0.0, people: int = 20, prior: RoomPrior = KNOWN) -> Room:
    return Room(prior, RoomEvidence(shift, 1.0, people))


def test_where_all_is_known_it_is_the_cohorts_share() -> None:
    found = let_through(room(), COHORT, threshold=1.0, weight=0.0, varies=SHARP)
    assert found.expected == pytest.approx(0.25, abs=0.002)
    assert found.low == pytest.approx(found.high, abs=0.002)


def test_more_alike_people_let_more_strangers_through() -> None:
    prior = PLAIN
    shares = [
        let_through(
            room(shift, prior=prior), COHORT, threshold=1.5, weight=0.0, varies=replace(SHARP, probe=0.5)
        ).expected
        for shift in (0.0, 0.5, 1.0)
    ]
    assert shares == sorted(shares)
    assert shares[2] > 2 * shares[0]


def test_poor_shots_let_more_strangers_through_and_good_ones_fewer() -> None:
    prior = replace(KNOWN, poor_shift=4.0)
    good, usual, poor = (
        let_through(
            Room(prior, RoomEvidence(0.0, 1.0, 20, poorness=poorness)), COHORT, threshold=1.0, weight=0.0, varies=SHARP
        ).expected
        for poorness in (-0.05, 0.0, 0.2)
    )
    # Four cohort's deviations a unit, and a deviation is a quarter of the cohort's range.
    assert good == pytest.approx(0.25 - 0.2 / 4, abs=0.002)
    assert usual == pytest.approx(0.25, abs=0.002)
    assert poor == pytest.approx(0.25 + 0.8 / 4, abs=0.002)


def test_who_takes_the_others_off_is_moved_less() -> None:
    moved, less = (let_through(room(1.0, prior=PLAIN), COHORT, threshold=1.5, weight=weight) for weight in (0.0, 0.8))
    assert less.expected < moved.expected


def test_more_people_make_it_surer() -> None:
    def width(people: int) -> float:
        found = let_through(room(people=people, prior=PLAIN), COHORT, threshold=1.5, weight=0.0)
        assert found.low < found.expected < found.high
        return found.high - found.low

    assert width(40) < width(10) < width(2)


def test_the_rooms_own_threshold_lets_the_promise_through() -> None:
    """Without caution the threshold that is made for a room lets about the promised share of its strangers through."""
    here = room(0.6, people=30, prior=RoomPrior(probe_shift=0.0, probe_variance=1e-4, shift_variance=0.5))
    adapted = here.threshold(COHORT)
    threshold = float(np.quantile(adapted.of_cohort(COHORT), 0.9))
    found = let_through(here, COHORT, threshold=threshold, weight=adapted.weight, varies=SHARP)
    assert found.low < 0.1 < found.high
    assert found.expected == pytest.approx(0.1, abs=0.03)


def test_a_thresholds_caution_is_no_shift_of_strangers() -> None:
    careful, plain = (replace(PLAIN, probe_shift=shift) for shift in (2.0, 0.0))
    shares = [let_through(room(prior=prior), COHORT, threshold=1.5, weight=0.0) for prior in (careful, plain)]
    assert shares[0].expected == pytest.approx(shares[1].expected)
