"""Which found face is which of a scene that knows its faces: one rule for demo, recordings, Compare and bench."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from metaface_gui.pipeline.boxes import box_iou
from metaface_gui.types import FaceTruth, Floats

_LEAST_IOU = 0.3
"""A scene's boxes are drawn around whole heads' faces, a detector's more tightly; less overlap is somebody else."""


class Boxed(Protocol):
    """A face that was found somewhere."""

    @property
    def box_xyxy(self) -> Floats:
        """Its box (4,), pixels."""


BoxedT = TypeVar("BoxedT", bound=Boxed)


def found_faces(truths: Sequence[FaceTruth], faces: Sequence[BoxedT]) -> tuple[BoxedT | None, ...]:
    """For each true face, in turn, the face not yet given away that overlaps it most, if by three tenths (IoU); else
    None."""
    if not truths or not faces:
        return (None,) * len(truths)
    overlaps = box_iou(np.stack([truth.box_xyxy for truth in truths]), np.stack([face.box_xyxy for face in faces]))
    found: list[BoxedT | None] = []
    for row in overlaps:
        best = int(row.argmax())
        is_found = row[best] >= _LEAST_IOU
        found.append(faces[best] if is_found else None)
        if is_found:
            overlaps[:, best] = 0.0
    return tuple(found)
