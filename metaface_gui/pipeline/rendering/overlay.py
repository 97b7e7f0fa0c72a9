"""The overlay model: what a result looks like, before anybody paints it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isfinite

from metaface_gui.types import Floats, FrameResult, Identification, TrackedFace


class OverlayKind(Enum):
    """How a face is marked."""

    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class OverlayItem:
    """One face to draw: box in the frame's pixels, name ("" for Unknown), how full the score bar is.

    `fill` is the score and `mark` the threshold, both 0..1 along the same bar; `score_text` is e.g. `0.71 / 0.43`.
    """

    track_id: int
    box_xyxy: Floats
    kind: OverlayKind
    name: str
    score_text: str
    fill: float
    mark: float


def overlay_items(result: FrameResult) -> tuple[OverlayItem, ...]:
    """Describe every face of a result, the largest last so that it is painted on top."""
    return tuple(_item(face) for face in sorted(result.faces, key=lambda face: face.quality.size_px))


def _item(face: TrackedFace) -> OverlayItem:
    decision = face.identification
    fill, mark = _bar(decision)
    return OverlayItem(
        track_id=face.track_id,
        box_xyxy=face.box_xyxy,
        kind=OverlayKind.UNKNOWN if decision.is_unknown else OverlayKind.KNOWN,
        name=decision.name or "",
        score_text=f"{decision.score:.2f} / {decision.threshold:.2f}" if _has_score(decision) else "",
        fill=fill,
        mark=mark,
    )


def _has_score(decision: Identification) -> bool:
    return isfinite(decision.score) and isfinite(decision.threshold)


def _bar(decision: Identification) -> tuple[float, float]:
    """Place score and threshold on one bar, the threshold always in its middle: learners' scales differ widely."""
    if not _has_score(decision):
        return 0.0, 0.5
    reach = max(abs(decision.threshold), 1e-6)
    return min(1.0, max(0.0, 0.5 + 0.5 * (decision.score - decision.threshold) / reach)), 0.5
