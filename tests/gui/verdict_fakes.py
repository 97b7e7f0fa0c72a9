"""Faces that several methods have judged."""

from __future__ import annotations

from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.types import Identification, TrackedFace
from tests.gui.fakes import make_face

KEYS = tuple(LEARNERS)
Box = tuple[float, float, float, float]


def decision(name: str | None, score: float = 0.6, threshold: float = 0.4) -> Identification:
    person_id = None if name is None else sum(map(ord, name))
    return Identification(person_id, name, score if name else score - 0.5, threshold, person_id, name)


def compared_face(
    track_id: int, box: Box, name: str | None = "lin", n: int = 9, others: dict[str, str | None] | None = None
) -> TrackedFace:
    """A face of which the first n methods say `name`, but for those in `others`."""
    said = {key: (others or {}).get(key, name) for key in KEYS[:n]}
    decisions = {key: decision(who) for key, who in said.items()}
    return make_face(track_id, box, said[KEYS[0]], per_learner=decisions)
