"""`metaface recognize SOURCE --gallery PATH`: who is in a video, a folder, a stream …, one JSON line a frame."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import Progress

from metaface_gui.cli.gallery import open_existing
from metaface_gui.cli.options import add_gallery_option, add_recognition_options, recognition_settings
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.assembly import (
    AdaptedGallery,
    adapt_gallery,
    build_pipeline,
    load_learning_assets,
    re_embed,
)
from metaface_gui.engine.model_keeper import uncalibrated
from metaface_gui.engine.session_files import frame_line
from metaface_gui.errors import cannot_write
from metaface_gui.gui.translation import error_text, translate
from metaface_gui.pipeline.capture.specification import make_source, parse_source
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.rendering.annotator import Annotator
from metaface_gui.pipeline.rendering.video_file_writer import VIDEO_FPS, VideoFileWriter
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from metaface_gui.cli.subparsers import Verbs
    from metaface_gui.pipeline.capture.base import FrameSource


def add_parser(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verbs.add_parser("recognize", help=translate("Commands", "say who is in a video, folder, image or stream"))
    parser.add_argument("source", metavar="SOURCE")
    add_gallery_option(parser, required=True)
    parser.add_argument(
        "--learner",
        choices=tuple(LEARNERS),
        default=next(iter(LEARNERS)),
        metavar="KEY",
        help=translate("Commands", "how to adapt: {keys}", None, keys=", ".join(LEARNERS)),
    )
    add_recognition_options(parser)
    parser.add_argument(
        "--jsonl",
        type=Path,
        metavar="OUT",
        help=translate("Commands", "write the lines to a file and a summary to the terminal"),
    )
    parser.add_argument("--video", type=Path, metavar="OUT.mp4", help=translate("Commands", "write an annotated video"))
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    source = make_source(parse_source(args.source))
    tune_process()
    settings, store = recognition_settings(args, learner=args.learner), default_store()
    pipeline = build_pipeline(settings, store)
    adapted = _adapt(args.gallery, pipeline, settings, store)
    pipeline.set_classifiers({settings.learner: adapted.classifier}, settings.learner)
    counts: Counter[str] = Counter()
    frames = 0
    console = Console(stderr=args.jsonl is None, highlight=False)
    with ExitStack() as stack:
        lines = stack.enter_context(_output(args.jsonl)) if args.jsonl else sys.stdout
        source.open()
        stack.callback(source.close)
        video = stack.enter_context(_AnnotatedVideo(args.video, source)) if args.video else None
        bar = stack.enter_context(Progress(console=console, transient=True, disable=not console.is_terminal))
        task = bar.add_task(translate("Commands", "looking"), total=source.frame_count)
        for result in _results(source, pipeline):
            lines.write(frame_line(result) + "\n")
            if video is not None:
                video.write(result)
            counts.update(face.identification.name or "" for face in result.faces)
            frames += 1
            bar.advance(task)
    _summary(console, frames, counts)
    return 0


def _adapt(path: Path, pipeline: FacePipeline, settings: RecognitionSettings, store: WeightsStore) -> AdaptedGallery:
    """Adapt to the gallery at `path`; it is opened to write only if templates of this embedder are missing.

    So a gallery that a window has open can be recognised from at the same time.
    """
    embedder_id = pipeline.embedder.id
    with open_existing(path, read_only=True) as gallery:
        is_complete = not gallery.count_shots_without(embedder_id)
    assets = load_learning_assets(pipeline.embedder, store)
    if assets.cohort is None:
        sys.stderr.write(f"metaface: {error_text(uncalibrated(settings.embedder))}\n")
    with open_existing(path, read_only=is_complete) as gallery:
        if not is_complete:
            re_embed(gallery, pipeline)
        return adapt_gallery(gallery, assets, settings)


def _results(source: FrameSource, pipeline: FacePipeline) -> Iterator[FrameResult]:
    frame: Frame | None
    while (frame := source.read()) is not None:
        yield pipeline.process(frame)


def _output(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from error


class _AnnotatedVideo:
    """The source with its faces marked, at the source's own rate and by its own clock."""

    def __init__(self, path: Path, source: FrameSource) -> None:
        self._fps = source.nominal_fps or VIDEO_FPS
        self._writer = VideoFileWriter(path, self._fps)
        self._annotator = Annotator(translate("Overlay", "Unknown"))

    def __enter__(self) -> _AnnotatedVideo:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, result: FrameResult) -> None:
        """Add one frame, for as long as a frame of the source lasts or until the next one.

        Raises:
            KnownError: if the file cannot be written.
        """
        time_s = result.frame.time_s
        self._writer.show(time_s, partial(self._annotator.paint, result))
        self._writer.hold(time_s + 1.0 / self._fps)


def _summary(console: Console, frames: int, counts: Counter[str]) -> None:
    console.print(
        translate("Commands", "{frames} frames, {faces} faces", None, frames=frames, faces=counts.total()),
        soft_wrap=True,
    )
    for name, count in counts.most_common():
        console.print(f"{name or translate('Overlay', 'Unknown')}: {count}", markup=False, soft_wrap=True)
