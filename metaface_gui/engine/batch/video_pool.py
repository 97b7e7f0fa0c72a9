"""Many videos in parallel: processes that each load the models and then process one video after another.

Not a `concurrent.futures.ProcessPoolExecutor`: when one of its processes dies, it gives up all of them and does not say
whose task it was. Here each process has a pipe of its own, through which it reports and which closes when either end
dies. So a video whose process was killed is identified, and no process outlives the one that started it.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from metaface_gui.engine.batch.video_recognition import (
    THREADS_PER_PROCESS,
    RecognizerSetup,
    VideoRecognizer,
    VideoReport,
    VideoTask,
)
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, SourceError
from metaface_gui.pipeline.processor import usable_cores

_PROGRESS_EVERY_S = 0.2
_PATIENCE_S = 5.0
_MOST_BY_DEFAULT = 16
"""Each process holds the models and PyTorch, over half a gigabyte; users with enough memory may ask for more."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A video is being processed: frames so far, and their total (None: the file does not say)."""

    frames: int
    frame_count: int | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A video could not be recognised, and why; the others continue."""

    error: KnownError


@dataclass(frozen=True, slots=True)
class _Refused:
    """No video can be recognised in this way, for example because outputs cannot be written or models are missing."""

    error: KnownError


VideoEvent = Looked | VideoReport | Failed


def default_processes() -> int:
    """Return how many processes keep every core available to this process busy; 16 at most."""
    return min(_MOST_BY_DEFAULT, max(1, usable_cores() // THREADS_PER_PROCESS))


def recognize_videos(
    tasks: Sequence[VideoTask], setup: RecognizerSetup, n_processes: int
) -> Generator[tuple[VideoTask, VideoEvent], None, None]:
    """Recognise with at most `n_processes` processes; yield each task's events as they happen.

    Tasks are started in order. Each ends with one `VideoReport` or `Failed`; its output and report do not depend on the
    number of processes. However the iterator ends (an error, Ctrl-C, `close`), its processes end with it, the videos in
    progress have no outputs, and finished ones keep theirs.

    Raises:
        KnownError: if outputs cannot be written, or models cannot be loaded.
    """
    waiting = deque(tasks)
    at_work: dict[object, _Worker] = {}
    try:
        while waiting or at_work:
            fresh = list[_Worker]()
            while waiting and len(at_work) < n_processes:
                fresh.append(worker := _Worker(waiting.popleft()))
                at_work[worker.link] = worker
            # All have been started by now; sending a setup, which is long, blocks until its receiver is running.
            for worker in fresh:
                worker.send(setup)
                worker.send(worker.task)
            for link in wait([worker.link for worker in at_work.values()]):
                worker = at_work[link]
                event = worker.answer()
                if isinstance(event, _Refused):
                    raise event.error
                yield worker.task, event
                if isinstance(event, Looked):
                    continue
                if worker.is_dead or not waiting:
                    del at_work[link]
                    worker.end()
                else:
                    worker.go_on_with(waiting.popleft())
    finally:
        for worker in at_work.values():
            worker.kill()


class _Worker:
    """A process, as seen by the one that started it; `task` is the latest task it was given."""

    def __init__(self, task: VideoTask) -> None:
        self.task = task
        self.link, far_end = multiprocessing.Pipe()
        self.is_dead = False
        # A fresh interpreter: a fork would inherit the locks of PyTorch's threads but not the threads.
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=(far_end,), daemon=True)
        with _deaf_to_interrupts():
            self._process.start()
        far_end.close()  # otherwise its death would go unnoticed, because the pipe would still have a writer

    def send(self, message: RecognizerSetup | VideoTask) -> None:
        """Send a message; if the process has died, `answer` reports that."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.link.send(message)

    def go_on_with(self, task: VideoTask) -> None:
        """Send the next video."""
        self.task = task
        self.send(task)

    def answer(self) -> VideoEvent | _Refused:
        """Wait for the next event of its task."""
        try:
            event: VideoEvent | _Refused = self.link.recv()
        except (EOFError, ConnectionResetError):
            self.is_dead = True
            self._process.join(_PATIENCE_S)
            self.task.discard_partial()
            return Failed(_death(self.task, self._process.exitcode))
        return event

    def end(self) -> None:
        """Let the process end by itself, which it does when its pipe is closed."""
        self.link.close()
        self._process.join(_PATIENCE_S)
        if self._process.exitcode is None:
            self.kill()

    def kill(self) -> None:
        """Kill the process immediately."""
        self._process.kill()
        self._process.join(_PATIENCE_S)
        self.link.close()
        self.task.discard_partial()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Make processes started here ignore Ctrl-C, which a terminal sends to all; only their parent handles it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # cannot set handlers here; `_serve` does the same a second later
        return
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


def _serve(link: Connection) -> None:
    """Run a worker process: receive the setup, then process one task after another until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody is listening any more
        try:
            recognizer = VideoRecognizer(link.recv())
            while True:
                link.send(_recognized(recognizer, link.recv(), link))
        except KnownError as error:
            link.send(_Refused(error))


def _recognized(recognizer: VideoRecognizer, task: VideoTask, link: Connection) -> VideoReport | Failed:
    reported_s = float("-inf")

    def tell(frames: int, frame_count: int | None) -> None:
        nonlocal reported_s
        if time.monotonic() - reported_s >= _PROGRESS_EVERY_S:
            reported_s = time.monotonic()
            link.send(Looked(frames, frame_count))

    try:
        return recognizer.recognize(task, tell)
    except SourceError as error:
        return Failed(error)


def _death(task: VideoTask, exit_code: int | None) -> KnownError:
    return KnownError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "The process working on {path} ended before it was done (exit code {code}). If memory ran out, try again "
            "with fewer processes.",
        ),
        path=task.video,
        code=exit_code,
    )
