"""Load the models named in the settings, and hand them to the inference worker and the adaptation scheduler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from metaface_gui.deferred import import_beside_others, is_loaded, load_in_background
from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.assembly import (
    LearningAssets,
    build_pipeline,
    load_first_assets,
    load_learning_assets,
    re_embed,
)
from metaface_gui.engine.events import EngineListener, ModelsChanged, ModelState, Trouble
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.detection import DETECTORS
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER, EMBEDDERS, make_embedder
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.device import release_memory, resolve_device
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import learner_class
from metaface_gui.pipeline.recognition.attention import LIVE
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import RequestId
from metaface_gui.weights.store import WeightsStore

_WINDOW_PATIENCE_S, _PICTURE_PATIENCE_S = 30.0, 1.5
"""How long loading leaves the processor to the window, and then to the first names (without a source, there are none).
"""
_PAINTING_S = 0.2

Change = Callable[[RecognitionSettings], RecognitionSettings]


class ModelLoader:
    """Implements `ModelsApi`; thread-safe.

    Loading runs on the models' runner, recomputing templates on the files' runner; `adaptations` adapts. If models
    cannot be loaded, the previous ones stay in use. The first models are loaded once the window is there if it
    `awaits_window`, and detect faces while PyTorch and the learners' assets are still loading. `imports_last` are
    modules that the window needs only later.

    Raises:
        ValueError: if a key is unknown; also from every call that takes one.
    """

    def __init__(
        self,
        gallery: Gallery,
        store: WeightsStore,
        listener: EngineListener,
        worker: InferenceWorker,
        adaptations: AdaptationScheduler,
        *,
        runners: Runners,
        settings: RecognitionSettings,
        awaits_window: bool = False,
        imports_last: Sequence[str] = (),
    ) -> None:
        _check_key("detector", settings.detector, DETECTORS)
        _check_key("embedder", settings.embedder, EMBEDDERS)
        for key in settings.learners:
            learner_class(key)
        self._gallery = gallery
        self._store = store
        self._listener = listener
        self._worker = worker
        self._adaptations = adaptations
        self._load_jobs, self._slow_jobs = runners.models, runners.files
        self._lock = threading.Lock()
        self._publishing = threading.Lock()
        self._wanted = self._loaded = settings
        self._is_loading = True
        self._is_window_there, self._is_picture_there = threading.Event(), threading.Event()
        if not awaits_window:
            self._is_window_there.set()
        self._imports_last = tuple(imports_last)
        self._error: KnownError | None = None
        self._pipeline: FacePipeline | None = None
        self._assets: LearningAssets | None = None

    @property
    def settings(self) -> RecognitionSettings:
        """The running models (until there are any, the requested ones) and the wanted learners."""
        with self._lock:
            return _with_models_of(self._loaded, self._wanted)

    @property
    def running(self) -> FacePipeline | None:
        """The pipeline owned by the worker; other threads may use only its embedder."""
        with self._lock:
            return self._pipeline

    @property
    def assets(self) -> LearningAssets | None:
        """What learners need in the running embedder's feature space."""
        with self._lock:
            return self._assets

    def second_pipeline(self) -> FacePipeline:
        """Return a pipeline like the running one with its own detector, because a pipeline belongs to one thread.

        Raises:
            KnownError: as `build_pipeline`.
        """
        with self._lock:
            settings, pipeline = self._loaded, self._pipeline
        return build_pipeline(settings, self._store, embedder=pipeline.embedder if pipeline else None)

    def published_embedder(self) -> FaceEmbedder:
        """Return the running embedder's network as published, without anything meta-trained.

        Raises:
            KnownError: if its weights are missing or damaged.
        """
        with self._lock:
            settings = self._loaded
        return make_embedder(settings.embedder, resolve_device(settings.device), self._store, meta_trained=False)

    def start(self) -> None:
        """Load the models named in the settings."""
        self._load_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Loading models"), self._load)

    def on_window(self) -> None:
        """Report that the window is shown."""
        self._is_window_there.set()

    def on_picture(self) -> None:
        """Report that a frame's faces were named, or that none will be, so that slow work need not wait."""
        self._is_picture_there.set()

    def change(self, change: Change) -> None:
        """Apply `change` to the wanted settings: other learners at once, other models once they are loaded.

        A newer request replaces an older one that is still waiting.
        """
        with self._lock:
            former, self._wanted = self._wanted, change(self._wanted)
            is_of_models = _models(self._wanted) != _models(former)
            is_missing = self._pipeline is None and not self._is_loading
            self._adaptations.choose(self._wanted)
        if is_of_models or is_missing:
            self._load_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Loading models"), self._load)
        else:
            self.publish()

    def set_detector(self, key: str) -> None:
        """Use another detector."""
        _check_key("detector", key, DETECTORS)
        self.change(lambda settings: replace(settings, detector=key))

    def set_embedder(self, key: str) -> None:
        """Use another embedder; missing templates are computed from the stored shots."""
        _check_key("embedder", key, EMBEDDERS)
        self.change(lambda settings: replace(settings, embedder=key))

    def set_device(self, name: str) -> None:
        """Compute on another device."""
        self.change(lambda settings: replace(settings, device=name))

    def set_learner(self, key: str) -> None:
        """Let another learner decide; if it is a compared one, it swaps places with the deciding one."""
        learner_class(key)
        self.change(lambda settings: settings.decided_by(key))

    def set_fpir(self, fpir: float) -> None:
        """Set the share of strangers that may pass."""
        self.change(lambda settings: replace(settings, fpir=fpir))

    def set_compared(self, keys: Sequence[str]) -> None:
        """Run these learners beside the deciding one."""
        compared = tuple(keys)
        for key in compared:
            learner_class(key)
        self.change(lambda settings: replace(settings, compared=compared))

    def set_use_room(self, use: bool) -> None:
        """Record whether the room's faces are wanted; `RoomController` acts on it."""
        self.change(lambda settings: replace(settings, use_room=use))

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        """Set a learner's hyper-parameters; None: its defaults."""
        self._adaptations.set_hyperparameters(learner, settings)
        self.publish()

    def make_templates(self) -> None:
        """Embed the stored shots that have no template of the running embedder yet; then adapt."""
        self._slow_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Computing templates"), self._make_templates)

    def fetch_weights(self, name: str) -> RequestId:
        """Download weights that do not ship; callers that want to use them must request the models again afterwards."""

        def work(job: Job) -> None:
            def progress(done: int, total: int | None) -> None:
                job.progress(done / total if total else None)

            self._store.fetch(name, progress, lambda: job.is_cancelled)

        return self._slow_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Downloading weights"), work)

    def publish(self, error: KnownError | None = None) -> None:
        """Send the current models and learners; `error` says why the requested ones could not be loaded."""
        # One at a time, so that the last event is the newest.
        with self._publishing:
            with self._lock:
                state = ModelState.LOADING if self._is_loading else ModelState.READY
                if error is not None or not (self._is_loading or self._pipeline):
                    state, error = ModelState.FAILED, error or self._error
                settings = self._wanted if self._is_loading else _with_models_of(self._loaded, self._wanted)
                device = str(self._pipeline.embedder.device) if self._pipeline else settings.device
            self._listener(
                ModelsChanged(
                    state=state,
                    detector=settings.detector,
                    embedder=settings.embedder,
                    device=device,
                    learner=settings.learner,
                    fpir=settings.fpir,
                    error=error,
                    compared=settings.compared,
                    hyperparameters=self._adaptations.hyperparameters,
                    use_room=settings.use_room,
                )
            )

    # On the runners' threads ----------------------------------------------------------------------------------------

    def _load(self, _job: Job) -> None:
        with self._lock:
            wanted, former, former_assets = self._wanted, self._pipeline, self._assets
            self._is_loading = former is None or _models(wanted) != _models(self._loaded)
            is_loading = self._is_loading
        self.publish()
        if not is_loading:
            return
        try:
            if former is None:
                self._is_window_there.wait(_WINDOW_PATIENCE_S)
            embedder = former.embedder if former else None
            pipeline = build_pipeline(wanted, self._store, embedder=embedder, attention=LIVE)
            if former is None:
                release_memory()
                # Boxes now, names by the default method next; all else needs PyTorch, which takes longer than all this.
                self._worker.use(pipeline)
                if (first := load_first_assets(pipeline.embedder, self._store)) is not None:
                    self._adaptations.name_first(pipeline, first)
                release_memory()
                self._load_pytorch()
            is_same_space = former is not None and pipeline.embedder is former.embedder
            kept = former_assets if is_same_space else None
            assets = kept or load_learning_assets(pipeline.embedder, self._store)
        except KnownError as error:
            self._refuse(wanted, error)
            return
        except Exception:
            with self._lock:
                self._is_loading = False
            raise
        with self._lock:
            self._is_loading = False
            self._loaded, self._pipeline, self._assets = wanted, pipeline, assets
        if former is not None:
            self._worker.use(pipeline)
        self.publish()
        self._adaptations.use_models(pipeline, assets)
        if assets.cohort is None and kept is None:
            self._listener(Trouble(uncalibrated(wanted.embedder)))
        if former is None or former.embedder.id != pipeline.embedder.id:
            self.make_templates()
        if former is None:
            import_beside_others(self._imports_last)
            release_memory()

    def _load_pytorch(self) -> None:
        if not is_loaded():
            self._is_picture_there.wait(_PICTURE_PATIENCE_S)
            # The names still have to be painted.
            time.sleep(_PAINTING_S)
            load_in_background()

    def _refuse(self, wanted: RecognitionSettings, error: KnownError) -> None:
        """Keep the current models; a request made meanwhile has its own job."""
        with self._lock:
            self._is_loading, self._error = False, error
            if _models(self._wanted) == _models(wanted):
                self._wanted = _with_models_of(self._loaded, self._wanted)
        self.publish(error)

    def _make_templates(self, job: Job) -> None:
        running = self.running
        # Building another pipeline takes a while, and at nearly every start there is nothing to embed.
        is_missing = running is None or self._gallery.count_shots_without(running.embedder.id) > 0
        if is_missing and not self._gallery.is_read_only:
            re_embed(self._gallery, self.second_pipeline(), job)
        self._adaptations.adapt()


