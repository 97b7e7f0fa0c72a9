"""`metaface`: open the window."""

from __future__ import annotations

import argparse

from metaface_gui.cli.language import language_of
from metaface_gui.cli.options import add_gallery_option, add_recognition_options, recognition_settings
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners import LEARNERS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the window's options to the main parser and open the window if there is no verb."""
    parser.add_argument(
        "--source",
        metavar="0|FILE|DIR|URL|demo",
        help=translate("Commands", "the source: a camera's number, a file, a folder, a URL or the demo scene"),
    )
    add_gallery_option(parser, required=False, creates=True)
    add_recognition_options(parser)
    parser.add_argument(
        "--learner",
        nargs="+",
        choices=tuple(LEARNERS),
        metavar="KEY",
        help=translate("Commands", "method to adapt with: {keys}", keys=", ".join(LEARNERS)),
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    # Qt's widgets and the camera code are loaded only for the window.
    from metaface_gui.app import run_window  # noqa: PLC0415
    from metaface_gui.pipeline.capture.specification import parse_source  # noqa: PLC0415

    return run_window(
        source=parse_source(args.source) if args.source is not None else None,
        gallery_path=args.gallery,
        choose_settings=lambda remembered: recognition_settings(
            args, remembered, args.learner[0] if args.learner else None
        ),
        language=language_of(args),
    )
