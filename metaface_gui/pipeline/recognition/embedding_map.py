"""A plane to look at an adapted embedding space on: fixed when the gallery was adapted to, so that it does not jump.

Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", 1901, for the plane; Schönemann, "A
Generalized Solution of the Orthogonal Procrustes Problem", Psychometrika 1966, for keeping it the same way up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metaface_gui.types import Floats, PersonId

_Doubles = NDArray[np.float64]

_FLAT = 1e-9
"""Share of the squared lengths of all points below which a direction counts as one in which nothing varies."""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMap:
    """Principal components of the enrolled shots in a learner's adapted space (Pearson 1901).

    `mean` (d,) and `axes` (2, d) place any face of that space. `shots_xy` is (n, 2), of the shots `shot_ids` (n,) of
    the people `shot_people` (n,) int64, which index `names`; `class_vectors_xy` (n_people, 2) are what stands for each:
    prototypes, or a head's weight rows. `explained` is the share of the shots' variance that the plane shows, 0..1.
    """

    learner: str
    person_ids: tuple[PersonId, ...]
    names: tuple[str, ...]
    shot_ids: tuple[int, ...]
    shot_people: NDArray[np.int64]
    shots_xy: Floats
    class_vectors_xy: Floats
    mean: Floats
    axes: Floats
    explained: float

    def place(self, embedded: Floats) -> Floats:
        """Faces of the adapted space (n, d) on the plane: (n, 2)."""
        placed: Floats = ((embedded - self.mean) @ self.axes.T).astype(np.float32)
        return placed


def make_map(
    learner: str,
    embedded: Floats,
    class_vectors: Floats,
    *,
    labels: ArrayLike,
    shot_ids: Sequence[int],
    person_ids: Sequence[PersonId],
    names: Sequence[str],
    former: EmbeddingMap | None = None,
) -> EmbeddingMap:
    """Find the plane in which the shots differ most, and place shots and class vectors on it.

    `embedded` is (n, d), n ≥ 1, the shots in the adapted space of `learner` (`AdaptedClassifier.embed`), and
    `class_vectors` (n_people, d) what stands for each person there; `labels` (n,) says whose a shot is, an index of
    `person_ids` and `names`. Fewer than three shots span no plane, so the class vectors count as shots then. Each axis
    points to where its largest loading is positive; with a `former` map, of any learner, the plane is turned and
    mirrored instead so that the shots which both know lie as they did there. Always finite, also where nothing varies.

    Raises:
        ValueError: if shapes or lengths do not fit each other, or a number is not finite.
    """
    people = np.asarray(labels, np.int64)
    if embedded.ndim != 2 or len(embedded) == 0 or class_vectors.shape != (len(names), embedded.shape[1]):
        raise ValueError(
            f"want (n, d) shots, n ≥ 1, and ({len(names)}, d) class vectors: {embedded.shape}, {class_vectors.shape}"
        )
    if not people.shape == (len(shot_ids),) == (len(embedded),) or len(person_ids) != len(names):
        raise ValueError(f"want a label and an id for each of {len(embedded)} shots, an id for each name")
    if people.min() < 0 or people.max() >= len(names):
        raise ValueError(f"labels must lie in 0 … {len(names) - 1}")
    if not (np.isfinite(embedded).all() and np.isfinite(class_vectors).all()):
        raise ValueError("a shot or a class vector is not finite")
    points = embedded if len(embedded) >= 3 else np.concatenate([embedded, class_vectors])
    points = points.astype(np.float64)
    mean = points.mean(0)
    axes = _principal_axes(points - mean, mean)
    shots_xy = (embedded - mean) @ axes.T
    if former is not None:
        axes = _turn(shots_xy, tuple(shot_ids), former).T @ axes
    shown, spread = (float(np.square(x).sum()) for x in ((points - mean) @ axes.T, points - mean))
    return EmbeddingMap(
        learner=learner,
        person_ids=tuple(person_ids),
        names=tuple(names),
        shot_ids=tuple(shot_ids),
        shot_people=people,
        shots_xy=((embedded - mean) @ axes.T).astype(np.float32),
        class_vectors_xy=((class_vectors - mean) @ axes.T).astype(np.float32),
        mean=mean.astype(np.float32),
        axes=axes.astype(np.float32),
        explained=min(1.0, shown / spread) if spread > _FLAT * len(points) else 1.0,
    )


def _principal_axes(centred: _Doubles, mean: _Doubles) -> _Doubles:
    """Two unit vectors (2, d), orthogonal, along which points (m, d) about their `mean` (d,) vary most.

    Where nothing varies, the direction of the mean takes the place: along it a face's cosine to a lone shot is seen.
    """
    variances, directions = np.linalg.eigh(centred.T @ centred)
    floor = _FLAT * (np.square(centred).sum() + len(centred) * np.square(mean).sum())
    found = [directions[:, -1 - i] for i in range(min(2, len(variances))) if variances[-1 - i] > floor]
    for candidate in (mean, *np.eye(len(mean))[:3]):
        rest = candidate.copy()
        for axis in found:
            rest -= (rest @ axis) * axis
        length = float(np.linalg.norm(rest))
        if len(found) < 2 and length > 1e-3 * max(float(np.linalg.norm(candidate)), 1e-6):
            found.append(rest / length)
    axes = np.zeros((2, len(mean)))
    axes[: len(found)] = [axis * (-1.0 if axis[np.abs(axis).argmax()] < 0.0 else 1.0) for axis in found]
    return axes


def _turn(shots_xy: _Doubles, shot_ids: tuple[int, ...], former: EmbeddingMap) -> _Doubles:
    """R (2, 2), orthogonal, with which xy R lies closest to the same shots on the former map, both about their centres.

    R = U Vᵀ of the singular value decomposition of newᵀ old (Schönemann 1966). If the shots lie on one line, both
    mirror images are as close, and the one without a mirror is taken; if they lie in one place, R = 1.
    """
    known = {shot_id: row for row, shot_id in enumerate(former.shot_ids)}
    both = [(row, known[shot_id]) for row, shot_id in enumerate(shot_ids) if shot_id in known]
    if len(both) < 2:
        return np.eye(2)
    new = shots_xy[[row for row, _ in both]]
    old = former.shots_xy[[row for _, row in both]].astype(np.float64)
    new, old = new - new.mean(0), old - old.mean(0)
    left, sizes, right = np.linalg.svd(new.T @ old)
    if sizes[0] <= _FLAT:
        return np.eye(2)
    turn: _Doubles = left @ right
    if sizes[1] <= 1e-6 * sizes[0] and np.linalg.det(turn) < 0.0:
        turn = left @ np.diag([1.0, -1.0]) @ right
    return turn
