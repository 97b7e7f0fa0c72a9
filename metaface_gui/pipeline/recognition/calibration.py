"""What a score must reach so that only the chosen share of strangers is taken for somebody.

FPIR, the false positive identification rate: the share of probes of people who are not enrolled for which any
enrolled person scores at or above the threshold (ISO/IEC 19795-1; Grother et al., NIST FRVT part 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metaface_gui.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class StrangerScores:
    """Each cohort face's best score against anybody enrolled: (n,) float32, n ≥ 1, ascending.

    Kept with the classifier, so that another FPIR means looking up another threshold and nothing else.

    Raises:
        ValueError: if there are none, or they are not finite or not in order.
    """

    best: Floats

    def __post_init__(self) -> None:
        if self.best.ndim != 1 or len(self.best) == 0 or not np.isfinite(self.best).all():
            raise ValueError("want one finite score or more")
        if (np.diff(self.best) < 0.0).any():
            raise ValueError("scores must be in ascending order")

    @classmethod
    def of(cls, scores: Floats) -> StrangerScores:
        """Take a score matrix (n strangers, n_way people): nobody's false match is worse than the best one."""
        return cls(np.sort(scores.max(axis=1)).astype(np.float32))

    def threshold(self, fpir: float) -> float:
        """Lowest threshold that lets at most the share `fpir` of the cohort through; falls as `fpir` grows.

        Raises:
            ValueError: if `fpir` is not between 0 and 1, both excluded.
        """
        if not 0.0 < fpir < 1.0:
            raise ValueError(f"fpir must lie between 0 and 1, got {fpir}")
        # Scores equal to the threshold pass, so it lies a hair above the first stranger who must not.
        passing = int(fpir * len(self.best) + 1e-9)
        return float(np.nextafter(self.best[len(self.best) - 1 - passing], np.float32(np.inf)))

    def fpir(self, threshold: float) -> float:
        """Share of the cohort that scores at or above `threshold`: 0..1."""
        return 1.0 - float(np.searchsorted(self.best, np.float32(threshold), side="left")) / len(self.best)
