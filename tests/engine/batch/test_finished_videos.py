from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from metaface_gui.engine.batch.finished_videos import RECORD, run_record, unfinished
from metaface_gui.engine.batch.video_recognition import VideoTask
from metaface_gui.errors import KnownError
from metaface_gui.settings import RecognitionSettings
from tests.pipeline.enrolled import enrolled

PEOPLE = enrolled(torch.eye(2), [0, 1], names=("Anna", "Bo"), embedder_id="e")


def dated(path: Path, second: int) -> None:
    path.touch()
    os.utime(path, (second, second))


@pytest.fixture
def tasks(tmp_path: Path) -> list[VideoTask]:
    """Two videos of second 10 in a run of second 20."""
    tasks = [VideoTask(tmp_path / name, tmp_path / f"{name}.jsonl") for name in ("a.mp4", "b.mp4")]
    for task in tasks:
        dated(task.video, 10)
    unfinished(tasks, tmp_path, "record", again=False)
    dated(tmp_path / RECORD, 20)
    return tasks


def test_what_was_written_in_the_same_run_is_done(tasks: list[VideoTask], tmp_path: Path) -> None:
    dated(tasks[0].lines, 30)
    assert unfinished(tasks, tmp_path, "record", again=False) == (tasks[1],)


def test_a_video_newer_than_its_lines_is_not_done(tasks: list[VideoTask], tmp_path: Path) -> None:
    dated(tasks[0].lines, 30)
    dated(tasks[0].video, 31)
    assert unfinished(tasks, tmp_path, "record", again=False) == tuple(tasks)


def test_a_video_without_its_annotated_copy_is_not_done(tasks: list[VideoTask], tmp_path: Path) -> None:
    dated(tasks[0].lines, 30)
    wanted = [replace(tasks[0], annotated=tmp_path / "a.mp4.mp4")]
    assert unfinished(wanted, tmp_path, "record", again=False) == tuple(wanted)


def test_what_is_done_again_is_not_done_until_it_is(tasks: list[VideoTask], tmp_path: Path) -> None:
    for task in tasks:
        dated(task.lines, 30)
    assert unfinished(tasks, tmp_path, "record", again=False) == ()
    assert unfinished(tasks, tmp_path, "record", again=True) == tuple(tasks)
    assert unfinished(tasks, tmp_path, "record", again=False) == tuple(tasks), "as after an interruption"


def test_lines_of_other_people_are_neither_kept_nor_replaced_unasked(tasks: list[VideoTask], tmp_path: Path) -> None:
    dated(tasks[0].lines, 30)
    with pytest.raises(KnownError, match="--again"):
        unfinished(tasks, tmp_path, "other record", again=False)
    assert unfinished(tasks, tmp_path, "other record", again=True) == tuple(tasks)


def test_a_folder_that_is_a_file_is_refused(tasks: list[VideoTask]) -> None:
    with pytest.raises(KnownError, match="Cannot write"):
        unfinished(tasks, tasks[0].video, "record", again=False)


def test_the_record_tells_people_and_settings_apart_but_not_devices() -> None:
    settings = RecognitionSettings()
    record = run_record(settings, PEOPLE)
    assert run_record(replace(settings, device="cpu"), PEOPLE) == record
    others = [
        run_record(replace(settings, fpir=0.5), PEOPLE),
        run_record(replace(settings, learner="maml"), PEOPLE),
        run_record(settings, replace(PEOPLE, names=("Anna", "Bob"))),
        run_record(settings, replace(PEOPLE, shots=torch.eye(2) * 2)),
        run_record(settings, replace(PEOPLE, embedder_id="f")),
    ]
    assert len({record, *others}) == 6
    assert "Anna" not in record


def test_a_link_to_nothing_is_never_done(tasks: list[VideoTask], tmp_path: Path) -> None:
    for task in tasks:
        dated(task.lines, 30)
    assert unfinished(tasks, tmp_path, "record", again=False) == ()
    tasks[1].video.unlink()
    assert unfinished(tasks, tmp_path, "record", again=False) == (tasks[1],)
