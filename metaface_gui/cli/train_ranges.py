"""`metaface train ranges`: stage 0½, the tuned trunk's channel ranges over all training data, and a darkness limit."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, replace

from rich.console import Console

from metaface_gui.cli.training_data import TrainingFaces
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.i18n import translate
from metaface_gui.metalearning.range_fit import RangeSettings, fit_ranges
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.trained_file import as_array
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk, save_tuned_trunk


def train_ranges(
    args: argparse.Namespace,
    stock: TorchEmbedder,
    faces: TrainingFaces,
    card: Mapping[str, object],
    *,
    tuned: TunedTrunk,
    display: TrainingDisplay,
) -> None:
    """Measure a tuned trunk's ranges and write it to `args.out` together with them, its card beside it.

    Raises:
        KnownError: if it cannot be written.
        KeyboardInterrupt: on an interrupt, as usual.
    """
    settings = replace(RangeSettings(), seed=args.seed)
    bare = stock.with_trunk(tuned.without_ranges())
    ranges = fit_ranges(
        bare, faces.train, settings, on_progress=display.stage(translate("Commands", "measuring the ranges"))
    )
    about = {**card, "started_from": {"id": tuned.id}, "settings": asdict(settings)}
    made = save_tuned_trunk(
        args.out,
        tuned.movement,
        embedder_id=stock.id,
        card=about,
        ranges={name: as_array(bounds) for name, bounds in ranges.items()},
        least_brightness=settings.least_brightness,
    )
    text = translate(
        "Commands",
        "{file}: trunk {id}, {count} layers limited to their ranges",
        file=args.out,
        id=made.id,
        count=len(ranges),
    )
    Console(highlight=False).print(text, markup=False, soft_wrap=True)
