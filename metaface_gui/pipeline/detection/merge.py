"""Merge several searches of the same picture into one list: of the whole, of pieces, at other sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from metaface_gui.types import FaceDetections, Floats

_SAME_FACE = 0.5
"""Share of the smaller of two boxes inside the other from which both show the same face."""


def joined(parts: Sequence[FaceDetections]) -> FaceDetections:
    """Concatenate the faces of all parts in order; empty if there are no parts."""
    if not parts:
        return FaceDetections.empty()
    return FaceDetections(
        np.concatenate([part.boxes_xyxy for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.confidence for part in parts]),
    )


def each_once(found: FaceDetections) -> FaceDetections:
    """Keep the most confident of overlapping boxes, so that a face cut by an edge loses to the complete one.

    Overlap is a share of the smaller box, because a cut face's box lies inside the complete one.
    """
    kept: list[int] = []
    for index in np.argsort(-found.confidence, kind="stable").tolist():
        if not _on_each_other(found.boxes_xyxy[index], found.boxes_xyxy[kept]).any():
            kept.append(index)
    return found.rows(kept)


def supplemented(found: FaceDetections, closer: FaceDetections) -> FaceDetections:
    """Add to the faces `found` those seen only by a closer look; use its view where it was more confident of one.

    No face of `found` is lost, and their order stays.
    """
    taken, added = list(range(len(found))), list[int]()
    every = joined([found, each_once(closer)])
    for index in range(len(found), len(every)):
        same = np.flatnonzero(_on_each_other(every.boxes_xyxy[index], found.boxes_xyxy))
        if not len(same):
            added.append(index)
        elif len(same) == 1 and every.confidence[index] > every.confidence[taken[same[0]]]:
            taken[same[0]] = index
    return every.rows(taken + added)


def beside(faint: FaceDetections, faces: FaceDetections) -> FaceDetections:
    """Return the `faint` boxes that show none of the `faces`."""
    free = [not _on_each_other(box, faces.boxes_xyxy).any() for box in faint.boxes_xyxy]
    return faint.rows(np.asarray(free, np.bool_))


def _on_each_other(box: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = np.clip(sides, 0.0, None).prod(axis=1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (others[:, 2:] - others[:, :2]).prod(axis=1))
    return np.asarray(common > _SAME_FACE * smaller, np.bool_)
