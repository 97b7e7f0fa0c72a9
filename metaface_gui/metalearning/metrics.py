"""Figures of open-set identification, from what probes and strangers score in each episode.

TPIR, the true-positive identification rate: the share of enrolled people's probes that are given the right name with a
score at or above the threshold; FNIR = 1 − TPIR. FPIR, the false-positive identification rate: the share of strangers
who score at or above it against anybody (ISO/IEC 19795-1; Grother, Ngan and Hanaoka, NIST FRVT part 2). Shares are
fractions, 0..1.

No errors among n independent trials do not mean that there are none: up to 3/n remain possible at 95 % confidence (the
rule of three; Hanley and Lippman-Hand 1983). A FPIR of 0.1 % needs 3,000 different strangers before it is a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.types import Floats

PROMISES = (0.001, 0.005, 0.01, 0.02, 0.05, 0.10)
"""FPIRs that a calibrated threshold is asked for, to see what it achieves."""
_DET_POINTS = 60
_RULE_OF_THREE = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class EpisodeScores:
    """What one episode's faces scored under one condition.

    `best` (q,) float32 is each probe's score against the person it is most like, `right` (q,) whether that is the one
    it shows; `strangers` holds the strangers' best scores.
    """

    right: NDArray[np.bool_]
    best: Floats
    strangers: StrangerScores

    @property
    def top1(self) -> float:
        """Share of the probes whose best score is the right person's, whatever the score."""
        return float(self.right.mean())

    def tpir(self, threshold: float) -> float:
        """Share of the probes named right with a score at or above `threshold`."""
        return float((self.right & (self.best >= np.float32(threshold))).mean())


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over episodes with its 95 % confidence interval, within 0..1."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TpirAtFpir:
    """TPIR where the share `fpir` of strangers is let through; `pooled` if episodes shared one threshold."""

    tpir: float
    pooled: bool


@dataclass(frozen=True, slots=True)
class DetPoint:
    """One threshold's two error rates."""

    fpir: float
    fnir: float


def interval_over_episodes(shares: Sequence[float]) -> Interval:
    """Student's t interval of the mean, cut to 0..1. From one episode nothing follows: 0..1.

    Episodes share people, so it says how much other episodes of these people would differ, not other people.
    """
    values = np.asarray(shares, np.float64)
    mean = float(values.mean())
    if len(values) < 2:
        return Interval(mean, 0.0, 1.0)
    half = float(student_t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, max(0.0, mean - half), min(1.0, mean + half))


def tpir_at_fpir(episodes: Sequence[EpisodeScores], fpir: float) -> TpirAtFpir:
    """Mean TPIR over episodes at the threshold that lets at most the share `fpir` of the strangers through.

    Each episode has its own threshold, from its own strangers. Where one has fewer than 1 / `fpir` of them, nobody
    could be let through and the threshold would be a maximum's: then all episodes share the threshold of their pooled
    strangers.
    """
    pooled = any(len(episode.strangers.best) * fpir < 1.0 for episode in episodes)
    if pooled:
        shared = _pool(episodes).strangers.threshold(fpir)
        return TpirAtFpir(float(np.mean([episode.tpir(shared) for episode in episodes])), pooled)
    return TpirAtFpir(float(np.mean([episode.tpir(episode.strangers.threshold(fpir)) for episode in episodes])), pooled)


def calibration_error(achieved: Sequence[float], promised: Sequence[float] = PROMISES) -> float:
    """Mean |achieved − promised| FPIR over the promises."""
    return float(np.mean(np.abs(np.asarray(achieved) - np.asarray(promised))))


def det_curve(episodes: Sequence[EpisodeScores]) -> tuple[DetPoint, ...]:
    """Detection error trade-off: FNIR over FPIR, one threshold for all episodes, their probes and strangers pooled.

    Points lie evenly on a logarithmic axis from the smallest FPIR that the strangers can show (1 / their number, but
    not below 10⁻⁴) to just under 1.
    """
    pool = _pool(episodes)
    lowest = max(1.0 / len(pool.strangers.best), 1e-4)
    wanted = np.geomspace(lowest, 0.999, _DET_POINTS) if lowest < 0.999 else np.asarray([0.5])
    points = []
    for fpir in wanted:
        threshold = pool.strangers.threshold(float(fpir))
        points.append(DetPoint(pool.strangers.fpir(threshold), 1.0 - pool.tpir(threshold)))
    return tuple(dict.fromkeys(points))


def supports_claim(fpir: float, stranger_people: int) -> bool:
    """Whether so many different strangers can bear a statement about that FPIR, by the rule of three."""
    return stranger_people * fpir >= _RULE_OF_THREE


def _pool(episodes: Sequence[EpisodeScores]) -> EpisodeScores:
    return EpisodeScores(
        right=np.concatenate([episode.right for episode in episodes]),
        best=np.concatenate([episode.best for episode in episodes]),
        strangers=StrangerScores(np.sort(np.concatenate([episode.strangers.best for episode in episodes]))),
    )
