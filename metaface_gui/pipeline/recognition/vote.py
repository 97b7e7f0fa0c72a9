"""Turns a track's flickering frame-by-frame decisions into one steady name.

Each frame adds evidence: how far the best person's score is above (or below) the threshold, weighted by how good the
picture is (large, sharp, frontal). Evidence fades with a half-life, like a leaky integrator, and the shown name changes
only when another one leads by a margin: the two together are a sequential test with hysteresis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from types import MappingProxyType

from metaface_gui.types import UNKNOWN, FaceQuality, Identification, PersonId

Candidate = PersonId | None
"""A person, or None for Unknown."""


@dataclass(frozen=True, slots=True)
class VoteLimits:
    """`half_life_s`: how fast evidence fades. `lead`: share of all evidence by which a new name must lead.

    `forget_s`: how long the vote of a track that is out of sight is kept.
    """

    half_life_s: float = 0.6
    lead: float = 0.15
    forget_s: float = 2.0


@dataclass(frozen=True, slots=True)
class _Ballot:
    """One track's evidence by candidate, and what is shown; `last` holds each candidate's newest identification."""

    time_s: float
    shown: Candidate
    evidence: Mapping[Candidate, float] = field(default_factory=dict)
    last: Mapping[Candidate, Identification] = field(default_factory=dict)


class TemporalVote:
    """One ballot per track; belongs to one thread. A name is shown only if some frame's score reached the threshold."""

    def __init__(self, limits: VoteLimits | None = None) -> None:
        self._limits = limits or VoteLimits()
        self._ballots: dict[int, _Ballot] = {}

    def reset(self) -> None:
        """Forget all ballots."""
        self._ballots.clear()

    def current(self, track_id: int) -> Identification | None:
        """What stands for a track without another look; None if nothing was ever said of it, or all was forgotten."""
        ballot = self._ballots.get(track_id)
        return None if ballot is None else ballot.last.get(ballot.shown)

    def update(self, track_id: int, now: Identification, quality: FaceQuality, time_s: float) -> Identification:
        """Add one frame's decision; returns the track's. The first frame's decision stands until evidence outweighs it.

        The answer carries this frame's score and threshold when the frame agrees with it, else the candidate's newest.
        """
        self._forget(time_s)
        former = self._ballots.get(track_id)
        ballot = self._counted(former or _Ballot(time_s, now.person_id), now, quality, time_s)
        ballot = replace(ballot, shown=self._winner(ballot))
        self._ballots[track_id] = ballot
        return now if ballot.shown == now.person_id else ballot.last[ballot.shown]

    def _counted(self, ballot: _Ballot, now: Identification, quality: FaceQuality, time_s: float) -> _Ballot:
        fade = 0.5 ** (max(0.0, time_s - ballot.time_s) / self._limits.half_life_s)
        evidence = {candidate: amount * fade for candidate, amount in ballot.evidence.items()}
        evidence[now.person_id] = evidence.get(now.person_id, 0.0) + _weight(now, quality)
        last = {**ballot.last, now.person_id: now}
        return replace(ballot, time_s=time_s, evidence=MappingProxyType(evidence), last=MappingProxyType(last))

    def _winner(self, ballot: _Ballot) -> Candidate:
        leader = max(ballot.evidence, key=lambda candidate: ballot.evidence[candidate])
        ahead = ballot.evidence[leader] - ballot.evidence.get(ballot.shown, 0.0)
        return leader if ahead > self._limits.lead * sum(ballot.evidence.values()) else ballot.shown

    def _forget(self, time_s: float) -> None:
        self._ballots = {
            key: ballot for key, ballot in self._ballots.items() if abs(time_s - ballot.time_s) <= self._limits.forget_s
        }


def _weight(now: Identification, quality: FaceQuality) -> float:
    """How much a frame says: its quality, times how clearly the score lies on its side of the threshold.

    A frame of good quality counts up to four times one of bad quality: more, and a person who is always in the dark
    could never take over from whom the track showed before. A score at the threshold counts half of one that lies
    half the threshold's size away.
    """
    if now is UNKNOWN or not (isfinite(now.score) and isfinite(now.threshold)):
        clearness = 1.0
    else:
        clearness = min(1.0, 0.5 + abs(now.score - now.threshold) / max(abs(now.threshold), 1e-6))
    return (0.25 + 0.75 * quality.score) * clearness
