"""What is found out about people in the gallery: who may be one person (`likely_pairs`), what a shot is worth
(`shot_effect`)."""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.types import PersonId


@dataclass(frozen=True, slots=True)
class Taken:
    """So many of a person's `n_shots` shots would be taken for the other, if the one were not enrolled."""

    n_taken: int
    n_shots: int


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two people who may be one, the one with more shots first; `margin` is by how much the median shot passes the
    threshold, of the direction in which that is less."""

    one_id: PersonId
    other_id: PersonId
    one_as_other: Taken
    other_as_one: Taken
    margin: float


@dataclass(frozen=True, slots=True)
class HowRecognised:
    """How a person is recognised by some of their shots.

    Of `n_probes` shots, each left out in turn, `n_right` get the person's name, and by `margin` (score minus threshold,
    cosines) in the mean; None where no shot is left to be recognised by. `strangers` is which share (0..1) of the
    cohort would get their name, None without a cohort; `threshold` what a face has to reach.
    """

    n_right: int
    n_probes: int
    margin: float | None
    strangers: float | None
    threshold: float


@dataclass(frozen=True, slots=True)
class ShotEffect:
    """A person with and without one of their shots; `without` is None if it is their only one.

    `own_margin` is what the shot itself scores against the others, minus their threshold; None if there are none.
    """

    shot_id: int
    person_id: PersonId
    with_it: HowRecognised
    without: HowRecognised | None
    own_margin: float | None
