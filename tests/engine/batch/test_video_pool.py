from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from metaface_gui.cli.weights import default_store
from metaface_gui.engine.assembly import LearningAssets, adapt
from metaface_gui.engine.batch.video_pool import Failed, Looked, default_processes, recognize_videos
from metaface_gui.engine.batch.video_recognition import RecognizerSetup, VideoReport, VideoTask
from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.settings import RecognitionSettings
from tests.pipeline.enrolled import enrolled

NOBODY = enrolled(torch.zeros(0, 128), (), embedder_id="sface")
EMPTY = adapt("prototypical", NOBODY, LearningAssets("sface", FeatureSpace(128), {}, None), fpir=0.01)
SETUP = RecognizerSetup(RecognitionSettings(device="cpu"), default_store, pickle.dumps(EMPTY), "Unknown")


@pytest.fixture
def tasks(tmp_path: Path) -> list[VideoTask]:
    """Two videos of a grey wall; long enough to be interrupted."""
    paths = [tmp_path / name for name in ("a.avi", "b.avi")]
    for path, frames in zip(paths, (300, 5), strict=True):
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (640, 360))
        for _ in range(frames):
            writer.write(np.full((360, 640, 3), 128, np.uint8))
        writer.release()
    out = tmp_path / "out"
    return [VideoTask(path, out / f"{path.name}.jsonl", out / f"{path.name}.mp4") for path in paths]


def outputs(task: VideoTask) -> set[str]:
    return {path.name for path in task.lines.parent.iterdir()}


def test_a_process_that_is_killed_costs_its_video_and_no_other(tasks: list[VideoTask]) -> None:
    ends: dict[VideoTask, VideoReport | Failed] = {}
    for task, event in recognize_videos(tasks, SETUP, 1):
        if not isinstance(event, Looked):
            ends[task] = event
        elif task is tasks[0]:
            for process in multiprocessing.active_children():
                process.kill()
    failed, report = ends[tasks[0]], ends[tasks[1]]
    assert isinstance(failed, Failed)
    assert "a.avi" in str(failed.error)
    assert isinstance(report, VideoReport)
    assert (report.frames, report.faces) == (5, {})
    assert outputs(tasks[0]) == {"b.avi.jsonl", "b.avi.mp4"}
    assert not multiprocessing.active_children()


def test_whoever_stops_listening_leaves_no_process_and_no_half_file(tasks: list[VideoTask]) -> None:
    events = recognize_videos(tasks, SETUP, 1)
    assert next(events) == (tasks[0], Looked(1, 300))
    assert len(multiprocessing.active_children()) == 1
    events.close()
    assert not multiprocessing.active_children()
    assert outputs(tasks[0]) == set()


def test_nothing_to_do_needs_no_process() -> None:
    assert list(recognize_videos([], SETUP, 4)) == []
    assert 1 <= default_processes() <= 16


def test_models_that_cannot_be_loaded_end_it_with_their_own_words(tasks: list[VideoTask]) -> None:
    missing = replace(SETUP, settings=RecognitionSettings(device="cpu", embedder="facenet-vggface2"))
    with pytest.raises(WeightsError, match="metaface weights fetch"):
        list(recognize_videos(tasks, missing, 2))
    assert not multiprocessing.active_children()
    assert not tasks[0].lines.exists()


def test_several_at_a_time_from_another_thread_give_the_same_lines(tasks: list[VideoTask]) -> None:
    small = [tasks[1], replace(tasks[1], lines=tasks[1].lines.with_name("again.jsonl"), annotated=None)]
    with ThreadPoolExecutor(1) as elsewhere:
        events = elsewhere.submit(lambda: list(recognize_videos(small, SETUP, 2))).result()
    reports = {task: event for task, event in events if isinstance(event, VideoReport)}
    assert {report.frames for report in reports.values()} == {5}
    assert set(reports) == set(small)
    assert small[0].lines.read_bytes() == small[1].lines.read_bytes()
    assert not multiprocessing.active_children()
