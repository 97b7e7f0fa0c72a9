"""Record sessions and save snapshots on a separate thread, so that neither inference nor the window waits.

A session is an annotated video, a line per frame (JSONL) and a line per face and learner (CSV), named
`metaface-YYYYMMDD-HHMMSS` after the local start time, with `-2`, `-3` … if that is taken. The inference thread puts
results into a bounded inbox and goes on; the recorder's thread draws, encodes and writes them.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from metaface_gui.engine.events import CaptionedFile, EngineListener, SessionRecordingChanged, Trouble
from metaface_gui.errors import QT_TRANSLATE_NOOP, InternalError, KnownError, writing
from metaface_gui.pipeline.learners import ALL_LEARNERS
from metaface_gui.types import FrameResult
from metaface_gui.weights.whole_file import write_whole

if TYPE_CHECKING:  # Pillow and the file writers are imported by the first recording, so that the window opens sooner
    from metaface_gui.engine.recording.session_recording import Clock, FreeBytes, Recording
    from metaface_gui.pipeline.rendering.annotator import Annotator
    from metaface_gui.pipeline.rendering.fonts import FontFinder

_log = logging.getLogger(__name__)

_INBOX = 12
"""The number of results that may wait to be written: half a second at 25 fps, 33 MB of 720p frames."""
_TICK_S = 0.5


@dataclass(frozen=True, slots=True)
class _Start:
    folder: Path


@dataclass(frozen=True, slots=True)
class _Stop:
    at_ns: int
    is_last: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Snapshot:
    path: Path
    result: FrameResult


@dataclass(frozen=True, slots=True)
class DrawnWords:
    """The words drawn beside faces: the label of one without a name, and methods' short names by key."""

    unknown: str
    titles: Mapping[str, str]


def english_words() -> DrawnWords:
    """Return the words drawn unless another language is chosen."""
    return DrawnWords("Unknown", {key: learner.short_title for key, learner in ALL_LEARNERS.items()})


