"""Counts what the demo's window says against what its scene knows, and tells which moments are worth a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metaface_gui.pipeline.recognition.truth_matching import found_faces
from metaface_gui.types import FaceTruth, FrameResult, TrackedFace


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
    """Add one frame."""
    truths = result.frame.truth
    found = found_faces(truths, result.faces)
    for truth, face in zip(truths, found, strict=True):
        if face is not None:
            tally = _tally_face(tally, truth, face)
    n_found = len(found) - found.count(None)
    return replace(
        tally,
        frames=tally.frames + 1,
        missed=tally.missed + len(truths) - n_found,
        extra=tally.extra + len(result.faces) - n_found,
    )


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
    if face_of(result, None) is not None:
        found.add("5-stranger")
    return found


def face_of(result: FrameResult, person: str | None) -> TrackedFace | None:
    """The found face of this person of the scene (None: of a stranger); None if there is no such face."""
    truths = result.frame.truth
    pairs = zip(truths, found_faces(truths, result.faces), strict=True)
    return next((face for truth, face in pairs if truth.person == person and face is not None), None)
