"""What the studio asks of a running engine: tallies of learners, the self-test, why a face has its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from metaface_gui.engine.adaptation.room_trial import OnRooms, SceneFrames, try_rooms
from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.events import (
    ComparisonChanged,
    EngineEvent,
    EngineListener,
    Explained,
    GalleryChanged,
    SelfTested,
    TaughtTrack,
)
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.newest_job import NewestJob
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.live_memory import LiveMemory
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.studio.comparison import ComparisonTally
from metaface_gui.engine.studio.self_test_job import run_self_test
from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError, KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.pipeline.embedding.device import on_one_core
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.explanation import Explanation, explain
from metaface_gui.pipeline.learners import LEARNERS, learner_class, make_learner
from metaface_gui.types import FrameResult, PersonId, RequestId


class Studio:
    """Implements `StudioApi`; thread-safe, every call returns at once.

    The self-test runs on the thread of studies, and its progress is told; explanations have one of their own, so that
    they need not wait for it. Of both only the newest matters.
    """

    def __init__(
        self,
        gallery: Gallery,
        models: ModelLoader,
        adaptations: AdaptationScheduler,
        memory: LiveMemory,
        listener: EngineListener,
        *,
        runners: Runners,
    ) -> None:
        self._gallery = gallery
        self._models, self._adaptations = models, adaptations
        self._memory = memory
        self._listener = listener
        self._tests = NewestJob(runners.studies, runners.on_loud_job)
        self._trials = NewestJob(runners.studies, runners.on_loud_job)
        self._explanations = NewestJob(runners.explanations)
        self._tally = ComparisonTally()
        self._told_frames = 0
        self._told_learners: tuple[str, ...] = ()

    # Comparison -----------------------------------------------------------------------------------------------------

    def reset_comparison(self) -> None:
        """Reset the running tallies."""
        self._tally.reset()
        self._publish_comparison()

    def on_event(self, event: EngineEvent) -> None:
        """Take what other parts of the engine tell as the truth about faces."""
        if isinstance(event, TaughtTrack):
            self._tally.take_word(event.track_id, event.person_id, is_denial=event.is_denial)
        elif isinstance(event, GalleryChanged):
            self._tally.set_enrolled([person.name for person in event.snapshot.recognised])

    def with_truths(self, result: FrameResult) -> FrameResult:
        """Say of each face who it is, where that is known and several learners decide."""
        return self._tally.with_truths(result)

    def on_new_result(self, result: FrameResult) -> None:
        """Count a new frame; on the inference thread."""
        self._tally.add(result)

    def on_tick(self) -> None:
        """Tell the tallies: while several learners run, and those of a single one while they grow."""
        settings = self._models.settings
        is_news = self._tally.n_frames != self._told_frames or settings.learners != self._told_learners
        if settings.compared or is_news:
            self._publish_comparison()

    def _publish_comparison(self) -> None:
        """The deciding learner first; one that is not wanted any more is left out."""
        tallies = {tally.learner: tally for tally in self._tally.tallies()}
        wanted = self._models.settings.learners
        running = tuple(tallies[learner] for learner in wanted if learner in tallies)
        self._told_frames, self._told_learners = self._tally.n_frames, wanted
        self._listener(ComparisonChanged(running, self._told_frames, self._tally.seconds))

    def set_map_learner(self, key: str | None) -> None:
        """Draw the embedding map in this learner's adapted space; None: no map.

        Raises:
            ValueError: if there is no such learner.
        """
        if key is not None:
            learner_class(key)
        self._adaptations.set_map_learner(key)

    # Self-test ------------------------------------------------------------------------------------------------------

    def self_test(self) -> RequestId:
        """Score every method on the enrolled shots; a test that is under way is given up for this one."""
        return self._tests.submit(QT_TRANSLATE_NOOP("Jobs", "Testing the methods"), self._self_test)

    def _self_test(self, job: Job) -> None:
        pipeline, assets = self._models.running, self._models.assets
        if pipeline is None or assets is None:
            raise KnownError(QT_TRANSLATE_NOOP("Errors", "The models are not loaded yet. Try again in a moment."))
        turned = self._adaptations.hyperparameters
        learners = [make_learner(key, assets.space, assets.trained, turned.get(key)) for key in LEARNERS]
        fpir = self._models.settings.fpir
        report = run_self_test(
            self._gallery,
            pipeline.embedder,
            learners,
            cohort=assets.cohort,
            room_prior=assets.room_prior,
            fpir=fpir,
            job=job,
        )
        self._listener(SelfTested(report))

    # Rooms ----------------------------------------------------------------------------------------------------------

    def try_rooms(
        self, make_frames: Callable[[], SceneFrames], rooms: Sequence[EnvironmentSetting], on_tried: OnRooms
    ) -> RequestId:
        """Evaluate every method in each of these rooms of a scene, by who is enrolled once it is this job's turn.

        `make_frames` is called on the thread of studies, and so is `on_tried`."""
        work = partial(self._try_rooms, make_frames, rooms, on_tried)
        return self._trials.submit(QT_TRANSLATE_NOOP("Jobs", "Trying the methods in other rooms"), work)

    def _try_rooms(
        self,
        make_frames: Callable[[], SceneFrames],
        rooms: Sequence[EnvironmentSetting],
        on_tried: OnRooms,
        job: Job,
    ) -> None:
        situation = self._adaptations.situation()
        if situation is None:
            raise KnownError(QT_TRANSLATE_NOOP("Errors", "The models are not loaded yet. Try again in a moment."))
        job.progress(0.0)
        on_tried(try_rooms(situation, self._models.second_pipeline(), make_frames(), rooms, job))

    # Why this name --------------------------------------------------------------------------------------------------

    def explain_track(self, track_id: int) -> RequestId:
        """Say why a face has its name, from all looks at it and what was seen of it last."""
        samples = self._memory.latest_of_track(track_id, 1)
        work = partial(self._explain, track_id, samples[0] if samples else None)
        return self._explanations.submit(QT_TRANSLATE_NOOP("Jobs", "Explaining"), work)

    def _explain(self, track_id: int, sample: FaceSample | None, job: Job) -> None:
        explanation = None if sample is None else self._explanation(track_id, sample, job)
        job.progress()
        self._listener(Explained(job.id, track_id, explanation))

    def _explanation(self, track_id: int, sample: FaceSample, job: Job) -> Explanation | None:
        pipeline, deciding = self._models.running, self._adaptations.deciding()
        if pipeline is None or deciding is None or deciding[0].key.embedder_id != pipeline.embedder.id:
            return None  # other models are on their way
        adapted, classifier = deciding
        with on_one_core():
            return explain(
                sample,
                pipeline.embedder,
                adapted.adapted,
                classifier,
                adapted.people,
                learner=adapted.key.learner,
                picture_of=self._picture_of,
                evidence=self._memory.evidence_of_track(track_id, pipeline.embedder.id),
                should_stop=lambda: job.is_cancelled,
            )

    def _picture_of(self, person_id: PersonId, shot_id: int) -> bytes:
        """The encoded picture of a shot; empty if it was deleted meanwhile."""
        try:
            shots = self._gallery.shots(person_id)
        except GalleryError:
            return b""
        return next((shot.chip for shot in shots if shot.id == shot_id), b"")
