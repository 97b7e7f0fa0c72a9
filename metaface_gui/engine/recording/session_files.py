"""The text files of a session: a line of JSON a frame, a line of CSV a face and learner.

Nothing is kept back in a buffer, so that a crash loses nothing of what had been seen. Texts are UTF-8.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path

from metaface_gui.errors import cannot_write
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
"""One line a face and learner. `deciding` is 1 for the learner whose name is on screen, `person` is empty for Unknown,
`truth` is empty for a stranger, and also where nobody knows (`truth_known` is 0)."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Decision = dict[str, float | str | None]
Cell = int | float | str


def frame_line(result: FrameResult) -> str:
    """One frame as a line of JSON without its end, in the shape that DESIGN names; a score of an empty gallery is null.

    `looks` is how many looks at the face its decision rests on; its score and threshold are the track's.
    Where each frame is a file of its own, its name is under `file`; one that is not Unicode makes a line of ASCII.
    Where several learners run, each face says what each of them decides, under `learners`.
    """
    faces = [_face_record(face) for face in result.faces]
    record: dict[str, object] = {"frame": result.frame.index, "time_s": round(result.frame.time_s, 4)}
    if result.frame.file:
        record["file"] = result.frame.file
    record["faces"] = faces
    return json.dumps(record, ensure_ascii=not _is_unicode(result.frame.file), allow_nan=False)


def face_rows(result: FrameResult) -> Iterator[tuple[Cell, ...]]:
    """A frame's lines of CSV as cells, in the order of `CSV_COLUMNS`."""
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


class JsonLinesFile:
    """A new file of `frame_line`s.

    Raises:
        KnownError: if it exists or cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = _NewTextFile(path)

    def write(self, result: FrameResult) -> None:
        """Add a frame.

        Raises:
            KnownError: if the disk does not take it.
        """
        self._file.write(frame_line(result) + "\n")

    def close(self) -> None:
        """Finish it; safe to call twice.

        Raises:
            KnownError: if the disk does not take the rest.
        """
        self._file.close()


class CsvFile:
    """A new file of `face_rows` under a line of `CSV_COLUMNS`, quoted as RFC 4180 says.

    Raises:
        KnownError: if it exists or cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = _NewTextFile(path)
        self._add([CSV_COLUMNS])

    def write(self, result: FrameResult) -> None:
        """Add a frame's faces.

        Raises:
            KnownError: if the disk does not take them.
        """
        self._add(face_rows(result))

    def close(self) -> None:
        """Finish it; safe to call twice.

        Raises:
            KnownError: if the disk does not take the rest.
        """
        self._file.close()

    def _add(self, rows: Sequence[tuple[Cell, ...]] | Iterator[tuple[Cell, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._file.write(text.getvalue())


class _NewTextFile:
    """Makes a file that must not be there yet, keeps it a row of whole lines, and says what the system says."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = 0
        try:
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise cannot_write(path, error) from error

    def write(self, lines: str) -> None:
        data = lines.encode("utf-8", "backslashreplace")
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._file.truncate(self._length)  # a full disk may have taken half a line
            raise cannot_write(self._path, error) from error
        self._length += len(data)

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise cannot_write(self._path, error) from error


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
    """Whether a text can be encoded; a file's name need not be."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _finite(value: float) -> float | None:
    """Round a score for JSON, which knows no infinity: null in an empty gallery."""
    return round(value, 4) if isfinite(value) else None


def _box(face: TrackedFace) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (round(float(value), 1) for value in face.box_xyxy)
    return x1, y1, x2, y2


def _decisions(face: TrackedFace, deciding: str) -> list[tuple[str, bool, Identification]]:
    """Each learner's key, whether it decides, what it decided; "" for a decision that is no running learner's."""
    own = [(key, key == deciding, decision) for key, decision in face.per_learner.items()]
    return own if deciding in face.per_learner else [("", True, face.identification), *own]


def _deciding(result: FrameResult, face: TrackedFace) -> str:
    """The key of the learner that decides this face's name; "" if none does."""
    return result.learner or next((key for key, said in face.per_learner.items() if said is face.identification), "")


def _cell(score: float) -> Cell:
    value = _finite(score)
    return "" if value is None else value


def _safe(name: str) -> str:
    """A name that no spreadsheet takes for a formula: an apostrophe goes before what would begin one (OWASP, "CSV
    Injection")."""
    return f"'{name}" if name.startswith(_FORMULA_STARTS) else name
