"""Records a session: an annotated video, a line a frame (JSONL) and a line a face and learner (CSV).

All files are written on one thread of its own, which is started with the first wish and joined by `close`; the
inference thread only leaves results in a bounded inbox.
"""

from __future__ import annotations

from pathlib import Path

from metaface_gui.engine.events import EngineListener
from metaface_gui.types import FrameResult


class SessionRecorder:
    """Every call is thread-safe and returns at once, `close` excepted; answers are `SessionRecordingChanged`."""

    def __init__(self, listener: EngineListener, *, unknown_text: str = "Unknown") -> None:
        self._listener = listener
        self._unknown_text = unknown_text

    @property
    def dropped(self) -> int:
        """Results of the running (or last) recording that found the inbox full."""
        raise NotImplementedError

    def start(self, folder: Path) -> None:
        """Record into new files of `folder`, which is made if need be; no effect while one is being recorded."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the recording and finish its files; no effect when none runs."""
        raise NotImplementedError

    def offer(self, result: FrameResult) -> None:
        """Take a result, on the inference thread: it is recorded if a recording runs and dropped if writing lags."""
        raise NotImplementedError

    def save_snapshot(self, path: Path, result: FrameResult) -> None:
        """Write one annotated PNG, recording or not."""
        raise NotImplementedError

    def close(self, timeout_s: float) -> bool:
        """Finish what is being written and join the thread for at most `timeout_s`; False if it is busy then."""
        raise NotImplementedError
