"""The threshold keeps its promise on the cohort, exactly and for every FPIR."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metaface_gui.pipeline.recognition.calibration import StrangerScores

SCORES = arrays(np.float32, st.integers(1, 60), elements=st.floats(-2, 2, width=32)).map(
    lambda scores: StrangerScores(np.sort(scores))
)
SHARES = st.floats(0.001, 0.999)


def test_one_in_a_hundred_passes() -> None:
    strangers = StrangerScores(np.arange(100, dtype=np.float32))
    assert 98.0 < strangers.threshold(0.01) < 99.0
    assert strangers.fpir(strangers.threshold(0.01)) == pytest.approx(0.01)
    assert strangers.fpir(strangers.threshold(0.25)) == pytest.approx(0.25)


def test_each_stranger_counts_with_the_person_they_resemble_most() -> None:
    scores = np.array([[0.1, 0.9], [0.3, 0.2], [0.0, 0.5]], np.float32)
    np.testing.assert_array_equal(StrangerScores.of(scores).best, np.array([0.3, 0.5, 0.9], np.float32))


@settings(max_examples=60, deadline=None)
@given(SCORES, SHARES)
def test_never_more_strangers_pass_than_promised(strangers: StrangerScores, fpir: float) -> None:
    assert strangers.fpir(strangers.threshold(fpir)) <= fpir + 1e-9


@settings(max_examples=60, deadline=None)
@given(SCORES, SHARES, SHARES)
def test_a_larger_fpir_never_raises_the_threshold(strangers: StrangerScores, one: float, other: float) -> None:
    assert strangers.threshold(max(one, other)) <= strangers.threshold(min(one, other))


@pytest.mark.parametrize("fpir", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_that_is_none_is_refused(fpir: float) -> None:
    with pytest.raises(ValueError, match="fpir"):
        StrangerScores(np.zeros(3, np.float32)).threshold(fpir)


@pytest.mark.parametrize(
    "best", [np.zeros(0, np.float32), np.array([1, 0], np.float32), np.array([0, np.nan], np.float32)], ids=str
)
def test_scores_that_cannot_be_looked_up_are_refused(best: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r".+"):
        StrangerScores(best)
