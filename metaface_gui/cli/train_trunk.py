"""`metaface train trunk`: stage 0, a trunk that sees through degradation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from metaface_gui.cli.training_data import TrainingFaces
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.errors import cannot_write
from metaface_gui.gui.translation import translate
from metaface_gui.metalearning.trunk_tuning import TrunkTuningProgress, TrunkTuningSettings, teacher_cosine, tune_trunk
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.tuned_trunk import save_tuned_trunk

KEY = "trunk"


def trunk_settings(args: argparse.Namespace) -> TrunkTuningSettings:
    """Return the defaults with what was given on the command line put over them."""
    settings = replace(TrunkTuningSettings(), seed=args.seed)
    if args.steps is not None:
        settings = replace(settings, steps=args.steps)
    return settings if args.meta_lr is None else replace(settings, meta_lr=args.meta_lr)


def train_trunk(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    faces: TrainingFaces,
    card: Mapping[str, object],
    *,
    display: TrainingDisplay,
    checkpoint: Path,
) -> None:
    """Tune the stock trunk and write its movement to `args.out`, with its card beside it.

    What there is at `checkpoint` is gone on from; interrupted, the latest state stays there.

    Raises:
        KnownError: if it cannot be written, or the checkpoint is damaged or of another tuning.
        KeyboardInterrupt: as ever.
    """
    settings = trunk_settings(args)
    tell = display.noted_stage(translate("Commands", "tuning the trunk"))

    def on_progress(progress: TrunkTuningProgress) -> None:
        note = translate(
            "Commands", "loss {loss:.3f}, cosine {cosine:.3f}", None, loss=progress.loss, cosine=progress.cosine
        )
        tell(progress.step, progress.steps, note)

    try:
        movement = tune_trunk(embedder, faces.train, settings, on_progress=on_progress, checkpoint=checkpoint)
    except KeyboardInterrupt:
        if checkpoint.exists():
            sys.stderr.write(translate("Commands", "Run the same command with --resume to go on.") + "\n")
        raise
    before = teacher_cosine(embedder, embedder, faces.validation, seed=settings.seed)
    try:
        tuned = save_tuned_trunk(args.out, movement, embedder_id=embedder.id, card=card)
        after = teacher_cosine(embedder.with_trunk(tuned), embedder, faces.validation, seed=settings.seed)
        figures = {"settings": asdict(settings), "validation_cosine": {"untrained": before, "trained": after}}
        save_tuned_trunk(args.out, movement, embedder_id=embedder.id, card={**card, **figures})
    except OSError as error:
        raise cannot_write(args.out, error) from error
    checkpoint.unlink(missing_ok=True)
    text = translate(
        "Commands",
        "cosine of degraded to clean pictures {before:.3f} → {after:.3f}; {file}",
        None,
        before=before,
        after=after,
        file=args.out,
    )
    Console(highlight=False).print(text, markup=False, soft_wrap=True)
