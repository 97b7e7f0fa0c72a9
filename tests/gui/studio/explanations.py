"""Explanations and embedding maps to show."""

from __future__ import annotations

import numpy as np

from metaface_gui.pipeline.explanation import Explanation, NearShot, PooledLook
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.types import FaceQuality, Floats, Identification, QualityIssue
from tests.gui.panels.samples import picture

THRESHOLD = 0.43


def decided(name: str | None, score: float, nearest: str, *, is_denied: bool = False) -> Identification:
    """A decision on a face whose nearest person, of those that it may be, is `nearest`."""
    return Identification(7 if name else None, name, score, THRESHOLD, 7, nearest, is_denied)


def heat_at(row: int, column: int, amount: float = 0.2) -> Floats:
    """Heat in one cell of seven times seven."""
    heat = np.zeros((7, 7), np.float32)
    heat[row, column] = amount
    return heat


def explained(
    decision: Identification | None = None,
    *,
    scores: tuple[tuple[str, float], ...] = (("alex", 0.71), ("lin", 0.31)),
    heat: Floats | None = None,
    denied: str = "",
    issues: tuple[QualityIssue, ...] = (),
    looks: int = 24,
) -> Explanation:
    """Why a grey face is alex, unless told otherwise; two shots were near, and of the looks the last was left out."""
    shots = tuple(
        NearShot(40 + i, 7 + i, name, cosine, picture(40 * i)) for i, (name, cosine) in enumerate(scores) if cosine > 0
    )
    return Explanation(
        learner="prototypical",
        decision=decision or decided("alex", 0.71, "alex"),
        quality=FaceQuality(92.0, 120.0, 0.4, 0.9, 0.7, issues),
        scores=scores,
        shots=shots,
        crop_rgb=np.full((112, 112, 3), 128, np.uint8),
        heat=heat_at(5, 3) if heat is None else heat,
        seconds=0.42,
        heat_of=scores[0][0] if scores else "",
        denied=denied,
        looks=pooled_looks(looks),
    )


def pooled_looks(count: int) -> tuple[PooledLook, ...]:
    """So many looks of equal weight, the last of which was left out."""
    quality = FaceQuality(92.0, 120.0, 0.4, 0.9, 0.7)
    return tuple(
        PooledLook(i + 1, 1.0 / (count - 1) if i + 1 < count else 0.0, quality, np.full((48, 48, 3), 10 * i, np.uint8))
        for i in range(count)
    )


def embedding_map(
    *names: str, learner: str = "maml", shift: tuple[float, float] = (0.0, 0.0), explained: float = 0.63
) -> EmbeddingMap:
    """People in a row, half a unit apart, with two shots each (10 and 11 of person 1, 20 and 21 of person 2, …)."""
    n = len(names)
    class_vectors: Floats = np.array([(0.5 * i, 0.2 * (i % 2)) for i in range(n)], np.float32).reshape(
        -1, 2
    ) + np.array(shift, np.float32)
    offsets = np.array([(-0.05, 0.1), (0.05, -0.1)], np.float32)
    return EmbeddingMap(
        learner=learner,
        person_ids=tuple(range(1, n + 1)),
        names=names,
        shot_ids=tuple(10 * person + shot for person in range(1, n + 1) for shot in (0, 1)),
        shot_people=np.repeat(np.arange(n), 2),
        shots_xy=(class_vectors[:, None] + offsets).reshape(-1, 2),
        class_vectors_xy=class_vectors,
        mean=np.zeros(2, np.float32),
        axes=np.eye(2, dtype=np.float32),
        explained=explained,
    )
