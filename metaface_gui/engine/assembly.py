"""Builds the parts that settings name: pipelines from keys, classifiers from galleries."""

from __future__ import annotations

import time
from collections.abc import Mapping
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
from metaface_gui.pipeline.learners.base import Params, SupportSet
from metaface_gui.pipeline.learners.parameters import load_trained
from metaface_gui.pipeline.recognition.boundary import boundary_faces
from metaface_gui.pipeline.recognition.cohort import load_cohort
from metaface_gui.pipeline.recognition.open_set import UNCALIBRATED_THRESHOLD, OpenSetClassifier
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.settings import RecognitionSettings

_RE_EMBED_BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class LearningAssets:
    """What learners need besides a gallery, for one embedder: read once when models are loaded.

    `trained` maps methods' keys to meta-parameters, all on the CPU. `cohort` (m, p) are strangers, None if there are
    none for this embedder and its projection.
    """

    embedder_id: str
    space: FeatureSpace
    trained: Mapping[str, Params]
    cohort: Tensor | None


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


def load_learning_assets(embedder: FaceEmbedder, store: WeightsStore) -> LearningAssets:
    """Read the meta-parameters and sample the cohort that ship for an embedder.

    Raises:
        WeightsError: if a file is missing or damaged, or is not what the manifest calls it.
    """
    trained = load_trained(store, embedder.space, embedder.id)
    cohort = load_cohort(store, embedder.id, embedder.space)
    return LearningAssets(embedder.id, embedder.space, trained, cohort)


def adapt_gallery(gallery: Gallery, assets: LearningAssets, settings: RecognitionSettings) -> AdaptedGallery:
    """Adapt the chosen learner to everybody who has a template of the embedder that `assets` are for.

    All of it runs on the CPU, wherever the embedder computes: a template is a few hundred floats. Without a cohort the
    threshold is a cautious default, put on the learner's scale.
    """
    started = time.perf_counter()
    # Templates first: an import may add people meanwhile, and every template's person must have a name.
    templates = gallery.templates(assets.embedder_id)
    names = {person.id: person.name for person in gallery.snapshot().people}
    if len(templates) == 0:
        classifier = OpenSetClassifier.empty()
        return AdaptedGallery(classifier, Adapted(settings.learner, 0, 0, 0.0))
    person_ids, labels = np.unique(templates.person_ids, return_inverse=True)
    support = SupportSet(torch.from_numpy(templates.features.copy()), torch.from_numpy(labels), len(person_ids))
    adapted = make_learner(settings.learner, assets.space, assets.trained).adapt(support)
    classifier = OpenSetClassifier.calibrated(
        adapted,
        person_ids=tuple(int(i) for i in person_ids),
        names=tuple(names[int(i)] for i in person_ids),
        cohort=assets.cohort,
        fpir=settings.fpir,
        boundary=_boundary(support, assets) if assets.cohort is None else None,
    )
    adapt_ms = (time.perf_counter() - started) * 1e3
    return AdaptedGallery(classifier, Adapted(settings.learner, len(person_ids), len(templates), adapt_ms))


def _boundary(support: SupportSet, assets: LearningAssets) -> Tensor:
    return boundary_faces(
        support.features,
        support.labels,
        embedding_dim=assets.space.embedding_dim,
        cosine=UNCALIBRATED_THRESHOLD,
    )


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
        made = pipeline.features_of_chips(
            [decode_picture(shot.chip) for shot in page], [shot.landmarks for shot in page]
        )
        gallery.put_embeddings(embedder_id, {shot.id: vector for shot, vector in zip(page, made, strict=True)})
        done += len(page)
        after_id = page[-1].id
    return done
