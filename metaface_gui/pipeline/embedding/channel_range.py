"""Keeps what a layer sees within what training knew: one picture's channel statistics, drawn back into a ball.

A place that no training showed (infrared light, fog) moves the mean and deviation of many channels at once, and the
layers behind them work with values that they never met. Batch normalisation's statistics, re-estimated where a network
is used (Li et al., "Revisiting batch normalization for practical domain adaptation", 2016), mend that, the better the
more they hold to what training knew (Schneider et al., "Improving robustness against common corruptions by covariate
shift adaptation", NeurIPS 2020). Here the statistics are of a single picture (as in Huang and Belongie, "Arbitrary
style transfer in real-time with adaptive instance normalization", ICCV 2017) and the prior is a ball about those of
training: within it nothing changes, and from outside they come back to its surface, all channels by the same factor. So
no picture's features hang on another's, and none that is as training knew it changes at all.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from metaface_gui.pipeline.embedding.sface_weights import LEAST_DEVIATION, SAMPLED_FROM


class ChannelRange(nn.Module):
    """(n, c, h, w) → the same, the statistics of each picture's channels within the ball `bounds` (4, c) float32.

    Its rows are middle and reach of the channels' means, then of the logarithms of their deviations. A picture's
    distance from the middle is the root mean square, over all 2c, of how many reaches each is away; 1 is the ball's
    surface. Computes in float32; what comes out has the dtype of what came in.
    """

    bounds: Tensor

    def __init__(self, bounds: Tensor) -> None:
        super().__init__()
        self.register_buffer("bounds", bounds.float())

    def forward(self, x: Tensor) -> Tensor:
        """Draw what is outside back to the surface."""
        middle, reach, log_middle, log_reach = self.bounds[:, None, :, None, None]
        seen = x.float()
        mean, deviation = channel_statistics(seen)
        off, log_off = mean - middle, deviation.log() - log_middle
        both = torch.cat([off / reach, log_off / log_reach], dim=1)
        distance = both.square().mean(1, keepdim=True).sqrt()
        back = 1.0 / distance.clamp_min(1.0) - 1.0
        gain = (back * log_off).exp()
        drawn: Tensor = seen * gain + (mean * (1.0 - gain) + back * off)
        return drawn.to(x.dtype)


def channel_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each channel of each picture: (n, c, h, w) → (n, c, 1, 1) twice.

    Those of every other row and column where there are `SAMPLED_FROM` rows or more.
    """
    x = x[..., ::2, ::2] if x.shape[-2] >= SAMPLED_FROM else x
    mean = x.mean((2, 3), keepdim=True)
    deviation = (x - mean).square().mean((2, 3), keepdim=True).sqrt()
    return mean, deviation.clamp_min(LEAST_DEVIATION)


def measured_range(means: Tensor, deviations: Tensor, *, width: float) -> Tensor:
    """Ball (4, c) of `width` deviations about what n pictures' channels (n, c) were like.

    A channel that is the same in all of them reaches `LEAST_DEVIATION`.
    """
    rows = [row for values in (means, deviations.log()) for row in (values.mean(0), _reach(values, width))]
    return torch.stack(rows)


def _reach(values: Tensor, width: float) -> Tensor:
    return (width * values.std(0)).clamp_min(LEAST_DEVIATION)
