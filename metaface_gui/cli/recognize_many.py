"""`metaface recognize FOLDER`: who is in every video of a folder, several videos at a time."""

from __future__ import annotations

import argparse
import pickle
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from json import dumps
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from metaface_gui.cli.gallery_adaptation import adapted_to
from metaface_gui.cli.options import recognition_settings
from metaface_gui.cli.streams import STDOUT
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.engine.batch.cluster import Cluster, connected
from metaface_gui.engine.batch.finished_videos import RECORD, is_record, run_record, unfinished
from metaface_gui.engine.batch.output_files import (
    gallery_files,
    is_annotated_video,
    is_lines,
    refuse_destruction,
    refuse_foreign,
)
from metaface_gui.engine.batch.video_folder import VideoFolder
from metaface_gui.engine.batch.video_pool import Failed, Looked, VideoEvent, default_processes, recognize_videos
from metaface_gui.engine.batch.video_recognition import RecognizerSetup, VideoReport, VideoTask
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, writing
from metaface_gui.i18n import error_text, translate
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.weights.whole_file import is_file

_EXIT_FAILED = 1


def recognize_folder(folder: VideoFolder, args: argparse.Namespace) -> int:
    """Run `metaface recognize` with these arguments on all videos of a folder; return the exit code.

    Raises:
        KnownError: if nothing can be recognised, or an output cannot be written.
    """
    if args.jsonl == STDOUT:
        args.jsonl = None
    console = Console(stderr=args.jsonl is None, highlight=False)
    _check_annotated_folder(folder, args.video)
    _check_outputs(folder, args)
    if folder.pictures:
        left_out = translate(
            "Commands",
            "metaface: {path} is treated as a folder of videos; pictures skipped: {count}.",
            path=folder.path,
            count=folder.pictures,
        )
        sys.stderr.write(left_out + "\n")
    with ExitStack() as stack:
        cluster = stack.enter_context(_cluster(args)) if args.cluster else None
        with writing(Path(tempfile.gettempdir())):
            lines_folder = args.jsonl or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="metaface-")))
        tasks = [_task(folder.path, video, lines_folder, args.video) for video in folder.videos]
        setup, record = _prepared(args)
        to_do = unfinished(tasks, lines_folder, record, again=args.again)
        if len(to_do) < len(tasks):
            left_alone = translate(
                "Commands",
                "Skipped videos, as they already have results: {count}. --again redoes them.",
                count=len(tasks) - len(to_do),
            )
            console.print(left_alone, soft_wrap=True)
        if not to_do:
            return 0
        run = _Run(folder.path, to_do, prints=args.jsonl is None)
        bar = stack.enter_context(_Bar(console, to_do))
        if cluster is None:
            processes = min(args.processes or default_processes(), len(to_do))
            where = translate("Commands", "{n} at a time", n=processes)
            looking = recognize_videos(to_do, setup, processes)
        else:
            where = translate("Commands", "on {address}", address=args.cluster)
            looking = cluster.recognize(to_do, setup)
        events = stack.enter_context(closing(looking))
        for task, event in events:
            bar.show(task, event)
            run.take(task, event)
    run.summary(console, where)
    return _EXIT_FAILED if run.failures else 0


def _cluster(args: argparse.Namespace) -> AbstractContextManager[Cluster]:
    if args.video is not None:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors", "Cluster workers write no files, so they cannot make annotated videos. Leave out --video."
            )
        )
    return connected(args.cluster)


def _prepared(args: argparse.Namespace) -> tuple[RecognizerSetup, str]:
    """Adapt to the gallery once for all processes; return their setup and a record of what the lines depend on."""
    tune_process()
    settings, store = recognition_settings(args, learner=args.learner, use_room=args.use_room), default_store()
    adapted, _assets = adapted_to(args.gallery, build_pipeline(settings, store), settings, store)
    setup = RecognizerSetup(settings, default_store, pickle.dumps(adapted), translate("Overlay", "Unknown"))
    return setup, run_record(settings, adapted.people)


def _task(folder: Path, video: Path, lines_folder: Path, annotated_folder: Path | None) -> VideoTask:
    """Name outputs after the video's full file name, because a.mov may lie beside a.mp4."""
    return VideoTask(
        folder / video,
        lines_folder / video.with_name(f"{video.name}.jsonl"),
        annotated_folder and annotated_folder / video.with_name(f"{video.name}.mp4"),
    )


def _check_annotated_folder(folder: VideoFolder, annotated: Path | None) -> None:
    if annotated is not None and annotated.resolve().is_relative_to(folder.path.resolve()):
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Annotated videos in {path} would be processed as input the next time. Choose a place outside "
                "{folder}.",
            ),
            path=annotated,
            folder=folder.path,
        )


