"""Counts what the demo's window says against what its scene knows, and tells which moments are worth a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metaface_gui.pipeline.recognition.tracker import box_iou
from metaface_gui.types import FaceTruth, Floats, FrameResult, TrackedFace

_MIN_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class DemoTally:
    """Faces of looked-at frames against the truth: of enrolled people (right, wrong, unknown), of the stranger, missed.

    `missed` counts faces of the scene that the detector did not find, `extra` found ones where the scene has none.
    """

    frames: int = 0
    right: int = 0
    wrong: int = 0
    unknown: int = 0
    strangers_unknown: int = 0
    strangers_named: int = 0
    missed: int = 0
    extra: int = 0


def tally_frame(tally: DemoTally, result: FrameResult) -> DemoTally:
    """Add one frame: every true face is matched to the found face that overlaps it most."""
    tally = replace(tally, frames=tally.frames + 1)
    free = list(result.faces)
    for truth in result.frame.truth:
        face = max(free, key=lambda found: _iou(found.box_xyxy, truth.box_xyxy), default=None)
        if face is None or _iou(face.box_xyxy, truth.box_xyxy) < _MIN_OVERLAP:
            tally = replace(tally, missed=tally.missed + 1)
            continue
        free.remove(face)
        tally = _tally_face(tally, truth, face)
    return replace(tally, extra=tally.extra + len(free))


def _tally_face(tally: DemoTally, truth: FaceTruth, face: TrackedFace) -> DemoTally:
    name = face.identification.name
    if truth.person is None:
        if name is None:
            return replace(tally, strangers_unknown=tally.strangers_unknown + 1)
        return replace(tally, strangers_named=tally.strangers_named + 1)
    if name is None:
        return replace(tally, unknown=tally.unknown + 1)
    if name == truth.person:
        return replace(tally, right=tally.right + 1)
    return replace(tally, wrong=tally.wrong + 1)


def moments(result: FrameResult) -> set[str]:
    """Name the moments of this frame that are worth a picture."""
    truths, found = result.frame.truth, set[str]()
    if len(truths) >= 3 and len(result.faces) >= 3:
        found.add("4-together")
    strangers = [truth for truth in truths if truth.person is None]
    if any(_iou(face.box_xyxy, truth.box_xyxy) > 0.5 for truth in strangers for face in result.faces):
        found.add("5-stranger")
    return found


def _iou(a: Floats, b: Floats) -> float:
    return float(box_iou(a[None], b[None])[0, 0])


def face_of(result: FrameResult, person: str | None) -> TrackedFace | None:
    """The found face that overlaps this person of the scene (None: the stranger); None if there is no such face."""
    boxes = [truth.box_xyxy for truth in result.frame.truth if truth.person == person]
    overlapping = [
        (overlap, face) for face in result.faces for box in boxes if (overlap := _iou(face.box_xyxy, box)) > 0.5
    ]
    return max(overlapping, key=lambda pair: pair[0])[1] if overlapping else None
