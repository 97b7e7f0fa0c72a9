from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from metaface_gui.engine.events import JobChanged
from metaface_gui.engine.jobs.job_runner import Job, JobRunner
from metaface_gui.errors import KnownError
from tests.patience import PATIENCE_S

Changes = queue.Queue[JobChanged]


@pytest.fixture
def changes() -> Changes:
    return queue.Queue()


@pytest.fixture
def runner(changes: Changes) -> Iterator[JobRunner]:
    runner = JobRunner("test jobs", changes.put)
    runner.start()
    yield runner
    assert runner.stop(timeout_s=PATIENCE_S)


def last(changes: Changes) -> JobChanged:
    while not (change := changes.get(timeout=PATIENCE_S)).is_finished:
        pass
    return change


def test_job_reports_progress_and_finishes(runner: JobRunner, changes: Changes) -> None:
    def work(job: Job) -> None:
        for i in range(3):
            job.progress(i / 2)

    job_id = runner.submit("count", work)
    assert [changes.get(timeout=PATIENCE_S).fraction for _ in range(3)] == [0.0, 0.5, 1.0]
    assert last(changes) == JobChanged(job_id, "count", 1.0, is_finished=True)


def test_cancelled_job_stops_at_its_next_step(runner: JobRunner, changes: Changes) -> None:
    started, go_on, after_cancel = threading.Event(), threading.Event(), []

    def work(job: Job) -> None:
        started.set()
        go_on.wait(PATIENCE_S)
        job.progress(0.5)
        after_cancel.append(True)

    job_id = runner.submit("long", work)
    assert started.wait(PATIENCE_S)
    runner.cancel(job_id)
    go_on.set()
    change = last(changes)
    assert change.is_cancelled
    assert change.error is None
    assert not after_cancel


def test_waiting_job_can_be_cancelled_before_it_starts(runner: JobRunner, changes: Changes) -> None:
    go_on, ran = threading.Event(), []

    def wait(_job: Job) -> None:
        go_on.wait(PATIENCE_S)

    runner.submit("first", wait)
    second = runner.submit("second", lambda _job: ran.append(True))
    runner.cancel(second)
    go_on.set()
    assert not last(changes).is_cancelled
    assert last(changes).is_cancelled
    assert not ran


def test_known_error_ends_the_job_with_its_text(runner: JobRunner, changes: Changes) -> None:
    def work(_job: Job) -> None:
        raise KnownError("The disk {disk} is full.", disk="D")

    runner.submit("save", work)
    change = last(changes)
    assert str(change.error) == "The disk D is full."
    assert not change.is_cancelled


def test_a_bug_is_logged_and_the_next_job_still_runs(
    runner: JobRunner, changes: Changes, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_job: Job) -> None:
        raise ZeroDivisionError

    runner.submit("broken", work)
    assert "broken" in str(last(changes).error)
    assert "ZeroDivisionError" in caplog.text
    runner.submit("fine", lambda _job: None)
    assert last(changes).error is None
