"""The engine: composes threads, models and gallery, and is the only thing a window talks to. See `api.EngineApi`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from metaface_gui.engine.adaptation.room_controller import RoomController
from metaface_gui.engine.adaptation.room_trial import OnRooms, SceneFrames
from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.assembly import load_learning_assets
from metaface_gui.engine.events import (
    EngineEvent,
    EngineListener,
    EnvironmentChanged,
    FrameReady,
    ImportLookedAt,
    ResultReady,
    ShotsRead,
)
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.environment_dial import EnvironmentDial
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.live.live_memory import LiveMemory
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.live.source_controller import SourceController
from metaface_gui.engine.live.stats import LiveStats
from metaface_gui.engine.people.enroller import Enroller
from metaface_gui.engine.people.gallery_editor import GalleryEditor, Terms
from metaface_gui.engine.people.privacy import Privacy
from metaface_gui.engine.recording.session_recorder import DrawnWords, english_words
from metaface_gui.engine.studio.side import Side
from metaface_gui.engine.studio.sides import SideRunner
from metaface_gui.engine.studio.studio import Studio
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gallery import ClashPolicy, Gallery, OnProgress, needs_passphrase
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.pipeline.detection import DETECTORS
from metaface_gui.pipeline.embedding import EMBEDDERS
from metaface_gui.pipeline.embedding.device import release_memory
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import learner_class
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult, PersonId, RequestId
from metaface_gui.weights.store import WeightsStore

_log = logging.getLogger(__name__)

_TICK_S = 0.5
_FLUSH_SEEN_TICKS = 20


class Engine:
    """Implements `EngineApi`. `start` and `stop` are called once each; `listener` is called on any of its threads.

    `hyperparameters` maps learners' keys to instances of their `settings_type`, to begin with. An engine that
    `awaits_window` loads PyTorch after `on_window`, and `imports_last` these modules once all models are there.

    Raises:
        ValueError: if a key is none, or hyper-parameters are not the learner's; also from every call that takes one.
    """

    def __init__(
        self,
        gallery: Gallery,
        store: WeightsStore,
        listener: EngineListener,
        settings: RecognitionSettings,
        *,
        hyperparameters: Mapping[str, object] = MappingProxyType({}),
        words: Callable[[], DrawnWords] = english_words,
        awaits_window: bool = False,
        imports_last: Sequence[str] = (),
    ) -> None:
        _check_keys("detector", [settings.detector], DETECTORS)
        _check_keys("embedder", [settings.embedder], EMBEDDERS)
        for key in settings.learners:
            learner_class(key)
        self._listener = listener
        self._preview: LatestSlot[Frame] = LatestSlot()
        self._to_look_at: LatestSlot[Frame] = LatestSlot()
        self._runners = Runners(listener)
        self._stats = LiveStats(listener, lambda: self.set_device("cpu"))
        self._worker = InferenceWorker(self._to_look_at, self._on_result, self._stats.on_failure)
        self._editor = GalleryEditor(gallery, self._tell)
        self._memory = LiveMemory()
        self._dial = EnvironmentDial()
        self._adaptations = AdaptationScheduler(
            gallery,
            listener,
            self._worker,
            self._runners,
            settings=settings,
            hyperparameters=hyperparameters,
            on_handed_over=self._look_again,
        )
        self._models = ModelLoader(
            gallery,
            store,
            listener,
            self._worker,
            self._adaptations,
            runners=self._runners,
            settings=settings,
            awaits_window=awaits_window,
            imports_last=imports_last,
        )
        self._room = RoomController(self._adaptations, listener, is_used=settings.use_room)
        self._enroller = Enroller(
            self._editor,
            self._models,
            self._adaptations,
            self._memory,
            self._tell,
            room=self._room,
            worker=self._worker,
            runners=self._runners,
        )
        self._studio = Studio(
            gallery, self._models, self._adaptations, self._memory, listener, runners=self._runners, words=words
        )
        self._sides = SideRunner(
            gallery,
            self._adaptations,
            listener,
            jobs=self._runners.studies,
            make_stock=self._models.published_embedder,
            load_assets=lambda embedder: load_learning_assets(embedder, store),
            on_ready=self._look_again,
        )
        self.privacy = Privacy(self._editor, self._adaptations, self._enroller, self._studio, self._runners)
        self._source = SourceController(
            listener,
            self._runners.sources,
            self._preview,
            self._to_look_at,
            photograph=self._dial.photograph,
            on_frame=self._on_frame,
            on_opening=self._on_opening,
        )
        self._looked_at: Frame | None = None
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="ticker", daemon=True)

    # Life -------------------------------------------------------------------------------------------------------

    @property
    def preview(self) -> LatestSlot[Frame]:
        """The newest camera frame, for painting."""
        return self._preview

    def start(self) -> None:
        """Start the threads, load the models, tell who is enrolled."""
        self._runners.start()
        self._worker.start()
        self._ticker.start()
        self._change_gallery(self._editor.publish)
        self._models.start()

    def on_window(self) -> None:
        """Say that the window is there, if the engine `awaits_window`: what takes long is loaded after it."""
        self._models.on_window()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Stop everything, each join bounded; False if some thread did not end in time. Purges what was deleted."""
        self._stopping.set()
        self._models.on_picture()
        ended = [self._runners.stop(timeout_s), self._source.stop(timeout_s)]
        ended += [self._worker.stop(timeout_s), self._studio.stop(timeout_s)]
        if self._ticker.is_alive():
            self._ticker.join(timeout_s)
            ended.append(not self._ticker.is_alive())
        self._preview.close()
        self._to_look_at.close()
        try:
            self._editor.flush_seen()
            self._editor.purge()
        except KnownError as error:
            _log.warning("closing the gallery: %s", error.template)
        return all(ended)

    # Source -----------------------------------------------------------------------------------------------------

    def open_source(self, spec: SourceSpec) -> None:
        """Close the running source and open this one."""
        self._source.open(spec)

    def close_source(self) -> None:
        """Stop capturing, and forget the room."""
        self._source.close()
        self._room.end()
        self._dial.forget()

    def set_paused(self, paused: bool) -> None:
        """Freeze or go on."""
        self._source.set_paused(paused)

    def seek(self, index: int) -> None:
        """Go on with, or while paused show, the frame of this number."""
        self._source.seek(index)

    def set_looping(self, loops: bool) -> None:
        """Begin files and folders again at their end, or leave them at it."""
        self._source.set_looping(loops)

    def set_environment(self, setting: EnvironmentSetting) -> None:
        """Turn the environment dial."""
        self._dial.turn(setting)
        # Looks at other pictures would go on deciding, and nothing would be seen of what the camera sees now.
        self._worker.post(FacePipeline.forget_looks)
        self._sides.forget_tracks()
        self._listener(EnvironmentChanged(setting))
        frame = self._dial.again()
        if frame is not None:
            self._source.show_again(frame)

    # Models -----------------------------------------------------------------------------------------------------

    def set_detector(self, key: str) -> None:
        """Use another detector."""
        _check_keys("detector", [key], DETECTORS)
        self._models.change(lambda settings: replace(settings, detector=key))

    def set_embedder(self, key: str) -> None:
        """Use another embedder; missing templates are made from the stored shots."""
        _check_keys("embedder", [key], EMBEDDERS)
        self._models.change(lambda settings: replace(settings, embedder=key))

    def set_device(self, name: str) -> None:
        """Compute elsewhere."""
        self._models.change(lambda settings: replace(settings, device=name))

    def set_learner(self, key: str) -> None:
        """Let another learner decide; one that ran beside changes places with the one that decided."""
        learner_class(key)
        self._models.change(lambda settings: settings.decided_by(key))

    def set_fpir(self, fpir: float) -> None:
        """Let this share of strangers pass."""
        self._models.change(lambda settings: replace(settings, fpir=fpir))

    def set_compared(self, keys: Sequence[str]) -> None:
        """Run these learners beside the deciding one."""
        compared = tuple(keys)
        for key in compared:
            learner_class(key)
        self._models.change(lambda settings: replace(settings, compared=compared))

    def set_use_room(self, use: bool) -> None:
        """Adapt to the room's unlabelled faces too, or forget them."""
        self._room.set_used(use)
        self._models.change(lambda settings: replace(settings, use_room=use))

    def adapt_to_room(self) -> None:
        """Adapt to the unlabelled faces that were seen so far."""
        self._room.adapt()

    def undo_room(self) -> None:
        """Take the last adaptation to the room's faces back."""
        self._room.undo()

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        """Turn a learner's knobs; None: its defaults."""
        self._adaptations.set_hyperparameters(learner, settings)
        self._models.publish()

    def fetch_weights(self, name: str) -> RequestId:
        """Download weights that do not ship; then load what was wanted."""
        return self._models.fetch_weights(name)

    # Studio -----------------------------------------------------------------------------------------------------

    def reset_comparison(self) -> None:
        """Begin the running tallies anew."""
        self._studio.reset_comparison()

    def set_sides(self, sides: tuple[Side, ...]) -> None:
        """Compare two ways of deciding; () for none."""
        self._sides.want(sides)

    def set_map_learner(self, key: str | None) -> None:
        """Draw the embedding map in this learner's adapted space; None: no map."""
        if key is not None:
            learner_class(key)
        self._adaptations.set_map_learner(key)

    def self_test(self) -> RequestId:
        """Score every method on the enrolled shots."""
        return self._studio.self_test()

    def try_rooms(
        self, make_frames: Callable[[], SceneFrames], rooms: Sequence[EnvironmentSetting], on_tried: OnRooms
    ) -> RequestId:
        """Evaluate every method in each of these rooms of a scene that knows its truth, as a job; `on_tried` is called
        on a worker's thread."""
        return self._studio.try_rooms(make_frames, rooms, on_tried)

    def explain_track(self, track_id: int) -> RequestId:
        """Say why the face that carries this track id has its name."""
        return self._studio.explain_track(track_id)

    def start_session(self, folder: Path) -> None:
        """Record the session into new files of this folder."""
        self._studio.start_session(folder)

    def stop_session(self) -> None:
        """End the recording and finish its files."""
        self._studio.stop_session()

    def save_snapshot(self, path: Path) -> None:
        """Write the newest looked-at frame, annotated, as a picture."""
        self._studio.save_snapshot(path)

    # Enrolment and corrections ------------------------------------------------------------------------------------

    def start_recording(self) -> None:
        """Keep good, diverse shots of the one face before the camera."""
        self._enroller.session.start()

    def stop_recording(self) -> None:
        """Stop keeping shots."""
        self._enroller.session.stop()

    def add_enrollment_files(self, paths: Sequence[Path]) -> RequestId:
        """Take shots from images, folders and videos."""
        return self._enroller.add_files(paths)

    def remove_enrollment_shot(self, shot_id: int) -> None:
        """Leave out one kept shot."""
        self._enroller.session.remove(shot_id)

    def undo_enrollment(self) -> None:
        """Bring back the shot that was removed last."""
        self._enroller.session.undo()

    def discard_enrollment(self) -> None:
        """Throw all kept shots away."""
        self._enroller.session.discard()

    def enroll(
        self,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        """Save the kept shots; then adapt."""
        return self._enroller.enroll(
            name, person_id=person_id, consent_given=consent_given, terms=terms, is_sure=is_sure
        )

    def name_track(
        self,
        track_id: int,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        not_id: PersonId | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        """Enrol the face that carries this track id from what was seen of it."""
        return self._enroller.name_track(
            track_id,
            name,
            person_id=person_id,
            consent_given=consent_given,
            terms=terms,
            not_id=not_id,
            is_sure=is_sure,
        )

    def confirm_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Say that this face is that enrolled person."""
        return self._enroller.confirm_track(track_id, person_id)

    def reject_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Say that this face is not that person."""
        return self._enroller.reject_track(track_id, person_id)

    def name_unknown(
        self,
        group_id: int,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        """Enrol a group of the unknown tray."""
        return self._enroller.name_unknown(
            group_id, name, person_id=person_id, consent_given=consent_given, terms=terms, is_sure=is_sure
        )

    def dismiss_unknown(self, group_id: int) -> None:
        """Forget a group of the unknown tray."""
        self._enroller.dismiss_unknown(group_id)

    # Gallery ----------------------------------------------------------------------------------------------------

    def rename_person(self, person_id: PersonId, name: str) -> RequestId:
        """Give another name."""
        return self._change_gallery(lambda: self._editor.rename(person_id, name))

    def merge_people(self, into_id: PersonId, from_id: PersonId) -> RequestId:
        """Move all shots of one person to another."""
        return self._change_gallery(lambda: self._editor.merge(into_id, from_id))

    def delete_person(self, person_id: PersonId) -> RequestId:
        """Delete, for good once the undo has expired or the engine stops."""
        return self._change_gallery(lambda: self.privacy.delete_person(person_id))

    def delete_shot(self, shot_id: int) -> RequestId:
        """Delete one saved shot."""
        return self._change_gallery(lambda: self._editor.delete_shot(shot_id))

    def undo(self, token: int) -> RequestId:
        """Bring back what an `Undoable` names."""
        return self._change_gallery(lambda: self._editor.undo(token))

    def load_shots(self, person_id: PersonId) -> RequestId:
        """Read a person's shots."""

        def work(job: Job) -> None:
            self._listener(ShotsRead(job.id, person_id, self._editor.gallery.shots(person_id)))

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Reading shots"), work)

    def export_gallery(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Write everybody to one file."""

        def work(job: Job) -> None:
            self._editor.gallery.export_to(path, passphrase=passphrase, on_progress=_progress_of(job))

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Exporting"), work)

    def load_needs_passphrase(self, path: Path) -> RequestId:
        """Look whether a file can only be imported with a passphrase."""

        def work(job: Job) -> None:
            self._listener(ImportLookedAt(job.id, needs_passphrase(path)))

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Importing"), work)

    def import_gallery(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        """Add everybody in an exported file; who is there already is left alone."""

        def work(job: Job) -> None:
            self._editor.gallery.import_from(
                path, passphrase=passphrase, on_clash=ClashPolicy.SKIP, on_progress=_progress_of(job)
            )
            self._editor.publish()
            self._models.make_templates()
            self._enroller.forget_enrolled()

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Importing"), work)

    def cancel_job(self, job_id: RequestId) -> None:
        """Ask a job to stop at its next step."""
        self._runners.cancel(job_id)

    def _change_gallery(self, change: Callable[[], None]) -> RequestId:
        def work(_job: Job) -> None:
            change()
            self._enroller.hold_denials()
            self._adaptations.adapt()

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Changing the gallery"), work)

    # On the engine's threads ---------------------------------------------------------------------------------------

    def _tell(self, event: EngineEvent) -> None:
        """Pass on what concerns people: the tallies take it as the truth about faces."""
        self._studio.hear(event)
        self._sides.hear(event)
        self._listener(event)

    def _on_frame(self, frame: Frame, is_first_unread: bool) -> None:
        self._stats.on_frame(frame)
        if is_first_unread:
            self._listener(FrameReady())

    def _on_opening(self, spec: SourceSpec) -> None:
        self._looked_at = None
        self._dial.forget()
        self._sides.forget_tracks()
        self._room.begin(spec)
        self._worker.post(FacePipeline.reset)

    def _on_result(self, result: FrameResult) -> None:
        is_new = result.frame is not self._looked_at
        if is_new:
            self._looked_at = result.frame
            self._stats.on_result(result)
            self._dial.note(result)
            self._models.on_picture()
            # Before anybody sees the faces, so that whoever is clicked on is remembered.
            self._enroller.on_result(result)
            self._room.on_result(result)
        self._memory.note_decisions(result)
        result = self._memory.with_shots(self._studio.with_truths(result))
        self._listener(ResultReady(self._sides.decorate(result, is_new=is_new)))
        self._studio.on_result(result)

    def _look_again(self) -> None:
        """Show on a picture that stands still what another method, person or threshold makes of it."""
        self._sides.refresh()
        frame = self._looked_at
        if frame is not None and self._source.is_frozen:
            self._to_look_at.put(frame)

    def _tick(self) -> None:
        ticks = 0
        while not self._stopping.wait(_TICK_S):
            ticks += 1
            now_ns = time.monotonic_ns()
            running = self._models.running
            device = str(running.embedder.device) if running else ""
            self._listener(self._stats.stats(now_ns, dropped_frames=self._to_look_at.dropped, device=device))
            self._studio.on_tick()
            self._sides.on_tick()
            self.privacy.on_tick(now_ns)
            self._room.on_tick(now_ns)
            if ticks % _FLUSH_SEEN_TICKS == 0:
                self._runners.gallery.submit(
                    QT_TRANSLATE_NOOP("Jobs", "Saving"), lambda _job: self._editor.flush_seen()
                )
                release_memory()


def _progress_of(job: Job) -> OnProgress:
    return lambda done, of: job.progress(done / max(of, 1))


def _check_keys(what: str, keys: Sequence[str], known: Sequence[str] | Mapping[str, object]) -> None:
    for key in keys:
        if key not in known:
            raise ValueError(f"no {what} {key!r}; there are {', '.join(known)}")
