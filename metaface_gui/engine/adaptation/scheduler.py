"""Adapts what is wanted and not there yet, and hands what is there to the inference worker.

Whatever changes (the gallery, the learners, their settings, the map's learner) changes only what is *wanted*
(`adaptations`). One job at a time then looks at what of it is missing, makes one thing of that, hands over and asks for
the next. So a burst of clicks costs no more than its last one, and saving people waits for one adaptation at most.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from metaface_gui.deferred import in_inference_mode
from metaface_gui.engine.adaptation.adaptations import Adaptations, MapWanted
from metaface_gui.engine.adaptation.evaluator import AdaptationEvaluator
from metaface_gui.engine.adaptation.room_evaluator import RoomEvaluator
from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM, Room
from metaface_gui.engine.assembly import (
    AdaptationKey,
    AdaptedGallery,
    LearningAssets,
    adapt,
    enrolled_people,
    first_names,
)
from metaface_gui.engine.events import AdaptStepTaken, EngineListener
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.first_names import LEARNER as FIRST_LEARNER
from metaface_gui.pipeline.first_names import FirstAssets
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap, make_map
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.settings import RecognitionSettings


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What there is to adapt to now. `people` are without the room's faces; `hyperparameters` are the scheduler's."""

    assets: LearningAssets
    people: EnrolledPeople
    room: Room
    fpir: float
    hyperparameters: Mapping[str, object]

    @property
    def key(self) -> tuple[object, ...]:
        """Equal where an adaptation would come to the same."""
        turned = tuple(sorted(self.hyperparameters.items()))
        return self.assets.embedder_id, self.people.revision, self.room.revision, self.fpir, turned


