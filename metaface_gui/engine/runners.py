"""The engine's job threads, by what they do, so that quick things need not wait for slow ones."""

from __future__ import annotations

from metaface_gui.engine.events import EngineListener, JobChanged, Trouble
from metaface_gui.engine.job_runner import JobRunner


class Runners:
    """`sources` opens and closes cameras and files, `models` loads networks, `gallery` saves people and adapts to them,
    `files` does what takes long (imports, downloads), `studies` tests and judges learners, `explanations` says why a
    face has its name.

    `listener` hears of every change of the jobs of `files` and of those submitted with `loud`; of the others, which
    take no time and need no progress bar, only their errors, as `Trouble`.
    """

    def __init__(self, listener: EngineListener) -> None:
        self.loud = listener
        self.sources = JobRunner("sources", self._on_quiet_job)
        self.models = JobRunner("models", self._on_quiet_job)
        self.gallery = JobRunner("gallery", self._on_quiet_job)
        self.files = JobRunner("files", listener)
        self.studies = JobRunner("studies", self._on_quiet_job)
        self.explanations = JobRunner("explanations", self._on_quiet_job)

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

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop, wherever it runs or waits."""
        for runner in self._all:
            runner.cancel(job_id)

    def cancel_studies(self) -> None:
        """Ask all that reads, tests and explains to stop, running or waiting; what changes the gallery goes on."""
        for runner in (self.explanations, self.studies, self.files):
            runner.cancel_all()

    def _on_quiet_job(self, change: JobChanged) -> None:
        if change.error is not None:
            self.loud(Trouble(change.error))
