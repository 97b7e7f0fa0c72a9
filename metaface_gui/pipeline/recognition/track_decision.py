"""Who a track shows, updated with every look: a name as soon as the evidence bears it, Unknown otherwise.

The evidence is the score of the track's pooled template (`track_template`), and a sequential test decides by it (Wald,
"Sequential tests of statistical hypotheses", 1945): whoever is taken for nobody so far gets a name once the score
reaches the threshold, and keeps it until the score falls clearly below, or somebody else is better twice running. The
two thresholds are the hysteresis that keeps a name from flickering. Strangers have as many chances as there are looks,
so the threshold of the first looks is a higher one (`open_set`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from metaface_gui.types import Identification, PersonId

_FORGET_S = 2.0


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a track: `generation` of its template, `challenger` who was better at the last look."""

    decision: Identification
    generation: int
    time_s: float
    challenger: PersonId | None = None


class TrackDecisions:
    """One learner's decisions on all tracks; belongs to one thread."""

    def __init__(self) -> None:
        self._shown: dict[int, _Shown] = {}

    def reset(self) -> None:
        """Forget all of them."""
        self._shown.clear()

    def forget(self, track_ids: Iterable[int]) -> None:
        """Forget what was decided on these tracks."""
        for track_id in track_ids:
            self._shown.pop(track_id, None)

    def current(self, track_id: int) -> Identification | None:
        """What stands for a track without another look; None if nothing was ever said of it, or all was forgotten."""
        shown = self._shown.get(track_id)
        return None if shown is None else shown.decision

    def update(
        self, track_id: int, now: Identification, staying: float, time_s: float, *, generation: int = 0
    ) -> Identification:
        """Take what the track's template says `now`; returns what is to be shown.

        `staying` is the threshold that whoever is shown must reach, not above that of `now`. A template of another
        `generation` is of somebody else: what was shown before does not count.
        """
        self._forget(time_s)
        former = self._shown.get(track_id)
        if former is not None and former.generation != generation:
            former = None
        decision, challenger = now, None
        if former is not None and former.decision.person_id is not None:
            decision = kept(former.decision.person_id, now, staying)
            if _is_other(decision, former.decision) and former.challenger != decision.person_id:
                decision, challenger = former.decision, decision.person_id  # once may be chance
        self._shown[track_id] = _Shown(decision, generation, time_s, challenger)
        return decision

    def _forget(self, time_s: float) -> None:
        self._shown = {key: shown for key, shown in self._shown.items() if abs(time_s - shown.time_s) <= _FORGET_S}


def kept(shown_id: PersonId | None, now: Identification, staying: float) -> Identification:
    """What a track's evidence `now` says of a track that was shown as `shown_id`, None as Unknown.

    A name stays as long as the same person scores `staying`.
    """
    is_same = now.nearest_id == shown_id is not None and not now.is_denied
    if is_same and staying <= now.score < now.threshold:
        return replace(now, person_id=now.nearest_id, name=now.nearest_name, threshold=staying)
    return now


def _is_other(decision: Identification, shown: Identification) -> bool:
    return decision.person_id is not None and decision.person_id != shown.person_id