class AdaptationScheduler:
    """Thread-safe; every call returns at once. Adapting runs on the runner of the gallery.

    What was adapted is kept while the gallery stays as it is, so that what was wanted before is used from the next
    frame on. Until something new is adapted, what ran goes on. `on_handed_over` is called on the inference thread: from
    now on a look at the same frame may come to something else.

    Raises:
        ValueError: if `hyperparameters` are not the learners'.
    """

    def __init__(
        self,
        gallery: Gallery,
        listener: EngineListener,
        worker: InferenceWorker,
        runners: Runners,
        *,
        settings: RecognitionSettings,
        hyperparameters: Mapping[str, object],
        on_handed_over: Callable[[], None],
    ) -> None:
        self._gallery = gallery
        self._listener = listener
        self._worker = worker
        self._evaluator = AdaptationEvaluator(listener, runners.studies)
        self._room_evaluator = RoomEvaluator(listener, runners.studies)
        self._quick_jobs = runners.gallery
        self._on_handed_over = on_handed_over
        self._lock = threading.Lock()
        self._state = Adaptations(settings, hyperparameters)
        self._pipeline: FacePipeline | None = None
        self._first: FirstAssets | None = None
        self._assets: LearningAssets | None = None

    @property
    def hyperparameters(self) -> Mapping[str, object]:
        """The settings of learners that differ from their defaults."""
        with self._lock:
            return self._state.hyperparameters

    def situation(self) -> Situation | None:
        """What there is to adapt to; None before the models are there and the gallery was read."""
        with self._lock:
            state, assets = self._state, self._assets
            if assets is None or state.people is None:
                return None
            return Situation(assets, state.people, state.room, state.settings.fpir, state.hyperparameters)

    def deciding(self) -> tuple[AdaptedGallery, OpenSetClassifier] | None:
        """What decides the names on screen; None while nothing does."""
        with self._lock:
            return self._state.deciding()

    def use_models(self, pipeline: FacePipeline, assets: LearningAssets) -> None:
        """Adapt in the feature space of `assets` for `pipeline`, which the worker has just got."""
        with self._lock:
            if self._assets is None or self._assets.embedder_id != assets.embedder_id:
                self._state.forget_gallery()
            self._state.forget_handed_over()
            self._pipeline, self._assets, self._first = pipeline, assets, None
        self._settle()

    def name_first(self, pipeline: FacePipeline, first: FirstAssets) -> None:
        """Until there are models to adapt with, decide by prototypes in NumPy for `pipeline`, which the worker has."""
        with self._lock:
            self._pipeline, self._first = pipeline, first
        self.adapt()

    def choose(self, settings: RecognitionSettings) -> None:
        """Run other learners, or at another FPIR."""
        with self._lock:
            self._state.choose(settings)
        self._settle()

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        """Adapt a learner with other settings; None are its defaults.

        Raises:
            ValueError: if there is no such learner, or the settings are not its own.
        """
        with self._lock:
            self._state.set_hyperparameters(learner, settings)
        self._settle()

    def use_room(self, room: Room) -> None:
        """Adapt to these unlabelled faces too; to those of another room, and what was adapted to them, no more."""
        with self._lock:
            self._state.set_room(room)
        self._settle()

    def set_map_learner(self, learner: str | None) -> None:
        """Draw the embedding map in this learner's space, or none."""
        with self._lock:
            self._state.set_map_learner(learner)
        self._settle()

    def adapt(self) -> None:
        """Adapt to the gallery as it is when the job's turn comes; in use from the next frame on."""
        self._quick_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Adapting"), self._do_next)

    def _settle(self) -> None:
        """Use what is ready from the next frame on, and make what is not."""
        self._worker.post(self._hand_over)
        self.adapt()

    # On the gallery's thread ----------------------------------------------------------------------------------------

    def _do_next(self, _job: Job) -> None:
        """Make one thing that is missing, then ask for the next: other jobs of the thread come in between."""
        with self._lock:
            assets, people = self._assets, self._state.people
        if assets is None:
            self._decide_first()
            return
        if people is None or people.revision != self._gallery.revision:
            people = enrolled_people(self._gallery, assets.embedder_id)
        with self._lock:
            if assets is not self._assets:
                return  # other models came meanwhile; what they need is on its way
            if people is not self._state.people:
                self._state.take(people)
            todo, room, fpir = self._state.todo(), self._state.room, self._state.settings.fpir
        if todo is None:
            return
        try:
            if isinstance(todo, MapWanted):
                self._draw(todo)
            else:
                self._adapt(todo, people, room, assets, fpir)
        finally:
            self._worker.post(self._hand_over)
            self.adapt()

    def _decide_first(self) -> None:
        """Have the first names of the gallery as it is now, if they are what is wanted."""
        with self._lock:
            pipeline, first, state = self._pipeline, self._first, self._state
            is_wanted = state.settings.learner == FIRST_LEARNER and FIRST_LEARNER not in state.hyperparameters
            fpir = state.settings.fpir
        if pipeline is None or first is None or not is_wanted:
            return
        classifier = first_names(self._gallery, pipeline.embedder.id, first, fpir=fpir)

        def hand_over(running: FacePipeline) -> None:
            with self._lock:
                is_first = running is self._pipeline and self._assets is None
            if is_first:
                running.set_classifiers({FIRST_LEARNER: classifier}, FIRST_LEARNER)
                self._on_handed_over()

        self._worker.post(hand_over)

    def _adapt(
        self, key: AdaptationKey, people: EnrolledPeople, room: Room, assets: LearningAssets, fpir: float
    ) -> None:
        def on_step(step: AdaptStep) -> None:
            self._listener(AdaptStepTaken(key.learner, step))

        try:
            adapted = adapt(key.learner, room.beside(people), assets, fpir=fpir, settings=key.settings, on_step=on_step)
        except Exception:
            with self._lock:
                self._state.give_up(key)
            raise
        with self._lock:
            # Without the room's faces: whatever was made of them is enough, and they must be forgotten with the room.
            self._state.keep(replace(adapted, people=people))

    def _draw(self, wanted: MapWanted) -> None:
        with self._lock:
            self._state.begin_map(wanted.adapted)
        plane = draw_map(wanted.adapted, wanted.former)
        with self._lock:
            self._state.keep_map(wanted.adapted, plane)

    # On the inference thread ----------------------------------------------------------------------------------------

    def _hand_over(self, running: FacePipeline) -> None:
        """Read what is there now, not when this was posted: of two hand-overs the later one is always the newer."""
        with self._lock:
            if running is not self._pipeline or self._assets is None:
                return
            handed, assets, fpir = self._state.hand_over(), self._assets, self._state.settings.fpir
            deciding, room = self._state.deciding(), self._state.room
        if handed.classifiers:
            running.set_classifiers(handed.classifiers, next(iter(handed.classifiers)), continued=handed.continued)
        running.set_map(handed.plane, handed.placing)
        for event in handed.news:
            self._listener(event)
        for adapted, is_primary in handed.to_evaluate:
            self._evaluator.ask(adapted, assets, fpir=fpir, is_primary=is_primary)
        if deciding is not None:
            adapted, classifier = deciding
            of_room = room if adapted.key.room == room.revision else EMPTY_ROOM
            self._room_evaluator.ask(adapted, classifier, of_room, assets, fpir=fpir)
        self._on_handed_over()


@in_inference_mode
def draw_map(adapted: AdaptedGallery, former: EmbeddingMap | None) -> EmbeddingMap | None:
    """Lay everybody's shots out on a plane of the adapted space; None in an empty gallery."""
    people = adapted.people
    if adapted.adapted is None:
        return None
    return make_map(
        adapted.key.learner,
        adapted.adapted.embed(people.shots).numpy(),
        adapted.adapted.class_vectors()[: len(people)].numpy(),
        labels=people.labels.numpy(),
        shot_ids=people.shot_ids,
        person_ids=people.person_ids,
        names=people.names,
        former=former,
    )
