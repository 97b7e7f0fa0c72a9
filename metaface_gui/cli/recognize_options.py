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
        "Say who is in a video, an image, a stream, a folder of pictures, or every video in a folder. A folder counts "
        "as a folder of videos if it contains a video, or if it contains no picture and a subfolder contains a video.",
    )
    parser.add_argument("source", metavar="SOURCE")
    add_gallery_option(parser, required=True)
    parser.add_argument(
        "--learner",
        choices=tuple(LEARNERS),
        default=next(iter(LEARNERS)),
        metavar="KEY",
        help=translate("Commands", "method to adapt with: {keys}", keys=", ".join(LEARNERS)),
    )
    add_recognition_options(parser)
    parser.add_argument(
        "--no-room",
        action="store_false",
        dest="use_room",
        help=translate(
            "Commands",
            "do not adapt to the unlabelled faces seen earlier in the same video or stream; they are kept in memory "
            "only and never carried over to another file",
        ),
    )
    parser.add_argument(
        "--jsonl",
        type=Path,
        metavar="OUT",
        help=translate(
            "Commands",
            "write the lines to a file and a summary to the terminal; for a folder of videos, give a folder, which "
            "gets one VIDEO.jsonl per video. Results that are newer than their video and were made with the same "
            "people and settings are kept, so an interrupted run can be continued",
        ),
    )
    parser.add_argument(
        "--video",
        type=Path,
        metavar="OUT.mp4",
        help=translate("Commands", "write an annotated video; for a folder of videos, a folder of VIDEO.mp4"),
    )
    at_a_time = parser.add_mutually_exclusive_group()
    at_a_time.add_argument(
        "--processes",
        type=parse_count,
        metavar="N",
        help=translate(
            "Commands", "process this many videos of a folder at a time (default: one per core, 16 at most)"
        ),
    )
    at_a_time.add_argument(
        "--cluster",
        type=parse_cluster,
        metavar="ADDRESS",
        help=translate(
            "Commands",
            "process a folder's videos on the workers of a Dask scheduler, such as tls://host:8786; they must find "
            "the videos under the same path",
        ),
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help=translate("Commands", "process all videos of a folder, including those that already have results"),
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
        message = translate("Commands", "“{text}” is not an address such as tls://host:8786", text=text)
        raise argparse.ArgumentTypeError(message) from None
