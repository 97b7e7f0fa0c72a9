"""Recording a session: what lies in the folder afterwards, whatever happens in between."""

from __future__ import annotations

import csv
import errno
import json
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.engine.events import EngineEvent, SessionRecordingChanged
from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.engine.recording.session_recorder import DrawnWords, SessionRecorder, english_words
from metaface_gui.errors import KnownError
from metaface_gui.pipeline.rendering.annotator import Annotator
from metaface_gui.pipeline.rendering.video_file_writer import VideoFileWriter
from metaface_gui.types import Frame, FrameResult, Identification, Image
from tests.patience import PATIENCE_S
from tests.pipeline.samples import decided

SECOND = 10**9
ANNA = Identification(1, "Anna", 0.7, 0.4, 1, "Anna")


def result(index: int, captured_ns: int, grey: int = 60) -> FrameResult:
    face = decided(1, (30, 60, 90, 110), ANNA, {"maml": ANNA})
    frame = Frame(np.full((120, 160, 3), grey, np.uint8), index, captured_ns / SECOND, captured_ns)
    return FrameResult(frame, (face,), captured_ns)


@dataclass
class Desk:
    """A recorder, the clock and the disk it believes in, and what it said."""

    folder: Path
    now_ns: int = 1000 * SECOND
    free: int = 10**12
    events: queue.Queue[EngineEvent] = field(default_factory=queue.Queue)
    words: DrawnWords = field(default_factory=english_words)

    def __post_init__(self) -> None:
        self.recorder = SessionRecorder(
            self.events.put, words=lambda: self.words, clock=lambda: self.now_ns, free=lambda _folder: self.free
        )

    def next(self) -> SessionRecordingChanged:
        event = self.events.get(timeout=PATIENCE_S)
        assert isinstance(event, SessionRecordingChanged)
        return event

    def start(self) -> SessionRecordingChanged:
        self.recorder.start(self.folder)
        event = self.next()
        assert event.is_recording, event.error
        return event

    def stop(self) -> SessionRecordingChanged:
        self.recorder.stop()
        event = self.next()
        assert not event.is_recording
        return event

    def barrier(self) -> None:
        """Wait until everything offered so far is written."""
        self.recorder.save_result(self.folder / "barrier.png", result(0, 0))
        assert self.next().files[0].kind == "snapshot"
        (self.folder / "barrier.png").unlink()

    def offer(self, *offsets_s: float) -> None:
        """Offer results of frames taken so long after now, one a second by the recorder's clock or faster."""
        begin = self.now_ns
        for index, offset_s in enumerate(offsets_s):
            self.now_ns = begin + round(offset_s * SECOND)
            self.recorder.offer(result(index, self.now_ns, grey=40 + index % 2 * 100))
            self.barrier()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "Movies" / "MetaFace")
    yield made
    assert made.recorder.close(PATIENCE_S)


def paths(event: SessionRecordingChanged) -> dict[str, Path]:
    return {file.kind: file.path for file in event.files}


def read(path: Path) -> list[Image]:
    capture = cv2.VideoCapture(str(path))
    images = []
    while (read := capture.read())[0]:
        images.append(np.asarray(read[1], np.uint8))
    return images


def test_a_session_becomes_three_files(desk: Desk) -> None:
    started = desk.start()
    assert started.started_ns == desk.now_ns
    assert set(paths(started)) == {"video", "csv", "jsonl"}
    desk.offer(0.0, 0.2, 0.44, 0.8)
    desk.now_ns = started.started_ns + 2 * SECOND
    stopped = desk.stop()
    assert stopped.error is None
    assert stopped.started_ns == started.started_ns
    assert paths(stopped) == paths(started)
    assert sorted(desk.folder.iterdir()) == sorted(paths(stopped).values()), "nothing else is left"
    images = read(paths(stopped)["video"])
    assert abs(len(images) - 50) <= 1, "two seconds at 25 a second, however few results there were"
    assert images[0].shape == (120, 160, 3)
    assert (np.abs(images[0].astype(int) - 40) > 40).any(), "the face is marked"
    assert [round(float(image[100:, 100:].mean()), -1) for image in images[4:7]] == [40, 140, 140]
    lines = [json.loads(line) for line in paths(stopped)["jsonl"].read_text().splitlines()]
    assert [line["frame"] for line in lines] == [0, 1, 2, 3]
    assert lines[0]["faces"][0]["person"] == "Anna"
    with paths(stopped)["csv"].open(newline="") as file:
        assert [row["person"] for row in csv.DictReader(file)] == ["Anna"] * 4
    assert desk.recorder.dropped == 0


