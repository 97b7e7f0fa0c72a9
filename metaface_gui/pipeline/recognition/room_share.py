"""Which share of this room's strangers a threshold lets through, as far as anybody can know: the posterior of
`room_threshold` read the other way round.

What is uncertain is of two kinds. The room's shift Δ is one number that nobody knows exactly: its posterior gives the
interval. How much a single probe differs from the room, and how badly its scores against the others tell so, averages
out over strangers: it is integrated over.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from metaface_gui.deferred import torch
from metaface_gui.pipeline.recognition.room_threshold import CohortScores, Room, posterior

_SURE = 1.6449
"""Deviations of a normal distribution between which 90 % lie."""
_PROBE_VARIANCE, _OTHERS_VARIANCE = 2.0, 2.0
"""Of a stranger's own shift, and of one other person's score, in squares of the cohort's deviation. The threshold's are
larger, for it is careful; with these, two to twenty people and 0 or 24 unlabelled faces, 0.5 to 1.0 % of strangers are
expected where 0.4 to 1.6 % passed (six validation sets, clean and hard)."""
_PROBE_VARIANCE_OF_ONE = 0.2
"""One person's margin is not made of what is known of probes: 1 to 5 % are expected where 0.2 to 0.5 % passed."""


@dataclass(frozen=True, slots=True)
class LetThrough:
    """A share of strangers, 0..1: what is expected, and the ends of the interval that it lies in with 90 %."""

    low: float
    expected: float
    high: float


def let_through(
    room: Room,
    cohort: CohortScores,
    *,
    threshold: float,
    weight: float,
    probe_variance: float = _PROBE_VARIANCE,
    others_variance: float = _OTHERS_VARIANCE,
) -> LetThrough:
    """What passes `threshold`, whose classifier takes `weight` times a probe's mean score against the others off
    (`RoomThreshold.weight`), where everything that is known of the room is `room`; the variances are a probe's."""
    prior, evidence = room.prior, room.evidence
    values = {name: torch.tensor(value, dtype=torch.float64) for name, value in asdict(prior).items()}
    known = {name: torch.tensor(float(value), dtype=torch.float64) for name, value in asdict(evidence).items()}
    own_weight, own_shift, ratio, left = (float(value) for value in posterior(values, **known))
    are_several = evidence.enrolled > 1
    if not are_several:
        probe_variance = min(probe_variance, _PROBE_VARIANCE_OF_ONE)
    # E[Δ], without the caution that a threshold has beside it.
    shift = own_shift / max(1.0 - own_weight, 1e-6) - are_several * prior.probe_shift
    variance = left**2 / max(1.0 - own_weight, 1e-6)  # of the room's Δ and of what a probe differs from it
    of_room = max(variance - prior.probe_variance, 0.0) ** 0.5
    of_others = others_variance / max(evidence.enrolled - 1, 1) + prior.others_floor
    of_probe = max((1.0 - weight) ** 2 * probe_variance + weight**2 * of_others, 1e-8) ** 0.5
    here = ratio * (cohort.best.double() - cohort.mean) + cohort.mean

    def share(deviations: float) -> float:
        moved = here + (1.0 - weight) * (shift + deviations * of_room) * cohort.deviation
        passing = torch.special.ndtr((moved - threshold) / (of_probe * cohort.deviation))
        return float(passing.mean())

    # Nine places of the normal distribution at equal shares: the mean over the room's own uncertainty.
    places = torch.special.ndtri((torch.arange(9, dtype=torch.float64) + 0.5) / 9.0).tolist()
    return LetThrough(share(-_SURE), sum(map(share, places)) / len(places), share(_SURE))
