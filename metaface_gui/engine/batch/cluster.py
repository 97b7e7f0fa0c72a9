"""Recognise videos on the workers of a Dask cluster, with the same events as `video_pool` and the same lines.

Dask distributes the videos, detects dead workers and reassigns their videos. What Dask cannot guarantee is ensured
here: a video's lines are written once, by this process, when they are complete. So however often and wherever a video
is started, no line is lost or duplicated, and workers need no write permission.

Templates are personal data. They go to the workers with each video, from memory to memory (`cluster_task`), and from
one computer to another only under TLS.
"""

from __future__ import annotations

import importlib
import logging
import queue
import secrets
import socket
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Protocol, cast

from metaface_gui.engine.batch.cluster_address import ClusterAddress, refuse_unencrypted
from metaface_gui.engine.batch.cluster_task import (
    Computer,
    FileState,
    Order,
    Outcome,
    Parcel,
    Recognized,
    Refused,
    outcome_of,
    pack,
    work,
)
from metaface_gui.engine.batch.video_pool import Failed, Looked, VideoEvent
from metaface_gui.engine.batch.video_recognition import RecognizerSetup, VideoReport, VideoTask
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.pipeline.embedding.device import device_name
from metaface_gui.weights.whole_file import write_whole

_KEY_BYTES = 32
_POLL_S = 0.25


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the scheduler to answer, and for a worker while there is none."""

    scheduler_s: float = 10.0
    worker_s: float = 30.0


class _Future(Protocol):
    key: str
    status: str

    def result(self) -> bytes: ...
    def exception(self) -> BaseException: ...
    def release(self) -> None: ...


class _Client(Protocol):
    def submit(self, work: Callable[[Parcel], bytes], parcel: Parcel, *, key: str, pure: bool) -> _Future: ...
    def wait_for_workers(self, n_workers: int, timeout: float) -> None: ...
    def nthreads(self) -> Mapping[str, int]: ...
    def subscribe_topic(self, topic: str, handler: Callable[[tuple[float, Sequence[object]]], None]) -> None: ...
    def close(self, timeout: float) -> None: ...


class Cluster:
    """A scheduler that has answered; made by `connected`."""

    def __init__(self, client: _Client, dask: ModuleType, address: ClusterAddress, patience: Patience) -> None:
        self._client, self._dask, self._address, self._patience = client, dask, address, patience
        self._asked_on = Computer.this()
        self._others = set[str]()

    def recognize(
        self, tasks: Sequence[VideoTask], setup: RecognizerSetup
    ) -> Generator[tuple[VideoTask, VideoEvent], None, None]:
        """Recognise as many videos at a time as the workers have threads; yield what `recognize_videos` yields.

        Workers must find the videos under the same path. No annotated copies are made. A video whose worker dies is
        restarted on another, until it has cost as many workers as the scheduler allows; then it has failed. However the
        iterator ends, workers stop at a frame within half a second; an incomplete video has no lines.

        Raises:
            KnownError: if the cluster is lost, no worker is available for too long, a worker cannot recognise in this
                way or would be reached without encryption, or lines cannot be written.
        """
        setup = replace(setup, settings=replace(setup.settings, device=device_name(setup.settings.device)))
        run, key = secrets.token_hex(8), secrets.token_bytes(_KEY_BYTES)
        topic = f"metaface-{run}"
        progress: queue.SimpleQueue[Sequence[object]] = queue.SimpleQueue()
        waiting = deque(enumerate(tasks))
        at_work: dict[_Future, int] = {}
        with self._watched():
            self._client.subscribe_topic(topic, lambda event: progress.put(event[1]))
            while waiting or at_work:
                threads = self._threads()
                while waiting and len(at_work) < threads:
                    index, task = waiting.popleft()
                    video = task.video.absolute()
                    order = Order(setup, video, FileState.of(video), self._asked_on, topic, index)
                    # An opaque name, because Dask shows it to everybody who looks at the cluster.
                    future = self._client.submit(work, pack(order, key), key=f"{topic}-{index}", pure=False)
                    at_work[future] = index
                yield from self._looked(progress, tasks, set(at_work.values()))
                for future in self._done(at_work):
                    index = at_work.pop(future)
                    yield tasks[index], self._end(tasks[index], future, key, index)
                    future.release()

    def _threads(self) -> int:
        """Return how many videos the workers can process at once; if there is no worker, wait for one.

        Raises:
            KnownError: if none comes, or one is on another computer and does not encrypt.
        """
        workers = self._client.nthreads()
        if not workers:
            try:
                self._client.wait_for_workers(1, timeout=self._patience.worker_s)
            except TimeoutError as error:
                raise self._no_worker() from error
            workers = self._client.nthreads()
        for worker in workers:
            refuse_unencrypted(ClusterAddress.parse(worker))
        return sum(workers.values())

    def _done(self, at_work: Mapping[_Future, int]) -> list[_Future]:
        with suppress(TimeoutError):
            self._dask.wait(list(at_work), timeout=_POLL_S, return_when="FIRST_COMPLETED")
        return [future for future in at_work if future.status != "pending"]

    @staticmethod
    def _looked(
        progress: queue.SimpleQueue[Sequence[object]], tasks: Sequence[VideoTask], at_work: set[int]
    ) -> Iterator[tuple[VideoTask, Looked]]:
        with suppress(queue.Empty):
            while True:
                index, frames, count = progress.get_nowait()
                # Progress may still arrive for a video that is done.
                if isinstance(index, int) and index in at_work and isinstance(frames, int):
                    yield tasks[index], Looked(frames, count if isinstance(count, int) else None)

    def _end(self, task: VideoTask, future: _Future, key: bytes, index: int) -> VideoReport | Failed:
        if future.status != "finished":
            return self._failure(task, future)
        outcome: Outcome = outcome_of(future.result(), key, index)
        if isinstance(outcome, Refused):
            raise outcome.error
        if isinstance(outcome, Failed):
            return outcome
        write_whole(task.lines, zlib.decompress(outcome.lines))
        return self._report(outcome)

    def _failure(self, task: VideoTask, future: _Future) -> Failed:
        if future.status != "error":
            raise self._lost()
        error = future.exception()
        if not isinstance(error, self._dask.KilledWorker):
            raise KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The cluster's workers cannot run MetaFace {version}: {reason}. Install it on all of them, with "
                    "the same package versions.",
                ),
                version=self._asked_on.versions["metaface"],
                reason=f"{type(error).__name__}: {error}",
            ) from error
        return Failed(
            KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "Several cluster workers in turn ended before they finished {path}. If memory ran out, start "
                    "fewer workers per computer.",
                ),
                path=task.video,
            )
        )

    def _report(self, outcome: Recognized) -> VideoReport:
        """Return the report, with a remark the first time a worker has another kind of processor."""
        report = outcome.report
        if outcome.is_same_processor or outcome.worker in self._others:
            return report
        self._others.add(outcome.worker)
        template = QT_TRANSLATE_NOOP(
            "Errors",
            "The cluster's worker {worker} has a different kind of processor from this computer: the last digits of "
            "scores may differ.",
        )
        return replace(report, remarks=(*report.remarks, KnownError(template, worker=outcome.worker)))

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Translate the loss of the cluster into our own error."""
        try:
            yield
        except (OSError, self._dask.CancelledError) as error:
            raise self._lost() from error

    def _lost(self) -> KnownError:
        return KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The cluster at {address} no longer responds. Finished videos have their results; run the same "
                "command again to continue with the others.",
            ),
            address=self._address,
        )

    def _no_worker(self) -> KnownError:
        return KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The cluster at {address} has had no worker for {seconds:.0f} s. Start some: "
                "dask worker {address} --nthreads 1 --nworkers N",
            ),
            address=self._address,
            seconds=self._patience.worker_s,
        )


