"""What a session's text files hold."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.engine.recording.session_files import CSV_COLUMNS, csv_text, face_rows, frame_line
from metaface_gui.types import (
    UNKNOWN,
    FaceTruth,
    Frame,
    FrameResult,
    Identification,
    Look,
    TrackedFace,
    TrackTemplate,
)
from tests.pipeline.samples import decided

ANNA = Identification(1, "Anna", 0.712345, 0.43, 1, "Anna")
STRANGER = Identification(None, None, -0.2, 0.4, 1, "Anna")


def face(
    decision: Identification = ANNA,
    per_learner: dict[str, Identification] | None = None,
    box: tuple[float, float, float, float] = (10.04, 20, 50, 61.26),
) -> TrackedFace:
    tracked = decided(3, box, decision, per_learner)
    return replace(tracked, quality=replace(tracked.quality, score=0.75))


def result(*faces: TrackedFace, truth: tuple[FaceTruth, ...] = ()) -> FrameResult:
    return FrameResult(Frame(np.zeros((8, 8, 3), np.uint8), 7, 1.23456, 0, truth), faces, 0)


def csv_of(*results: FrameResult) -> list[dict[str, str]]:
    text = csv_text([CSV_COLUMNS]) + "".join(csv_text(face_rows(one)) for one in results)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_line_of_one_learner_is_the_one_that_the_design_names() -> None:
    line = json.loads(frame_line(result(face(per_learner={"maml": ANNA}))))
    assert line == {
        "frame": 7,
        "time_s": 1.2346,
        "faces": [
            {
                "track": 3,
                "box": [10.0, 20.0, 50.0, 61.3],
                "person": "Anna",
                "score": 0.7123,
                "threshold": 0.43,
                "looks": 1,
            }
        ],
    }


def test_a_face_says_how_many_looks_its_decision_rests_on() -> None:
    look = Look(np.ones(2, np.float32), 1.0, face().quality, 0.0, 1, np.zeros((4, 4, 3), np.uint8))
    template = TrackTemplate((look,) * 3, look.features, (0.2, 0.3, 0.5), 2.6, 0.8, apart=(look,))
    (seen,) = json.loads(frame_line(result(replace(face(), template=template))))["faces"]
    assert seen["looks"] == 3


def test_an_empty_gallery_has_null_scores() -> None:
    (seen,) = json.loads(frame_line(result(face(UNKNOWN))))["faces"]
    assert (seen["person"], seen["score"], seen["threshold"]) == (None, None, None)


def test_several_learners_say_what_each_decides() -> None:
    (seen,) = json.loads(frame_line(result(face(ANNA, {"maml": ANNA, "siamese": STRANGER}))))["faces"]
    assert seen["person"] == "Anna"
    assert seen["learners"] == {
        "maml": {"person": "Anna", "score": 0.7123, "threshold": 0.43},
        "siamese": {"person": None, "score": -0.2, "threshold": 0.4},
    }


def test_csv_has_a_line_a_face_and_learner() -> None:
    truth = (FaceTruth(np.array([10, 20, 50, 60], np.float32), "Bob"),)
    read = csv_of(result(), result(face(ANNA, {"maml": ANNA, "siamese": STRANGER}), truth=truth))
    assert len(read) == 2, "a frame without faces has no line"
    assert tuple(read[0]) == CSV_COLUMNS
    assert read[0] == {
        "time_s": "1.2346",
        "frame": "7",
        "track": "3",
        "learner": "maml",
        "deciding": "1",
        "person": "Anna",
        "score": "0.7123",
        "threshold": "0.43",
        "x1": "10.0",
        "y1": "20.0",
        "x2": "50.0",
        "y2": "61.3",
        "quality": "0.75",
        "truth_known": "1",
        "truth": "Bob",
    }
    assert (read[1]["learner"], read[1]["deciding"], read[1]["person"]) == ("siamese", "0", "")
    assert read[1]["score"] == "-0.2", "a negative number is a number"


def test_who_decides_is_told_from_two_learners_that_agree() -> None:
    same = replace(ANNA)
    agreeing = result(face(same, {"maml": ANNA, "siamese": same}))
    assert [row["deciding"] for row in csv_of(agreeing)] == ["0", "1"]
    assert [row["deciding"] for row in csv_of(replace(agreeing, learner="maml"))] == ["1", "0"]
    read = csv_of(replace(result(face(STRANGER, {"maml": ANNA})), learner="siamese"))
    assert [(row["learner"], row["deciding"]) for row in read] == [("", "1"), ("maml", "0")], "it has just begun to run"
    assert [(row["learner"], row["score"]) for row in csv_of(result(face(UNKNOWN)))] == [("", "")]


def test_truth_is_of_the_face_that_the_scene_has_there() -> None:
    box = np.array([0, 0, 40, 40], np.float32)
    near, far = FaceTruth(box + 2, None), FaceTruth(box + 100, "Bob")
    stranger = csv_of(result(face(box=(0, 0, 40, 40)), truth=(far, near)))[0]
    nobody_knows = csv_of(result(face(box=(0, 0, 40, 40)), truth=(far,)))[0]
    assert (stranger["truth_known"], stranger["truth"]) == ("1", "")
    assert (nobody_knows["truth_known"], nobody_knows["truth"]) == ("0", "")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum(a)", "'@sum(a)"),
        ("\t=1", "'\t=1"),
        ('Anna "A", B', 'Anna "A", B'),
        ("two\nlines", "two\nlines"),
        ("田中 😀", "田中 😀"),
        ("a=b", "a=b"),
    ],
)
def test_names_are_quoted_and_never_formulas(name: str, written: str) -> None:
    decision = Identification(1, name, 0.5, 0.4)
    truth = (FaceTruth(np.array([10, 20, 50, 60], np.float32), name),)
    (row,) = csv_of(result(face(decision, {"maml": decision}), truth=truth))
    assert (row["person"], row["truth"]) == (written, written)


@settings(max_examples=40, deadline=None)
@given(name=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), min_size=1))
def test_any_name_survives(name: str) -> None:
    decision = Identification(1, name, 0.5, 0.4)
    (row,) = csv_of(result(face(decision, {"maml": decision})))
    assert row["person"].removeprefix("'" if name[0] in "=+-@\t" else "") == name
    line = frame_line(result(face(decision)))
    assert "\n" not in line
    assert json.loads(line)["faces"][0]["person"] == name
