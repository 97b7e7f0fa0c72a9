"""The lines of a session's text files: one of JSON per frame, one of CSV per face and learner."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from math import isfinite

from metaface_gui.pipeline.recognition.truth_matching import found_faces
from metaface_gui.types import FrameResult, Identification, TrackedFace

CSV_COLUMNS = (
    "time_s",
    "frame",
    "track",
    "learner",
    "deciding",
    "person",
    "score",
    "threshold",
    "x1",
    "y1",
    "x2",
    "y2",
    "quality",
    "truth_known",
    "truth",
)
"""The columns of the CSV file, which has one line per face and learner.

`deciding` is 1 for the learner whose name is on screen, `person` is empty for Unknown, `truth` is empty for a stranger
and where the truth is unknown (`truth_known` is 0).
"""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Decision = dict[str, float | str | None]
Cell = int | float | str


def frame_line(result: FrameResult) -> str:
    """Return one frame as a line of JSON without its newline; scores of an empty gallery are null.

    `looks` is the number of looks at the face that its decision rests on; its score and threshold are the track's. If
    each frame is a file of its own, `file` holds its name; a name that is not Unicode makes the line ASCII. If several
    learners run, each face has all their decisions under `learners`.
    """
    faces = [_face_record(face) for face in result.faces]
    record: dict[str, object] = {"frame": result.frame.index, "time_s": round(result.frame.time_s, 4)}
    if result.frame.file:
        record["file"] = result.frame.file
    record["faces"] = faces
    return json.dumps(record, ensure_ascii=not _is_unicode(result.frame.file), allow_nan=False)


def face_rows(result: FrameResult) -> Iterator[tuple[Cell, ...]]:
    """Yield a frame's lines of CSV as cells, in the order of `CSV_COLUMNS`."""
    when: tuple[Cell, ...] = (round(result.frame.time_s, 4), result.frame.index)
    truths = result.frame.truth
    pairs = zip(found_faces(truths, result.faces), truths, strict=True)
    truth_of = {face.track_id: truth for face, truth in pairs if face is not None}
    for face in result.faces:
        truth = truth_of.get(face.track_id)
        known: tuple[Cell, ...] = (0, "") if truth is None else (1, _safe(truth.person or ""))
        place = (*_box(face), round(face.quality.score, 4), *known)
        for learner, is_deciding, decision in _decisions(face, _deciding(result, face)):
            said = (_safe(decision.name or ""), _cell(decision.score), _cell(decision.threshold))
            yield (*when, face.track_id, learner, int(is_deciding), *said, *place)


def csv_text(rows: Iterable[tuple[Cell, ...]]) -> str:
    """Return rows as lines of CSV, quoted according to RFC 4180."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _face_record(face: TrackedFace) -> dict[str, int | float | str | list[float] | dict[str, Decision] | None]:
    record: dict[str, int | float | str | list[float] | dict[str, Decision] | None] = {
        "track": face.track_id,
        "box": list(_box(face)),
        **_decision_record(face.identification),
        "looks": face.looks,
    }
    if len(face.per_learner) > 1:
        record["learners"] = {key: _decision_record(decision) for key, decision in face.per_learner.items()}
    return record


def _decision_record(decision: Identification) -> Decision:
    return {"person": decision.name, "score": _finite(decision.score), "threshold": _finite(decision.threshold)}


def _is_unicode(text: str) -> bool:
    """Return whether a text can be encoded; a file name need not be Unicode."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _finite(value: float) -> float | None:
    """Round a score for JSON, which has no infinity; an empty gallery's scores become null."""
    return round(value, 4) if isfinite(value) else None


def _box(face: TrackedFace) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (round(float(value), 1) for value in face.box_xyxy)
    return x1, y1, x2, y2


def _decisions(face: TrackedFace, deciding: str) -> list[tuple[str, bool, Identification]]:
    """Return each learner's key, whether it decides, and its decision; the key is "" if no running learner decided."""
    own = [(key, key == deciding, decision) for key, decision in face.per_learner.items()]
    return own if deciding in face.per_learner else [("", True, face.identification), *own]


def _deciding(result: FrameResult, face: TrackedFace) -> str:
    """Return the key of the learner that decides this face's name; "" if none does."""
    return result.learner or next((key for key, said in face.per_learner.items() if said is face.identification), "")


def _cell(score: float) -> Cell:
    value = _finite(score)
    return "" if value is None else value


def _safe(name: str) -> str:
    """Prefix an apostrophe to a name that a spreadsheet would take for a formula (OWASP, "CSV Injection")."""
    return f"'{name}" if name.startswith(_FORMULA_STARTS) else name
