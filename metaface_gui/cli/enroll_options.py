"""The options of `metaface enroll`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from metaface_gui.cli.later import later
from metaface_gui.cli.numbers import parse_count
from metaface_gui.cli.options import add_gallery_option, add_recognition_options
from metaface_gui.i18n import translate
from metaface_gui.settings import DEFAULT_SHOTS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.description = translate(
        "Commands",
        "Enrol a person, or add shots to someone already enrolled. By running this command you confirm that the "
        "person has agreed, which is recorded. Unsuitable shots are refused, with the reason.",
    )
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+")
    add_gallery_option(parser, required=True, creates=True)
    parser.add_argument(
        "--shots",
        type=parse_count,
        default=DEFAULT_SHOTS,
        metavar="N",
        help=translate("Commands", "keep at most N diverse shots (default: {n})", n=DEFAULT_SHOTS),
    )
    period = parser.add_mutually_exclusive_group()
    period.add_argument(
        "--keep-until",
        type=_day,
        metavar="DATE",
        help=translate(
            "Commands", "keep the person's data until the end of that day, e.g. 2030-12-31 (default: no limit)"
        ),
    )
    period.add_argument(
        "--keep-days", type=int, metavar="N", help=translate("Commands", "keep the person's data for N days")
    )
    add_recognition_options(parser)
    parser.set_defaults(run=later("enroll"))


def _day(text: str) -> date:
    """Parse YYYY-MM-DD; argparse reports the `ValueError`."""
    return date.fromisoformat(text)
