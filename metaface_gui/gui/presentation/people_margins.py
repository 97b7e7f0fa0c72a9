"""How near each enrolled person is to being recognised now: one bar per person, at a stable position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

from metaface_gui.types import PersonId, TrackedFace


class PeopleMargins:
    """Remembers which people have a bar, so that bars keep their places; shows everybody if there is room."""

    def __init__(self) -> None:
        self._names: Mapping[PersonId, str] = {}
        self._shown: list[PersonId] = []
        self._named_at: dict[PersonId, int] = {}
        self._margins: Mapping[PersonId, float] = {}
        self._clock = 0

    def set_people(self, names: Mapping[PersonId, str]) -> None:
        """Set the enrolled people, in the order of the bars."""
        self._names = dict(names)
        self._named_at = {person_id: time for person_id, time in self._named_at.items() if person_id in names}
        self._margins = {}

    def take(self, faces: Sequence[TrackedFace]) -> None:
        """Update the margins from the faces of the newest result."""
        self._margins = margins_of(faces)
        self._clock += 1
        for person_id, margin in self._margins.items():
            if margin >= 0.0:
                self._named_at[person_id] = self._clock

    def rows(self, most: int) -> tuple[tuple[str, float], ...]:
        """Return at most `most` people, each with the best margin of any face to them, nan if none has one.

        If not all fit, a recognised person replaces the one who was last recognised longest ago.
        """
        everybody = list(self._names)
        if len(everybody) <= most:
            self._shown = everybody
        else:
            shown = [person_id for person_id in self._shown if person_id in self._names][:most]
            spare = (person_id for person_id in everybody if person_id not in shown)
            shown += [person_id for person_id, _ in zip(spare, range(most - len(shown)), strict=False)]
            for person_id in sorted(self._margins, key=lambda each: -self._margins[each]):
                if self._margins[person_id] >= 0.0 and person_id in self._names and person_id not in shown:
                    oldest = min(shown, key=lambda each: self._named_at.get(each, 0))
                    shown[shown.index(oldest)] = person_id
            self._shown = shown
        return tuple((self._names[person_id], self._margins.get(person_id, nan)) for person_id in self._shown)


def margins_of(faces: Sequence[TrackedFace]) -> dict[PersonId, float]:
    """Return the best margin per person by the deciding method, for people in a face's ranking or nearest to it."""
    margins: dict[PersonId, float] = {}
    for face in faces:
        decision = face.identification
        scored = [(one.person_id, decision.margin_of(one.score)) for one in decision.ranking]
        if not scored and decision.nearest_id is not None:
            scored = [(decision.nearest_id, decision.margin)]
        for person_id, margin in scored:
            margins[person_id] = max(margin, margins.get(person_id, -1.0))
    return margins
