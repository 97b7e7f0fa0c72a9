"""Decide who a track shows, updated with every look: a name as soon as the evidence supports it, Unknown otherwise.

The evidence is the score of the track's pooled template (`track_template`), judged by a sequential test (Wald,
"Sequential tests of statistical hypotheses", 1945). An Unknown track gets a name once the score reaches the threshold,
and keeps it until the score falls clearly below, or somebody else is better twice in a row. The two thresholds are a
hysteresis that keeps names from flickering. A stranger gets as many chances as there are looks, so the threshold for a
new name is a stricter one (`open_set`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from metaface_gui.types import Identification, PersonId

_FORGET_S = 2.0


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown for a track: `generation` is its template's, `challenger` who was better at the last look."""

    decision: Identification
    generation: int
    time_s: float
    challenger: PersonId | None = None


class TrackDecisions:
    """One learner's decisions on all tracks; belongs to one thread."""

    def __init__(self) -> None:
        self._shown: dict[int, _Shown] = {}

    def reset(self) -> None:
        """Forget all decisions."""
        self._shown.clear()

    def forget(self, track_ids: Iterable[int]) -> None:
        """Forget the decisions on these tracks."""
        for track_id in track_ids:
            self._shown.pop(track_id, None)

    def current(self, track_id: int) -> Identification | None:
        """Return the standing decision on a track; None if there was none, or all were forgotten."""
        shown = self._shown.get(track_id)
        return None if shown is None else shown.decision

    def still_in_sight(self, track_id: int, time_s: float) -> None:
        """Keep the decision on a track although its face was not looked at, at `time_s`; no effect if there is none."""
        shown = self._shown.get(track_id)
        if shown is not None:
            self._shown[track_id] = replace(shown, time_s=time_s)

    def update(
        self, track_id: int, now: Identification, staying: float, time_s: float, *, generation: int = 0
    ) -> Identification:
        """Take the decision `now` on the track's template and return the one to show.

        `staying`, at most the threshold of `now`, is the score that a shown person must keep. A template of another
        `generation` shows somebody else, so the earlier decision does not count.
        """
        self._forget(time_s)
        former = self._shown.get(track_id)
        if former is not None and former.generation != generation:
            former = None
        decision, challenger = now, None
        if former is not None and former.decision.person_id is not None:
            decision = kept(former.decision.person_id, now, staying)
            if _is_other(decision, former.decision) and former.challenger != decision.person_id:
                decision, challenger = former.decision, decision.person_id  # a single look may be chance
        self._shown[track_id] = _Shown(decision, generation, time_s, challenger)
        return decision

    def _forget(self, time_s: float) -> None:
        self._shown = {key: shown for key, shown in self._shown.items() if abs(time_s - shown.time_s) <= _FORGET_S}


def kept(shown_id: PersonId | None, now: Identification, staying: float) -> Identification:
    """Return the decision on a track that was shown as `shown_id` (None: Unknown), given the new evidence `now`.

    A name stays as long as the same person scores at least `staying`.
    """
    is_same = now.nearest_id == shown_id is not None and not now.is_denied
    if is_same and staying <= now.score < now.threshold:
        return replace(now, person_id=now.nearest_id, name=now.nearest_name, threshold=staying)
    return now


def _is_other(decision: Identification, shown: Identification) -> bool:
    return decision.person_id is not None and decision.person_id != shown.person_id
