"""The options of `metaface recognize`."""

from __future__ import annotations

import argparse
from pathlib import Path

from metaface_gui.cli.later import later
from metaface_gui.cli.numbers import parse_count
from metaface_gui.cli.options import add_force_option, add_gallery_option, add_recognition_options
from metaface_gui.engine.batch.cluster_address import ClusterAddress
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners import LEARNERS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.description = translate(
        "Commands",
        "Say who is in a video, an image, a stream, a folder of pictures, or every video of a folder. A folder is "
        "taken for one of videos if a video lies in it, or no picture does and a video lies in a folder below.",
    )
    parser.add_argument("source", metavar="SOURCE")
    add_gallery_option(parser, required=True)
    parser.add_argument(
        "--learner",
        choices=tuple(LEARNERS),
        default=next(iter(LEARNERS)),
        metavar="KEY",
        help=translate("Commands", "how to adapt: {keys}", None, keys=", ".join(LEARNERS)),
    )
    add_recognition_options(parser)
    parser.add_argument(
        "--no-room",
        action="store_false",
        dest="use_room",
        help=translate(
            "Commands",
            "do not adapt to the unlabelled faces that a video or stream showed earlier; they are kept in memory only "
            "and never taken from another file",
        ),
    )
    parser.add_argument(
        "--jsonl",
        type=Path,
        metavar="OUT",
        help=translate(
            "Commands",
            "write the lines to a file and a summary to the terminal; of a folder of videos, to a folder that gets a "
            "VIDEO.jsonl for each. Those that are there already, newer than their video and of the same people and "
            "settings, are left alone: so an interrupted run goes on",
        ),
    )
    parser.add_argument(
        "--video",
        type=Path,
        metavar="OUT.mp4",
        help=translate("Commands", "write an annotated video; of a folder of videos, a folder of VIDEO.mp4"),
    )
    at_a_time = parser.add_mutually_exclusive_group()
    at_a_time.add_argument(
        "--processes",
        type=parse_count,
        metavar="N",
        help=translate("Commands", "look at so many videos of a folder at a time (default: one a core, 16 at most)"),
    )
    at_a_time.add_argument(
        "--cluster",
        type=parse_cluster,
        metavar="ADDRESS",
        help=translate(
            "Commands",
            "look at a folder's videos on the workers of a Dask scheduler, such as tls://host:8786, which find them "
            "under the same path",
        ),
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help=translate("Commands", "look at all videos of a folder, also at those whose lines are there already"),
    )
    add_force_option(parser)
    parser.set_defaults(run=later("recognize"))


def parse_cluster(text: str) -> ClusterAddress:
    """Parse the address of a scheduler.

    Raises:
        argparse.ArgumentTypeError: if it is not one.
    """
    try:
        return ClusterAddress.parse(text)
    except ValueError:
        message = translate("Commands", "“{text}” is not an address such as tls://host:8786", None, text=text)
        raise argparse.ArgumentTypeError(message) from None
