"""`metaface train room`: fit the room prior, so that the promised FPIR holds in each room."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, replace

import numpy as np
import torch
from rich.console import Console
from torch import Tensor

from metaface_gui.cli.training_data import TrainingFaces
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.i18n import translate
from metaface_gui.metalearning.room_fit import RoomFitSettings, draw_rooms, fit_prior, strangers_seen
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.views import features_of_both
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.recognition.cohort import load_cohort
from metaface_gui.pipeline.recognition.room_threshold import save_prior
from metaface_gui.types import Image
from metaface_gui.weights.store import WeightsStore

_SCORER = "prototypical"
"""The method whose scores strangers get: the simplest one; the prior is in units that all methods share."""
_BATCH = 16


def train_room(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    faces: TrainingFaces,
    *,
    card: Mapping[str, object],
    display: TrainingDisplay,
    trained: Mapping[str, Params],
    store: WeightsStore,
) -> None:
    """Draw rooms of the meta-training people, fit the prior and write it to `args.out`.

    Raises:
        KnownError: if the embedder has no cohort, or the file cannot be written.
    """
    cohort = load_cohort(store, embedder.id, embedder.space)
    if cohort is None:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Rooms are measured against a cohort of strangers, which this embedder does not have yet. Run "
                "“metaface train cohort” first.",
            )
        )
    settings = replace(RoomFitSettings(), seed=args.seed)
    if args.steps is not None:
        settings = replace(settings, steps=args.steps)

    def embed(crops: Image) -> Tensor:
        batches = np.split(crops, range(_BATCH, len(crops), _BATCH))
        return torch.from_numpy(np.concatenate([features_of_both(embedder, batch) for batch in batches]))

    rooms = draw_rooms(
        faces.train, embed, settings, on_progress=display.stage(translate("Commands", "simulating rooms"))
    )
    learner = make_learner(_SCORER, embedder.space, trained)
    cells = strangers_seen(
        rooms, learner, cohort, settings, on_progress=display.stage(translate("Commands", "testing with strangers"))
    )
    prior = fit_prior(cells, settings)
    save_prior(args.out, prior, {**card, "settings": asdict(settings), "scorer": _SCORER, "cells": len(cells)})
    Console(highlight=False).print(
        translate("Commands", "{file}: fitted to {cells} kinds of gallery", file=args.out, cells=len(cells)),
        markup=False,
        soft_wrap=True,
    )
