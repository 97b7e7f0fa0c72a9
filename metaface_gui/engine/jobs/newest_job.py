"""Jobs of which only the newest matters: answers to questions that the user has since asked again."""

from __future__ import annotations

import threading
from collections.abc import Callable

from metaface_gui.engine.jobs.job_runner import Job, JobRunner, OnJobChanged
from metaface_gui.types import RequestId


class NewestJob:
    """Submits to `jobs`, on any thread; each job cancels the one before, be it waiting or running.

    `on_changed` hears of them in place of the runner's own listener.
    """

    def __init__(self, jobs: JobRunner, on_changed: OnJobChanged | None = None) -> None:
        self._jobs = jobs
        self._on_changed = on_changed
        self._lock = threading.Lock()
        self._newest_id: int | None = None

    def submit(self, title: str, work: Callable[[Job], None]) -> RequestId:
        """Queue `work` in place of what was submitted before; it should call `Job.progress` now and then. Returns
        its id."""
        with self._lock:
            if self._newest_id is not None:
                self._jobs.cancel(self._newest_id)
            self._newest_id = self._jobs.submit(title, work, on_changed=self._on_changed)
            return self._newest_id
