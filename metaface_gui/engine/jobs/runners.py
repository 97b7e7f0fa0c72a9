"""The engine's job threads, by what they do, so that quick things need not wait for slow ones."""

from __future__ import annotations

from functools import partial

from metaface_gui.engine.events import EngineListener, JobChanged, RequestEnded, Trouble
from metaface_gui.engine.jobs.job_runner import JobRunner, OnJobChanged
from metaface_gui.types import RequestId


class Runners:
    """`sources` opens and closes cameras and files, `models` loads networks, `gallery` saves people and adapts to them,
    `files` does what takes long (imports, downloads), `studies` tests and evaluates learners, `explanations` says why a
    face has its name.

    `listener` hears of the end of all jobs, and of every change of those of `files` and of those submitted with
    `on_loud_job`; of the others, which take no time and need no progress bar, also their errors, as `Trouble`.
    """

    def __init__(self, listener: EngineListener) -> None:
        self.listener = listener
        quiet = partial(self._on_job, is_loud=False)
        self.on_loud_job: OnJobChanged = partial(self._on_job, is_loud=True)
        """Tell of a job that takes long."""
        self.sources = JobRunner("sources", quiet)
        self.models = JobRunner("models", quiet)
        self.gallery = JobRunner("gallery", quiet)
        self.files = JobRunner("files", self.on_loud_job)
        self.studies = JobRunner("studies", quiet)
        self.explanations = JobRunner("explanations", quiet)

    @property
    def _all(self) -> tuple[JobRunner, ...]:
        """In the order in which they are stopped: what may change the gallery comes last."""
        return self.explanations, self.studies, self.sources, self.models, self.files, self.gallery

    def start(self) -> None:
        """Start the threads."""
        for runner in self._all:
            runner.start()

    def stop(self, timeout_s: float) -> bool:
        """Cancel everything and join each thread for at most `timeout_s`; False if one is still busy then."""
        have_ended = [runner.stop(timeout_s) for runner in self._all]
        return all(have_ended)

    def cancel(self, job_id: RequestId) -> None:
        """Ask a job to stop, wherever it runs or waits."""
        for runner in self._all:
            runner.cancel(job_id)

    def cancel_studies(self) -> None:
        """Ask all that reads, tests and explains to stop, running or waiting; what changes the gallery goes on."""
        for runner in (self.explanations, self.studies, self.files):
            runner.cancel_all()

    def _on_job(self, change: JobChanged, *, is_loud: bool) -> None:
        if is_loud:
            self.listener(change)
        elif change.error is not None:
            self.listener(Trouble(change.error))
        if change.is_finished:
            self.listener(RequestEnded(change.job_id, change.error, change.is_cancelled))
