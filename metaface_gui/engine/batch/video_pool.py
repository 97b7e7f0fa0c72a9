"""Many videos at once: processes that each load the models and then look at one video after another.

Not a `concurrent.futures.ProcessPoolExecutor`: when a process dies, that one gives up all of them and does not say
whose work it was. Here every process has a pipe of its own. What it tells comes through it, its death closes it, and
both ends notice: a video whose process was killed is known by name, and no process outlives the one that started it.
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
"""Each process holds the models and PyTorch, over half a gigabyte; who has the memory may ask for more."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A video is being looked at: frames so far, of how many (None: the file does not say)."""

    frames: int
    frame_count: int | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A video could not be recognised, and why; the others go on."""

    error: KnownError


@dataclass(frozen=True, slots=True)
class _Refused:
    """No video can be recognised in this way: no room for outputs, no models."""

    error: KnownError


VideoEvent = Looked | VideoReport | Failed


def default_processes() -> int:
    """As many as keep every core busy that this process may use; 16 at most."""
    return min(_MOST_BY_DEFAULT, max(1, usable_cores() // THREADS_PER_PROCESS))


def recognize_videos(
    tasks: Sequence[VideoTask], setup: RecognizerSetup, n_processes: int
) -> Generator[tuple[VideoTask, VideoEvent], None, None]:
    """Recognise with at most `n_processes` processes; yields what happens to which task, as it happens.

    Tasks are begun in their order. Each ends with one `VideoReport` or `Failed`; what it writes and reports is the same
    whatever the number of processes. However the iterator ends (an error, Ctrl-C, `close`), its processes end with it,
    the videos they were at have no outputs, and finished ones keep theirs.

    Raises:
        KnownError: if outputs cannot be written, or models not be loaded.
    """
    waiting = deque(tasks)
    at_work: dict[object, _Worker] = {}
    try:
        while waiting or at_work:
            fresh = list[_Worker]()
            while waiting and len(at_work) < n_processes:
                fresh.append(worker := _Worker(waiting.popleft()))
                at_work[worker.link] = worker
            # All of them have been started by now: a message as long as a setup waits until its receiver is awake.
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
    """A process, as seen by the one that started it; `task` is the newest one that it was given."""

    def __init__(self, task: VideoTask) -> None:
        self.task = task
        self.link, far_end = multiprocessing.Pipe()
        self.is_dead = False
        # A fresh interpreter: a fork would inherit the locks of PyTorch's threads but not the threads.
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=(far_end,), daemon=True)
        with _deaf_to_interrupts():
            self._process.start()
        far_end.close()  # else its death would not be noticed: the pipe would have a writer left

    def send(self, message: RecognizerSetup | VideoTask) -> None:
        """Hand something over; if it has died, `answer` says so."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.link.send(message)

    def go_on_with(self, task: VideoTask) -> None:
        """Give it its next video."""
        self.task = task
        self.send(task)

    def answer(self) -> VideoEvent | _Refused:
        """Wait for what it says of its task."""
        try:
            event: VideoEvent | _Refused = self.link.recv()
        except (EOFError, ConnectionResetError):
            self.is_dead = True
            self._process.join(_PATIENCE_S)
            self.task.discard_partial()
            return Failed(_death(self.task, self._process.exitcode))
        return event

    def end(self) -> None:
        """Let it end by itself, which it does when nobody is left to tell."""
        self.link.close()
        self._process.join(_PATIENCE_S)
        if self._process.exitcode is None:
            self.kill()

    def kill(self) -> None:
        """End it now, whatever it does."""
        self._process.kill()
        self._process.join(_PATIENCE_S)
        self.link.close()
        self.task.discard_partial()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start a process in here and Ctrl-C, which a terminal sends to all, is left to the one that started it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # who may not set handlers; `_serve` does the same a second later
        return
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


def _serve(link: Connection) -> None:
    """Run a process: the setup comes first, then one task after another until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody is left to tell
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
