"""`metaface train projection`: stage 1, the projection on which every method's tail builds."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from rich.console import Console

from metaface_gui.cli.training_data import TrainingData
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.i18n import translate
from metaface_gui.metalearning.distributed import ProcessGroup
from metaface_gui.metalearning.projection_fit import ProjectionProgress, ProjectionSettings, fit_projection
from metaface_gui.pipeline.embedding.projection import save_projection
from metaface_gui.pipeline.embedding.trained_file import as_array
from metaface_gui.pipeline.feature_space import backbone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder


def projection_settings(args: argparse.Namespace) -> ProjectionSettings:
    """Return the defaults overridden by the command line's values."""
    settings = replace(ProjectionSettings(), seed=args.seed)
    if args.steps is not None:
        settings = replace(settings, steps=args.steps, validate_every=max(1, min(100, args.steps // 6)))
    return settings if args.meta_lr is None else replace(settings, meta_lr=args.meta_lr)


def check_alone(group: ProcessGroup) -> None:
    """Refuse more than one process.

    Raises:
        KnownError: if there are several.
    """
    if group.size > 1:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Trunk, projection and cohort are each trained in a single process. Run the command without torchrun.",
            )
        )


def train_projection(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    data: TrainingData,
    card: Mapping[str, object],
    display: TrainingDisplay,
) -> None:
    """Fit the projection to the training people and write it to `args.out`, with its card beside it.

    Raises:
        KnownError: if it cannot be written.
    """
    settings = projection_settings(args)
    tell = display.noted_stage(translate("Commands", "training the projection"))

    def on_progress(progress: ProjectionProgress) -> None:
        note = translate(
            "Commands",
            "loss {loss:.3f}, validation: {validation:.3f}",
            loss=progress.loss,
            validation=progress.validation_loss,
        )
        tell(progress.step, progress.steps, note)

    fitted = fit_projection(
        (data.train.trunk, data.train.person),
        (data.validation.trunk, data.validation.person),
        embedder.tail_module,
        settings,
        on_progress=on_progress,
    )
    figures = {
        "settings": asdict(settings),
        "best_step": fitted.best_step,
        "energy_kept": fitted.energy_kept,
        "validation_loss": {"untrained": fitted.stock_validation_loss, "trained": fitted.validation_loss},
    }
    save_projection(
        args.out,
        as_array(fitted.weight),
        as_array(fitted.tail),
        embedder_id=backbone_of(embedder.id),
        card={**card, **figures},
    )
    Console(highlight=False).print(
        translate(
            "Commands",
            "validation loss {before:.3f} → {after:.3f} at step {step}; {file}",
            before=fitted.stock_validation_loss,
            after=fitted.validation_loss,
            step=fitted.best_step,
            file=args.out,
        ),
        markup=False,
        soft_wrap=True,
    )
