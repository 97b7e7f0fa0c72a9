"""Estimate the share of this room's strangers that a threshold lets through, by the posterior of `room_threshold`.

There are two kinds of uncertainty. The room's shift Δ is a single unknown number; its posterior gives the interval. How
much a single probe differs from the room, and how imprecisely its scores against the others show that, averages out
over strangers, and so is integrated over.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from metaface_gui.deferred import torch
from metaface_gui.pipeline.recognition.room_threshold import (
    CohortScores,
    Room,
    poor_picture_shift,
    posterior,
    strangers_shift,
)

_SURE = 1.6449
"""90 % of a normal distribution lie within this many deviations of its mean."""


@dataclass(frozen=True, slots=True)
class LetThrough:
    """A share of strangers, 0..1: the expected value and the ends of its 90 % interval."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True, slots=True)
class StrangerVariances:
    """Variances of strangers' scores, in squares of the cohort's deviation.

    `probe` is that of a probe's own shift, `others` that of a score against one other person beyond the cohort's
    variance, `room` that of the room's shift beyond its posterior variance. `lower` is by how many deviations strangers
    score lower than the posterior says.
    """

    probe: float
    others: float
    room: float
    lower: float = 0.0


MEASURED = StrangerVariances(probe=2.0, others=1.0, room=2.0, lower=0.4)
"""Smaller than the threshold's variances, which are cautious. `room` was measured before shots' poorness was modelled;
an eighth of it left too few cells inside the interval. Two to twenty people without unlabelled faces, 264 kinds of
galleries of meta-validation people of two sets, `room_webcam` and `masks`, clean and degraded: 0.7 to 1.4 % of
strangers are expected, 0.8 to 1.2 for each number of people, where 0.8 to 1.1 passed; 88 % of kinds are within their
interval."""
_OF_ONE = StrangerVariances(probe=0.2, others=0.0, room=0.0, lower=0.4)
"""A single person's margin does not depend on what is known of probes."""


def let_through(
    room: Room,
    cohort: CohortScores,
    *,
    threshold: float,
    weight: float,
    varies: StrangerVariances = MEASURED,
) -> LetThrough:
    """Estimate what passes `threshold` in `room`; `varies` applies to several people.

    `weight` is how much of a probe's mean score against the others the threshold's classifier takes off
    (`RoomThreshold.weight`).
    """
    prior, evidence = room.prior, room.evidence
    values = {name: torch.tensor(value, dtype=torch.float64) for name, value in asdict(prior).items()}
    known = {name: torch.tensor(float(value), dtype=torch.float64) for name, value in asdict(evidence).items()}
    of_poor = float(poor_picture_shift(values, known["poorness"]))
    for caution in ("probe_shift", "poor_shift", "seen_caution"):  # the rest of the caution is no shift of strangers
        values[caution] *= 0.0
    own_weight, own_shift, ratio, left = (float(value) for value in posterior(values, **known))
    if evidence.enrolled == 1:
        varies = _OF_ONE
    shift = own_shift / max(1.0 - own_weight, 1e-6) + of_poor - varies.lower  # E[Δ]
    if evidence.enrolled == 1:
        shift += float(strangers_shift(seen_shift=known["seen_shift"], seen=known["seen"]))
    variance = left**2 / max(1.0 - own_weight, 1e-6)  # of the room's Δ plus a probe's difference from it
    of_room = (max(variance - prior.probe_variance, 0.0) + varies.room) ** 0.5
    of_others = varies.others / max(evidence.enrolled - 1, 1) + prior.others_floor
    of_probe = max((1.0 - weight) ** 2 * varies.probe + weight**2 * of_others, 1e-8) ** 0.5
    best = torch.from_numpy(cohort.less_others(weight)).double()
    here = ratio * (best - cohort.mean) + cohort.mean

    def share(deviations: float) -> float:
        moved = here + (1.0 - weight) * (shift + deviations * of_room) * cohort.deviation
        passing = torch.special.ndtr((moved - threshold) / (of_probe * cohort.deviation))
        return float(passing.mean())

    # The mean over nine equally likely places of the normal distribution: over the uncertainty of the room itself.
    places = torch.special.ndtri((torch.arange(9, dtype=torch.float64) + 0.5) / 9.0).tolist()
    return LetThrough(share(-_SURE), sum(map(share, places)) / len(places), share(_SURE))
