"""What the live benchmarks are made of: robust figures of many timings, a line's slope, names against a scene's truth.

Lives here: arithmetic without models, threads or files. May not live here: what is measured.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from metaface_gui.pipeline.recognition.truth_matching import found_faces
from metaface_gui.types import FaceTruth, Floats


@dataclass(frozen=True, slots=True)
class Timing:
    """The median and the 95th percentile of `count` durations, in milliseconds.

    The median because another program's moment of work must not count, the percentile because a user feels it.
    """

    median_ms: float
    p95_ms: float
    count: int


def timing_of(durations_ms: Sequence[float]) -> Timing:
    """Sum up at least one duration.

    Raises:
        ValueError: if there is none.
    """
    if not durations_ms:
        raise ValueError("no durations to sum up")
    median, p95 = np.percentile(np.asarray(durations_ms, np.float64), (50, 95)).tolist()
    return Timing(median, p95, len(durations_ms))


def measure(work: Callable[[], object], repeats: int, warm_up: int = 2) -> Timing:
    """Time `repeats` runs of `work`, after `warm_up` that are not counted; it must wait for its own accelerator."""
    for _ in range(warm_up):
        work()
    return timing_of([milliseconds(work) for _ in range(repeats)])


def measure_in_turns(works: Sequence[Callable[[], object]], repeats: int, warm_up: int = 2) -> tuple[Timing, ...]:
    """Time several kinds of work as `measure` does, one run of each in turns: what slows one moment slows all alike."""
    for work in works:
        for _ in range(warm_up):
            work()
    rounds = [[milliseconds(work) for work in works] for _ in range(repeats)]
    return tuple(timing_of(durations_ms) for durations_ms in zip(*rounds, strict=True))


def milliseconds(work: Callable[[], object]) -> float:
    """Run `work` once."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


@dataclass(frozen=True, slots=True)
class Slope:
    """Least-squares slope of a value over time, and its standard error, both per minute.

    The error takes samples for independent. What is flat lies within about two of them of 0.
    """

    per_minute: float
    standard_error: float


def slope_of(times_s: Sequence[float], values: Sequence[float]) -> Slope | None:
    """Fit a line to the values; None of fewer than three, or all at one time."""
    t, y = np.asarray(times_s, np.float64) / 60.0, np.asarray(values, np.float64)
    if len(t) < 3 or (spread := float(((t - t.mean()) ** 2).sum())) == 0.0:
        return None
    slope = float(((t - t.mean()) * (y - y.mean())).sum()) / spread
    residuals = y - y.mean() - slope * (t - t.mean())
    return Slope(slope, math.sqrt(float((residuals**2).sum()) / (len(t) - 2) / spread))


@dataclass(frozen=True, slots=True, eq=False)
class NamedBox:
    """A face as some program sees it: its box (4,) float32, and its name (None: Unknown)."""

    box_xyxy: Floats
    name: str | None


@dataclass(frozen=True, slots=True)
class TruthTally:
    """Faces that a scene showed: `of_enrolled` people and `of_strangers`; of those, who was found and called what.

    `extra` are found where the scene has no face.
    """

    of_enrolled: int = 0
    of_strangers: int = 0
    found: int = 0
    right: int = 0
    wrong: int = 0
    strangers_named: int = 0
    extra: int = 0

    @property
    def right_share(self) -> float | None:
        """Share of the enrolled people's faces that carried the right name, found or not; None without any."""
        return self.right / self.of_enrolled if self.of_enrolled else None

    @property
    def found_share(self) -> float | None:
        """Share of all faces that were found; None without any."""
        total = self.of_enrolled + self.of_strangers
        return self.found / total if total else None

    def __add__(self, other: TruthTally) -> TruthTally:
        return TruthTally(
            self.of_enrolled + other.of_enrolled,
            self.of_strangers + other.of_strangers,
            self.found + other.found,
            self.right + other.right,
            self.wrong + other.wrong,
            self.strangers_named + other.strangers_named,
            self.extra + other.extra,
        )


def tally_of(truths: Sequence[FaceTruth], faces: Sequence[NamedBox]) -> TruthTally:
    """Compare one frame."""
    found, total = found_faces(truths, faces), TruthTally()
    for truth, face in zip(truths, found, strict=True):
        is_stranger = truth.person is None
        name = None if face is None else face.name
        total += TruthTally(
            of_enrolled=int(not is_stranger),
            of_strangers=int(is_stranger),
            found=int(face is not None),
            right=int(not is_stranger and name == truth.person),
            wrong=int(not is_stranger and name not in (None, truth.person)),
            strangers_named=int(is_stranger and name is not None),
        )
    return total + TruthTally(extra=len(faces) - total.found)
