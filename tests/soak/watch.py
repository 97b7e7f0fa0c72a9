"""What the engine says, noted on its own threads: the newest of what the visitor needs, and counts of everything."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable

import numpy as np

from metaface_gui.engine.events import (
    EngineEvent,
    EngineListener,
    EngineStats,
    GalleryChanged,
    JobChanged,
    ModelsChanged,
    ModelState,
    ResultReady,
    ShotsRead,
    SourceChanged,
    SourceState,
    Trouble,
    Undoable,
    UnknownsChanged,
)
from metaface_gui.gallery import GallerySnapshot, Shot
from metaface_gui.pipeline.recognition.truth_matching import found_faces
from metaface_gui.types import FrameResult, RequestId, TrackedFace

_LATENCIES = 3000
_JUDGED_EVERY = 20
RENAMED = " known as "
"""Stands between a person's name in the scene and what the visitor renamed them to."""


class Beat:
    """Wakes whoever waits for the next frame."""

    def __init__(self) -> None:
        self._condition = threading.Condition()

    def strike(self) -> None:
        """Wake."""
        with self._condition:
            self._condition.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Wait for the next one, for so long at most."""
        with self._condition:
            self._condition.wait(timeout_s)


class Watch(logging.Handler):
    """An `EngineListener` that passes everything on to `also`, and a handler of the log that counts what is a bug."""

    def __init__(self, on_looked_at: Callable[[], None], also: EngineListener = lambda _event: None) -> None:
        super().__init__(logging.ERROR)
        self._on_looked_at = on_looked_at
        self._also = also
        self._guard = threading.Lock()
        self._latencies: deque[float] = deque(maxlen=_LATENCIES)
        self._jobs: set[int] = set()
        self._snapshot = GallerySnapshot((), 0)
        self._shots: ShotsRead | None = None
        self.frames = 0
        self.faces = self.right = self.wrong = 0
        self.result: FrameResult | None = None
        self.undoable: deque[int] = deque(maxlen=8)
        self.unknown_ids: tuple[int, ...] = ()
        self.source = SourceState.CLOSED
        self.failed_frames = self.dropped_frames = 0
        self.are_models_ready = threading.Event()
        self.moved = Beat()
        self.events: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self.bugs: Counter[str] = Counter()

    def __call__(self, event: EngineEvent) -> None:
        """Note an event, on whichever thread it comes."""
        with self._guard:
            self._note(event)
            if isinstance(event, ShotsRead):
                self._shots = event
        self._also(event)
        if isinstance(event, ResultReady):
            self.moved.strike()
            self._on_looked_at()

    def emit(self, record: logging.LogRecord) -> None:
        """Count what was logged as an error: nothing that a user can do should come to that."""
        error = record.exc_info[1] if record.exc_info else None
        with self._guard:
            self.bugs[f"{record.name}: {record.getMessage()} {error!r}"] += 1

    @property
    def snapshot(self) -> GallerySnapshot:
        """Who is enrolled."""
        with self._guard:
            return self._snapshot

    @property
    def busy_jobs(self) -> frozenset[int]:
        """Jobs that tell their progress and have not ended."""
        with self._guard:
            return frozenset(self._jobs)

    def shots_of(self, request: RequestId) -> tuple[Shot, ...]:
        """Somebody's shots, if this is the newest request for any and was answered by now."""
        with self._guard:
            answer = self._shots
        return answer.shots if answer is not None and answer.request_id == request else ()

    def latency_ms(self, percentile: float) -> float:
        """Milliseconds from camera to result of the last few thousand frames."""
        with self._guard:
            return float(np.percentile(self._latencies, percentile)) if self._latencies else 0.0

    def _note(self, event: EngineEvent) -> None:
        self.events[type(event).__name__] += 1
        match event:
            case ResultReady(result):
                self._note_result(result)
            case GalleryChanged(snapshot):
                self._snapshot = snapshot
            case Undoable(token):
                self.undoable.append(token)
            case UnknownsChanged(groups):
                self.unknown_ids = tuple(group.id for group in groups)
            case SourceChanged(state):
                self.source = state
            case ModelsChanged(state):
                if state is ModelState.READY:
                    self.are_models_ready.set()
            case EngineStats():
                self.failed_frames, self.dropped_frames = event.failed_frames, event.dropped_frames
            case JobChanged(job_id, is_finished=is_finished):
                (self._jobs.discard if is_finished else self._jobs.add)(job_id)
                if event.error is not None:
                    self.troubles[event.error.template] += 1
            case Trouble(error):
                self.troubles[error.template] += 1
            case _:
                pass

    def _note_result(self, result: FrameResult) -> None:
        self.result = result
        self.frames += 1
        self._latencies.append((result.finished_ns - result.frame.captured_ns) / 1e6)
        if self.frames % _JUDGED_EVERY == 0:
            enrolled = {called(person.name) for person in self._snapshot.recognised}
            for face in result.faces:
                truth, name = truth_of(face, result), face.identification.name
                self.faces += 1
                self.right += (None if name is None else called(name)) == (truth if truth in enrolled else None)
                self.wrong += name is not None and called(name) != truth


def truth_of(face: TrackedFace, result: FrameResult) -> str | None:
    """Who a face is, as the scene knows it; None: a stranger, or no face of the scene's."""
    truths = result.frame.truth
    pairs = zip(truths, found_faces(truths, result.faces), strict=True)
    person = next((truth.person for truth, found in pairs if found is face), None)
    return None if person is None else called(person)


def called(name: str) -> str:
    """A name without what a renaming put behind it."""
    return name.partition(RENAMED)[0]
