"""The parser of `metaface`, and the one place where a known error becomes a line on stderr and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from metaface_gui.cli import bench, demo, enroll, evaluate, gallery, gui, recognize, train, weights
from metaface_gui.cli.language import add_language_option, makes_own_application, speaking
from metaface_gui.errors import KnownError
from metaface_gui.gui.translation import error_text, translate

_EXIT_INPUT = 1
_EXIT_INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Parse and do; returns 0 done, 1 the user's input was at fault. Usage errors leave with `SystemExit(2)`."""
    if makes_own_application(arguments):
        return _run(arguments)
    with speaking(arguments):
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except KnownError as error:
        sys.stderr.write(f"metaface: {error_text(error)}\n")
        return _EXIT_INPUT
    except KeyboardInterrupt:
        sys.stderr.write(translate("Commands", "metaface: interrupted") + "\n")
        return _EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): point stdout elsewhere so that the exit's flush does not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _EXIT_INPUT


def build_parser() -> argparse.ArgumentParser:
    """Make the whole command line; without a verb it opens the window."""
    parser = argparse.ArgumentParser(
        prog="metaface",
        description=translate("Commands", "Live few-shot face recognition that adapts on the spot."),
    )
    gui.configure(parser)
    verbs = parser.add_subparsers(title=translate("Commands", "commands"), metavar="COMMAND")
    for verb in (demo, enroll, recognize, gallery, train, evaluate, bench, weights):
        verb.add_parser(verbs)
    for each in (parser, *verbs.choices.values()):
        add_language_option(each)
    return parser
