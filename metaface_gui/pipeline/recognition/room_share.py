"""Which share of this room's strangers a threshold lets through, as far as anybody can know: the posterior of
`room_threshold` read the other way round.

What is uncertain is of two kinds. The room's shift Δ is one number that nobody knows exactly: its posterior gives the
interval. How much a single probe differs from the room, and how badly its scores against the others tell so, averages
out over strangers: it is integrated over.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from metaface_gui.deferred import torch
from metaface_gui.pipeline.recognition.room_threshold import (
    CohortScores,
    Room,
    posterior,
    shift_beside_one,
    shift_of_poor,
)

_SURE = 1.6449
"""Deviations of a normal distribution between which 90 % lie."""


@dataclass(frozen=True, slots=True)
class LetThrough:
    """A share of strangers, 0..1: what is expected, and the ends of the interval that it lies in with 90 %."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True, slots=True)
class StrangerVariances:
    """How strangers' scores vary, in squares of the cohort's deviation: a `probe`'s own shift, the score against one of
    the `others` beyond what the cohort's does, and the shift of the `room` beyond what is known of it. And by how many
    deviations all are `lower` than is known of the room."""

    probe: float
    others: float
    room: float
    lower: float = 0.0


MEASURED = StrangerVariances(probe=2.0, others=1.0, room=2.0, lower=0.4)
"""The threshold's variances are larger, for it is careful. The room's was measured when shots' poorness was not known:
with an eighth of it too few cells lay within the interval. Two to twenty people without unlabelled faces, 264 kinds of
galleries of meta-validation people of two sets, `room_webcam` and `masks`, as they are and degraded: 0.7 to 1.4 % of
strangers are expected, 0.8 to 1.2 for each number of people, where 0.8 to 1.1 passed; 88 % of kinds are in their
interval."""
_OF_ONE = StrangerVariances(probe=0.2, others=0.0, room=0.0, lower=0.4)
"""One person's margin is not made of what is known of probes."""


def let_through(
    room: Room,
    cohort: CohortScores,
    *,
    threshold: float,
    weight: float,
    varies: StrangerVariances = MEASURED,
) -> LetThrough:
    """What passes `threshold`, whose classifier takes `weight` times a probe's mean score against the others off
    (`RoomThreshold.weight`), where everything that is known of the room is `room`; `varies` is of several people."""
    prior, evidence = room.prior, room.evidence
    values = {name: torch.tensor(value, dtype=torch.float64) for name, value in asdict(prior).items()}
    known = {name: torch.tensor(float(value), dtype=torch.float64) for name, value in asdict(evidence).items()}
    of_poor = float(shift_of_poor(values, known["poorness"]))
    for caution in ("probe_shift", "poor_shift", "seen_caution"):  # what else is added is no shift of strangers
        values[caution] *= 0.0
    own_weight, own_shift, ratio, left = (float(value) for value in posterior(values, **known))
    if evidence.enrolled == 1:
        varies = _OF_ONE
    shift = own_shift / max(1.0 - own_weight, 1e-6) + of_poor - varies.lower  # E[Δ]
    if evidence.enrolled == 1:
        shift += float(shift_beside_one(seen_shift=known["seen_shift"], seen=known["seen"]))
    variance = left**2 / max(1.0 - own_weight, 1e-6)  # of the room's Δ and of what a probe differs from it
    of_room = (max(variance - prior.probe_variance, 0.0) + varies.room) ** 0.5
    of_others = varies.others / max(evidence.enrolled - 1, 1) + prior.others_floor
    of_probe = max((1.0 - weight) ** 2 * varies.probe + weight**2 * of_others, 1e-8) ** 0.5
    best = torch.from_numpy(cohort.less_others(weight)).double()
    here = ratio * (best - cohort.mean) + cohort.mean

    def share(deviations: float) -> float:
        moved = here + (1.0 - weight) * (shift + deviations * of_room) * cohort.deviation
        passing = torch.special.ndtr((moved - threshold) / (of_probe * cohort.deviation))
        return float(passing.mean())

    # Nine places of the normal distribution at equal shares: the mean over the room's own uncertainty.
    places = torch.special.ndtri((torch.arange(9, dtype=torch.float64) + 0.5) / 9.0).tolist()
    return LetThrough(share(-_SURE), sum(map(share, places)) / len(places), share(_SURE))
