"""A gallery as simple as can be: dictionaries and loops, to be compared with the real one step by step.

A state is never changed; each change returns the next one, so that undoing is going back to the state before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from metaface_gui.gallery import name_key


@dataclass(frozen=True, slots=True)
class ModelShot:
    """A shot: its number, its picture, the angle that stands for its embedding."""

    id: int
    chip: bytes
    angle: float
    is_negative: bool
    kept: bool = True


@dataclass(frozen=True, slots=True)
class ModelPerson:
    """Somebody: `ghosts` are shots that were deleted and not purged yet, `chosen` is to stand for them."""

    name: str
    shots: tuple[ModelShot, ...] = ()
    ghosts: tuple[ModelShot, ...] = ()
    n_consents: int = 1
    is_hidden: bool = False
    chosen: int | None = None

    @property
    def own(self) -> tuple[ModelShot, ...]:
        """What shows them."""
        return tuple(shot for shot in self.shots if not shot.is_negative)

    @property
    def negatives(self) -> tuple[ModelShot, ...]:
        """What does not."""
        return tuple(shot for shot in self.shots if shot.is_negative)

    @property
    def cover(self) -> int | None:
        """What stands for them: the chosen shot, else the first that gives a template (all are equally good)."""
        ids = [shot.id for shot in sorted(self.own, key=lambda shot: (not shot.kept, shot.id))]
        return self.chosen if self.chosen in ids else next(iter(ids), None)

    def without(self, shot_ids: set[int]) -> ModelPerson:
        """Delete shots."""
        gone = tuple(shot for shot in self.shots if shot.id in shot_ids)
        return replace(
            self, shots=tuple(shot for shot in self.shots if shot.id not in shot_ids), ghosts=self.ghosts + gone
        )


def likeness(one: ModelShot, other: ModelShot) -> float:
    """Cosine of the two embeddings."""
    return math.cos(one.angle - other.angle)


@dataclass(frozen=True, slots=True)
class ModelGallery:
    """Everybody by their ids, and who was told apart."""

    people: Mapping[int, ModelPerson] = field(default_factory=dict)
    apart: frozenset[frozenset[int]] = frozenset()

    def bearer(self, name: str) -> int | None:
        """Who has that name or one that counts as the same."""
        return next((key for key, one in self.people.items() if name_key(one.name) == name_key(name)), None)

    def with_person(self, person_id: int, person: ModelPerson) -> ModelGallery:
        """Add somebody, or put them in their place."""
        return replace(self, people={**self.people, person_id: person})

    def adding(self, person_id: int, new: Sequence[ModelShot]) -> ModelGallery:
        """Add shots; what they contradict goes: the same picture, or a negative as like a new shot as any older one."""
        person = self.people[person_id]
        own = [shot for shot in new if not shot.is_negative]
        withdrawn = {no.id for no in person.negatives if no.chip in {shot.chip for shot in own}}
        older = [shot for shot in person.own if shot.kept]
        for no in person.negatives:
            for shot in own:
                if older and likeness(shot, no) >= max(likeness(shot, other) for other in older):
                    withdrawn.add(no.id)
        person = person.without(withdrawn)
        return self.with_person(person_id, replace(person, shots=person.shots + tuple(new)))

    def renaming(self, person_id: int, name: str) -> ModelGallery:
        """Give another name."""
        return self.with_person(person_id, replace(self.people[person_id], name=name))

    def hiding(self, person_id: int, *, is_hidden: bool) -> ModelGallery:
        """Hide somebody, or not any more."""
        return self.with_person(person_id, replace(self.people[person_id], is_hidden=is_hidden))

    def covering(self, person_id: int, shot_id: int) -> ModelGallery:
        """Choose which shot stands for somebody."""
        return self.with_person(person_id, replace(self.people[person_id], chosen=shot_id))

    def telling_apart(self, one_id: int, other_id: int) -> ModelGallery:
        """Remember that two are two."""
        return replace(self, apart=self.apart | {frozenset({one_id, other_id})})

    def _left(self, person_id: int) -> frozenset[frozenset[int]]:
        """Who is still told apart when that person goes."""
        return frozenset(pair for pair in self.apart if person_id not in pair)

    def keeping(self, person_id: int, shot_id: int, *, kept: bool) -> ModelGallery:
        """Choose whether a shot gives a template."""
        person = self.people[person_id]
        shots = tuple(replace(shot, kept=kept) if shot.id == shot_id else shot for shot in person.shots)
        return self.with_person(person_id, replace(person, shots=shots))

    def merging(self, into_id: int, from_id: int) -> ModelGallery:
        """Move everything; a negative of one that shows the other goes."""
        into, other = self.people[into_id], self.people[from_id]
        withdrawn = set[int]()
        for denied, shown, shown_id in ((into, other, from_id), (other, into, into_id)):
            for no in denied.negatives:
                positives = [
                    (likeness(no, shot), key) for key, one in self.people.items() for shot in one.own if shot.kept
                ]
                is_same = no.chip in {shot.chip for shot in shown.own}
                if is_same or (positives and max(positives)[1] == shown_id):
                    withdrawn.add(no.id)
        merged = replace(
            into,
            shots=into.shots + other.shots,
            ghosts=into.ghosts + other.ghosts,
            n_consents=into.n_consents + other.n_consents,
        )
        people = {key: one for key, one in self.people.items() if key != from_id}
        inherited = frozenset(
            (pair - {from_id}) | {into_id} for pair in self.apart if from_id in pair and into_id not in pair
        )
        return ModelGallery(people | {into_id: merged.without(withdrawn)}, self._left(from_id) | inherited)

    def deleting(self, person_id: int) -> ModelGallery:
        """Delete somebody, and other people's negatives that are pictures which are or were theirs."""
        person = self.people[person_id]
        chips = {shot.chip for shot in person.shots + person.ghosts if not shot.is_negative}
        return ModelGallery(
            {
                key: one.without({no.id for no in one.negatives if no.chip in chips})
                for key, one in self.people.items()
                if key != person_id
            },
            self._left(person_id),
        )

    def deleting_shot(self, person_id: int, shot_id: int) -> ModelGallery:
        """Delete one shot."""
        return self.with_person(person_id, self.people[person_id].without({shot_id}))

    def purged(self) -> ModelGallery:
        """Forget for good what was deleted."""
        return replace(self, people={key: replace(one, ghosts=()) for key, one in self.people.items()})
