"""The engine's latest events that still hold, for a window that is created while the engine runs."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace

from PySide6.QtCore import QObject

from metaface_gui.engine.events import (
    AdaptationEvaluated,
    Adapted,
    ComparisonChanged,
    EngineEvent,
    EngineStats,
    EnrollmentChanged,
    EnvironmentChanged,
    GalleryChanged,
    JobChanged,
    MapChanged,
    ModelsChanged,
    ResultReady,
    RoomChanged,
    RoomEvaluated,
    SelfTested,
    SessionRecordingChanged,
    SidesChanged,
    SourceChanged,
    SourceState,
    UnknownsChanged,
)
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.who_left import somebody_left
from metaface_gui.types import Frame

_CURVES = 2
"""Adaptations of a method that its curves show: the newest and the one before."""


_NAMING = (ResultReady, MapChanged, SelfTested)
"""Events that name people; they are forgotten when anybody is deleted."""
_FORGETTING = (SourceState.CLOSED, SourceState.OPENING, SourceState.FAILED)
"""States in which what was seen in the previous source is forgotten."""


class LatestEvents(QObject):
    """Listens to the bridge from its creation on; `repeat` makes the bridge emit again what still holds.

    Transient events are not repeated: errors and warnings, what was saved, single steps, answers about one face, what
    can be undone (see `UndoList`).
    """

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # In the order of repetition: models before what was made with them, the source before what was seen in it.
        self._states = {
            ModelsChanged: bridge.models_changed,
            GalleryChanged: bridge.gallery_changed,
            SourceChanged: bridge.source_changed,
            UnknownsChanged: bridge.unknowns_changed,
            RoomChanged: bridge.room_changed,
            RoomEvaluated: bridge.room_evaluated,
            EnvironmentChanged: bridge.environment_changed,
            EnrollmentChanged: bridge.enrollment_changed,
            SessionRecordingChanged: bridge.session_recording_changed,
            MapChanged: bridge.map_changed,
            ComparisonChanged: bridge.comparison_changed,
            SidesChanged: bridge.sides_changed,
            SelfTested: bridge.self_tested,
            EngineStats: bridge.stats,
            ResultReady: bridge.result_ready,
        }
        self._bridge = bridge
        self._newest: dict[type, EngineEvent] = {}
        self._adapted: defaultdict[str, deque[Adapted]] = defaultdict(lambda: deque(maxlen=_CURVES))
        self._evaluated: dict[str, AdaptationEvaluated] = {}
        self._jobs: dict[int, JobChanged] = {}
        for signal in self._states.values():
            signal.connect(self._remember)
        bridge.adapted.connect(self._remember_adapted)
        bridge.adaptation_evaluated.connect(self._remember_evaluation)
        bridge.job_changed.connect(self._remember_job)

    @property
    def _snapshot(self) -> GallerySnapshot | None:
        newest = self._newest.get(GalleryChanged)
        return newest.snapshot if isinstance(newest, GalleryChanged) else None

    @property
    def frame(self) -> Frame | None:
        """The frame of the newest result."""
        newest = self._newest.get(ResultReady)
        return newest.result.frame if isinstance(newest, ResultReady) else None

    def repeat(self) -> None:
        """Make the bridge emit everything again, on this thread, before this returns."""
        # Copies, because this object receives what is repeated as well.
        newest = dict(self._newest)
        adaptations = [event for events in self._adapted.values() for event in events]
        evaluated, jobs = list(self._evaluated.values()), list(self._jobs.values())
        for kind, signal in self._states.items():
            if kind in newest:
                signal.emit(newest[kind])
            if kind is GalleryChanged:
                self._repeat_adaptations(adaptations, evaluated)
        for job in jobs:
            self._bridge.job_changed.emit(job)

    def _repeat_adaptations(self, adaptations: list[Adapted], evaluated: list[AdaptationEvaluated]) -> None:
        for adapted in adaptations:
            self._bridge.adapted.emit(adapted)
        for verdict in evaluated:
            self._bridge.adaptation_evaluated.emit(verdict)

    def _remember(self, event: EngineEvent) -> None:
        if isinstance(event, ModelsChanged):
            event = replace(event, error=None)
        elif isinstance(event, SessionRecordingChanged):
            if any(file.kind == "snapshot" for file in event.files):
                return
            event = replace(event, error=None)
        elif isinstance(event, SourceChanged) and event.state in _FORGETTING:
            self._newest.pop(ResultReady, None)
        elif isinstance(event, GalleryChanged) and somebody_left(self._snapshot, event.snapshot):
            for kind in _NAMING:
                self._newest.pop(kind, None)
        self._newest[type(event)] = event

    def _remember_adapted(self, event: Adapted) -> None:
        adaptations = self._adapted[event.learner]
        if not any(event is known for known in adaptations):  # received again during `repeat`
            adaptations.append(event)
        self._evaluated.pop(event.learner, None)

    def _remember_evaluation(self, event: AdaptationEvaluated) -> None:
        self._evaluated[event.learner] = event

    def _remember_job(self, event: JobChanged) -> None:
        if event.is_finished:
            self._jobs.pop(event.job_id, None)
        else:
            self._jobs[event.job_id] = event
