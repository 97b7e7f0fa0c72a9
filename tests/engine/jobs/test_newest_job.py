from __future__ import annotations

import queue
import threading

from metaface_gui.engine.events import JobChanged
from metaface_gui.engine.jobs.job_runner import Job, JobRunner
from metaface_gui.engine.jobs.newest_job import NewestJob
from tests.patience import PATIENCE_S


def test_a_newer_job_cancels_the_one_that_runs_and_those_that_wait(jobs: JobRunner) -> None:
    changes: queue.Queue[JobChanged] = queue.Queue()
    newest = NewestJob(jobs, changes.put)
    started, go_on, done = threading.Event(), threading.Event(), list[str]()

    def first(job: Job) -> None:
        started.set()
        assert go_on.wait(PATIENCE_S)
        job.progress()
        done.append("first")

    newest.submit("question", first)
    assert started.wait(PATIENCE_S)
    newest.submit("question", lambda _job: done.append("second"))
    newest.submit("question", lambda _job: done.append("third"))
    go_on.set()
    ends = [changes.get(timeout=PATIENCE_S) for _ in range(3)]
    assert [end.is_cancelled for end in ends] == [True, True, False]
    assert done == ["third"]


def test_kinds_of_question_leave_each_other_alone(jobs: JobRunner) -> None:
    finished: queue.Queue[str] = queue.Queue()
    one, other = NewestJob(jobs), NewestJob(jobs)
    one.submit("one", lambda _job: finished.put("one"))
    other.submit("other", lambda _job: finished.put("other"))
    assert {finished.get(timeout=PATIENCE_S), finished.get(timeout=PATIENCE_S)} == {"one", "other"}
