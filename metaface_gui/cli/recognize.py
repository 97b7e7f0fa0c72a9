"""`metaface recognize SOURCE --gallery PATH`: who is in a video, a folder, a stream …, one JSON line per frame."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from metaface_gui.cli.gallery_adaptation import adapted_to, named_at_once
from metaface_gui.cli.interrupts import Interrupts
from metaface_gui.cli.options import (
    recognition_settings,
)
from metaface_gui.cli.recognize_many import recognize_folder
from metaface_gui.cli.streams import STDOUT, StdoutLines
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.adaptation.room_faces import is_room
from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.engine.batch.file_room import FileRoom
from metaface_gui.engine.batch.output_files import (
    check_outputs,
    gallery_files,
    is_annotated_video,
    is_lines,
    source_files,
)
from metaface_gui.engine.batch.search_ahead import searched
from metaface_gui.engine.batch.video_folder import find_videos
from metaface_gui.engine.recording.annotated_video import AnnotatedVideo
from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.engine.recording.session_files import frame_line
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.i18n import error_text, translate
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, make_source, parse_source
from metaface_gui.pipeline.detection.search import FrameSearch
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.recognition.attention import FILE
from metaface_gui.types import Frame, FrameResult

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from metaface_gui.pipeline.capture.base import FrameSource
    from metaface_gui.pipeline.detection.base import FaceDetector
    from metaface_gui.pipeline.detection.way_up import Upright

    Look = Callable[[Frame, Upright | None], FrameResult]


def run(args: argparse.Namespace) -> int:
    """Run the recognition; return the exit code."""
    with Interrupts() as interrupts:
        spec = parse_source(args.source)
        if spec.kind is SourceKind.FOLDER and (folder := find_videos(Path(spec.text))) is not None:
            return recognize_folder(folder, args)
        if args.cluster is not None:
            raise KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{source} is not a folder of videos, and a cluster processes nothing else. Leave out --cluster.",
                ),
                source=args.source,
            )
        return _recognize(args, spec, interrupts)


def _recognize(args: argparse.Namespace, spec: SourceSpec, interrupts: Interrupts) -> int:
    if args.jsonl == STDOUT:
        args.jsonl = None
    _check_outputs(args, spec)
    source = make_source(spec)
    tune_process()
    detector, look = _looker(args, spec)
    counts: Counter[str] = Counter()
    frames = 0
    console = Console(stderr=args.jsonl is None, highlight=False)
    with ExitStack() as stack:
        source.open()
        stack.callback(source.close)
        lines: LinesFile | StdoutLines = LinesFile(args.jsonl) if args.jsonl else StdoutLines()
        stack.enter_context(lines)
        video = stack.enter_context(_annotated(args.video, source)) if args.video else None
        bar = stack.enter_context(Progress(console=console, transient=True, disable=not console.is_terminal))
        task = bar.add_task(translate("Commands", "recognising"), total=source.frame_count)
        results = stack.enter_context(closing(_results(source, detector, look)))
        for result in results:
            with interrupts.held():
                lines.write(frame_line(result))
                if video is not None:
                    video.write(result)
            counts.update(face.identification.name or "" for face in result.faces)
            frames += 1
            bar.advance(task)
    _summary(console, frames, counts)
    for remark in source.remarks:
        sys.stderr.write(f"metaface: {error_text(remark.error)}\n")
    return int(any(remark.is_loss for remark in source.remarks))


def _check_outputs(args: argparse.Namespace, spec: SourceSpec) -> None:
    """Refuse outputs that would destroy a file, before anything is opened.

    Raises:
        KnownError: if there is such an output.
    """
    asked = ((args.jsonl, is_lines), (args.video, is_annotated_video))
    outputs = [(path, is_ours) for path, is_ours in asked if path is not None]
    inputs = (*gallery_files(args.gallery), *source_files(spec))
    check_outputs(outputs, inputs, is_forced=args.force)


def _looker(args: argparse.Namespace, spec: SourceSpec) -> tuple[FaceDetector, Look]:
    """Load the models and adapt to the gallery; return the face detector and the function that processes a frame."""
    settings, store = recognition_settings(args, learner=args.learner, use_room=args.use_room), default_store()
    pipeline = build_pipeline(settings, store, attention=FILE)
    if not is_room(spec) and (names := named_at_once(args.gallery, pipeline, settings, store)) is not None:
        pipeline.set_classifiers({settings.learner: names}, settings.learner)
        return pipeline.detector, pipeline.process
    adapted, assets = adapted_to(args.gallery, pipeline, settings, store)
    return pipeline.detector, FileRoom(pipeline, adapted, assets, settings, is_used=is_room(spec)).process


def _results(source: FrameSource, detector: FaceDetector, look: Look) -> Generator[FrameResult, None, None]:
    """Process every frame; a file's next frame is searched for faces meanwhile, a camera's does not exist yet."""
    if source.is_live:
        while (frame := source.read()) is not None:
            yield look(frame, None)
    else:
        with closing(searched(source.read, FrameSearch(detector).find)) as frames:
            for frame, found in frames:
                yield look(frame, found)


def _annotated(path: Path, source: FrameSource) -> AnnotatedVideo:
    return AnnotatedVideo(path, source.nominal_fps, translate("Overlay", "Unknown"))


def _summary(console: Console, frames: int, counts: Counter[str]) -> None:
    console.print(
        translate("Commands", "{frames} frames, {faces} faces", frames=frames, faces=counts.total()),
        soft_wrap=True,
    )
    for name, count in counts.most_common():
        console.print(f"{name or translate('Overlay', 'Unknown')}: {count}", markup=False, soft_wrap=True)
