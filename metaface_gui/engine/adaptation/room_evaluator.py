"""Evaluate adaptation to a room: which share of its strangers the threshold lets through, before and now."""

from __future__ import annotations

import threading
from functools import partial

from metaface_gui.deferred import Tensor
from metaface_gui.engine.adaptation.room_faces import Room
from metaface_gui.engine.assembly import AdaptationKey, AdaptedGallery, LearningAssets, adapt
from metaface_gui.engine.events import EngineListener, RoomEvaluated, StrangersHere
from metaface_gui.engine.jobs.job_runner import Job, JobRunner
from metaface_gui.engine.jobs.newest_job import NewestJob
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.room import measure_room

MAX_PEOPLE = 1_000
"""With more people enrolled it would take seconds, and the enrolled alone reveal enough about the room."""


class RoomEvaluator:
    """Answers `ask` with `RoomEvaluated`, on the thread of `jobs`; a newer request cancels the previous one."""

    def __init__(self, listener: EngineListener, jobs: JobRunner) -> None:
        self._listener = listener
        self._newest = NewestJob(jobs)
        self._lock = threading.Lock()
        self._asked: tuple[AdaptationKey, float] | None = None

    def ask(
        self,
        adapted: AdaptedGallery,
        classifier: OpenSetClassifier,
        room: Room,
        assets: LearningAssets,
        *,
        fpir: float,
    ) -> None:
        """Queue an evaluation of the deciding `classifier`, unless it was the last one requested.

        `classifier` is that of `adapted` at this FPIR; `room` is what it was adapted to, `EMPTY_ROOM` if only to the
        people.
        """
        question = adapted.key, fpir
        with self._lock:
            if question == self._asked:
                return
            self._asked = question
        work = partial(self._evaluate, adapted, classifier, room.faces, assets, fpir=fpir)
        self._newest.submit(QT_TRANSLATE_NOOP("Jobs", "Evaluating"), work)

    def _evaluate(
        self,
        adapted: AdaptedGallery,
        classifier: OpenSetClassifier,
        unlabelled: Tensor | None,
        assets: LearningAssets,
        job: Job,
        *,
        fpir: float,
    ) -> None:
        people, cohort, prior = adapted.people, assets.cohort, assets.room_prior
        n_unlabelled = 0 if unlabelled is None else len(unlabelled)
        if adapted.room is None or cohort is None or prior is None or len(people) > MAX_PEOPLE:
            self._listener(RoomEvaluated(adapted.key.learner, len(people), n_unlabelled))
            return
        job.progress()
        now = StrangersHere(classifier.threshold, classifier.let_through(adapted.room, cohort))
        before = None
        if n_unlabelled:
            job.progress()
            former = adapt(adapted.key.learner, people, assets, fpir=fpir, settings=adapted.key.settings)
            if former.adapted is not None:
                # Measured in its own space, because faces far apart in one space may be near in another.
                seen = SupportSet(people.shots, people.labels, len(people), adapted.strangers)
                known = measure_room(former.adapted, seen, len(people.shots), cohort, prior)
                before = StrangersHere(former.classifier.threshold, former.classifier.let_through(known, cohort))
        self._listener(RoomEvaluated(adapted.key.learner, len(people), n_unlabelled, now, before))