def test_names_say_when_and_nothing_is_ever_overwritten(desk: Desk) -> None:
    seen: list[Path] = []
    for _ in range(3):
        desk.start()
        desk.offer(0.0)
        seen += paths(desk.stop()).values()
    assert len(set(seen)) == 9
    assert sorted(desk.folder.iterdir()) == sorted(seen)
    stems = {path.stem for path in seen}
    assert len(stems) == 3
    for stem in stems:
        date, time_of_day, *_ = stem.removeprefix("metaface-").split("-")
        assert (len(date), len(time_of_day)) == (8, 6)


def test_the_video_goes_on_while_nothing_is_seen(desk: Desk) -> None:
    started = desk.start()
    desk.offer(0.0)
    for second in range(1, 6):
        desk.now_ns = started.started_ns + second * SECOND
        desk.recorder.offer(result(second, started.started_ns))
        desk.barrier()
    assert abs(len(read(paths(desk.stop())["video"])) - 125) <= 1


def test_a_computer_that_slept_is_not_filmed(desk: Desk) -> None:
    desk.start()
    desk.offer(0.0, 1.0, 8 * 3600.0, 8 * 3600.0 + 1.0)
    assert abs(len(read(paths(desk.stop())["video"])) - 50) <= 2


def test_without_a_picture_there_is_no_video(desk: Desk) -> None:
    desk.start()
    stopped = desk.stop()
    assert set(paths(stopped)) == {"csv", "jsonl"}
    assert sorted(desk.folder.iterdir()) == sorted(paths(stopped).values())


def test_starting_and_stopping_twice_changes_nothing_and_is_answered(desk: Desk) -> None:
    desk.recorder.offer(result(0, desk.now_ns))
    assert not desk.stop().files
    started = desk.start()
    assert desk.start() == started
    assert desk.stop().files
    assert not desk.stop().files
    assert len(list(desk.folder.glob("*.jsonl"))) == 1


def test_closing_finishes_the_recording_and_the_thread(desk: Desk) -> None:
    assert SessionRecorder(desk.events.put).close(0.0), "nothing was started"
    desk.start()
    desk.offer(0.0, 0.4)
    assert desk.recorder.close(PATIENCE_S)
    stopped = desk.next()
    assert not stopped.is_recording
    assert len(read(paths(stopped)["video"])) == 10
    desk.recorder.start(desk.folder)
    desk.recorder.offer(result(0, 0))
    assert desk.recorder.close(0.0)
    assert desk.events.empty()
    assert "session-recorder" not in [thread.name for thread in threading.enumerate()]


def test_closing_without_a_recording_is_no_news(desk: Desk) -> None:
    desk.start()
    desk.stop()
    assert desk.recorder.close(PATIENCE_S)
    assert desk.events.empty()


def test_writing_that_lags_behind_drops_and_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held, release = threading.Event(), threading.Event()
    paint = Annotator.paint

    def slow(self: Annotator, shown: FrameResult) -> Image:
        held.set()
        assert release.wait(PATIENCE_S)
        return paint(self, shown)

    started = desk.start()
    monkeypatch.setattr(Annotator, "paint", slow)
    desk.recorder.offer(result(0, started.started_ns))
    desk.recorder.offer(result(1, started.started_ns + SECOND))
    assert held.wait(PATIENCE_S), "the first is being drawn"
    for index in range(2, 40):
        desk.recorder.offer(result(index, started.started_ns + SECOND + index))
    assert not desk.recorder.close(0.0), "it is busy, and close does not wait"
    release.set()
    desk.now_ns = started.started_ns + 2 * SECOND
    stopped = desk.next()
    lines = paths(stopped)["jsonl"].read_text().splitlines()
    assert desk.recorder.dropped > 20
    assert len(lines) + desk.recorder.dropped == 40


# Whatever goes wrong ------------------------------------------------------------------------------------------------


def test_a_disk_that_is_nearly_full_is_refused(desk: Desk) -> None:
    desk.free = 199 * 10**6
    desk.recorder.start(desk.folder)
    refused = desk.next()
    assert not refused.is_recording
    assert "199 MB" in str(refused.error)
    assert list(desk.folder.iterdir()) == []
    desk.free = 10**9
    desk.start()


def test_a_disk_that_fills_up_ends_the_recording_with_files_that_can_be_read(desk: Desk) -> None:
    started = desk.start()
    desk.offer(0.0, 1.0, 2.0)
    desk.free = 20 * 10**6
    desk.now_ns = started.started_ns + 5 * SECOND
    desk.recorder.offer(result(9, desk.now_ns))
    ended = desk.next()
    assert not ended.is_recording
    assert "20 MB are free" in str(ended.error)
    assert set(paths(ended)) == {"video", "csv", "jsonl"}
    assert abs(len(read(paths(ended)["video"])) - 125) <= 1
    assert len(paths(ended)["jsonl"].read_text().splitlines()) == 3
    desk.recorder.offer(result(10, desk.now_ns))
    assert not desk.stop().files, "it has ended"


