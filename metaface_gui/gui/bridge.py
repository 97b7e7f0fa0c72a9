"""The one place where the engine's events cross from its worker threads to the GUI thread."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from metaface_gui.engine.events import (
    AdaptationEvaluated,
    Adapted,
    AdaptStepTaken,
    ComparisonChanged,
    ConsentsRead,
    EngineEvent,
    EngineStats,
    EnrollmentChanged,
    EnvironmentChanged,
    EverythingForgotten,
    ExpiredDeleted,
    Explained,
    FrameReady,
    GalleryChanged,
    ImportLookedAt,
    JobChanged,
    LikelyPairsFound,
    LooksEnrolled,
    MapChanged,
    ModelsChanged,
    ReportWritten,
    RequestEnded,
    ResultReady,
    RoomChanged,
    RoomEvaluated,
    SelfTested,
    SessionRecordingChanged,
    ShotsRead,
    ShotWeighed,
    SidesChanged,
    SourceChanged,
    StorageRead,
    TaughtTrack,
    Trouble,
    Undoable,
    UnknownsChanged,
    UntaughtTrack,
)
from metaface_gui.engine.live.latest_slot import LatestSlot


class EngineBridge(QObject):
    """An `EngineListener` that is called on any thread and emits one signal per kind of event on its own thread.

    Events keep their order. `ResultReady` is coalesced: a busy GUI receives only the newest result, so nothing piles up
    (`FrameReady` is already sent only once per unread frame). After `close` nothing is delivered, not even events
    under way.
    """

    source_changed = Signal(SourceChanged)
    frame_ready = Signal()
    result_ready = Signal(ResultReady)
    models_changed = Signal(ModelsChanged)
    room_changed = Signal(RoomChanged)
    room_evaluated = Signal(RoomEvaluated)
    environment_changed = Signal(EnvironmentChanged)
    adapted = Signal(Adapted)
    adapt_step_taken = Signal(AdaptStepTaken)
    adaptation_evaluated = Signal(AdaptationEvaluated)
    comparison_changed = Signal(ComparisonChanged)
    sides_changed = Signal(SidesChanged)
    map_changed = Signal(MapChanged)
    explained = Signal(Explained)
    self_tested = Signal(SelfTested)
    session_recording_changed = Signal(SessionRecordingChanged)
    track_taught = Signal(TaughtTrack)
    track_untaught = Signal(UntaughtTrack)
    looks_enrolled = Signal(LooksEnrolled)
    gallery_changed = Signal(GalleryChanged)
    enrollment_changed = Signal(EnrollmentChanged)
    unknowns_changed = Signal(UnknownsChanged)
    job_changed = Signal(JobChanged)
    request_ended = Signal(RequestEnded)
    shots_read = Signal(ShotsRead)
    shot_weighed = Signal(ShotWeighed)
    likely_pairs_found = Signal(LikelyPairsFound)
    consents_read = Signal(ConsentsRead)
    storage_read = Signal(StorageRead)
    import_looked_at = Signal(ImportLookedAt)
    undoable = Signal(Undoable)
    report_written = Signal(ReportWritten)
    expired_deleted = Signal(ExpiredDeleted)
    everything_forgotten = Signal(EverythingForgotten)
    trouble = Signal(Trouble)
    stats = Signal(EngineStats)

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._is_closed = False
        self._newest_result: LatestSlot[ResultReady] = LatestSlot()
        self._signals: dict[type, SignalInstance] = {
            SourceChanged: self.source_changed,
            ModelsChanged: self.models_changed,
            RoomChanged: self.room_changed,
            RoomEvaluated: self.room_evaluated,
            EnvironmentChanged: self.environment_changed,
            Adapted: self.adapted,
            AdaptStepTaken: self.adapt_step_taken,
            AdaptationEvaluated: self.adaptation_evaluated,
            ComparisonChanged: self.comparison_changed,
            SidesChanged: self.sides_changed,
            MapChanged: self.map_changed,
            Explained: self.explained,
            SelfTested: self.self_tested,
            SessionRecordingChanged: self.session_recording_changed,
            TaughtTrack: self.track_taught,
            UntaughtTrack: self.track_untaught,
            LooksEnrolled: self.looks_enrolled,
            GalleryChanged: self.gallery_changed,
            EnrollmentChanged: self.enrollment_changed,
            UnknownsChanged: self.unknowns_changed,
            JobChanged: self.job_changed,
            RequestEnded: self.request_ended,
            ShotsRead: self.shots_read,
            ShotWeighed: self.shot_weighed,
            LikelyPairsFound: self.likely_pairs_found,
            ConsentsRead: self.consents_read,
            StorageRead: self.storage_read,
            ImportLookedAt: self.import_looked_at,
            Undoable: self.undoable,
            ReportWritten: self.report_written,
            ExpiredDeleted: self.expired_deleted,
            EverythingForgotten: self.everything_forgotten,
            Trouble: self.trouble,
            EngineStats: self.stats,
        }
        # Queued even for a call on the GUI thread, so that a listener never runs inside the engine's own call.
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def __call__(self, event: EngineEvent) -> None:
        """Take an event on any thread; returns at once."""
        # The lock keeps `close`, and so this object's deletion, from coming between the test and the emit.
        with self._lock:
            if self._is_closed:
                return
            if isinstance(event, ResultReady) and not self._newest_result.put(event):
                return  # a wake-up for an older, unread result is under way and will find this one
            self._arrived.emit(event)

    def close(self) -> None:
        """Stop delivering events; call it on the GUI thread, twice if need be."""
        with self._lock:
            self._is_closed = True
        self._newest_result.close()

    def _deliver(self, event: EngineEvent) -> None:
        if self._is_closed:
            return
        if isinstance(event, FrameReady):
            self.frame_ready.emit()
        elif isinstance(event, ResultReady):
            newest = self._newest_result.take()
            if newest is not None:
                self.result_ready.emit(newest)
        else:
            self._signals[type(event)].emit(event)
