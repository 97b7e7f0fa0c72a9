"""A plane to look at an adapted embedding space on: fixed when the gallery was adapted to, so that it does not jump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Floats, PersonId


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMap:
    """Principal components of the enrolled shots in a learner's adapted space (Pearson 1901).

    `mean` (d,) and `axes` (2, d) place any face of that space. `shots_xy` is (n, 2), of the shots `shot_ids` (n,) of
    the people `shot_people` (n,) int64, which index `names`; `anchors_xy` (n_people, 2) are what stands for each:
    prototypes, or a head's weight rows. `explained` is the share of the shots' variance that the plane shows, 0..1.
    """

    learner: str
    person_ids: tuple[PersonId, ...]
    names: tuple[str, ...]
    shot_ids: tuple[int, ...]
    shot_people: NDArray[np.int64]
    shots_xy: Floats
    anchors_xy: Floats
    mean: Floats
    axes: Floats
    explained: float

    def place(self, embedded: Floats) -> Floats:
        """Faces of the adapted space (n, d) on the plane: (n, 2)."""
        placed: Floats = ((embedded - self.mean) @ self.axes.T).astype(np.float32)
        return placed
