"""Evaluates adaptations in passing: how often the learner names shots right that were left out of it.

The same folds as the self-test's, clean shots only, at the threshold that the user chose. Small galleries only, as the
user may turn the next knob in a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from metaface_gui.engine.assembly import AdaptationKey, AdaptedGallery, LearningAssets
from metaface_gui.engine.events import AdaptationEvaluated, EngineListener
from metaface_gui.engine.jobs.job_runner import Job, JobRunner
from metaface_gui.engine.jobs.newest_job import NewestJob
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.metalearning.self_test import ProbedPeople, probe_mask, self_test
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners import make_learner

MAX_PEOPLE = 60
"""With more people it is not done: 60 with 5 shots each take half a second of one core with the slowest method."""


@dataclass(frozen=True, slots=True)
class _Evaluation:
    key: AdaptationKey
    accuracy: float | None


class AdaptationEvaluator:
    """Answers `ask` with `AdaptationEvaluated`, on the thread of `jobs`; a newer question drops the one before.

    The deciding learner's and another one's questions do not drop each other.
    """

    def __init__(self, listener: EngineListener, jobs: JobRunner) -> None:
        self._listener = listener
        self._of_primary, self._of_compared = NewestJob(jobs), NewestJob(jobs)
        self._lock = threading.Lock()
        self._last: dict[str, _Evaluation] = {}

    def ask(self, adapted: AdaptedGallery, assets: LearningAssets, *, fpir: float, is_primary: bool) -> None:
        """Evaluate this adaptation soon, unless it was the learner's last one that was evaluated."""
        with self._lock:
            last = self._last.get(adapted.key.learner)
        if last is not None and last.key == adapted.key:
            return
        newest = self._of_primary if is_primary else self._of_compared
        measure = partial(_accuracy, adapted.key, adapted.people, assets, fpir)
        newest.submit(QT_TRANSLATE_NOOP("Jobs", "Evaluating"), partial(self._evaluate, adapted.key, measure))

    def _evaluate(self, key: AdaptationKey, measure: Callable[[Job], tuple[float | None, int]], job: Job) -> None:
        after, n_probes = measure(job)
        with self._lock:
            last = self._last.get(key.learner)
            self._last[key.learner] = _Evaluation(key, after)
        before = last.accuracy if last is not None and after is not None else None
        self._listener(AdaptationEvaluated(key.learner, before, after, n_probes))


def _accuracy(
    key: AdaptationKey, people: EnrolledPeople, assets: LearningAssets, fpir: float, job: Job
) -> tuple[float | None, int]:
    """Share of left-out shots named right and how many there are; None and 0 where it is not measured.

    Raises:
        JobCancelledError: if the job was cancelled.
    """
    if not 0 < len(people) <= MAX_PEOPLE or not probe_mask(people.labels.numpy()).any():
        return None, 0
    faces = ProbedPeople(replace(people, unlabelled=None))
    learner = make_learner(key.learner, assets.space, assets.trained, key.settings)
    report = self_test(
        [learner], faces, assets.cohort, fpir=fpir, room_prior=assets.room_prior, on_progress=job.progress
    )
    return report.rows[0].tpir_clean, report.n_probes
