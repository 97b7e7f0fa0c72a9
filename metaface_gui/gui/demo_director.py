"""Plays the demo by itself: enrols from the scene and from stills, watches, compares every name with the scene's truth.

It asks the engine for just what a user's clicks ask for, so what it shows and counts is the real path.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import EngineStats, EnrollmentChanged, GalleryChanged, JobChanged, ResultReady
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.pipeline.recognition.tracker import box_iou
from metaface_gui.types import FaceTruth, Floats, FrameResult, TrackedFace

_PATIENCE_MS = 60_000
_MIN_OVERLAP = 0.3
_SHOTS_TO_RECORD = 3
_PAINT_MS = 150
_READING = "Reading pictures"
"""The engine's title of the job that takes shots from files."""


@dataclass(frozen=True, slots=True)
class DemoPersonFiles:
    """Somebody of the scene: their name there, and still pictures of them that are not in the scene."""

    name: str
    stills: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class DemoTally:
    """Faces of looked-at frames against the truth: of enrolled people (right, wrong, unknown), of the stranger, missed.

    `missed` counts faces of the scene that the detector did not find, `extra` found ones where the scene has none.
    """

    frames: int = 0
    right: int = 0
    wrong: int = 0
    unknown: int = 0
    strangers_unknown: int = 0
    strangers_named: int = 0
    missed: int = 0
    extra: int = 0


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the demo measured; `enroll_to_named_ms` runs from saving to the first frame with the name."""

    tally: DemoTally
    enroll_to_named_ms: float
    preview_fps: float
    inference_fps: float
    latency_ms: float
    screenshots: tuple[Path, ...]


class _Step(Enum):
    EMPTY = "empty"
    RECORDING = "recording"
    SAVING = "saving"
    NAMING = "naming"
    STILLS = "stills"
    WATCHING = "watching"
    DONE = "done"


class DemoDirector(QObject):
    """Steps through the demo on the GUI thread as the engine's events come in; `finished` carries the `DemoSummary`.

    `failed` carries a `KnownError` when nothing happens for a minute. `open_tab` shows the side panel of that key.
    """

    finished = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        engine: EngineApi,
        bridge: EngineBridge,
        window: QWidget,
        people: Sequence[DemoPersonFiles],
        *,
        open_tab: Callable[[str], None],
        watch_s: float,
        out_dir: Path | None,
    ) -> None:
        super().__init__(window)
        self._engine, self._window, self._open_tab = engine, window, open_tab
        self._people = {person.name: person for person in people}
        self._to_enroll = list(self._people)
        self._watch_s = watch_s
        self._out_dir = out_dir
        self._step = _Step.EMPTY
        self._tally = DemoTally()
        self._fps: list[EngineStats] = []
        self._screenshots: list[Path] = []
        self._seen_moments: set[str] = set()
        self._current = ""
        self._saved_at = self._named_after_ms = 0.0
        self._watch_until = 0.0
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._give_up)
        bridge.result_ready.connect(self._on_result)
        bridge.enrollment_changed.connect(self._on_enrollment)
        bridge.job_changed.connect(self._on_job)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.stats.connect(self._on_stats)

    def start(self) -> None:
        """Begin; the demo scene must be the engine's source."""
        self._patience.start()

    def _on_result(self, event: ResultReady) -> None:
        result = event.result
        if self._step is _Step.EMPTY:
            self._begin_recording(result)
        elif self._step is _Step.NAMING:
            self._wait_for_name(result)
        elif self._step is _Step.WATCHING:
            self._watch(result)

    def _begin_recording(self, result: FrameResult) -> None:
        """Record the first person of the scene as soon as they are alone."""
        alone = [truth.person for truth in result.frame.truth]
        if len(alone) == len(result.faces) == 1 and alone[0] in self._people:
            self._current = alone[0]
            self._go(_Step.RECORDING)
            self._screenshot("1-empty", self._start_recording)

    def _start_recording(self) -> None:
        self._open_tab("enroll")
        self._engine.start_recording()

    def _on_enrollment(self, event: EnrollmentChanged) -> None:
        if self._step is _Step.RECORDING and len(event.shots) >= _SHOTS_TO_RECORD:
            self._go(_Step.SAVING)
            self._engine.stop_recording()
            self._screenshot("2-enrolling", self._save)

    def _on_job(self, event: JobChanged) -> None:
        if self._step is _Step.STILLS and event.is_finished and event.title == _READING:
            self._save()

    def _save(self) -> None:
        self._open_tab("people")
        self._go(_Step.NAMING)
        self._to_enroll.remove(self._current)
        self._saved_at = time.perf_counter()
        self._engine.enroll(self._current, person_id=None, consent_given=True)

    def _wait_for_name(self, result: FrameResult) -> None:
        if not self._named_after_ms and any(face.identification.name == self._current for face in result.faces):
            self._named_after_ms = (time.perf_counter() - self._saved_at) * 1e3
            self._screenshot("3-recognised")
            self._next_person()

    def _on_gallery(self, event: GalleryChanged) -> None:
        names = {person.name for person in event.snapshot.people}
        if self._step is _Step.NAMING and self._named_after_ms and self._current in names:
            self._next_person()

    def _next_person(self) -> None:
        if self._to_enroll:
            self._current = self._to_enroll[0]
            self._go(_Step.STILLS)
            self._engine.add_enrollment_files(self._people[self._current].stills)
        else:
            self._watch_until = time.monotonic() + self._watch_s
            self._go(_Step.WATCHING)

    def _watch(self, result: FrameResult) -> None:
        self._patience.start()
        self._tally = tally_frame(self._tally, result)
        for kind in _moments(result) - self._seen_moments:
            self._seen_moments.add(kind)
            self._screenshot(kind)
        if time.monotonic() >= self._watch_until:
            self._go(_Step.DONE)
            self._patience.stop()
            self.finished.emit(self._summary())

    def _on_stats(self, event: EngineStats) -> None:
        if self._step is _Step.WATCHING:
            self._fps.append(event)

    def _summary(self) -> DemoSummary:
        rates = np.array([(s.preview_fps, s.inference_fps, s.latency_ms) for s in self._fps] or [(0.0, 0.0, 0.0)])
        preview, inference, latency = np.median(rates, axis=0)
        return DemoSummary(
            tally=self._tally,
            enroll_to_named_ms=self._named_after_ms,
            preview_fps=float(preview),
            inference_fps=float(inference),
            latency_ms=float(latency),
            screenshots=tuple(self._screenshots),
        )

    def _go(self, step: _Step) -> None:
        self._step = step
        self._patience.start()

    def _give_up(self) -> None:
        text = QT_TRANSLATE_NOOP("Errors", "The demo got stuck while {step}. Close other programs and try again.")
        self.failed.emit(KnownError(text, step=self._step.value))

    def _screenshot(self, name: str, then: Callable[[], None] = lambda: None) -> None:
        """Take a picture once the window has painted what was just decided, then go on."""

        def grab() -> None:
            if self._out_dir is not None:
                path = self._out_dir / f"{name}.png"
                if self._window.grab().save(str(path)):
                    self._screenshots.append(path)
            then()

        QTimer.singleShot(_PAINT_MS, self, grab)


