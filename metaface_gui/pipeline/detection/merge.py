"""One list out of several searches of the same picture: whole, in pieces, in other sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from metaface_gui.types import FaceDetections, Floats

_SAME_FACE = 0.5
"""Share of the smaller of two boxes that lies in the other from which both are the same face's."""


def joined(parts: Sequence[FaceDetections]) -> FaceDetections:
    """All faces of all parts, those of the first one first; of no parts none."""
    if not parts:
        return FaceDetections.empty()
    return FaceDetections(
        np.concatenate([part.boxes_xyxy for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.confidence for part in parts]),
    )


def each_once(found: FaceDetections) -> FaceDetections:
    """Of the boxes that lie on each other keep the surest: a face that a cut went through is less sure than a whole.

    Overlap is measured as a share of the smaller box, which of a face that was cut lies within that of the whole.
    """
    kept: list[int] = []
    for index in np.argsort(-found.confidence, kind="stable").tolist():
        if not _on_each_other(found.boxes_xyxy[index], found.boxes_xyxy[kept]).any():
            kept.append(index)
    return _rows(found, kept)


def supplemented(found: FaceDetections, closer: FaceDetections) -> FaceDetections:
    """Add to the faces `found` those that only a closer look saw; one that it saw more surely is taken as it saw it.

    None of `found` is lost, and they keep their places.
    """
    taken, added = list(range(len(found))), list[int]()
    every = joined([found, each_once(closer)])
    for index in range(len(found), len(every)):
        same = np.flatnonzero(_on_each_other(every.boxes_xyxy[index], found.boxes_xyxy))
        if not len(same):
            added.append(index)
        elif len(same) == 1 and every.confidence[index] > every.confidence[taken[same[0]]]:
            taken[same[0]] = index
    return _rows(every, taken + added)


def _on_each_other(box: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = np.clip(sides, 0.0, None).prod(axis=1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (others[:, 2:] - others[:, :2]).prod(axis=1))
    return np.asarray(common > _SAME_FACE * smaller, np.bool_)


def _rows(found: FaceDetections, rows: list[int]) -> FaceDetections:
    return FaceDetections(found.boxes_xyxy[rows], found.landmarks[rows], found.confidence[rows])
