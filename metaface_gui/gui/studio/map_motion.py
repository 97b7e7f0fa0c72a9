"""Motion on the embedding map: faces on screen, and dots gliding from one map to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A face on screen: its position (2,) on the plane, and its name; `is_unknown` for Unknown."""

    track_id: int
    xy: Floats
    name: str
    is_unknown: bool


@dataclass(frozen=True, slots=True, eq=False)
class Glide:
    """Shots and class vectors moving from `shots_from` (n, 2) and `class_vectors_from` (n_people, 2) to a new map."""

    shots_from: Floats
    class_vectors_from: Floats
    to: EmbeddingMap

    @classmethod
    def between(cls, before: EmbeddingMap | None, after: EmbeddingMap) -> Glide:
        """Move the shots and people that both maps share; new ones are in their final positions from the start."""
        shots, class_vectors = after.shots_xy.copy(), after.class_vectors_xy.copy()
        if before is not None:
            new, old = common_rows(after.shot_ids, before.shot_ids)
            shots[new] = before.shots_xy[old]
            new, old = common_rows(after.person_ids, before.person_ids)
            class_vectors[new] = before.class_vectors_xy[old]
        return cls(shots, class_vectors, after)

    @property
    def moves(self) -> bool:
        """Return whether anything moves."""
        return bool(
            (self.shots_from != self.to.shots_xy).any() or (self.class_vectors_from != self.to.class_vectors_xy).any()
        )

    def at(self, share: float) -> tuple[Floats, Floats]:
        """Return shots (n, 2) and class vectors (n_people, 2) at this fraction of the way, 0..1."""
        done = np.float32(share)
        shots = self.shots_from + done * (self.to.shots_xy - self.shots_from)
        class_vectors = self.class_vectors_from + done * (self.to.class_vectors_xy - self.class_vectors_from)
        return shots, class_vectors


def common_rows(first: Sequence[int], second: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of the ids common to two lists without repetitions."""
    row_of = {key: row for row, key in enumerate(second)}
    pairs = [(row, row_of[key]) for row, key in enumerate(first) if key in row_of]
    rows = np.array(pairs, np.intp).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]
