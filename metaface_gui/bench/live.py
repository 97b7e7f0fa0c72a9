"""Cost of the live path: the pipeline at full speed on clips, and the whole engine on a source at its own rate.

The pipeline runs thoroughly (every face of every frame), as for files, and as in the window (`recognition.attention`),
with one learner and with all, alternating on the same frames. Savings must not cost names, so both are reported.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from metaface_gui.bench.clips import Clip, enroll_demo
from metaface_gui.bench.figures import Timing, timing_of
from metaface_gui.bench.race import FacesTiming, OnStep, PipelineContender, RaceFigures, race
from metaface_gui.engine.assembly import adapt, build_pipeline, enrolled_people, load_learning_assets
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    Adapted,
    EngineEvent,
    FrameReady,
    ModelsChanged,
    ModelState,
    ResultReady,
    SourceChanged,
    SourceState,
)
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.demo.people import DemoPerson
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.recognition.attention import FILE, LIVE, THOROUGH, Attention
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore

_PATIENCE_S = 120.0
LIVE_WARM_UP_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class BenchModels:
    """The models named in settings, and every learner adapted to the people in the gallery."""

    settings: RecognitionSettings
    store: WeightsStore
    embedder: FaceEmbedder
    classifiers: Mapping[str, OpenSetClassifier]

    def pipeline(self, attention: Attention, learners: Sequence[str]) -> FacePipeline:
        """Create another pipeline with these learners, the first of which decides; the embedder is shared."""
        pipeline = build_pipeline(self.settings, self.store, embedder=self.embedder, attention=attention)
        pipeline.set_classifiers({key: self.classifiers[key] for key in learners}, learners[0])
        return pipeline


def load_bench_models(
    gallery: Gallery,
    settings: RecognitionSettings,
    store: WeightsStore,
    people: tuple[DemoPerson, ...],
    learners: Sequence[str] = tuple(LEARNERS),
) -> BenchModels:
    """Load the models, enrol `people` if the gallery is empty, and adapt the learners to the gallery.

    Raises:
        KnownError: as `build_pipeline`.
    """
    pipeline = build_pipeline(settings, store)
    if not gallery.snapshot().people:
        enroll_demo(gallery, pipeline, people)
    assets = load_learning_assets(pipeline.embedder, store)
    everybody = enrolled_people(gallery, pipeline.embedder.id)
    classifiers = {key: adapt(key, everybody, assets, fpir=settings.fpir).classifier for key in learners}
    return BenchModels(settings, store, pipeline.embedder, MappingProxyType(classifiers))


def measure_pipeline(
    models: BenchModels, clips: Iterable[Clip], *, repeats: int, on_step: OnStep = lambda _: None
) -> RaceFigures:
    """Race thorough, file and live attention, with the deciding learner alone and with all learners.

    The contenders are `thorough`, `file`, `live`, and each of them with the suffix `-all`.
    """
    alone = (models.settings.learner,)
    everyone = (*alone, *(key for key in models.classifiers if key not in alone))
    contenders = [
        PipelineContender(name + suffix, models.pipeline(attention, learners))
        for suffix, learners in (("", alone), ("-all", everyone))
        for name, attention in (("thorough", THOROUGH), ("file", FILE), ("live", LIVE))
    ]
    ratios = (
        ("live", "thorough"),
        ("file", "thorough"),
        ("live-all", "thorough-all"),
        ("live-all", "live"),
        ("thorough-all", "thorough"),
    )
    return race(contenders, clips, repeats=repeats, ratios=ratios, on_step=on_step)


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The engine on a source at its own rate, after a short warm-up.

    `preview_fps` counts frames that a window would have painted, `inference_fps` those that were processed: the newest
    frame is taken, the others are skipped. `latency` is from a frame's capture to its result; `by_faces` groups it by
    the number of faces in the result.
    """

    source: str
    seconds: float
    preview_fps: float
    inference_fps: float
    latency: Timing
    by_faces: tuple[FacesTiming, ...]