def tally_frame(tally: DemoTally, result: FrameResult) -> DemoTally:
    """Add one frame: every true face is matched to the found face that overlaps it most."""
    tally = replace(tally, frames=tally.frames + 1)
    free = list(result.faces)
    for truth in result.frame.truth:
        face = max(free, key=lambda found: _iou(found.box_xyxy, truth.box_xyxy), default=None)
        if face is None or _iou(face.box_xyxy, truth.box_xyxy) < _MIN_OVERLAP:
            tally = replace(tally, missed=tally.missed + 1)
            continue
        free.remove(face)
        tally = _tally_face(tally, truth, face)
    return replace(tally, extra=tally.extra + len(free))


def _tally_face(tally: DemoTally, truth: FaceTruth, face: TrackedFace) -> DemoTally:
    name = face.identification.name
    if truth.person is None:
        if name is None:
            return replace(tally, strangers_unknown=tally.strangers_unknown + 1)
        return replace(tally, strangers_named=tally.strangers_named + 1)
    if name is None:
        return replace(tally, unknown=tally.unknown + 1)
    if name == truth.person:
        return replace(tally, right=tally.right + 1)
    return replace(tally, wrong=tally.wrong + 1)


def _moments(result: FrameResult) -> set[str]:
    """Name the moments of this frame that are worth a picture."""
    truths, moments = result.frame.truth, set()
    if len(truths) >= 3 and len(result.faces) >= 3:
        moments.add("4-together")
    strangers = [truth for truth in truths if truth.person is None]
    if any(_iou(face.box_xyxy, truth.box_xyxy) > 0.5 for truth in strangers for face in result.faces):
        moments.add("5-stranger")
    return moments


def _iou(a: Floats, b: Floats) -> float:
    return float(box_iou(a[None], b[None])[0, 0])