def test_the_disk_is_looked_at_while_nothing_is_seen(desk: Desk) -> None:
    started = desk.start()
    desk.free = 0
    desk.now_ns = started.started_ns + 3 * SECOND
    assert "0 MB are free" in str(desk.next().error)


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_folder_that_cannot_be_made_is_refused(desk: Desk, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    desk.recorder.start(tmp_path / "file" if place == "a file" else tmp_path / "file" / "MetaFace")
    refused = desk.next()
    assert not refused.is_recording
    assert str(refused.error).startswith("Cannot write")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for this user")
def test_a_read_only_folder_is_refused(desk: Desk) -> None:
    desk.folder.mkdir(parents=True)
    desk.folder.chmod(0o500)
    desk.recorder.start(desk.folder)
    assert "Permission denied" in str(desk.next().error)
    desk.folder.chmod(0o700)
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize(("part", "method"), [(LinesFile, "write_text"), (VideoFileWriter, "__init__")])
def test_of_a_recording_that_does_not_begin_no_file_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, part: type, method: str
) -> None:
    def fail(*_: object) -> None:
        raise KnownError("The disk is full.")

    monkeypatch.setattr(part, method, fail)
    desk.recorder.start(desk.folder)
    assert str(desk.next().error) == "The disk is full."
    assert list(desk.folder.iterdir()) == []


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Callable[[], None]:
    """Make every later frame of a video fail with `error`."""

    def fail(*_: object) -> None:
        raise error

    return lambda: monkeypatch.setattr(VideoFileWriter, "show", fail)


@pytest.mark.parametrize("error", [KnownError("The disk is on fire. Run."), ZeroDivisionError("a bug")])
def test_a_failure_in_one_file_ends_all_and_completes_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    desk.start()
    desk.offer(0.0, 0.4)
    failing(monkeypatch, error)()
    desk.recorder.offer(result(2, desk.now_ns + SECOND))
    ended = desk.next()
    assert not ended.is_recording
    assert ended.error is not None
    assert str(ended.error) == str(error) if isinstance(error, KnownError) else "log file" in str(ended.error)
    assert len(read(paths(ended)["video"])) == 10
    assert len(paths(ended)["jsonl"].read_text().splitlines()) == 3
    monkeypatch.undo()
    desk.start()
    desk.offer(0.0)
    assert desk.stop().error is None, "the next recording works"


def test_a_video_that_cannot_be_finished_is_said_and_the_lines_are_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = desk.start()
    desk.offer(0.0)
    desk.now_ns += SECOND

    def fail(_encoder: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("metaface_gui.pipeline.rendering.video_file_writer._Encoder.finish", fail)
    stopped = desk.stop()
    assert "perhaps the disk is full" in str(stopped.error)
    assert set(paths(stopped)) == {"csv", "jsonl"}
    assert not list(desk.folder.glob("*.mp4"))
    assert paths(stopped)["csv"] == paths(started)["csv"]


# Snapshots ----------------------------------------------------------------------------------------------------------


def test_a_snapshot_is_saved_recording_or_not(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Pictures" / "somebody 田.png"
    desk.recorder.save_result(path, result(0, 0))
    saved = desk.next()
    assert not saved.is_recording
    assert [(file.kind, file.path) for file in saved.files] == [("snapshot", path)]
    assert saved.error is None
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (120, 160, 3)
    assert (picture != 60).any(), "the face is marked"
    started = desk.start()
    desk.recorder.save_result(path, result(0, 0))
    again = desk.next()
    assert again.is_recording, "it goes on"
    assert again.started_ns == started.started_ns


def test_each_snapshot_is_in_the_words_of_its_time(desk: Desk, tmp_path: Path) -> None:
    shown = result(0, 0)
    face = replace(shown.faces[0], identification=replace(ANNA, person_id=None, name=None), per_learner={})
    pictures = []
    for unknown in ("Unknown", "Unbekannt", "Unknown"):
        desk.words = DrawnWords(unknown, {})
        desk.recorder.save_result(tmp_path / "a.png", replace(shown, faces=(face,)))
        desk.next()
        pictures.append((tmp_path / "a.png").read_bytes())
    assert pictures[0] != pictures[1]
    assert pictures[0] == pictures[2]


def test_a_snapshot_that_cannot_be_saved_is_said_and_the_recording_goes_on(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk.start()
    desk.recorder.save_result(tmp_path / "file" / "out.png", result(0, 0))
    refused = desk.next()
    assert refused.is_recording
    assert str(refused.error).startswith("Cannot write")
    desk.offer(0.0)
    assert desk.stop().error is None
