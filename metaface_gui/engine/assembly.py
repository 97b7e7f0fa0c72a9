"""Builds the parts that settings name: pipelines from keys, classifiers from galleries."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from metaface_gui.engine.events import Adapted
from metaface_gui.engine.job_runner import Job
from metaface_gui.engine.shots import decode_picture
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.device import resolve_device
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.settings import RecognitionSettings

_RE_EMBED_BATCH = 16


@dataclass(frozen=True, slots=True)
class AdaptedGallery:
    """An open-set classifier of everybody in a gallery, and what its adaptation was like."""

    classifier: OpenSetClassifier
    report: Adapted


def build_pipeline(
    settings: RecognitionSettings, store: WeightsStore, *, embedder: FaceEmbedder | None = None
) -> FacePipeline:
    """Load the models that `settings` name; `embedder` is used as it is when it is already the right one.

    Raises:
        KnownError: if the device is not there, or weights are missing or damaged.
    """
    device = resolve_device(settings.device)
    if embedder is None or embedder.key != settings.embedder or embedder.device != device:
        embedder = make_embedder(settings.embedder, device, store)
    return FacePipeline(make_detector(settings.detector, device, store), embedder)


def adapt_gallery(
    gallery: Gallery, embedder_id: str, settings: RecognitionSettings, cohort: Tensor | None
) -> AdaptedGallery:
    """Adapt the chosen learner to everybody who has a template of that embedder.

    `cohort` (m, d) are the strangers that set the threshold; None leaves a cautious default.
    """
    started = time.perf_counter()
    # Templates first: an import may add people meanwhile, and every template's person must have a name.
    templates = gallery.templates(embedder_id)
    names = {person.id: person.name for person in gallery.snapshot().people}
    if len(templates) == 0:
        classifier = OpenSetClassifier.empty()
        return AdaptedGallery(classifier, Adapted(settings.learner, 0, 0, 0.0))
    person_ids, labels = np.unique(templates.person_ids, return_inverse=True)
    support = SupportSet(torch.from_numpy(templates.features.copy()), torch.from_numpy(labels), len(person_ids))
    adapted = make_learner(settings.learner, FeatureSpace(support.features.shape[1])).adapt(support)
    classifier = OpenSetClassifier.calibrated(
        adapted,
        person_ids=tuple(int(i) for i in person_ids),
        names=tuple(names[int(i)] for i in person_ids),
        cohort=cohort,
        fpir=settings.fpir,
    )
    adapt_ms = (time.perf_counter() - started) * 1e3
    return AdaptedGallery(classifier, Adapted(settings.learner, len(person_ids), len(templates), adapt_ms))


def re_embed(gallery: Gallery, pipeline: FacePipeline, job: Job | None = None) -> int:
    """Make the templates of the pipeline's embedder that are missing, from the stored pictures; returns how many.

    Raises:
        GalleryError: if a stored picture is damaged.
        JobCancelledError: if `job` was cancelled; what was made so far stays.
    """
    embedder_id = pipeline.embedder.id
    total = gallery.count_shots_without(embedder_id)
    done = after_id = 0
    while page := gallery.shots_without(embedder_id, after_id=after_id, limit=_RE_EMBED_BATCH):
        if job is not None:
            job.progress(done / total)
        embeddings = pipeline.embed_chips(
            [decode_picture(shot.chip) for shot in page], [shot.landmarks for shot in page]
        )
        gallery.put_embeddings(embedder_id, {shot.id: vector for shot, vector in zip(page, embeddings, strict=True)})
        done += len(page)
        after_id = page[-1].id
    return done
