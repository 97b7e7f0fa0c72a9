"""`metaface recognize SOURCE --gallery PATH`: who is in a video, a folder, a stream …, one JSON line a frame."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import ExitStack
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import cv2
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
from metaface_gui.errors import cannot_write
from metaface_gui.gui.translation import error_text, translate
from metaface_gui.pipeline.capture.specification import make_source, parse_source
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.rendering.draw_cv import CvPainter
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult, TrackedFace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from metaface_gui.cli.subparsers import Verbs
    from metaface_gui.pipeline.capture.base import FrameSource

_DEFAULT_FPS = 25.0


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
        video = stack.enter_context(_VideoWriter(args.video)) if args.video else None
        source.open()
        stack.callback(source.close)
        bar = stack.enter_context(Progress(console=console, transient=True, disable=not console.is_terminal))
        task = bar.add_task(translate("Commands", "looking"), total=source.frame_count)
        for result in _results(source, pipeline):
            lines.write(frame_line(result) + "\n")
            if video is not None:
                video.write(result, source.nominal_fps or _DEFAULT_FPS)
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


def frame_line(result: FrameResult) -> str:
    """One frame as a line of JSON, in the shape that DESIGN names; a score of an empty gallery is null."""
    faces = [_face_record(face) for face in result.faces]
    record = {"frame": result.frame.index, "time_s": round(result.frame.time_s, 4), "faces": faces}
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _face_record(face: TrackedFace) -> dict[str, int | float | str | list[float] | None]:
    decision = face.identification
    return {
        "track": face.track_id,
        "box": [round(float(value), 1) for value in face.box_xyxy],
        "person": decision.name,
        "score": _finite(decision.score),
        "threshold": _finite(decision.threshold),
    }


def _finite(value: float) -> float | None:
    """Round a score for JSON, which knows no infinity: null in an empty gallery."""
    return round(value, 4) if isfinite(value) else None


def _results(source: FrameSource, pipeline: FacePipeline) -> Iterator[FrameResult]:
    frame: Frame | None
    while (frame := source.read()) is not None:
        yield pipeline.process(frame)


def _output(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from error


class _VideoWriter:
    """An MP4 of the annotated frames, opened with the first one, as only it knows the size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: cv2.VideoWriter | None = None
        self._painter = CvPainter(translate("Overlay", "Unknown"))

    def __enter__(self) -> _VideoWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.release()

    def write(self, result: FrameResult, fps: float) -> None:
        """Add one frame.

        Raises:
            KnownError: if the file cannot be written.
        """
        if self._writer is None:
            fourcc, size = cv2.VideoWriter.fourcc(*"mp4v"), (result.frame.width, result.frame.height)
            self._writer = cv2.VideoWriter(str(self._path), fourcc, fps, size)
            if not self._writer.isOpened():
                raise cannot_write(self._path, translate("Commands", "no video can be made there"))
        self._writer.write(self._painter.paint(result.frame.image_bgr, overlay_items(result)))


def _summary(console: Console, frames: int, counts: Counter[str]) -> None:
    console.print(
        translate("Commands", "{frames} frames, {faces} faces", None, frames=frames, faces=counts.total()),
        soft_wrap=True,
    )
    for name, count in counts.most_common():
        console.print(f"{name or translate('Overlay', 'Unknown')}: {count}", markup=False, soft_wrap=True)
