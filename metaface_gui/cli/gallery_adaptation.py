"""Build a classifier from a gallery for the commands that recognise."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from metaface_gui.cli.gallery import open_existing
from metaface_gui.engine.assembly import (
    AdaptedGallery,
    LearningAssets,
    adapt_gallery,
    first_names,
    load_first_assets,
    load_learning_assets,
    re_embed,
)
from metaface_gui.engine.live.model_loader import uncalibrated
from metaface_gui.engine.people.retention import due
from metaface_gui.gallery import Gallery
from metaface_gui.i18n import error_text, translate
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.first_names import LEARNER as FIRST_LEARNER
from metaface_gui.pipeline.first_names import FirstNames
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore


def adapted_to(
    path: Path, pipeline: FacePipeline, settings: RecognitionSettings, store: WeightsStore
) -> tuple[AdaptedGallery, LearningAssets]:
    """Adapt to the gallery at `path`; return the result and the assets, which allow adapting again.

    The gallery is opened for writing only if templates of this embedder are missing, so one that is open in a window
    can be used at the same time. If the embedder has no cohort, a line on stderr says what that means.

    Raises:
        KnownError: if the gallery or the learner's assets cannot be read.
    """
    with open_existing(path, read_only=True) as gallery:
        _say_who_is_hidden(gallery)
        _say_whose_period_is_over(gallery)
        assets = load_learning_assets(pipeline.embedder, store)
        if assets.cohort is None:
            sys.stderr.write(f"metaface: {error_text(uncalibrated(settings.embedder))}\n")
        if not gallery.count_shots_without(pipeline.embedder.id):
            return adapt_gallery(gallery, assets, settings), assets
    with open_existing(path) as gallery:
        re_embed(gallery, pipeline)
        return adapt_gallery(gallery, assets, settings), assets


def named_at_once(
    path: Path, pipeline: FacePipeline, settings: RecognitionSettings, store: WeightsStore
) -> FirstNames | None:
    """Adapt to the gallery at `path` in NumPy if that is equivalent to `adapted_to`, else return None.

    It is equivalent for the default method, if there are no denied faces, without a room's unlabelled faces. It lets
    pictures be processed without waiting for PyTorch.

    Raises:
        KnownError: if the gallery or the method's assets cannot be read.
    """
    if settings.learner != FIRST_LEARNER:
        return None
    embedder = pipeline.embedder.id
    with open_existing(path, read_only=True) as gallery:
        if (
            gallery.count_shots_without(embedder)
            or len(gallery.negatives(embedder).person_ids)
            or (first := load_first_assets(pipeline.embedder, store)) is None
        ):
            return None
        names = first_names(gallery, embedder, first, fpir=settings.fpir)
        if not isinstance(names, FirstNames):
            return None
        _say_who_is_hidden(gallery)
        _say_whose_period_is_over(gallery)
        return names


def _say_who_is_hidden(gallery: Gallery) -> None:
    """Report on stderr the people who are in the gallery but hidden, and so not recognised."""
    hidden = [person.name for person in gallery.snapshot().people if person.is_hidden]
    if hidden:
        said = translate(
            "Commands",
            "metaface: hidden, so not recognised: {names}. To change that: “gallery unhide NAME”.",
            names=", ".join(hidden),
        )
        sys.stderr.write(said + "\n")


def _say_whose_period_is_over(gallery: Gallery) -> None:
    """Report on stderr whose retention period is over; they are recognised until they are deleted."""
    over = due(gallery.snapshot().people, datetime.now(UTC)).over
    if over:
        said = translate(
            "Commands",
            "metaface: the agreed retention period of {names} is over. “gallery expired --delete” deletes them.",
            names=", ".join(person.name for person in over),
        )
        sys.stderr.write(said + "\n")
