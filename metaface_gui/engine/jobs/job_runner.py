"""A background thread that runs jobs in order, with progress and cancel: adapting, saving, importing, downloading."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from metaface_gui.engine.events import JobChanged
from metaface_gui.errors import QT_TRANSLATE_NOOP, InternalError, KnownError
from metaface_gui.types import RequestId

_log = logging.getLogger(__name__)

OnJobChanged = Callable[[JobChanged], None]


class JobCancelledError(Exception):
    """Raised inside a job at its next step after it was cancelled."""


@dataclass(slots=True)
class Job:
    """The handle through which a running job reports; call `progress` often, where cancellation takes effect."""

    id: RequestId
    title: str
    on_changed: OnJobChanged
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, fraction: float | None = None) -> None:
        """Report how far the job is, 0..1, or None if unknown.

        Raises:
            JobCancelledError: if the job was cancelled.
        """
        if self._cancelled.is_set():
            raise JobCancelledError
        self.on_changed(JobChanged(self.id, self.title, fraction))

    @property
    def is_cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next step."""
        self._cancelled.set()


class JobRunner:
    """A thread named `name` that runs submitted jobs in order.

    A job that raises `KnownError` ends as failed with that error. Any other exception is a bug: it is logged with its
    traceback and ends the job, never the thread.
    """

    _ids = itertools.count(1)  # shared by all runners, because whoever cancels knows only the id

    def __init__(self, name: str, on_changed: OnJobChanged) -> None:
        self._on_changed = on_changed
        self._queue: queue.SimpleQueue[tuple[Job, Callable[[Job], None]] | None] = queue.SimpleQueue()
        self._jobs: dict[RequestId, Job] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, title: str, work: Callable[[Job], None], *, on_changed: OnJobChanged | None = None) -> RequestId:
        """Queue `work`; `title` (English, marked for translation in `Jobs`) names it on screen. Return its id.

        `on_changed` gets this job's events instead of the runner's own listener.
        """
        job = Job(next(self._ids), title, on_changed or self._on_changed)
        with self._lock:
            self._jobs[job.id] = job
        self._queue.put((job, work))
        return job.id

    def cancel(self, job_id: RequestId) -> None:
        """Ask a running or waiting job to stop; unknown ids have already ended."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is not None:
            job.cancel()

    def cancel_all(self) -> None:
        """Ask every running or waiting job to stop."""
        with self._lock:
            for job in self._jobs.values():
                job.cancel()

    def stop(self, timeout_s: float) -> bool:
        """Cancel everything and join the thread for at most `timeout_s`; return False if it is still busy then."""
        self.cancel_all()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            job, work = item
            job.on_changed(self._run_one(job, work))
            with self._lock:
                del self._jobs[job.id]

    def _run_one(self, job: Job, work: Callable[[Job], None]) -> JobChanged:
        error: KnownError | None = None
        try:
            if not job.is_cancelled:
                work(job)
                return JobChanged(job.id, job.title, 1.0, is_finished=True)
        except JobCancelledError:
            pass
        except KnownError as known:
            error = known
        except Exception:  # noqa: BLE001 - a bug in one job must not end the thread that runs them all
            _log.exception("job %d failed", job.id)
            error = InternalError(
                QT_TRANSLATE_NOOP("Errors", "“{title}” failed inside MetaFace. The log file has the details."),
                title=job.title,
            )
        return JobChanged(job.id, job.title, None, is_finished=True, is_cancelled=error is None, error=error)
