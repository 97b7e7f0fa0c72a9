"""Which models run: loads what the settings name, adapts it to the gallery, hands both to the inference worker."""

from __future__ import annotations

import threading
from dataclasses import replace

from metaface_gui.engine.assembly import (
    AdaptedGallery,
    LearningAssets,
    adapt_gallery,
    build_pipeline,
    load_learning_assets,
    re_embed,
)
from metaface_gui.engine.events import EngineListener, ModelsChanged, ModelState, Trouble
from metaface_gui.engine.inference_worker import InferenceWorker
from metaface_gui.engine.job_runner import Job, JobRunner
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import learner_class
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.settings import RecognitionSettings


class ModelKeeper:
    """Thread-safe. Loading runs on `load_jobs`, adapting on `quick_jobs`, making templates anew on `slow_jobs`.

    Models that cannot be loaded leave the former ones at work.
    """

    def __init__(
        self,
        gallery: Gallery,
        store: WeightsStore,
        listener: EngineListener,
        worker: InferenceWorker,
        settings: RecognitionSettings,
        *,
        load_jobs: JobRunner,
        quick_jobs: JobRunner,
        slow_jobs: JobRunner,
    ) -> None:
        self._gallery = gallery
        self._store = store
        self._listener = listener
        self._worker = worker
        self._load_jobs, self._quick_jobs, self._slow_jobs = load_jobs, quick_jobs, slow_jobs
        self._lock = threading.Lock()
        self._wanted = settings
        self._settings = settings
        self._pipeline: FacePipeline | None = None
        self._assets: LearningAssets | None = None
        self._adapted: AdaptedGallery | None = None

    @property
    def wanted(self) -> RecognitionSettings:
        """What was asked for last; may still be loading."""
        with self._lock:
            return self._wanted

    @property
    def running(self) -> FacePipeline | None:
        """The pipeline that the worker owns; only its embedder may be used from elsewhere."""
        with self._lock:
            return self._pipeline

    def second_pipeline(self) -> FacePipeline:
        """Another pipeline like the running one, with a detector of its own: a pipeline belongs to one thread.

        Raises:
            KnownError: as `build_pipeline`.
        """
        with self._lock:
            settings, pipeline = self._settings, self._pipeline
        return build_pipeline(settings, self._store, embedder=pipeline.embedder if pipeline else None)

    def load(self, wanted: RecognitionSettings) -> None:
        """Load what `wanted` names; a newer wish overtakes an older one that waits."""
        with self._lock:
            self._wanted = wanted
        self._load_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Loading models"), lambda _job: self._load(wanted))

    def decide(self, wanted: RecognitionSettings) -> None:
        """Use another learner or FPIR with the models there are."""
        with self._lock:
            is_other_learner = wanted.learner != self._settings.learner
            self._wanted = wanted
            self._settings = settings = replace(self._settings, learner=wanted.learner, fpir=wanted.fpir)
            state = ModelState.READY if self._pipeline else ModelState.LOADING
        self._publish(state, settings)
        if is_other_learner:
            self._load_jobs.submit(
                QT_TRANSLATE_NOOP("Jobs", "Loading models"), lambda _job: self._warm_up_and_adapt(settings.learner)
            )
        else:
            self._quick_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Adapting"), lambda _job: self._hand_over())

    def adapt(self) -> None:
        """Adapt to the gallery as it is when the job's turn comes; in use from the next frame on."""
        self._quick_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Adapting"), self._adapt)

    def make_templates(self) -> None:
        """Embed the stored shots that have no template of the running embedder yet; then adapt."""
        self._slow_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Making templates"), self._make_templates)

    def _load(self, wanted: RecognitionSettings) -> None:
        with self._lock:
            if wanted is not self._wanted:
                return
            former = self._pipeline
        self._publish(ModelState.LOADING, wanted)
        try:
            pipeline = build_pipeline(wanted, self._store, embedder=former.embedder if former else None)
            assets = load_learning_assets(pipeline.embedder, self._store)
        except KnownError as error:
            with self._lock:
                self._wanted = settings = self._settings
            self._publish(ModelState.FAILED, settings, error)
            return
        with self._lock:
            self._settings, self._pipeline = wanted, pipeline
            self._assets, self._adapted = assets, None
        self._worker.use(pipeline)
        self._publish(ModelState.READY, wanted)
        if assets.cohort is None:
            self._listener(Trouble(uncalibrated(wanted.embedder)))
        self._warm_up_and_adapt(wanted.learner)
        if former is None or former.embedder.id != pipeline.embedder.id:
            self.make_templates()

    def _warm_up_and_adapt(self, learner: str) -> None:
        """On `load_jobs`, so that `quick_jobs`, which save people, do not wait for what a learner loads once."""
        learner_class(learner).warm_up()
        self.adapt()

    def _adapt(self, _job: Job) -> None:
        with self._lock:
            settings, pipeline, assets = self._settings, self._pipeline, self._assets
        if pipeline is None or assets is None:
            return
        adapted = adapt_gallery(self._gallery, assets, settings)
        with self._lock:
            if pipeline is not self._pipeline:
                return  # other models came meanwhile; their own adaptation is on its way
            self._adapted = adapted
        self._hand_over()

    def _hand_over(self) -> None:
        """Have the worker use the newest adaptation at the newest FPIR from its next frame on."""
        with self._lock:
            settings, pipeline, adapted = self._settings, self._pipeline, self._adapted
        if adapted is None:
            return
        classifier = adapted.classifier.with_fpir(settings.fpir)

        def use(running: FacePipeline) -> None:
            if running is pipeline:
                running.set_classifiers({adapted.report.learner: classifier}, adapted.report.learner)
                self._listener(adapted.report)

        self._worker.post(use)

    def _make_templates(self, job: Job) -> None:
        if not self._gallery.is_read_only:
            re_embed(self._gallery, self.second_pipeline(), job)
        self.adapt()

    def _publish(self, state: ModelState, settings: RecognitionSettings, error: KnownError | None = None) -> None:
        running = self.running
        device = str(running.embedder.device) if running else settings.device
        self._listener(
            ModelsChanged(state, settings.detector, settings.embedder, device, settings.learner, settings.fpir, error)
        )


def uncalibrated(embedder: str) -> KnownError:
    """Say that an embedder has no cohort of strangers, so that its threshold is fixed and no FPIR can be promised.

    The default embedder ships with one, which fits its own trunk and projection only.
    """
    if embedder == DEFAULT_EMBEDDER:
        text = QT_TRANSLATE_NOOP(
            "Errors",
            "The strangers sampled for “{embedder}” do not fit its trunk and projection: a fixed threshold is used, "
            "and the share of strangers let through cannot be chosen. Use the trunk and projection that come with "
            "MetaFace; if you do, install MetaFace again.",
        )
        return KnownError(text, embedder=embedder)
    text = QT_TRANSLATE_NOOP(
        "Errors",
        "No strangers were sampled for “{embedder}” yet: a fixed threshold is used, and the share of strangers let "
        "through cannot be chosen. Use the embedder “{default}” for that.",
    )
    return KnownError(text, embedder=embedder, default=DEFAULT_EMBEDDER)