class SessionRecorder:
    """Implements `RecordingApi`. Every call is thread-safe and returns at once, except `close`.

    The thread is started by the first recording or snapshot and joined by `close`. It calls `words` for each of them,
    because the user may have changed the language. `free` returns the free space of a folder; None: ask the disk.
    """

    def __init__(
        self,
        listener: EngineListener,
        *,
        words: Callable[[], DrawnWords] = english_words,
        clock: Clock = time.monotonic_ns,
        free: FreeBytes | None = None,
    ) -> None:
        self._listener = listener
        self._words = words
        self._clock = clock
        self._free = free
        self._inbox: queue.SimpleQueue[_Start | _Stop | _Snapshot | FrameResult] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._wants_results = False
        self._n_waiting = 0
        self._dropped = 0
        self._newest: FrameResult | None = None
        self._recording: Recording | None = None  # used only by the recorder's thread, as are the fonts
        self._fonts: FontFinder | None = None

    @property
    def dropped(self) -> int:
        """How many results are missing from the running (or last) recording, because writing lagged behind."""
        with self._lock:
            return self._dropped

    def start(self, folder: Path) -> None:
        """Record into new files in `folder`, creating it if necessary; an already running recording continues.

        Answered with `is_recording` and the files, or with the error that prevents recording.
        """
        self._post(_Start(folder))

    def stop(self) -> None:
        """End the recording now and finish its files. Answered with the complete files."""
        self._post(_Stop(self._clock()))

    def offer(self, result: FrameResult) -> None:
        """Take a result on the inference thread; it is recorded if its frame is new and a recording runs.

        If writing lags behind, it is dropped.
        """
        former, self._newest = self._newest, result
        with self._lock:
            if not self._wants_results or (former is not None and former.frame is result.frame):
                return
            if self._n_waiting >= _INBOX:
                self._dropped += 1
                return
            self._n_waiting += 1
        self._inbox.put(result)

    def forget_picture(self) -> None:
        """Forget the newest frame, which may name somebody now deleted, so that no snapshot of it can be saved."""
        self._newest = None

    def save_snapshot(self, path: Path) -> None:
        """Save the newest result as an annotated PNG, recording or not, replacing any file. Answered with the file."""
        newest = self._newest
        if newest is None:
            text = QT_TRANSLATE_NOOP("Errors", "There is no picture to save yet. Open a camera or a file first.")
            self._listener(Trouble(KnownError(text)))
        else:
            self.save_result(path, newest)

    def save_result(self, path: Path, result: FrameResult) -> None:
        """Save this result in the same way as `save_snapshot`."""
        self._post(_Snapshot(path, result))

    def close(self, timeout_s: float) -> bool:
        """Finish writing and join the thread for at most `timeout_s`; return False if it is still busy.

        Nothing is accepted afterwards.
        """
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
            thread = self._thread
        if thread is None:
            return True
        if is_first:
            self._inbox.put(_Stop(self._clock(), is_last=True))
        thread.join(timeout_s)
        return not thread.is_alive()

    def _post(self, wish: _Start | _Stop | _Snapshot) -> None:
        with self._lock:
            if self._is_closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="session-recorder", daemon=True)
                self._thread.start()
        self._inbox.put(wish)

    # The recorder's own thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        is_last = False
        while not is_last:
            try:
                wish = self._inbox.get(timeout=None if self._recording is None else _TICK_S)
            except queue.Empty:
                wish = None
            try:
                self._do(wish)
            except KnownError as error:
                self._end(self._clock(), error)
            except Exception:  # noqa: BLE001 - a bug must cost neither the files nor the next recording's thread
                _log.exception("recording failed")
                text = QT_TRANSLATE_NOOP("Errors", "Recording failed inside MetaFace. The log file has the details.")
                self._end(self._clock(), InternalError(text))
            is_last = isinstance(wish, _Stop) and wish.is_last

    def _do(self, wish: _Start | _Stop | _Snapshot | FrameResult | None) -> None:
        match wish:
            case _Start(folder):
                self._begin(folder)
            case _Stop(is_last=True) if self._recording is None:
                pass  # no stop was requested
            case _Stop(at_ns):
                self._end(at_ns)
            case _Snapshot(path, result):
                self._save(path, result)
            case FrameResult():
                with self._lock:
                    self._n_waiting -= 1
                if self._recording is not None:
                    self._recording.write(wish, self._clock())
            case None if self._recording is not None:
                self._recording.tick(self._clock())

    def _begin(self, folder: Path) -> None:
        if self._recording is None:
            from metaface_gui.engine.recording.session_recording import Recording, free_bytes  # noqa: PLC0415 - above

            named, free = datetime.now().astimezone(), self._free or free_bytes
            self._recording = Recording(folder, self._annotator(), self._clock(), named=named, free=free)
            with self._lock:
                self._wants_results, self._dropped = True, 0
        self._tell(files=self._recording.files)

    def _end(self, at_ns: int, error: KnownError | None = None) -> None:
        """Finish the files and announce the complete ones; without a recording, only announce that there is none."""
        with self._lock:
            self._wants_results = False
            dropped = self._dropped
        recording, self._recording = self._recording, None
        if recording is None:
            self._tell(error=error)
            return
        files, later_error = recording.close(at_ns)
        _log.info("recorded %d files; %d results dropped", len(files), dropped)
        started_ns = recording.started_ns
        self._listener(SessionRecordingChanged(False, started_ns, files, error or later_error))

    def _save(self, path: Path, result: FrameResult) -> None:
        try:
            with writing(path):  # the font that paints the names may be gone
                _, png = cv2.imencode(".png", self._annotator().paint(result))
            write_whole(path, png.tobytes())
        except KnownError as error:
            self._tell(error=error)
        else:
            self._tell(files=(CaptionedFile("snapshot", path),))

    def _annotator(self) -> Annotator:
        from metaface_gui.pipeline.rendering.annotator import Annotator  # noqa: PLC0415 - above
        from metaface_gui.pipeline.rendering.fonts import FontFinder  # noqa: PLC0415

        words, self._fonts = self._words(), self._fonts or FontFinder()
        return Annotator(words.unknown, words.titles, fonts=self._fonts)

    def _tell(self, *, files: tuple[CaptionedFile, ...] = (), error: KnownError | None = None) -> None:
        recording = self._recording
        started_ns = 0 if recording is None else recording.started_ns
        self._listener(SessionRecordingChanged(recording is not None, started_ns, files, error))
