"""The engine: composes threads, models and gallery, and is the only thing a window talks to. See `api.EngineApi`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from metaface_gui.engine.api import OnShots
from metaface_gui.engine.capture_thread import CaptureThread
from metaface_gui.engine.enrollment_session import EnrollmentSession
from metaface_gui.engine.events import (
    EngineListener,
    EngineStats,
    FrameReady,
    JobChanged,
    ResultReady,
    SourceChanged,
    SourceState,
    Trouble,
    UnknownsChanged,
)
from metaface_gui.engine.file_enrollment import Unreadable, faces_in_files
from metaface_gui.engine.gallery_keeper import GalleryKeeper
from metaface_gui.engine.inference_worker import InferenceWorker
from metaface_gui.engine.job_runner import Job, JobRunner
from metaface_gui.engine.latest_slot import LatestSlot
from metaface_gui.engine.live_memory import LiveMemory
from metaface_gui.engine.model_keeper import ModelKeeper
from metaface_gui.engine.rates import RateMeter
from metaface_gui.engine.shots import new_shots
from metaface_gui.errors import QT_TRANSLATE_NOOP, DeviceError, KnownError
from metaface_gui.gallery import ClashPolicy, Gallery, ShotSource
from metaface_gui.pipeline.capture.specification import SourceSpec, make_source
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline, sample_of_face
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult, PersonId

_log = logging.getLogger(__name__)

_TICK_S = 0.5
_FLUSH_SEEN_TICKS = 20
_UNKNOWNS_EVERY_NS = 1_000_000_000
_TROUBLE_PAUSE_NS = 10_000_000_000
_CAPTURE_JOIN_S = 3.0


class Engine:
    """Implements `EngineApi`. `start` and `stop` are called once each.

    Three job threads keep quick things quick: `models` opens sources and loads networks, `gallery` saves and adapts,
    `files` does what takes long (imports, downloads). `listener` is called on any of the engine's threads.
    """

    def __init__(
        self, gallery: Gallery, store: WeightsStore, listener: EngineListener, settings: RecognitionSettings
    ) -> None:
        self._store = store
        self._listener = listener
        self._preview: LatestSlot[Frame] = LatestSlot()
        self._to_look_at: LatestSlot[Frame] = LatestSlot()
        self._keeper = GalleryKeeper(gallery, listener)
        self._enrollment = EnrollmentSession(listener)
        self._memory = LiveMemory()
        self._worker = InferenceWorker(self._to_look_at, self._on_result, self._on_failure)
        self._models_jobs = JobRunner("models", self._on_quiet_job)
        self._gallery_jobs = JobRunner("gallery", self._on_quiet_job)
        self._files_jobs = JobRunner("files", listener)
        self._models = ModelKeeper(
            gallery,
            store,
            listener,
            self._worker,
            settings,
            load_jobs=self._models_jobs,
            quick_jobs=self._gallery_jobs,
            slow_jobs=self._files_jobs,
        )
        self._capture: CaptureThread | None = None
        self._capture_lock = threading.Lock()
        self._shown, self._looked_at = RateMeter(), RateMeter()
        self._failed_frames = 0
        self._quiet_until_ns = 0
        self._unknowns_due_ns = 0
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="ticker", daemon=True)

    # Life -------------------------------------------------------------------------------------------------------

    @property
    def preview(self) -> LatestSlot[Frame]:
        """The newest camera frame, for painting."""
        return self._preview

    def start(self) -> None:
        """Start the threads, load the models, tell who is enrolled."""
        for runner in (self._models_jobs, self._gallery_jobs, self._files_jobs):
            runner.start()
        self._worker.start()
        self._ticker.start()
        self._change_gallery(self._keeper.publish)
        self._models.load(self._models.wanted)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Stop everything, each join bounded; False if some thread did not end in time. Purges what was deleted."""
        self._stopping.set()
        ended = [runner.stop(timeout_s) for runner in (self._models_jobs, self._files_jobs, self._gallery_jobs)]
        ended += [self._stop_capture(timeout_s), self._worker.stop(timeout_s)]
        if self._ticker.is_alive():
            self._ticker.join(timeout_s)
            ended.append(not self._ticker.is_alive())
        self._preview.close()
        self._to_look_at.close()
        try:
            self._keeper.flush_seen()
            self._keeper.purge()
        except KnownError as error:
            _log.warning("closing the gallery: %s", error.template)
        return all(ended)

    # Source -----------------------------------------------------------------------------------------------------

    def open_source(self, spec: SourceSpec) -> None:
        """Close the running source and open this one."""
        self._models_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Opening"), lambda _job: self._open_source(spec))

    def close_source(self) -> None:
        """Stop capturing."""
        self._models_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Closing"), lambda _job: self._close_source())

    def set_paused(self, paused: bool) -> None:
        """Freeze or go on."""
        with self._capture_lock:
            capture = self._capture
        if capture is not None:
            capture.set_paused(paused)

    def _open_source(self, spec: SourceSpec) -> None:
        self._stop_capture(_CAPTURE_JOIN_S)
        self._worker.post(FacePipeline.reset)
        try:
            source = make_source(spec, live=True)
        except KnownError as error:
            self._listener(SourceChanged(SourceState.FAILED, spec.text, error=error))
            return
        capture = CaptureThread(
            source, self._preview, self._to_look_at, on_frame=self._on_frame, on_changed=self._listener
        )
        with self._capture_lock:
            self._capture = capture
        capture.start()

    def _close_source(self) -> None:
        self._stop_capture(_CAPTURE_JOIN_S)
        self._listener(SourceChanged(SourceState.CLOSED))

    def _stop_capture(self, timeout_s: float) -> bool:
        with self._capture_lock:
            capture, self._capture = self._capture, None
        return capture is None or capture.stop(timeout_s)

    # Models -----------------------------------------------------------------------------------------------------

    def set_detector(self, key: str) -> None:
        """Use another detector."""
        self._models.load(replace(self._models.wanted, detector=key))

    def set_embedder(self, key: str) -> None:
        """Use another embedder; missing templates are made from the stored shots."""
        self._models.load(replace(self._models.wanted, embedder=key))

    def set_device(self, name: str) -> None:
        """Compute elsewhere."""
        self._models.load(replace(self._models.wanted, device=name))

    def set_learner(self, key: str) -> None:
        """Adapt with another learner."""
        self._models.decide(replace(self._models.wanted, learner=key))

    def set_fpir(self, fpir: float) -> None:
        """Let this share of strangers pass."""
        self._models.decide(replace(self._models.wanted, fpir=fpir))

    def fetch_weights(self, name: str) -> None:
        """Download weights that do not ship; then load what was wanted."""

        def work(job: Job) -> None:
            def progress(done: int, total: int | None) -> None:
                job.progress(done / total if total else None)

            self._store.fetch(name, progress, lambda: job.is_cancelled)

        self._files_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Downloading weights"), work)

    # Enrolment --------------------------------------------------------------------------------------------------

    def start_recording(self) -> None:
        """Keep good, diverse shots of the one face before the camera."""
        self._enrollment.start()

    def stop_recording(self) -> None:
        """Stop keeping shots."""
        self._enrollment.stop()

    def add_enrollment_files(self, paths: Sequence[Path]) -> None:
        """Take shots from images, folders and videos."""

        def work(job: Job) -> None:
            for looked_at in faces_in_files(paths, self._models.second_pipeline(), job.progress):
                if isinstance(looked_at, Unreadable):
                    self._listener(Trouble(looked_at.error))
                else:
                    self._enrollment.offer_file(looked_at.title, looked_at.samples)

        self._files_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Reading pictures"), work)

    def remove_enrollment_shot(self, shot_id: int) -> None:
        """Leave out one kept shot."""
        self._enrollment.remove(shot_id)

    def undo_enrollment(self) -> None:
        """Bring back the shot that was removed last."""
        self._enrollment.undo()

    def discard_enrollment(self) -> None:
        """Throw all kept shots away."""
        self._enrollment.discard()

    def enroll(self, name: str, *, person_id: PersonId | None, consent_given: bool) -> None:
        """Save the kept shots; then adapt."""
        self._enrollment.stop()
        source = ShotSource.FILE if self._enrollment.is_from_files else ShotSource.CAMERA
        self._save(
            name,
            person_id,
            self._enrollment.samples,
            source,
            consent_given=consent_given,
            on_saved=self._enrollment.clear,
        )

    def name_track(self, track_id: int, name: str, *, person_id: PersonId | None, consent_given: bool) -> None:
        """Enrol the face that carries this track id from what was seen of it."""
        samples = self._memory.samples_of_track(track_id)
        self._save(name, person_id, samples, ShotSource.CORRECTION, consent_given=consent_given)

    def name_unknown(self, group_id: int, name: str, *, person_id: PersonId | None, consent_given: bool) -> None:
        """Enrol a group of the unknown tray."""
        samples = self._memory.samples_of_unknown(group_id, time.monotonic_ns())
        self._save(name, person_id, samples, ShotSource.UNKNOWN_TRAY, consent_given=consent_given)

    def dismiss_unknown(self, group_id: int) -> None:
        """Forget a group of the unknown tray."""
        self._memory.forget_unknown(group_id)
        self._publish_unknowns()

    def _save(
        self,
        name: str,
        person_id: PersonId | None,
        samples: tuple[FaceSample, ...],
        source: ShotSource,
        *,
        consent_given: bool,
        on_saved: Callable[[], None] = lambda: None,
    ) -> None:
        def work(_job: Job) -> None:
            pipeline = self._models.running
            shots = new_shots(samples, pipeline, source) if pipeline and samples else []
            self._keeper.save(name, person_id, shots, consent_given=consent_given)
            self._models.adapt()
            on_saved()
            self._memory.forget_named(samples)
            self._publish_unknowns()

        self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    # Gallery ----------------------------------------------------------------------------------------------------

    def rename_person(self, person_id: PersonId, name: str) -> None:
        """Give another name."""
        self._change_gallery(lambda: self._keeper.rename(person_id, name))

    def merge_people(self, into_id: PersonId, from_id: PersonId) -> None:
        """Move all shots of one person to another."""
        self._change_gallery(lambda: self._keeper.merge(into_id, from_id))

    def delete_person(self, person_id: PersonId) -> None:
        """Delete, for good once the undo has expired or the engine stops."""
        self._change_gallery(lambda: self._keeper.delete_person(person_id))

    def delete_shot(self, shot_id: int) -> None:
        """Delete one saved shot."""
        self._change_gallery(lambda: self._keeper.delete_shot(shot_id))

    def undo(self, token: int) -> None:
        """Bring back what an `Undoable` names."""
        self._change_gallery(lambda: self._keeper.undo(token))

    def load_shots(self, person_id: PersonId, on_loaded: OnShots) -> None:
        """Read a person's shots; `on_loaded` is called on a worker's thread."""
        self._gallery_jobs.submit(
            QT_TRANSLATE_NOOP("Jobs", "Reading shots"), lambda _job: on_loaded(self._keeper.gallery.shots(person_id))
        )

    def export_gallery(self, path: Path) -> None:
        """Write everybody to one file."""

        def work(job: Job) -> None:
            self._keeper.gallery.export_to(path, on_progress=lambda done, of: job.progress(done / max(of, 1)))

        self._files_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Exporting"), work)

    def import_gallery(self, path: Path) -> None:
        """Add everybody in an exported file; who is there already is left alone."""

        def work(job: Job) -> None:
            self._keeper.gallery.import_from(
                path, on_clash=ClashPolicy.SKIP, on_progress=lambda done, of: job.progress(done / max(of, 1))
            )
            self._keeper.publish()
            self._models.make_templates()

        self._files_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Importing"), work)

    def cancel_job(self, job_id: int) -> None:
        """Ask a job to stop at its next step."""
        for runner in (self._files_jobs, self._models_jobs, self._gallery_jobs):
            runner.cancel(job_id)

    def _change_gallery(self, change: Callable[[], None]) -> None:
        def work(_job: Job) -> None:
            change()
            self._models.adapt()

        self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Changing the gallery"), work)

    # On the engine's threads ---------------------------------------------------------------------------------------

    def _on_frame(self, frame: Frame, is_first_unread: bool) -> None:
        self._shown.tick(frame.captured_ns)
        if is_first_unread:
            self._listener(FrameReady())

    def _on_result(self, result: FrameResult) -> None:
        latency_ms = (result.finished_ns - result.frame.captured_ns) / 1e6
        self._looked_at.tick(result.finished_ns, latency_ms)
        self._listener(ResultReady(result))
        if self._enrollment.is_recording:
            self._enrollment.offer([sample_of_face(result.frame.image_bgr, face) for face in result.faces])
        known = {face.identification.person_id for face in result.faces} - {None}
        self._keeper.note_seen([person_id for person_id in known if person_id is not None])
        if self._memory.remember(result) and result.finished_ns >= self._unknowns_due_ns:
            self._unknowns_due_ns = result.finished_ns + _UNKNOWNS_EVERY_NS
            self._publish_unknowns()

    def _on_failure(self, error: Exception) -> None:
        self._failed_frames += 1
        now_ns = time.monotonic_ns()
        if isinstance(error, torch.OutOfMemoryError):
            text = QT_TRANSLATE_NOOP(
                "Errors", "The graphics card's memory is full. MetaFace goes on with the processor."
            )
            self._listener(Trouble(DeviceError(text)))
            self.set_device("cpu")
        elif now_ns >= self._quiet_until_ns:
            self._quiet_until_ns = now_ns + _TROUBLE_PAUSE_NS
            text = QT_TRANSLATE_NOOP("Errors", "A frame was lost ({kind}). If this goes on, see the log file.")
            self._listener(Trouble(KnownError(text, kind=type(error).__name__)))

    def _on_quiet_job(self, change: JobChanged) -> None:
        """Jobs that take no time need no progress bar, only their errors are shown."""
        if change.error is not None:
            self._listener(Trouble(change.error))

    def _publish_unknowns(self) -> None:
        self._listener(UnknownsChanged(self._memory.unknown_groups(time.monotonic_ns())))

    def _tick(self) -> None:
        ticks = 0
        while not self._stopping.wait(_TICK_S):
            ticks += 1
            now_ns = time.monotonic_ns()
            running = self._models.running
            self._listener(
                EngineStats(
                    preview_fps=self._shown.per_second(now_ns),
                    inference_fps=self._looked_at.per_second(now_ns),
                    latency_ms=self._looked_at.median_value(now_ns),
                    dropped_frames=self._to_look_at.dropped,
                    failed_frames=self._failed_frames,
                    device=str(running.embedder.device) if running else "",
                )
            )
            if self._keeper.has_expired(now_ns):
                self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Deleting"), lambda _job: self._keeper.purge())
            if ticks % _FLUSH_SEEN_TICKS == 0:
                self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), lambda _job: self._keeper.flush_seen())
