from __future__ import annotations

import pytest
import torch

from metaface_gui.pipeline.embedding.channel_range import ChannelRange, channel_statistics, measured_range

BALL = torch.tensor([[0.0, 0.0], [0.5, 0.5], [-1.0, -1.0], [1.0, 1.0]])
"""Of two channels: means about 0, reaching 0.5; logarithms of deviations about -1, reaching 1."""


def picture(mean: float, log_deviation: float, *, seed: int = 0) -> torch.Tensor:
    """(1, 2, 6, 6) whose channels have exactly these statistics."""
    x = torch.randn(1, 2, 6, 6, generator=torch.Generator().manual_seed(seed))
    own_mean, own_deviation = channel_statistics(x)
    return (x - own_mean) / own_deviation * torch.tensor(log_deviation).exp() + mean


@pytest.mark.parametrize(("mean", "log_deviation"), [(0.0, -1.0), (0.49, -0.01), (-0.6, -1.7)])
def test_what_training_knew_stays_as_it_is_to_the_last_bit(mean: float, log_deviation: float) -> None:
    x = picture(mean, log_deviation)
    assert torch.equal(ChannelRange(BALL)(x), x)


@pytest.mark.parametrize(("mean", "log_deviation"), [(2.0, -1.0), (-2.0, -1.0), (0.0, 1.5), (0.0, -4.0), (1.0, 1.0)])
def test_what_is_outside_comes_back_to_the_surface_on_the_shortest_way(mean: float, log_deviation: float) -> None:
    distance = ((mean / 0.5) ** 2 / 2 + (log_deviation + 1.0) ** 2 / 2) ** 0.5
    got_mean, got_deviation = channel_statistics(ChannelRange(BALL)(picture(mean, log_deviation)))
    torch.testing.assert_close(got_mean, torch.full_like(got_mean, mean / distance), rtol=0, atol=1e-5)
    want = torch.full_like(got_deviation, -1.0 + (log_deviation + 1.0) / distance)
    torch.testing.assert_close(got_deviation.log(), want, rtol=0, atol=1e-5)


def test_no_picture_hangs_on_its_neighbours_and_an_even_one_is_finite() -> None:
    one, other, even = picture(2.0, 1.0), picture(-2.0, -3.0, seed=1), torch.full((1, 2, 6, 6), 7.0)
    kept = ChannelRange(BALL)
    together = kept(torch.cat([one, other, even]))
    torch.testing.assert_close(together, torch.cat([kept(one), kept(other), kept(even)]))
    assert together.isfinite().all()


def test_the_dtype_is_kept() -> None:
    assert ChannelRange(BALL)(picture(2.0, 1.0).bfloat16()).dtype == torch.bfloat16


def test_a_range_reaches_so_many_deviations_from_the_middle() -> None:
    means, deviations = torch.tensor([[0.0, 3.0], [2.0, 3.0]]), torch.tensor([[1.0, 1.0], [torch.e, 1.0]])
    spread = 2.0**0.5
    want = torch.tensor([[1.0, 3.0], [2 * spread, 1e-4], [0.5, 0.0], [spread, 1e-4]])
    torch.testing.assert_close(measured_range(means, deviations, width=2.0), want)


def test_statistics_of_many_rows_are_those_of_every_other_row_and_column() -> None:
    seen = torch.randn(1, 2, 28, 28, generator=torch.Generator().manual_seed(0))
    noise = torch.full_like(seen, 50.0)
    noise[..., ::2, ::2] = seen[..., ::2, ::2]
    for got, want in zip(channel_statistics(noise), channel_statistics(seen[..., ::2, ::2]), strict=True):
        torch.testing.assert_close(got, want)
