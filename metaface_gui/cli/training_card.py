"""The card beside trained weights: how they were made, as JSON can hold it."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version

import numpy as np
import torch
from numpy.typing import NDArray

from metaface_gui.metalearning.distributed import ProcessGroup
from metaface_gui.metalearning.meta_validation import FPIR
from metaface_gui.metalearning.train import MetaTrainingResult
from metaface_gui.metalearning.training_settings import MetaTrainingSettings
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.learners import ALL_LEARNERS


def card_before(
    args: argparse.Namespace, embedder: TorchEmbedder, parts: Mapping[str, NDArray[np.int64]]
) -> Mapping[str, object]:
    """What is known before: method, features, data, split. The data's folder by its name only: a path is private."""
    return {
        "learner": args.learner,
        "citation": ALL_LEARNERS[args.learner].citation if args.learner in ALL_LEARNERS else None,
        "embedder": embedder.id,
        "data": args.data.resolve().name,
        "split": {
            "seed": args.split_seed,
            **{name: {"people": len(np.unique(person)), "pictures": len(person)} for name, person in parts.items()},
        },
        "degraded_copies": args.copies,
        "seed": args.seed,
        "device": embedder.device.type,
        "versions": {
            "metaface": version("metaface"),
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }


def card_after(settings: MetaTrainingSettings, result: MetaTrainingResult, group: ProcessGroup) -> Mapping[str, object]:
    """What is known after: how it went, and meta-validation of the untrained method, of the start and of the best."""
    return {
        "settings": asdict(settings),
        "validation": {
            "fpir": FPIR,
            "untrained": asdict(result.untrained),
            "start": asdict(result.trials[0].metrics),
            "trained": asdict(result.best.metrics),
        },
        "best_step": result.best.step,
        "steps": result.steps,
        "steps_skipped": result.skipped,
        "processes": group.size,
        "seconds": round(result.seconds, 1),
    }
