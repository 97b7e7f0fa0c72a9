"""One running recording of a session: its three files, its clock and its check of the free disk space."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from metaface_gui.engine.events import CaptionedFile
from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.engine.recording.session_files import CSV_COLUMNS, csv_text, face_rows, frame_line
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, writing
from metaface_gui.pipeline.rendering.annotator import Annotator
from metaface_gui.types import FrameResult

if TYPE_CHECKING:
    from metaface_gui.pipeline.rendering.video_file_writer import VideoFileWriter

NEEDED_TO_START = 200 * 10**6
"""Bytes that must be free at the start: about five minutes of 720p video."""
NEEDED_TO_GO_ON = 50 * 10**6
"""Bytes that must stay free, so that a video can still get its index at the end."""

_CHECK_NS = 2 * 10**9
_LATE_NS = 10**9
"""How long after its frame was taken a result may arrive; the video waits for it that long."""
_ASLEEP_NS = 60 * 10**9
"""With no call for this long the computer was asleep; the video skips that time."""

FreeBytes = Callable[[Path], int]
Clock = Callable[[], int]


def free_bytes(folder: Path) -> int:
    """Return how many bytes the user may still write there."""
    return shutil.disk_usage(folder).free


class Recording:
    """Opens its files at once; not thread-safe. After an error from `write` or `tick`, the caller must call `close`.

    Times are `time.monotonic_ns()`. A frame is shown from the time it was taken, the first one from `started_ns` on.

    Raises:
        KnownError: if there is too little space or the files cannot be created; then none are left behind.
    """

    def __init__(
        self, folder: Path, annotator: Annotator, started_ns: int, *, named: datetime, free: FreeBytes = free_bytes
    ) -> None:
        self._folder = folder
        self._annotator = annotator
        self._started_ns = self._seen_ns = self._checked_ns = started_ns
        self._slept_ns = 0
        self._free = free
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._require(
            NEEDED_TO_START,
            QT_TRANSLATE_NOOP(
                "Errors",
                "Only {free} MB are free in {folder}, but a recording needs {needed} MB. Free some space or choose "
                "another folder.",
            ),
        )
        stem = _free_stem(folder, f"metaface-{named:%Y%m%d-%H%M%S}")
        self._paths = {kind: folder / f"{stem}.{kind}" for kind in ("mp4", "csv", "jsonl")}
        self._lines, self._table, self._video = self._opened()

    @property
    def started_ns(self) -> int:
        """When the recording began."""
        return self._started_ns

    @property
    def files(self) -> tuple[CaptionedFile, ...]:
        """The files being written; the video gets this name once it is finished."""
        return tuple(CaptionedFile("video" if kind == "mp4" else kind, path) for kind, path in self._paths.items())

    def write(self, result: FrameResult, now_ns: int) -> None:
        """Add a result.

        Raises:
            KnownError: if the disk is full or gone.
        """
        self.tick(now_ns)
        self._lines.write(frame_line(result))
        self._table.write_text(csv_text(face_rows(result)))
        self._video.show(self._seconds(result.frame.captured_ns), partial(self._annotator.paint, result))

    def tick(self, now_ns: int) -> None:
        """Keep the video in step with the clock and check the free space; call it at least twice a second.

        Raises:
            KnownError: if the disk is full or gone.
        """
        if now_ns - self._seen_ns > _ASLEEP_NS:
            self._slept_ns += now_ns - self._seen_ns
        self._seen_ns = now_ns
        if now_ns - self._checked_ns >= _CHECK_NS:
            self._checked_ns = now_ns
            self._require(
                NEEDED_TO_GO_ON,
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The recording ended because only {free} MB are free in {folder}. Free some space or choose "
                    "another folder, then record again.",
                ),
            )
        self._video.hold(self._seconds(now_ns - _LATE_NS))

    def close(self, now_ns: int) -> tuple[tuple[CaptionedFile, ...], KnownError | None]:
        """Finish every file that can be finished; return the complete ones, and why any others are not."""
        complete: list[CaptionedFile] = []
        first_error: KnownError | None = None
        close_video = partial(self._video.close, self._seconds(now_ns))
        finish: tuple[Callable[[], object], ...] = (close_video, self._table.close, self._lines.close)
        for file, act in zip(self.files, finish, strict=True):
            try:
                act()
            except KnownError as error:
                first_error = first_error or error
            if file.path.exists():  # an empty or unplayable video is not kept
                complete.append(file)
        return tuple(complete), first_error

    def _opened(self) -> tuple[LinesFile, LinesFile, VideoFileWriter]:
        from metaface_gui.pipeline.rendering.video_file_writer import VideoFileWriter  # noqa: PLC0415 - loads FFmpeg

        # The JSONL file comes first: it must not exist yet, so creating it reserves the name for all three.
        with ExitStack() as on_failure:
            lines = self._new_lines("jsonl", on_failure)
            table = self._new_lines("csv", on_failure)
            table.write_text(csv_text([CSV_COLUMNS]))
            video = VideoFileWriter(self._paths["mp4"])
            on_failure.pop_all()
        return lines, table, video

    def _new_lines(self, kind: str, on_failure: ExitStack) -> LinesFile:
        lines = LinesFile(self._paths[kind], must_be_new=True)
        on_failure.callback(self._paths[kind].unlink, missing_ok=True)
        on_failure.callback(lines.close)
        return lines

    def _seconds(self, at_ns: int) -> float:
        return max(0, at_ns - self._started_ns - self._slept_ns) / 1e9

    def _require(self, needed: int, template: str) -> None:
        with writing(self._folder):
            free = self._free(self._folder)
        if free < needed:
            raise KnownError(template, free=free // 10**6, needed=needed // 10**6, folder=self._folder)


def _free_stem(folder: Path, stem: str) -> str:
    """Return the first of stem, stem-2, stem-3 … for which the folder has none of the files."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    suffixes = (".mp4", ".part.mp4", ".csv", ".jsonl")
    return next(name for name in names if not any((folder / (name + suffix)).exists() for suffix in suffixes))
