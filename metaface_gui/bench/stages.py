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
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.face_follower import features_of
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.quality import assess
from metaface_gui.pipeline.recognition.tracker import Tracker
from metaface_gui.types import FaceDetections, Floats, Image

OnStep = Callable[[str], None]
EMBED_BATCHES = (1, 5, 16)
DETECT_SIZES = ((1280, 720), (640, 360))


@dataclass(frozen=True, slots=True)
class StageCost:
    """One call of a stage: `stage` is detect, align, quality, embed, track or identify; `what` says on what."""

    stage: str
    what: str
    call: Timing


def measure_stages(
    pipeline: FacePipeline,
    classifiers: Mapping[str, OpenSetClassifier],
    image_bgr: Image,
    *,
    beside: Mapping[str, FaceEmbedder] = MappingProxyType({}),
    repeats: int,
    on_step: OnStep = lambda _: None,
) -> tuple[StageCost, ...]:
    """Time the pipeline's own stages on a picture, and each classifier on one face of it.

    Embedders `beside` the pipeline's, by what they are called, embed the same faces in turns with it.

    Raises:
        ValueError: if there is no face in the picture.
    """
    detector, embedder = pipeline.detector, pipeline.embedder
    costs: list[StageCost] = []

    def add(stage: str, what: str, work: Callable[[], object]) -> None:
        costs.append(StageCost(stage, what, measure(work, repeats)))
        on_step(f"{stage} {what}")

    found = detector.detect(image_bgr)
    if not len(found):
        raise ValueError("no face to measure with")
    for size in DETECT_SIZES:
        picture = np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
        add("detect", f"{size[0]}×{size[1]}", partial(detector.detect, picture))
    n = len(found)
    add("align", f"{n} faces", partial(align, image_bgr, found.landmarks, embedder.crop_size))
    crops = align(image_bgr, found.landmarks, embedder.crop_size)
    add("quality", "1 face", partial(assess, image_bgr, found[0], crops[0]))
    for batch in EMBED_BATCHES:
        faces = np.ascontiguousarray(np.resize(crops, (batch, *crops.shape[1:])))
        what = f"{batch} faces" if batch > 1 else "1 face"
        embedders = {what: embedder} | {f"{what}, {name}": other for name, other in beside.items()}
        works = [partial(features_of, each, faces) for each in embedders.values()]
        for name, call in zip(embedders, measure_in_turns(works, repeats), strict=True):
            costs.append(StageCost("embed", name, call))
        on_step(f"embed {what}")
    features = features_of(embedder, crops)
    add("track", f"{n} faces", _tracking(found, features[:, : embedder.space.embedding_dim]))
    one = torch.from_numpy(features[:1])
    for key, classifier in classifiers.items():
        add("identify", f"1 face, {key}", partial(classifier.identify, one))
    return tuple(costs)


def n_stage_steps(n_classifiers: int) -> int:
    """How often `measure_stages` tells of progress."""
    return len(DETECT_SIZES) + len(EMBED_BATCHES) + 3 + n_classifiers


def _tracking(found: FaceDetections, embeddings: Floats) -> Callable[[], object]:
    tracker, times = Tracker(), itertools.count()

    def work() -> object:
        return tracker.update(found, embeddings, next(times) / 30.0)

    return work
