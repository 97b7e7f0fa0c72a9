"""What each stage of the data path costs by itself, warm, on one frame with several faces."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np

from metaface_gui.bench.figures import Timing, measure, measure_in_turns
from metaface_gui.deferred import torch
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.search import FaceSearch, search_still
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.quality import assess
from metaface_gui.pipeline.recognition.tracker import Tracker
from metaface_gui.types import FaceDetections, Floats, Image

OnStep = Callable[[str], None]
Work = Callable[[], object]
EMBED_BATCHES = (1, 5, 16)
DETECT_SIZES = ((1280, 720), (640, 360))
N_SEARCHES = 7
_CROWD = (6, 4)
_DIM = 0.1
_FPS = 25.0


@dataclass(frozen=True, slots=True)
class StageCost:
    """One call of a stage: `stage` is detect, search, align, quality, embed, track or identify; `what` says on what."""

    stage: str
    what: str
    call: Timing


def measure_stages(
    pipeline: FacePipeline,
    classifiers: Mapping[str, OpenSetClassifier],
    image_bgr: Image,
    *,
    beside: Mapping[str, FaceEmbedder] = MappingProxyType({}),
    detectors_beside: Mapping[str, FaceDetector] = MappingProxyType({}),
    repeats: int,
    on_step: OnStep = lambda _: None,
) -> tuple[StageCost, ...]:
    """Time the pipeline's own stages on a picture, and each classifier on one face of it.

    Embedders `beside` the pipeline's, by what they are called, embed the same faces in turns with it, and detectors
    search the same picture.

    Raises:
        ValueError: if there is no face in the picture.
    """
    detector, embedder = pipeline.detector, pipeline.embedder
    costs: list[StageCost] = []

    def add(stage: str, what: str, work: Work) -> None:
        costs.append(StageCost(stage, what, measure(work, repeats)))
        on_step(f"{stage} {what}")

    def add_in_turns(stage: str, what: str, ours: Work, others: Mapping[str, Work]) -> None:
        works = {what: ours} | {f"{what}, {name}": other for name, other in others.items()}
        for name, call in zip(works, measure_in_turns(list(works.values()), repeats), strict=True):
            costs.append(StageCost(stage, name, call))
        on_step(f"{stage} {what}")

    found = detector.detect(image_bgr)
    if not len(found):
        raise ValueError("no face to measure with")
    for size in DETECT_SIZES:
        picture = _resized(image_bgr, size)
        searches = {name: partial(other.detect, picture) for name, other in detectors_beside.items()}
        add_in_turns("detect", f"{size[0]}×{size[1]}", partial(detector.detect, picture), searches)
    for what, work in _searches(detector, image_bgr).items():
        add("search", what, work)
    n = len(found)
    add("align", f"{n} faces", partial(align, image_bgr, found.landmarks, embedder.crop_size))
    crops = align(image_bgr, found.landmarks, embedder.crop_size)
    add("quality", "1 face", partial(assess, image_bgr, found[0], crops[0]))
    for batch in EMBED_BATCHES:
        faces = np.ascontiguousarray(np.resize(crops, (batch, *crops.shape[1:])))
        others = {name: partial(features_of, other, faces) for name, other in beside.items()}
        what = f"{batch} faces" if batch > 1 else "1 face"
        add_in_turns("embed", what, partial(features_of, embedder, faces), others)
    features = features_of(embedder, crops)
    add("track", f"{n} faces", _tracking(found, features[:, : embedder.space.embedding_dim]))
    one = torch.from_numpy(features[:1])
    for key, classifier in classifiers.items():
        add("identify", f"1 face, {key}", partial(classifier.identify, one))
    return tuple(costs)


def n_stage_steps(n_classifiers: int) -> int:
    """How often `measure_stages` tells of progress."""
    return len(DETECT_SIZES) + N_SEARCHES + len(EMBED_BATCHES) + 3 + n_classifiers


def _searches(detector: FaceDetector, image_bgr: Image) -> dict[str, Work]:
    """What the follower's search costs a frame, by what: the picture, in the dark, three times as large.

    The first frames, of which every tile is searched, are the picture's cost; those after them are what is timed.
    """
    height, width = image_bgr.shape[:2]
    usual, large = f"{width}×{height}", f"{3 * width}×{3 * height}"
    dark = np.asarray(image_bgr * _DIM, np.uint8)
    enlarged, crowd = _resized(image_bgr, (3 * width, 3 * height)), _crowd(image_bgr)

    def following(picture: Image, *, is_close: bool) -> Work:
        search, times = FaceSearch(detector), itertools.count()
        return lambda: search.search(picture, next(times) / _FPS, is_close=is_close, is_restart=False)

    return {
        f"{usual}, live": following(image_bgr, is_close=False),
        f"{usual}, thorough": following(image_bgr, is_close=True),
        f"{usual}, dark": following(dark, is_close=False),
        f"{large}, live": following(enlarged, is_close=False),
        f"{large}, thorough": following(enlarged, is_close=True),
        f"{large}, a crowd, thorough": following(crowd, is_close=True),
        f"{large}, a picture": lambda: search_still(detector, enlarged, detector.detect(enlarged)),
    }


def _resized(image_bgr: Image, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)


def _crowd(image_bgr: Image) -> Image:
    """A picture three times as large (height and width) that holds this one 24 times, small: of 5 faces come 120."""
    columns, rows = _CROWD
    height, width = image_bgr.shape[:2]
    cell = _resized(image_bgr, (width // columns, height // columns))
    crowd = np.full((3 * height, 3 * width, 3), image_bgr.mean(axis=(0, 1)), np.uint8)
    for row, column in itertools.product(range(rows), range(columns)):
        y, x = 3 * row * height // rows, 3 * column * width // columns
        crowd[y : y + cell.shape[0], x : x + cell.shape[1]] = cell
    return crowd


def _tracking(found: FaceDetections, embeddings: Floats) -> Work:
    tracker, times = Tracker(), itertools.count()

    def work() -> object:
        return tracker.update(found, embeddings, next(times) / 30.0)

    return work
