"""Running tallies of learners that look at the same frames: how often each names a face, changes its mind, agrees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LearnerTally:
    """One learner's faces so far.

    `named` + `unknown` = all faces it decided on. `switches`: how often a track's decision changed. `agreeing`: faces
    where it decides as the majority of all running learners do, of the `contested` ones where there is a majority.
    `right` of the `judged` faces, whose truth is known: in a scene that knows it, or because the user said so.
    """

    learner: str
    named: int = 0
    unknown: int = 0
    switches: int = 0
    switches_per_minute: float = 0.0
    agreeing: int = 0
    contested: int = 0
    right: int = 0
    judged: int = 0
