"""A bounded memory of faces seen lately that nobody knows, grouped by likeness, so that one click names a person.

Grouping is online leader clustering (Hartigan 1975): a face joins the group whose mean is nearest and near enough, or
starts a group. Nothing here is written anywhere; groups vanish after a while or when the memory is full.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metaface_gui.pipeline.enrollment import EnrollmentBurst, FaceSample
from metaface_gui.types import Floats

SAME_PERSON = 0.40
"""Cosine to a group's mean from which a face is taken for the same person's."""


def is_alike(embedding: Floats, others: Floats, same_person: float = SAME_PERSON) -> bool:
    """Whether a face (d,) is taken for the person of one of these (n, d); all are of length 1.

    Faces of two embedders cannot be compared: those are not alike.
    """
    comparable = others.shape[1:] == embedding.shape and len(others) > 0
    return comparable and float((others @ embedding).max()) >= same_person


@dataclass(frozen=True, slots=True, eq=False)
class UnknownGroupState:
    """One unknown person: their best shots, how many faces joined, when the last did (monotonic ns).

    `mean` is (d,) float32, L2-normalised.
    """

    id: int
    mean: Floats
    burst: EnrollmentBurst
    count: int
    last_seen_ns: int

    def joined_by(self, sample: FaceSample, now_ns: int) -> UnknownGroupState:
        """Return the group with one face more."""
        total = self.mean * self.count + sample.embedding
        mean = (total / np.linalg.norm(total)).astype(np.float32)
        return UnknownGroupState(self.id, mean, self.burst.offer([sample])[0], self.count + 1, now_ns)


class UnknownFaces:
    """Groups of recent unknown faces; belongs to one thread.

    `same_person`: cosine to a group's mean from which a face joins it. `max_groups`, `max_age_s`: how many groups and
    how long they are remembered.
    """

    def __init__(self, same_person: float = SAME_PERSON, max_groups: int = 12, max_age_s: float = 300.0) -> None:
        self._same_person = same_person
        self._max_groups = max_groups
        self._max_age_ns = int(max_age_s * 1e9)
        self._groups: dict[int, UnknownGroupState] = {}
        self._next_id = 1

    def groups(self, now_ns: int) -> tuple[UnknownGroupState, ...]:
        """Those that are not too old, the one seen last first."""
        self._groups = {key: g for key, g in self._groups.items() if now_ns - g.last_seen_ns <= self._max_age_ns}
        return tuple(sorted(self._groups.values(), key=lambda group: (-group.last_seen_ns, group.id)))

    def add(self, sample: FaceSample, now_ns: int) -> bool:
        """Remember a face if it is good enough to enrol; True if it was taken."""
        if sample.quality.issues:
            return False
        nearest = max(self._groups.values(), key=lambda group: float(group.mean @ sample.embedding), default=None)
        if nearest is not None and float(nearest.mean @ sample.embedding) >= self._same_person:
            self._groups[nearest.id] = nearest.joined_by(sample, now_ns)
            return True
        burst = EnrollmentBurst().offer([sample])[0]
        self._groups[self._next_id] = UnknownGroupState(self._next_id, sample.embedding, burst, 1, now_ns)
        self._next_id += 1
        while len(self._groups) > self._max_groups:
            del self._groups[min(self._groups.values(), key=lambda group: group.last_seen_ns).id]
        return True

    def forget(self, group_id: int) -> None:
        """Drop one group; unknown ids have gone already."""
        self._groups.pop(group_id, None)

    def forget_like(self, embeddings: Floats) -> bool:
        """Drop every group that looks like one of these (n, d) L2-normalised embeddings; True if there was one."""
        alike = [key for key, group in self._groups.items() if is_alike(group.mean, embeddings, self._same_person)]
        for key in alike:
            del self._groups[key]
        return bool(alike)

    def clear(self) -> None:
        """Forget everybody, as when embeddings come from another network from now on."""
        self._groups.clear()
