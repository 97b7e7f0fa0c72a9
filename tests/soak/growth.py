"""Whether a quantity grows with the number of frames: a straight line through what was noted, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

BLOCKS = 12
"""What is noted one after another is alike, so that points are not independent; means of blocks nearly are."""
WARM_UP = 0.3
"""The first part of a run, in which caches and the gallery fill."""
CONFIDENCE = 0.99
PER_FRAMES = 10_000


@dataclass(frozen=True, slots=True)
class Growth:
    """The slope of a quantity per 10,000 frames, with the ends of its 99 % confidence interval."""

    slope: float
    low: float
    high: float

    def exceeds(self, tolerance: float) -> bool:
        """Whether it surely grows, and by more than this."""
        return self.low > 0.0 and self.slope > tolerance


def growth(frames: Sequence[int], values: Sequence[float]) -> Growth:
    """Fit a line to the means of blocks of what was noted at these numbers of frames, the warm-up left out.

    Raises:
        ValueError: if there are too few points for that.
    """
    x, y = np.asarray(frames, float) / PER_FRAMES, np.asarray(values, float)
    later = x >= WARM_UP * x[-1]
    x, y = x[later], y[later]
    if len(x) < 2 * BLOCKS:
        raise ValueError(f"want at least {2 * BLOCKS} points after the warm-up, got {len(x)}")
    x, y = (np.array([block.mean() for block in np.array_split(axis, BLOCKS)]) for axis in (x, y))
    if np.ptp(y) == 0.0:
        return Growth(0.0, 0.0, 0.0)
    fit = stats.linregress(x, y)
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, BLOCKS - 2)) * float(fit.stderr)
    slope = float(fit.slope)
    return Growth(slope, slope - reach, slope + reach)
