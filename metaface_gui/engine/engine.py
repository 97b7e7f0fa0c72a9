"""The engine: connects threads, models and gallery; the only object a window talks to. See `api.EngineApi`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from metaface_gui.engine.adaptation.room_controller import RoomController
from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.assembly import load_learning_assets
from metaface_gui.engine.events import EngineEvent, EngineListener, FrameReady, ResultReady
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.environment_dial import EnvironmentDial
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.live.live_memory import LiveMemory
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.live.source_controller import SourceController
from metaface_gui.engine.live.stats import LiveStats
from metaface_gui.engine.people.enroller import Enroller
from metaface_gui.engine.people.gallery_editor import GalleryEditor
from metaface_gui.engine.people.people import People
from metaface_gui.engine.people.privacy import Privacy
from metaface_gui.engine.recording.session_recorder import DrawnWords, SessionRecorder, english_words
from metaface_gui.engine.studio.sides import SideRunner
from metaface_gui.engine.studio.studio import Studio
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.pipeline.embedding.device import release_memory
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult
from metaface_gui.weights.store import WeightsStore

_log = logging.getLogger(__name__)

_TICK_S = 0.5
_FLUSH_SEEN_TICKS = 20


class Engine:
    """Implements `EngineApi`; `start` and `stop` are called once each, `listener` on any of the engine's threads.

    `hyperparameters` maps learners' keys to initial instances of their `settings_type`. An engine that `awaits_window`
    loads its models after `on_window`, and imports the modules `imports_last` once all models are loaded.

    Raises:
        ValueError: if a key is unknown, or hyper-parameters are not the learner's; also from every call that takes one.
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
        self._listener = listener
        self.preview: LatestSlot[Frame] = LatestSlot()
        self._to_look_at: LatestSlot[Frame] = LatestSlot()
        self.jobs = runners = Runners(listener)
        self._stats = LiveStats(listener, lambda: self.models.set_device("cpu"))
        self._worker = InferenceWorker(self._to_look_at, self._on_result, self._stats.on_failure)
        self._editor = GalleryEditor(gallery, self._tell)
        self._memory = LiveMemory()
        self._dial = EnvironmentDial()
        self._adaptations = AdaptationScheduler(
            gallery,
            listener,
            self._worker,
            runners,
            settings=settings,
            hyperparameters=hyperparameters,
            on_handed_over=self._look_again,
        )
        self.models = ModelLoader(
            gallery,
            store,
            listener,
            self._worker,
            self._adaptations,
            runners=runners,
            settings=settings,
            awaits_window=awaits_window,
            imports_last=imports_last,
        )
        self.room = RoomController(
            self._adaptations.use_room, listener, is_used=settings.use_room, on_used=self.models.set_use_room
        )
        self.faces = Enroller(
            self._editor,
            self.models,
            self._adaptations,
            self._memory,
            self._tell,
            room=self.room,
            worker=self._worker,
            runners=runners,
        )
        self.enrollment = self.faces.session
        self.studio = Studio(gallery, self.models, self._adaptations, self._memory, listener, runners=runners)
        self.recording = SessionRecorder(listener, words=words)
        self.sides = SideRunner(
            gallery,
            self._adaptations.situation,
            listener,
            jobs=runners.studies,
            make_stock=self.models.published_embedder,
            load_assets=lambda embedder: load_learning_assets(embedder, store),
            on_ready=self._look_again,
        )
        self.privacy = Privacy(
            self._editor, self._adaptations, self.faces, self.studio, self.recording, runners=runners
        )
        self.people = People(self._editor, self.models, self._adaptations, self.faces, self.privacy, runners=runners)
        self.source = SourceController(
            listener,
            runners.sources,
            self.preview,
            self._to_look_at,
            dial=self._dial,
            on_frame=self._on_frame,
            on_opening=self._on_opening,
            on_closing=self.room.end,
            on_turned=self._on_turned,
        )
        self._looked_at: Frame | None = None
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="ticker", daemon=True)

    # Lifecycle -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads, load the models and announce who is enrolled."""
        self.jobs.start()
        self._worker.start()
        self._ticker.start()
        self.people.change(self._editor.publish)
        self.models.start()

    def on_window(self) -> None:
        """Report that the window is shown; if the engine `awaits_window`, models are loaded only then."""
        self.models.on_window()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Stop everything, each join bounded; return False if a thread did not end in time. Purges deleted data."""
        self._stopping.set()
        self.models.on_window()
        self.models.on_picture()
        ended = [self.jobs.stop(timeout_s), self.source.stop(timeout_s)]
        ended += [self._worker.stop(timeout_s), self.recording.close(timeout_s)]
        if self._ticker.is_alive():
            self._ticker.join(timeout_s)
            ended.append(not self._ticker.is_alive())
        self.preview.close()
        self._to_look_at.close()
        try:
            self._editor.flush_seen()
            self._editor.purge()
        except KnownError as error:
            _log.warning("closing the gallery: %s", error.template)
        return all(ended)

    # On the engine's threads ---------------------------------------------------------------------------------------

    def _tell(self, event: EngineEvent) -> None:
        """Pass on an event about people; the tallies use it as the truth about faces."""
        self.studio.on_event(event)
        self.sides.on_event(event)
        self._listener(event)

    def _on_frame(self, frame: Frame, is_first_unread: bool) -> None:
        self._stats.on_frame(frame)
        if is_first_unread:
            self._listener(FrameReady())

    def _on_opening(self, spec: SourceSpec) -> None:
        self._looked_at = None
        self.sides.forget_tracks()
        self.room.begin(spec)
        self._worker.post(FacePipeline.reset)

    def _on_turned(self) -> None:
        # Looks at earlier pictures would otherwise keep deciding, hiding the effect of what the camera sees now.
        self._worker.post(FacePipeline.forget_looks)
        self.sides.forget_tracks()

    def _on_result(self, result: FrameResult) -> None:
        is_new = result.frame is not self._looked_at
        if is_new:
            self._looked_at = result.frame
            self._stats.on_result(result)
            self._dial.note(result)
            if result.learner:
                self.models.on_picture()
            # Before anybody sees the faces, so that any face that can be clicked on is already remembered.
            self.faces.on_result(result)
            self.room.on_result(result)
        self._memory.note_decisions(result)
        result = self._memory.with_shots(self.studio.with_truths(result))
        self._listener(ResultReady(self.sides.decorate(result, is_new=is_new)))
        if is_new:
            self.studio.on_new_result(result)
        self.recording.offer(result)

    def _look_again(self) -> None:
        """Process a frozen frame again, to show the effect of another method, person or threshold."""
        self.sides.refresh()
        frame = self._looked_at
        if frame is not None and self.source.is_frozen:
            self._to_look_at.put(frame)

    def _tick(self) -> None:
        ticks = 0
        while not self._stopping.wait(_TICK_S):
            ticks += 1
            now_ns = time.monotonic_ns()
            running = self.models.running
            device = str(running.embedder.device) if running else ""
            self._listener(self._stats.stats(now_ns, dropped_frames=self._to_look_at.dropped, device=device))
            self.studio.on_tick()
            self.sides.on_tick()
            self.privacy.on_tick(now_ns)
            self.room.on_tick(now_ns)
            if ticks % _FLUSH_SEEN_TICKS == 0:
                self.jobs.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), lambda _job: self._editor.flush_seen())
                release_memory()