def measure_live(
    gallery: Gallery, settings: RecognitionSettings, store: WeightsStore, source: SourceSpec, *, seconds: float
) -> LiveFigures:
    """Run the whole engine without a window for `seconds` or to the source's end; the gallery is not changed.

    Raises:
        KnownError: if models cannot be loaded, or the source cannot be read or is too short.
    """
    listener = _Listener()
    engine = Engine(gallery, store, listener, settings)
    listener.engine = engine
    engine.start()
    try:
        listener.await_adapted()
        engine.source.open(source)
        title = listener.await_running().title
        started_ns = time.monotonic_ns()
        listener.is_over.wait(seconds + LIVE_WARM_UP_S)
    finally:
        engine.stop()
    since_ns = started_ns + round(LIVE_WARM_UP_S * 1e9)
    shown = [at for at in listener.shown_ns if at >= since_ns]
    looked_at = [look for look in listener.looks if look.captured_ns >= since_ns]
    if len(shown) < 2 or len(looked_at) < 2:
        text = QT_TRANSLATE_NOOP("Errors", "“{title}” is too short to measure. Give a video of at least a few seconds.")
        raise KnownError(text, title=title)
    return LiveFigures(
        source=title,
        seconds=(shown[-1] - shown[0]) / 1e9,
        preview_fps=_per_second(shown),
        inference_fps=_per_second([look.captured_ns for look in looked_at]),
        latency=timing_of([look.latency_ms for look in looked_at]),
        by_faces=tuple(
            FacesTiming(n, timing_of([look.latency_ms for look in looked_at if look.n_faces == n]))
            for n in sorted({look.n_faces for look in looked_at})
        ),
    )


def _per_second(times_ns: Sequence[int]) -> float:
    return 1e9 * (len(times_ns) - 1) / (times_ns[-1] - times_ns[0])


@dataclass(frozen=True, slots=True)
class _Look:
    captured_ns: int
    latency_ms: float
    n_faces: int


class _Listener:
    """Receives the engine's events on its threads, and takes each preview frame as a window would."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.shown_ns: list[int] = []
        self.looks: list[_Look] = []
        self.is_over = threading.Event()
        self._events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()

    def __call__(self, event: EngineEvent) -> None:
        if isinstance(event, FrameReady):
            if self.engine is not None and (frame := self.engine.preview.take()) is not None:
                self.shown_ns.append(frame.captured_ns)
        elif isinstance(event, ResultReady):
            result = event.result
            latency_ms = (result.finished_ns - result.frame.captured_ns) / 1e6
            self.looks.append(_Look(result.frame.captured_ns, latency_ms, len(result.faces)))
        elif isinstance(event, (Adapted, ModelsChanged, SourceChanged)):
            self._events.put(event)
            if isinstance(event, SourceChanged) and event.state in (SourceState.ENDED, SourceState.FAILED):
                self.is_over.set()

    def await_adapted(self) -> None:
        """Wait until a learner has adapted to the gallery."""
        while not isinstance(event := self._next(), Adapted):
            if isinstance(event, ModelsChanged) and event.state is ModelState.FAILED and event.error is not None:
                raise event.error

    def await_running(self) -> SourceChanged:
        """Wait for the source's first frames."""
        while True:
            event = self._next()
            if isinstance(event, SourceChanged) and event.error is not None:
                raise event.error
            if isinstance(event, SourceChanged) and event.state is SourceState.RUNNING:
                return event

    def _next(self) -> EngineEvent:
        try:
            return self._events.get(timeout=_PATIENCE_S)
        except queue.Empty:
            text = QT_TRANSLATE_NOOP(
                "Errors", "The engine did not start within {n} s. Try again; see the log for details."
            )
            raise KnownError(text, n=round(_PATIENCE_S)) from None
