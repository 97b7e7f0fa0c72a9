"""`metaface train LEARNER --data DIR… --out FILE`: meta-train a method, or a part of the embedder that all share."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console

from metaface_gui.cli.options import data_sets
from metaface_gui.cli.own_embedder import own_embedder
from metaface_gui.cli.people_inputs import people_inputs
from metaface_gui.cli.train_cohort import train_cohort
from metaface_gui.cli.train_options import COHORT, EMBEDDER_STAGES, PROJECTION, RANGES, ROOM, TRUNK
from metaface_gui.cli.train_projection import check_alone, train_projection
from metaface_gui.cli.train_ranges import train_ranges
from metaface_gui.cli.train_room import train_room
from metaface_gui.cli.train_trunk import earlier_trunk, train_trunk
from metaface_gui.cli.training_card import card_after, card_before, data_name
from metaface_gui.cli.training_data import (
    DataOptions,
    TrainingData,
    TrainingFaces,
    load_training_data,
    load_training_faces,
    projected,
)
from metaface_gui.cli.training_progress import TrainingDisplay, interruptible
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.batch.output_files import Output, check_outputs, check_writable, has_json_keys, is_weights
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, cannot_write, writing
from metaface_gui.i18n import error_text, translate
from metaface_gui.metalearning.distributed import ProcessGroup, joined_group, one_at_a_time, own_device
from metaface_gui.metalearning.meta_validation import FPIR, ValidationMetrics
from metaface_gui.metalearning.train import MetaTrainingInterrupted, MetaTrainingResult, check_enough, meta_train
from metaface_gui.metalearning.training_settings import MetaTrainingSettings, training_settings
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.device import resolve_device, tune_process
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import Params, TrainableLearner
from metaface_gui.pipeline.learners.parameters import learner_of, load_trained, read_params, save_params
from metaface_gui.pipeline.learners.tail import TAIL
from metaface_gui.weights.store import WeightsStore

_INTERRUPTED = 130


def run(args: argparse.Namespace) -> int:
    """Run the training; return the exit code."""
    with writing(args.out):
        is_folder = args.out.is_dir()
    if is_folder:
        raise cannot_write(args.out, translate("Commands", "it is a folder"))
    checkpoint = args.out.with_name(args.out.name + ".checkpoint")
    _check(args, checkpoint)
    tune_process()
    store = default_store()
    device = own_device(resolve_device(args.device))
    with ExitStack() as stack:
        group = stack.enter_context(joined_group(device))
        if args.learner in EMBEDDER_STAGES:
            check_alone(group)
        display = stack.enter_context(TrainingDisplay(Console(stderr=True, highlight=False), is_quiet=group.rank > 0))
        start: TunedTrunk | None = None
        if args.learner in (TRUNK, RANGES):
            embedder = make_embedder(args.embedder, device, store, meta_trained=False)
            earlier = args.trunk or (store.path(f"trunk-{embedder.id}") if args.learner == RANGES else None)
            start = None if earlier is None else earlier_trunk(earlier, embedder)
        else:
            embedder = own_embedder(args.embedder, device, store, trunk=args.trunk, projection=args.projection)
        options = DataOptions(tuple(args.data), args.detector, args.split_seed, args.copies, args.cache)
        if args.learner in (TRUNK, RANGES, COHORT, ROOM):
            faces = load_training_faces(options, embedder, store, display)
            _train_stage(args, embedder, faces, start=start, display=display, store=store)
            return 0
        # The first process of a machine computes the features; the others find them in the cache.
        with one_at_a_time(group, device):
            data = load_training_data(options, embedder, store, display)
        check_enough(data.train.n_people, data.validation.n_people)
        people = {"train": data.train.person, "validation": data.validation.person}
        card = card_before(args, embedder, people, data.sources)
        if args.learner == PROJECTION:
            train_projection(args, embedder, data, card, display)
            return 0
        try:
            result = _meta_train(args, embedder, data, checkpoint=checkpoint, group=group, display=display, store=store)
        except MetaTrainingInterrupted as interrupted:
            if group.rank == 0:
                hint = translate("Commands", "Run the same command with --resume to continue.")
                sys.stderr.write(f"metaface: {error_text(interrupted)} {hint}\n")
            return _INTERRUPTED
        if group.rank == 0:
            full_card = {**card, **card_after(_settings(args), result, group)}
            save_params(
                args.out,
                result.params,
                key=args.learner,
                space=embedder.space,
                embedder_id=embedder.id,
                card=full_card,
            )
            checkpoint.unlink(missing_ok=True)
    if group.rank == 0:
        _summary(args.out, result)
    return 0


def _train_stage(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    faces: TrainingFaces,
    *,
    start: TunedTrunk | None,
    display: TrainingDisplay,
    store: WeightsStore,
) -> None:
    """Train what is made from faces once per embedder: its trunk, channel ranges, cohort or room prior."""
    people = {name: part.person() for name, part in (("train", faces.train), ("validation", faces.validation))}
    check_enough(faces.train.n_people, faces.validation.n_people)
    about = card_before(args, embedder, people, faces.sources)
    if args.learner == TRUNK:
        checkpoint = args.out.with_name(args.out.name + ".checkpoint")
        train_trunk(args, embedder, faces, about, start=start, display=display, checkpoint=checkpoint)
        return
    if args.learner == RANGES and start is not None:
        train_ranges(args, embedder, faces, about, tuned=start, display=display)
        return
    trained = _other_methods(args, embedder, store)
    if args.learner == COHORT:
        train_cohort(args, embedder, faces, card=about, display=display, trained=trained)
    else:
        train_room(args, embedder, faces, card=about, display=display, trained=trained, store=store)


def _check(args: argparse.Namespace, checkpoint: Path) -> None:
    """Refuse a training that cannot succeed."""
    data_sets(args.data)
    check_outputs(_outputs(args), people_inputs(args), is_forced=args.force)
    check_writable(args.out)
    if args.learner in (TRUNK, RANGES) and args.projection:
        raise KnownError(
            QT_TRANSLATE_NOOP("Errors", "The trunk is tuned before a projection is trained. Leave out --projection.")
        )
    if checkpoint.exists() and not args.resume:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors", "{path} belongs to an unfinished training run. Continue it with --resume, or delete the file."
            ),
            path=checkpoint,
        )


def _outputs(args: argparse.Namespace) -> list[Output]:
    """Return the output file, and the card beside it if it gets one."""
    if args.learner == ROOM:
        return [(args.out, has_json_keys("format", "prior"))]
    if args.learner == COHORT:
        return [(args.out, is_weights)]
    return [(args.out, is_weights), (args.out.with_suffix(".json"), has_json_keys("format", "embedder_id"))]


def _meta_train(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    data: TrainingData,
    *,
    checkpoint: Path,
    group: ProcessGroup,
    display: TrainingDisplay,
    store: WeightsStore,
) -> MetaTrainingResult:
    if embedder.projection is None and group.rank == 0:
        missing = translate(
            "Commands",
            "The embedder has no projection, so its tail cannot adapt and there is little to gain. Run “metaface "
            "train projection” first, and pass its file with --projection.",
        )
        sys.stderr.write(f"metaface: {missing}\n")
    projecting = translate("Commands", "projecting")
    train = projected(data.train, embedder, display.stage(projecting))
    validation = projected(data.validation, embedder, display.stage(projecting))
    trained = _other_methods(args, embedder, store)
    learner = make_learner(args.learner, embedder.space, trained)
    if not isinstance(learner, TrainableLearner):
        raise TypeError(f"{args.learner} is listed as trainable")
    described = (embedder.id, data_name(args.data), args.split_seed, args.copies, sorted(trained))
    with interruptible() as is_cancelled:
        return meta_train(
            learner,
            train,
            validation,
            _settings(args),
            initial={} if embedder.projection is None else {TAIL: torch.from_numpy(embedder.projection.tail)},
            on_progress=display.meta_training(translate("Commands", "meta-training {key}", key=args.learner)),
            is_cancelled=is_cancelled,
            checkpoint=checkpoint,
            trained_on=repr(described),
            group=group,
        )


def _other_methods(args: argparse.Namespace, embedder: TorchEmbedder, store: WeightsStore) -> dict[str, Params]:
    """Return the shipped and the user's own meta-parameters of all methods except the one to be trained."""
    trained = dict(load_trained(store, embedder.space, embedder.id))
    for file in args.meta:
        key = learner_of(file)
        trained[key] = read_params(file, key=key, space=embedder.space, embedder_id=embedder.id)
    trained.pop(args.learner, None)
    return trained


