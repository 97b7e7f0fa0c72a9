"""The overlay model: what a result looks like, independent of the painter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from metaface_gui.pipeline.rendering.verdicts import Verdict, has_score, margin_text, raw_text, score_bar, verdicts_of
from metaface_gui.types import UNKNOWN, Floats, FrameResult, Identification, TrackedFace

NOT_YET = "…"
"""The name shown for a face while no learner is available to decide."""


class OverlayKind(Enum):
    """How a face is marked."""

    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class OverlayItem:
    """One face to draw: box in the frame's pixels, name ("" for Unknown, `NOT_YET`), and the fill of its score bar.

    `fill` is the score and `mark` the threshold, both 0..1 on the same bar; `score_text` is the margin between them,
    e.g. `+0.62`, and `raw_text` shows both, e.g. `0.71 / 0.43`. `differs`: another view beside this one shows another
    name. `is_former`: this is another method's decision, because the deciding one has not processed the face yet.
    `verdicts` are the decisions of all running learners, in no particular order; empty if fewer than two run.
    """

    track_id: int
    box_xyxy: Floats
    kind: OverlayKind
    name: str
    score_text: str
    fill: float
    mark: float
    verdicts: tuple[Verdict, ...] = ()
    raw_text: str = ""
    differs: bool = False
    is_former: bool = False


def overlay_items(result: FrameResult, learner: str | None = None) -> tuple[OverlayItem, ...]:
    """Describe every face of a result, the largest last so that it is painted on top.

    With `learner`, a key, boxes show that learner's decision, for one picture per learner: it is then marked as
    deciding among the verdicts, and a face that it has not decided on yet (it has only just started) has no score.
    Otherwise boxes show the decision stored in the faces.
    """
    faces = sorted(result.faces, key=lambda face: face.quality.size_px)
    deciding = result.learner if learner is None else learner
    return tuple(
        _item(face, _decision(face, learner), verdicts_of(face, deciding), NOT_YET if not deciding else "")
        for face in faces
    )


def _decision(face: TrackedFace, learner: str | None) -> Identification:
    if learner is None:
        return face.identification
    return face.sides.get(learner) or face.per_learner.get(learner, UNKNOWN)


def _item(face: TrackedFace, decision: Identification, verdicts: tuple[Verdict, ...], unnamed: str) -> OverlayItem:
    fill, mark = score_bar(decision)
    return OverlayItem(
        track_id=face.track_id,
        box_xyxy=face.box_xyxy,
        kind=OverlayKind.UNKNOWN if decision.is_unknown else OverlayKind.KNOWN,
        name=decision.name or ("" if has_score(decision) else unnamed),
        score_text=margin_text(decision.margin),
        fill=fill,
        mark=mark,
        verdicts=verdicts,
        raw_text=raw_text(decision),
    )
