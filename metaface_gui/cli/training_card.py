"""The card beside trained weights: how they were made, as JSON can hold it."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from metaface_gui.cli.options import data_sets
from metaface_gui.cli.training_data import Source
from metaface_gui.metalearning.distributed import ProcessGroup
from metaface_gui.metalearning.meta_validation import FPIR
from metaface_gui.metalearning.train import MetaTrainingResult
from metaface_gui.metalearning.training_settings import MetaTrainingSettings
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.learners import ALL_LEARNERS


def data_name(folders: Sequence[Path]) -> str:
    """The folders' names, without the paths that they are at."""
    return " + ".join(data_sets(folders))


def card_before(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    parts: Mapping[str, NDArray[np.int64]],
    sources: Sequence[Source],
) -> Mapping[str, object]:
    """What is known before: method, features, data, split. Folders by their names only: a path is private.

    Where there are several, `sources` says what came from which.
    """
    of_each = {"sources": [asdict(source) for source in sources]} if len(sources) > 1 else {}
    return {
        **of_each,
        "learner": args.learner,
        "citation": ALL_LEARNERS[args.learner].citation if args.learner in ALL_LEARNERS else None,
        "embedder": embedder.id,
        "data": data_name(args.data),
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