def _settings(args: argparse.Namespace) -> MetaTrainingSettings:
    settings = replace(training_settings(args.learner), seed=args.seed)
    if args.meta_batch is not None:
        settings = replace(settings, meta_batch=args.meta_batch)
    if args.meta_lr is not None:
        settings = replace(settings, meta_lr=args.meta_lr)
    return settings if args.steps is None else settings.with_steps(args.steps)


def _summary(out: Path, result: MetaTrainingResult) -> None:
    console = Console(highlight=False)

    def line(title: str, metrics: ValidationMetrics) -> None:
        text = translate(
            "Commands",
            "{title}: accuracy {top1:.1%}, TPIR {tpir:.1%} at FPIR {fpir:.0%}",
            title=title,
            top1=metrics.top1,
            fpir=FPIR,
            tpir=metrics.tpir,
        )
        console.print(text, markup=False, soft_wrap=True)

    line(translate("Commands", "untrained"), result.untrained)
    line(translate("Commands", "trained, step {step}", step=result.best.step), result.best.metrics)
    size = out.stat().st_size / 1e6
    done = translate(
        "Commands",
        "{file}: {size:.2f} MB, {steps} steps in {seconds:.0f} s",
        file=out,
        size=size,
        steps=result.steps,
        seconds=result.seconds,
    )
    console.print(done, markup=False, soft_wrap=True)
