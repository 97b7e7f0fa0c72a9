"""The options of `metaface train`, and the parsers of their values."""

from __future__ import annotations

import argparse
from pathlib import Path

from metaface_gui.cli.later import later
from metaface_gui.cli.numbers import parse_count, parse_positive, parse_seed
from metaface_gui.cli.options import add_force_option, add_people_options
from metaface_gui.i18n import translate
from metaface_gui.metalearning.split import SPLIT_SEED
from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS

TRUNK, RANGES, PROJECTION, COHORT, ROOM = "trunk", "ranges", "projection", "cohort", "room"
EMBEDDER_STAGES = (TRUNK, RANGES, PROJECTION, COHORT, ROOM)
"""What is trained once per embedder, in this order; methods come after the projection."""
TRAINABLE = tuple(LEARNERS)
"""Every method that users can choose is trainable; the baselines are not."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.description = translate("Commands", "meta-train a method on a folder of people")
    choices = ", ".join((*TRAINABLE, *EMBEDDER_STAGES))
    parser.add_argument("learner", type=parse_trainable, metavar="LEARNER", help=choices)
    add_people_options(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors")
    parser.add_argument(
        "--meta",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help=translate("Commands", "meta-parameters of other methods that you trained, for “rl2” to choose from"),
    )
    parser.add_argument("--steps", type=parse_count, metavar="N", help=translate("Commands", "outer-loop steps"))
    parser.add_argument("--meta-batch", type=parse_count, metavar="N", help=translate("Commands", "episodes per step"))
    parser.add_argument(
        "--meta-lr", type=parse_positive, metavar="RATE", help=translate("Commands", "highest learning rate")
    )
    parser.add_argument(
        "--copies",
        type=parse_count,
        default=6,
        metavar="N",
        help=translate("Commands", "degraded copies of each picture (default: 6)"),
    )
    parser.add_argument("--seed", type=parse_seed, default=0, metavar="N")
    parser.add_argument("--split-seed", type=parse_seed, default=SPLIT_SEED, metavar="N")
    parser.add_argument(
        "--resume", action="store_true", help=translate("Commands", "resume an interrupted training run")
    )
    add_force_option(parser)
    parser.set_defaults(run=later("train"))


def parse_trainable(text: str) -> str:
    """Parse the key of something that can be trained.

    Raises:
        argparse.ArgumentTypeError: if it cannot be trained, or does not exist.
    """
    if text in (*TRAINABLE, *EMBEDDER_STAGES):
        return text
    choices = ", ".join((*TRAINABLE, *EMBEDDER_STAGES))
    if text in ALL_LEARNERS:
        message = translate(
            "Commands", "“{text}” has nothing to train; choose one of: {choices}", text=text, choices=choices
        )
    else:
        message = translate(
            "Commands", "there is no learner “{text}”; choose one of: {choices}", text=text, choices=choices
        )
    raise argparse.ArgumentTypeError(message)