def _check_outputs(folder: VideoFolder, args: argparse.Namespace) -> None:
    """Refuse results that would overwrite a video, the gallery or a user's file."""
    tasks = [_task(folder.path, video, args.jsonl or folder.path, args.video) for video in folder.videos]
    found = [(task.annotated, is_annotated_video) for task in tasks if task.annotated is not None]
    if args.jsonl is not None:
        found += [(args.jsonl / RECORD, is_record), *((task.lines, is_lines) for task in tasks)]
    outputs = [path for path, _ in found]
    if not args.force:
        for path, is_ours in found:
            refuse_foreign(path, is_ours)
    # Compare each output only with files that exist: a folder may hold thousands of videos.
    gallery = [path for path in gallery_files(args.gallery) if is_file(path)]
    refuse_destruction([output for output in outputs if output.exists()], [*gallery, *(task.video for task in tasks)])


class _Bar:
    """One bar over all videos, with equal weight each; a context manager, active on a terminal only."""

    def __init__(self, console: Console, tasks: Sequence[VideoTask]) -> None:
        self._begun: dict[VideoTask, float] = {}
        self._ended = 0
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
        )
        self._bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar: TaskID = self._bars.add_task(translate("Commands", "recognising"), total=len(tasks), note="")
        self._total = len(tasks)

    def __enter__(self) -> _Bar:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, task: VideoTask, event: VideoEvent) -> None:
        """Update the bar after an event of a video."""
        if isinstance(event, Looked):
            self._begun[task] = min(1.0, event.frames / event.frame_count) if event.frame_count else 0.0
        else:
            self._begun.pop(task, None)
            self._ended += 1
        note = translate("Commands", "{done} of {count} videos", done=self._ended, count=self._total)
        self._bars.update(self._bar, completed=self._ended + sum(self._begun.values()), note=note)


class _Run:
    """The results of all videos; if `prints`, lines go to stdout in the videos' order, each with its video's name."""

    def __init__(self, folder: Path, tasks: Sequence[VideoTask], *, prints: bool) -> None:
        self._folder, self._tasks, self._prints = folder, tasks, prints
        self._started = time.perf_counter()
        self._ended: dict[VideoTask, VideoReport | Failed] = {}
        self._printed = 0

    @property
    def failures(self) -> int:
        """The number of videos that could not be recognised."""
        return sum(isinstance(end, Failed) for end in self._ended.values())

    def take(self, task: VideoTask, event: VideoEvent) -> None:
        """Record the end of a video: report failures at once, print lines once those of earlier videos are printed."""
        if isinstance(event, Looked):
            return
        self._ended[task] = event
        for error in (event.error,) if isinstance(event, Failed) else event.remarks:
            sys.stderr.write(f"metaface: {error_text(error)}\n")
        while self._prints and self._printed < len(self._tasks) and self._tasks[self._printed] in self._ended:
            self._print(self._tasks[self._printed])
            self._printed += 1

    def summary(self, console: Console, where: str) -> None:
        """Print a line per video and the totals; `where` says how many ran at a time, or on which cluster."""
        table = Table(box=None)
        table.add_column(translate("Commands", "video"), overflow="fold")
        for heading in (translate("Commands", "frames"), translate("Commands", "faces")):
            table.add_column(heading, justify="right")
        table.add_column(translate("Commands", "who"), overflow="fold")
        table.add_column(translate("Commands", "seconds"), justify="right")
        reports = list[VideoReport]()
        for task in self._tasks:
            name, end = _text(self._name(task)), self._ended[task]
            if isinstance(end, Failed):
                table.add_row(name, "", "", translate("Commands", "failed"), "")
                continue
            reports.append(end)
            faces = str(sum(end.faces.values()))
            table.add_row(name, str(end.frames), faces, _text(_who(end.faces)), f"{end.seconds:.1f}")
        console.print(table)
        frames, seconds = sum(report.frames for report in reports), time.perf_counter() - self._started
        console.print(
            translate(
                "Commands",
                "{videos} videos, {frames} frames, {faces} faces in {seconds:.1f} s: {fps:.1f} frames/s, {where}",
                videos=len(reports),
                frames=frames,
                faces=sum(sum(report.faces.values()) for report in reports),
                seconds=seconds,
                fps=frames / seconds,
                where=where,
            ),
            soft_wrap=True,
        )
        if self.failures:
            said = translate(
                "Commands",
                "metaface: {failed} of {count} videos could not be recognised.",
                failed=self.failures,
                count=len(self._tasks),
            )
            sys.stderr.write(said + "\n")

    def _print(self, task: VideoTask) -> None:
        if isinstance(self._ended[task], Failed):
            return
        name = dumps(self._name(task))  # in ASCII, because a file name need not be valid Unicode
        with task.lines.open(encoding="utf-8") as lines:
            for line in lines:
                sys.stdout.write(f'{{"video": {name}, {line[1:]}')
        task.lines.unlink()

    def _name(self, task: VideoTask) -> str:
        return task.video.relative_to(self._folder).as_posix()


def _who(faces: Mapping[str, int]) -> str:
    """List everybody with their face count, most frequent first."""
    unknown = translate("Overlay", "Unknown")
    return ", ".join(f"{name or unknown} {count}" for name, count in Counter(faces).most_common())


def _text(words: str) -> Text:
    """Return literal text without rich markup; bytes of a file name that are not Unicode are escaped."""
    return Text(words.encode("utf-8", "backslashreplace").decode("utf-8"))
