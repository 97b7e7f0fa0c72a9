"""The options of `metaface evaluate`, and the parsers of their values."""

from __future__ import annotations

import argparse
from pathlib import Path

from metaface_gui.cli.later import later
from metaface_gui.cli.numbers import parse_count, parse_counts, parse_seed, parse_share
from metaface_gui.cli.options import add_force_option, add_people_options, parse_fpir
from metaface_gui.i18n import translate
from metaface_gui.metalearning.conditions import CONDITIONS
from metaface_gui.metalearning.environments import FAMILIES, HELD_OUT, TRAINED
from metaface_gui.metalearning.split import SPLIT_SEED
from metaface_gui.pipeline.learners import ALL_LEARNERS

ALL = "all"
_HELD_OUT, _TRAINED = "held-out", "trained"
CLEAN = "clean"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add all options."""
    parser.description = translate("Commands", "test the learners on people they have never seen")
    add_data_options(parser)
    add_episode_options(parser)
    parser.add_argument("--json", type=Path, metavar="OUT", help=translate("Commands", "write the report as JSON"))
    parser.add_argument(
        "--plots", type=Path, metavar="DIR", help=translate("Commands", "draw DET and accuracy-over-shots plots")
    )
    parser.add_argument(
        "--calibration",
        action="store_true",
        help=translate(
            "Commands", "also compare the promised FPIR with the actual one for 1, 5, 20 and 100 people enrolled"
        ),
    )
    add_force_option(parser)
    parser.set_defaults(run=later("evaluate"))


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for which faces are tested, and with which networks."""
    add_people_options(parser)
    parser.add_argument(
        "--split",
        choices=("test", ALL),
        default="test",
        help=translate("Commands", "only the meta-test people, or everybody in a data set that training never saw"),
    )
    parser.add_argument("--split-seed", type=parse_seed, default=SPLIT_SEED, metavar="N")


def add_episode_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for which learners are tested, and in which episodes."""
    keys = ", ".join(ALL_LEARNERS)
    parser.add_argument(
        "--learners",
        nargs="+",
        choices=(ALL, *ALL_LEARNERS),
        default=[ALL],
        metavar="KEY",
        help=translate("Commands", "all, or some of: {keys}", keys=keys),
    )
    parser.add_argument(
        "--meta",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help=translate("Commands", "meta-parameters that you trained, instead of the shipped ones"),
    )
    parser.add_argument(
        "--untrained",
        action=argparse.BooleanOptionalAction,
        default=True,
        help=translate("Commands", "also test each method without its meta-training (default: yes)"),
    )
    parser.add_argument(
        "--conditions",
        type=parse_conditions,
        default=(CLEAN, "hard"),
        metavar="NAMES",
        help=translate("Commands", "comma-separated: {names}", names=", ".join(map(hyphened, CONDITIONS))),
    )
    parser.add_argument(
        "--environments",
        type=parse_environments,
        default=(),
        metavar="NAMES",
        help=translate(
            "Commands",
            "rooms to simulate for shots, probes and strangers alike, besides the unchanged pictures; held-out (no "
            "shipped weights were trained on them), trained, all, or comma-separated: {names}",
            names=", ".join(map(hyphened, FAMILIES)),
        ),
    )
    counts_help = translate("Commands", "a number, or several, comma-separated")
    parser.add_argument("--n-way", type=parse_counts, default=(20,), metavar="N", help=counts_help)
    parser.add_argument("--k-shot", type=parse_counts, default=(5,), metavar="K", help=counts_help)
    parser.add_argument("--episodes", type=parse_count, default=200, metavar="N")
    parser.add_argument(
        "--draws",
        type=parse_count,
        default=3,
        metavar="N",
        help=translate("Commands", "degraded copies drawn of each picture"),
    )
    parser.add_argument(
        "--unlabelled",
        type=parse_seed,
        default=0,
        metavar="N",
        help=translate("Commands", "how many earlier faces from the same room each method gets"),
    )
    parser.add_argument(
        "--unlabelled-known",
        type=parse_share,
        default=0.5,
        metavar="SHARE",
        help=translate(
            "Commands", "share of those faces that belong to enrolled people, the rest to strangers; 1: no strangers"
        ),
    )
    parser.add_argument(
        "--looks",
        type=parse_counts,
        default=(),
        metavar="N",
        help=translate(
            "Commands",
            "also test tracks with this many looks at a face, made from the probes' and strangers' pictures: a "
            "number, or several, comma-separated",
        ),
    )
    parser.add_argument("--seed", type=parse_seed, default=0, metavar="N")
    parser.add_argument("--fpir", type=parse_fpir, default=0.01, metavar="SHARE")


def parse_conditions(text: str) -> tuple[str, ...]:
    """Parse comma-separated condition names, written with hyphens or underscores.

    Raises:
        argparse.ArgumentTypeError: if there is no such condition.
    """
    names = tuple(dict.fromkeys(part.strip().replace("-", "_") for part in text.split(",")))
    for name in names:
        if name not in CONDITIONS:
            message = translate(
                "Commands",
                "there is no condition “{name}”; choose from {names}",
                name=name,
                names=", ".join(map(hyphened, CONDITIONS)),
            )
            raise argparse.ArgumentTypeError(message)
    return names


def parse_environments(text: str) -> tuple[str, ...]:
    """Parse comma-separated names of environment families or of groups of them.

    Raises:
        argparse.ArgumentTypeError: if there is no such family.
    """
    groups = {_HELD_OUT: HELD_OUT, _TRAINED: TRAINED, ALL: tuple(FAMILIES)}
    names: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        of_part = groups.get(hyphened(part), (part.replace("-", "_"),))
        if not set(of_part) <= set(FAMILIES):
            message = translate(
                "Commands",
                "there is no environment “{name}”; choose from {names}",
                name=part,
                names=", ".join((*groups, *map(hyphened, FAMILIES))),
            )
            raise argparse.ArgumentTypeError(message)
        names += of_part
    return tuple(dict.fromkeys(names))


def hyphened(name: str) -> str:
    """Return a condition's or environment's name in its user-visible spelling."""
    return name.replace("_", "-")
