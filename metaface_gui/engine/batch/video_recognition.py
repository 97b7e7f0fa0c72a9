"""Recognise one video file: write its lines and, if wanted, an annotated copy, each complete or not at all."""

from __future__ import annotations

import pickle
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from metaface_gui.deferred import torch
from metaface_gui.engine.assembly import AdaptedGallery, build_pipeline, load_learning_assets
from metaface_gui.engine.batch.file_room import FileRoom
from metaface_gui.engine.recording.annotated_video import AnnotatedVideo
from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.engine.recording.session_files import frame_line
from metaface_gui.errors import KnownError, writing
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.specification import make_source, parse_source
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.attention import FILE
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import FrameResult
from metaface_gui.weights.store import WeightsStore

THREADS_PER_PROCESS = 1
"""One, because a second thread gains little (the layers are small), but a second process nearly doubles the speed.

It does not depend on the number of processes, because splitting a sum among threads may change its last bit.
"""

OnFrames = Callable[[int, int | None], None]
"""Called with the number of frames processed and the total (None: the file does not say)."""


@dataclass(frozen=True, slots=True)
class VideoTask:
    """A video, the file for its lines, and the one for its annotated copy, if wanted."""

    video: Path
    lines: Path
    annotated: Path | None = None

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The files that exist once it is done."""
        return (self.lines,) if self.annotated is None else (self.lines, self.annotated)

    def discard_partial(self) -> None:
        """Remove partial outputs of a process that did not finish; complete outputs stay."""
        for output in self.outputs:
            partial = _partial(output)
            partial.unlink(missing_ok=True)
            partial.with_name(f"{partial.stem}.part{partial.suffix}").unlink(missing_ok=True)  # VideoFileWriter's


@dataclass(frozen=True, slots=True)
class VideoReport:
    """What was seen in a video: frames, number of faces by name ("" for Unknown), and the processing time.

    `remarks`: problems that did not prevent recognition, e.g. damaged frames.
    """

    frames: int
    faces: Mapping[str, int]
    seconds: float
    remarks: tuple[KnownError, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognizerSetup:
    """What a process needs in order to recognise, picklable; all of it is our own, nothing read from a user's file.

    `make_store` is a module-level function; `adapted` is a pickled `AdaptedGallery`. The gallery is passed on rather
    than read and adapted again, because it may change while processes start, and all must know the same people.
    """

    settings: RecognitionSettings
    make_store: Callable[[], WeightsStore]
    adapted: bytes
    unknown_text: str


class VideoRecognizer:
    """The models of one process, loaded once; sets the process's number of threads.

    Raises:
        KnownError: if the device is not available, or weights are missing or damaged.
    """

    def __init__(self, setup: RecognizerSetup) -> None:
        tune_process()
        torch.set_num_threads(THREADS_PER_PROCESS)
        cv2.setNumThreads(THREADS_PER_PROCESS)
        store = setup.make_store()
        self._settings = setup.settings
        self._models = build_pipeline(setup.settings, store, threads=THREADS_PER_PROCESS)
        self._assets = load_learning_assets(self._models.embedder, store)
        adapted = pickle.loads(setup.adapted)
        assert isinstance(adapted, AdaptedGallery)
        self._adapted = adapted
        self._unknown_text = setup.unknown_text

    def recognize(self, task: VideoTask, on_frames: OnFrames) -> VideoReport:
        """Process every frame of a video, independently of videos processed before.

        Raises:
            SourceError: if the video cannot be read to its end; there are no outputs then.
            KnownError: if an output cannot be written.
        """
        try:
            with ExitStack() as stack:
                source = stack.enter_context(_opened(task.video))
                lines = stack.enter_context(LinesFile(_partial_in_folder(task.lines)))
                annotated = None
                if task.annotated is not None:
                    path = _partial_in_folder(task.annotated)
                    annotated = stack.enter_context(AnnotatedVideo(path, source.nominal_fps, self._unknown_text))

                def keep(result: FrameResult) -> None:
                    lines.write(frame_line(result))
                    if annotated is not None:
                        annotated.write(result)

                report = self._look(source, keep, on_frames)
            for output in task.outputs:
                _name_finally(output)
        finally:
            task.discard_partial()
        return report

    def lines_of(self, video: Path, write: Callable[[str], None], on_frames: OnFrames) -> VideoReport:
        """Process every frame of a video as `recognize` does, passing its lines to `write`; creates no file.

        Raises:
            SourceError: if the video cannot be read to its end.
        """
        with _opened(video) as source:
            return self._look(source, lambda result: write(frame_line(result)), on_frames)

    def _look(self, source: FrameSource, keep: Callable[[FrameResult], None], on_frames: OnFrames) -> VideoReport:
        started = time.perf_counter()
        # Tracks, decisions and the room belong to one video, and track ids start from 1.
        pipeline = FacePipeline(self._models.detector, self._models.embedder, FILE)
        room = FileRoom(pipeline, self._adapted, self._assets, self._settings)
        faces: Counter[str] = Counter()
        frames = 0
        while (frame := source.read()) is not None:
            result = room.process(frame)
            keep(result)
            faces.update(face.identification.name or "" for face in result.faces)
            frames += 1
            on_frames(frames, source.frame_count)
        remarks = tuple(remark.error for remark in source.remarks)
        return VideoReport(frames, dict(faces), time.perf_counter() - started, remarks)


@contextmanager
def _opened(video: Path) -> Iterator[FrameSource]:
    source = make_source(parse_source(str(video)))
    source.open()
    try:
        yield source
    finally:
        source.close()


def _partial(output: Path) -> Path:
    """Return an output's name while it is being written; it keeps the suffix, from which OpenCV infers the format."""
    return output.with_name(f"{output.stem}.partial{output.suffix}")


def _partial_in_folder(output: Path) -> Path:
    with writing(output.parent):
        output.parent.mkdir(parents=True, exist_ok=True)
    return _partial(output)


def _name_finally(output: Path) -> None:
    with writing(output):
        _partial(output).replace(output)