def _check_key(what: str, key: str, known: Collection[str]) -> None:
    if key not in known:
        raise ValueError(f"no {what} {key!r}; there are {', '.join(known)}")


def _models(settings: RecognitionSettings) -> tuple[str, str, str]:
    return settings.detector, settings.embedder, settings.device


def _with_models_of(loaded: RecognitionSettings, wanted: RecognitionSettings) -> RecognitionSettings:
    return replace(wanted, detector=loaded.detector, embedder=loaded.embedder, device=loaded.device)


def uncalibrated(embedder: str) -> KnownError:
    """Return the error that an embedder has no cohort, so its threshold is fixed and no FPIR can be promised.

    The default embedder ships with one, which fits only its own trunk and projection.
    """
    if embedder == DEFAULT_EMBEDDER:
        text = QT_TRANSLATE_NOOP(
            "Errors",
            "The strangers sampled for “{embedder}” do not match its trunk and projection: a fixed threshold is used, "
            "and the share of strangers let through cannot be chosen. Use the trunk and projection that come with "
            "MetaFace; if you already do, install MetaFace again.",
        )
        return KnownError(text, embedder=embedder)
    text = QT_TRANSLATE_NOOP(
        "Errors",
        "No strangers have been sampled for “{embedder}” yet: a fixed threshold is used, and the share of strangers "
        "let through cannot be chosen. To choose it, use the embedder “{default}”.",
    )
    return KnownError(text, embedder=embedder, default=DEFAULT_EMBEDDER)
