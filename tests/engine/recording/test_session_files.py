"""What a session's text files hold, and that nothing which happens makes them unreadable."""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.engine.recording.session_files import CSV_COLUMNS, CsvFile, JsonLinesFile, frame_line
from metaface_gui.errors import KnownError
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


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def csv_of(tmp_path: Path, *results: FrameResult) -> list[dict[str, str]]:
    path = tmp_path / "out.csv"
    path.unlink(missing_ok=True)
    file = CsvFile(path)
    for one in results:
        file.write(one)
    file.close()
    return rows(path)


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


def test_csv_has_a_line_a_face_and_learner(tmp_path: Path) -> None:
    truth = (FaceTruth(np.array([10, 20, 50, 60], np.float32), "Bob"),)
    read = csv_of(tmp_path, result(), result(face(ANNA, {"maml": ANNA, "siamese": STRANGER}), truth=truth))
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


def test_who_decides_is_told_from_two_learners_that_agree(tmp_path: Path) -> None:
    same = replace(ANNA)
    agreeing = result(face(same, {"maml": ANNA, "siamese": same}))
    assert [row["deciding"] for row in csv_of(tmp_path, agreeing)] == ["0", "1"]
    assert [row["deciding"] for row in csv_of(tmp_path, replace(agreeing, learner="maml"))] == ["1", "0"]
    read = csv_of(tmp_path, replace(result(face(STRANGER, {"maml": ANNA})), learner="siamese"))
    assert [(row["learner"], row["deciding"]) for row in read] == [("", "1"), ("maml", "0")], "it has just begun to run"
    assert [(row["learner"], row["score"]) for row in csv_of(tmp_path, result(face(UNKNOWN)))] == [("", "")]


def test_truth_is_of_the_face_that_the_scene_has_there(tmp_path: Path) -> None:
    box = np.array([0, 0, 40, 40], np.float32)
    near, far = FaceTruth(box + 2, None), FaceTruth(box + 100, "Bob")
    stranger = csv_of(tmp_path, result(face(box=(0, 0, 40, 40)), truth=(far, near)))[0]
    nobody_knows = csv_of(tmp_path, result(face(box=(0, 0, 40, 40)), truth=(far,)))[0]
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
def test_names_are_quoted_and_never_formulas(tmp_path: Path, name: str, written: str) -> None:
    decision = Identification(1, name, 0.5, 0.4)
    truth = (FaceTruth(np.array([10, 20, 50, 60], np.float32), name),)
    (row,) = csv_of(tmp_path, result(face(decision, {"maml": decision}), truth=truth))
    assert (row["person"], row["truth"]) == (written, written)


@settings(max_examples=40, deadline=None)
@given(name=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), min_size=1))
def test_any_name_survives(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("names")
    decision = Identification(1, name, 0.5, 0.4)
    (row,) = csv_of(folder, result(face(decision, {"maml": decision})))
    assert row["person"].removeprefix("'" if name[0] in "=+-@\t" else "") == name
    lines = JsonLinesFile(folder / "out.jsonl")
    lines.write(result(face(decision)))
    lines.close()
    (line,) = (folder / "out.jsonl").read_bytes().split(b"\n")[:-1]
    assert json.loads(line)["faces"][0]["person"] == name


def test_lines_are_on_disk_before_the_file_is_closed(tmp_path: Path) -> None:
    lines, table = JsonLinesFile(tmp_path / "a.jsonl"), CsvFile(tmp_path / "a.csv")
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 1, "the header is there at once"
    for file in (lines, table):
        file.write(result(face()))
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 1
    assert len(rows(tmp_path / "a.csv")) == 1
    for file in (lines, table):
        file.close()
        file.close()


@pytest.mark.parametrize("kind", [JsonLinesFile, CsvFile])
def test_nothing_is_overwritten_and_the_reason_is_said(
    tmp_path: Path, kind: type[JsonLinesFile] | type[CsvFile]
) -> None:
    (tmp_path / "there").write_text("dear")
    with pytest.raises(KnownError, match=os.strerror(errno.EEXIST)):
        kind(tmp_path / "there")
    assert (tmp_path / "there").read_text() == "dear"
    with pytest.raises(KnownError, match="Choose another place"):
        kind(tmp_path / "no folder" / "out")


_FULL_DISK = """
import resource, sys
from pathlib import Path
from metaface_gui.errors import KnownError
from tests.engine.recording.test_session_files import face, result
from metaface_gui.engine.recording.session_files import CsvFile, JsonLinesFile
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for kind, name in ((JsonLinesFile, "out.jsonl"), (CsvFile, "out.csv")):
    file = kind(Path(sys.argv[1]) / name)
    try:
        for _ in range(100):
            file.write(result(face()))
    except KnownError as error:
        print(error)
    file.close()
"""


def test_a_disk_that_takes_no_more_leaves_whole_lines(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", _FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.count("Cannot write") == 2
    text = (tmp_path / "out.jsonl").read_text()
    assert text.endswith("\n")
    assert len([json.loads(line) for line in text.splitlines()]) > 2
    table = (tmp_path / "out.csv").read_text()
    assert table.endswith("\n")
    assert {len(line.split(",")) for line in table.splitlines()} == {len(CSV_COLUMNS)}
