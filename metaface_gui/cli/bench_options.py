"""The options of `metaface bench`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from metaface_gui.cli.later import later
from metaface_gui.cli.numbers import parse_count
from metaface_gui.cli.options import DEVICE_NAMES, add_force_option
from metaface_gui.i18n import translate
from metaface_gui.settings import DEMO

GALLERY_SIZES = (10, 100, 1_000, 10_000)
PEERS = "peers"
SECTIONS = ("stages", "pipeline", "live", "window", "learners", "gallery", "startup", "memory")
"""What is measured without `--only`; the peers are added on request."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--json", type=Path, metavar="OUT", help=translate("Commands", "write the figures as JSON"))
    parser.add_argument("--device", choices=DEVICE_NAMES, default="auto")
    parser.add_argument(
        "--only",
        choices=(*SECTIONS, PEERS),
        nargs="+",
        metavar="SECTION",
        help=translate("Commands", "measure only these: {sections}", sections=", ".join((*SECTIONS, PEERS))),
    )
    parser.add_argument(
        "--source",
        default=DEMO,
        metavar="FILE",
        help=translate("Commands", "use a video or a folder of pictures instead of the demo scene"),
    )
    parser.add_argument(
        "--gallery-sizes",
        type=parse_count,
        nargs="+",
        metavar="N",
        help=translate("Commands", "people in the galleries (default: {n})", n=_sizes_text(GALLERY_SIZES)),
    )
    parser.add_argument(
        "--seconds",
        type=parse_count,
        metavar="N",
        help=translate("Commands", "how many seconds to measure the live view and the window's memory"),
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help=translate("Commands", "also measure face_recognition and OpenCV on the same frames"),
    )
    add_force_option(parser)
    parser.set_defaults(run=later("bench"))


def _sizes_text(sizes: Sequence[int]) -> str:
    return " ".join(str(size) for size in sizes)