@contextmanager
def connected(address: ClusterAddress, patience: Patience | None = None) -> Iterator[Cluster]:
    """Connect to the scheduler at an address; on leaving, cancel what its workers still do for us.

    Raises:
        KnownError: if Dask is not installed, nobody answers, or the connection would not be encrypted.
    """
    patience = patience or Patience()
    try:
        dask = importlib.import_module("distributed")
    except ImportError as error:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "A cluster needs Dask, which is not installed ({reason}). Install it with MetaFace's extra “cluster”: "
                "pip install 'metaface[cluster]', or in a checkout: uv sync --extra cluster",
            ),
            reason=error,
        ) from error
    refuse_unencrypted(address)
    _knock(address, patience.scheduler_s)
    # Dask would report a lost scheduler with log entries and tracebacks on stderr.
    log = logging.getLogger("distributed")
    former = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with _bounded(patience.scheduler_s):
            client = _client(dask, address, patience.scheduler_s)
            try:
                yield Cluster(client, dask, address, patience)
            finally:
                with suppress(OSError):
                    client.close(timeout=patience.scheduler_s)
    finally:
        log.setLevel(former)


def _bounded(seconds: float) -> AbstractContextManager[object]:
    """Set Dask's connection timeout, and suppress its warning about the size of a gallery of many people."""
    settings = {
        "distributed.comm.timeouts.connect": seconds,
        "distributed.admin.large-graph-warning-threshold": "1GB",
    }
    return cast("AbstractContextManager[object]", importlib.import_module("dask").config.set(settings))


def _client(dask: ModuleType, address: ClusterAddress, seconds: float) -> _Client:
    # In two steps, so that a client that fails to start is closed. Otherwise it closes itself when it is garbage
    # collected, and deadlocks if that happens while another one starts: both take the one lock of Dask's `LoopRunner`.
    client = dask.Client.__new__(dask.Client)
    try:
        client.__init__(str(address), timeout=seconds)
        return cast(_Client, client)
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        with suppress(OSError):
            client.close(timeout=seconds)
        if isinstance(error, OSError):
            raise _nobody(address, seconds, error) from error
        if address.protocol != "tls":
            raise
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Dask has no certificates for {address}: {reason}. Specify their files, as the README shows under "
                "“Beyond one machine”.",
            ),
            address=address,
            reason=error,
        ) from error


def _knock(address: ClusterAddress, seconds: float) -> None:
    """Detect a wrong host or port at once, where Dask would keep retrying."""
    try:
        socket.create_connection((address.host, address.port), timeout=seconds).close()
    except OSError as error:
        raise _nobody(address, seconds, error) from error


def _nobody(address: ClusterAddress, seconds: float, error: OSError) -> KnownError:
    return KnownError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "No Dask scheduler responds at {address} within {seconds:.0f} s: {reason}. Start one with “dask "
            "scheduler”, which prints its address.",
        ),
        address=address,
        seconds=seconds,
        reason=error.strerror or str(error) or type(error).__name__,
    )
