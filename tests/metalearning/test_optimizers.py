"""Adam against its paper's formulas by hand; the rate's cycle; clipping."""

from __future__ import annotations

import math

import pytest
import torch

from metaface_gui.metalearning.optimizers import adam, clipped, initial_state, one_cycle


def test_adams_first_step_is_the_rate_against_the_sign() -> None:
    params = {"w": torch.tensor([1.0, 2.0])}
    moved, state = adam(params, {"w": torch.tensor([0.5, -8.0])}, initial_state(params), rate=0.1)
    torch.testing.assert_close(moved["w"], torch.tensor([0.9, 2.1]))
    assert state.steps == 1
    assert params["w"].tolist() == [1.0, 2.0]


def test_adams_second_step_by_hand() -> None:
    params = {"w": torch.tensor(0.0, dtype=torch.float64)}
    first, state = adam(params, {"w": torch.tensor(1.0, dtype=torch.float64)}, initial_state(params), rate=0.1)
    second, _ = adam(first, {"w": torch.tensor(-3.0, dtype=torch.float64)}, state, rate=0.1)
    mean = (0.9 * 0.1 * 1.0 + 0.1 * -3.0) / (1 - 0.9**2)
    square = (0.999 * 0.001 * 1.0 + 0.001 * 9.0) / (1 - 0.999**2)
    assert float(second["w"]) == pytest.approx(float(first["w"]) - 0.1 * mean / (math.sqrt(square) + 1e-8))


def test_parameters_that_the_state_does_not_know_stay() -> None:
    params = {"moving": torch.ones(2), "frozen": torch.ones(2)}
    moved, _ = adam(params, {"moving": torch.ones(2)}, initial_state({"moving": torch.ones(2)}), rate=0.1)
    assert moved["frozen"] is params["frozen"]
    assert not torch.equal(moved["moving"], params["moving"])


def test_a_long_gradient_is_cut_over_all_parameters() -> None:
    cut = clipped({"a": torch.tensor([3.0]), "b": torch.tensor([4.0])}, 1.0)
    torch.testing.assert_close(torch.cat([cut["a"], cut["b"]]), torch.tensor([0.6, 0.8]))
    short = clipped({"a": torch.tensor([0.3])}, 1.0)
    torch.testing.assert_close(short["a"], torch.tensor([0.3]))
    assert clipped({}, 1.0) == {}


def test_the_rate_goes_up_to_the_peak_and_down_to_nothing() -> None:
    rates = [one_cycle(step, 100, 0.5, warm_up=0.1) for step in range(100)]
    assert rates[0] == pytest.approx(0.05)
    assert max(rates) == rates[9] == rates[10] == 0.5
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < 1e-3
    assert one_cycle(0, 1, 0.5) == 0.5


def test_factors_slow_down_the_parameters_that_they_name() -> None:
    params = {"tail.a": torch.zeros(2), "scale": torch.zeros(2)}
    gradient = {name: torch.ones(2) for name in params}
    moved, _ = adam(params, gradient, initial_state(params), rate=0.1, factors={"tail.a": 0.05})
    torch.testing.assert_close(moved["scale"], torch.full((2,), -0.1))
    torch.testing.assert_close(moved["tail.a"], torch.full((2,), -0.005))
