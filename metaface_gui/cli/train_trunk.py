"""`metaface train trunk`: stage 0, a trunk that is robust to degraded pictures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from metaface_gui.cli.interrupts import Interrupts
from metaface_gui.cli.own_embedder import check_there
from metaface_gui.cli.train_options import TRUNK
from metaface_gui.cli.training_data import TrainingFaces
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.i18n import translate
from metaface_gui.metalearning.trunk_tuning import TrunkTuningProgress, TrunkTuningSettings, teacher_cosine, tune_trunk
from metaface_gui.pipeline.embedding import with_trunk_file
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.trained_file import as_array
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk, read_tuned_trunk, save_tuned_trunk


def trunk_settings(args: argparse.Namespace) -> TrunkTuningSettings:
    """Return the defaults overridden by the command line's values."""
    settings = replace(TrunkTuningSettings(), seed=args.seed)
    if args.steps is not None:
        settings = replace(settings, steps=args.steps)
    return settings if args.meta_lr is None else replace(settings, meta_lr=args.meta_lr)


def earlier_trunk(file: Path, embedder: TorchEmbedder) -> TunedTrunk:
    """Read the tuned trunk to start from.

    Raises:
        WeightsError: if the file is missing, damaged or of another network.
    """
    check_there(file, TRUNK)
    with_trunk_file(embedder, file)
    return read_tuned_trunk(file, embedder_id=embedder.id)


def train_trunk(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    faces: TrainingFaces,
    card: Mapping[str, object],
    *,
    start: TunedTrunk | None,
    display: TrainingDisplay,
    checkpoint: Path,
) -> None:
    """Tune the stock trunk and write its movement to `args.out`, with its card beside it.

    With `start`, read from `args.trunk`, tuning begins where that one ended; the movement is still measured from the
    stock trunk. An existing `checkpoint` is resumed; after an interruption it holds the latest state.

    Raises:
        KnownError: if it cannot be written, or the checkpoint is damaged or of another tuning.
        KeyboardInterrupt: on an interrupt, or a signal to end, while it is tuned.
    """
    settings = trunk_settings(args)
    tell = display.noted_stage(translate("Commands", "tuning the trunk"))

    def on_progress(progress: TrunkTuningProgress) -> None:
        note = translate("Commands", "loss {loss:.3f}, cosine {cosine:.3f}", loss=progress.loss, cosine=progress.cosine)
        tell(progress.step, progress.steps, note)

    try:
        with Interrupts() as interrupts:
            tensors = tune_trunk(
                embedder,
                faces.train,
                settings,
                on_progress=on_progress,
                checkpoint=checkpoint,
                start=start,
                uninterrupted=interrupts.held,
            )
    except KeyboardInterrupt:
        if checkpoint.exists():
            sys.stderr.write(translate("Commands", "Run the same command with --resume to continue.") + "\n")
        raise
    movement = {name: as_array(tensor) for name, tensor in tensors.items()}
    begun: dict[str, object] = {}
    if start is not None:
        begun = {"started_from": {"file": args.trunk.name, "id": start.id}}
    before = teacher_cosine(embedder, embedder, faces.validation, seed=settings.seed)
    tuned = save_tuned_trunk(args.out, movement, embedder_id=embedder.id, card={**card, **begun})
    after = teacher_cosine(embedder.with_trunk(tuned), embedder, faces.validation, seed=settings.seed)
    figures = {"settings": asdict(settings), "validation_cosine": {"untrained": before, "trained": after}}
    save_tuned_trunk(args.out, movement, embedder_id=embedder.id, card={**card, **begun, **figures})
    checkpoint.unlink(missing_ok=True)
    text = translate(
        "Commands",
        "cosine between degraded and clean pictures {before:.3f} → {after:.3f}; {file}",
        before=before,
        after=after,
        file=args.out,
    )
    Console(highlight=False).print(text, markup=False, soft_wrap=True)
