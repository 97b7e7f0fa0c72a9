"""The parser of `metaface`, and the one place that turns a known error into a line on stderr and an exit code."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from metaface_gui.cli import VERBS, gui
from metaface_gui.cli.interrupts import InterruptedBySignal
from metaface_gui.cli.language import add_language_option, makes_own_application, speaking
from metaface_gui.cli.streams import SHOWN, flush_stdout, leave_stdout, prepare_streams
from metaface_gui.errors import KnownError, cannot_write
from metaface_gui.i18n import error_text, translate

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_EXIT_INPUT = 1
_EXIT_SIGNAL = 128
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
"""Errors when a table is printed to a full disk; result files have an error message of their own."""


def run(arguments: Sequence[str]) -> int:
    """Parse and run; return 0 for success, 1 for an error in the user's input. Usage errors raise `SystemExit(2)`."""
    prepare_streams()
    if makes_own_application(arguments):
        return _run(arguments)
    with speaking(arguments):
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    try:
        args = build_parser(arguments).parse_args(arguments)
        code = int(args.run(args))
        flush_stdout()
    except KnownError as error:
        sys.stderr.write(f"metaface: {error_text(error)}\n")
        return _EXIT_INPUT
    except KeyboardInterrupt as interrupt:
        sys.stderr.write(translate("Commands", "metaface: interrupted") + "\n")
        number = interrupt.number if isinstance(interrupt, InterruptedBySignal) else signal.SIGINT
        return _EXIT_SIGNAL + number
    except BrokenPipeError:
        leave_stdout()
        return 0
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        leave_stdout()
        sys.stderr.write(f"metaface: {error_text(cannot_write(SHOWN, error))}\n")
        return _EXIT_INPUT
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # how rich exits when nobody reads its tables any more
            leave_stdout()
            return 0
        raise
    return code


class _Parser(argparse.ArgumentParser):
    """Reports when its help cannot be written; argparse itself ignores every error of the stream."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if message:
            (file or sys.stderr).write(message)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        flush_stdout()
        super().exit(status, message)


def build_parser(arguments: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Build the parser, which opens the window if there is no verb; only verbs in `arguments` get their options.

    With None, all do.
    """
    parser = _Parser(
        prog="metaface",
        description=translate("Commands", "Live few-shot face recognition that adapts on the spot."),
    )
    gui.configure(parser)
    verbs = parser.add_subparsers(title=translate("Commands", "commands"), metavar="COMMAND")
    helps = _helps()
    for verb, module in VERBS.items():
        verb_parser = verbs.add_parser(verb, help=helps[verb])
        if arguments is None or verb in arguments:
            import_module(f"metaface_gui.cli.{module}").configure(verb_parser)
    for each in (parser, *verbs.choices.values()):
        add_language_option(each)
    return parser


def _helps() -> Mapping[str, str]:
    return {
        "demo": translate("Commands", "play the demo scene; needs no camera or display"),
        "enroll": translate("Commands", "enrol a person from images, folders or videos"),
        "recognize": translate("Commands", "say who is in a video, folder, image or stream"),
        "gallery": translate("Commands", "list, show, rename, merge, delete, move people"),
        "train": translate("Commands", "meta-train a method on a folder of people"),
        "evaluate": translate("Commands", "test the learners on people they have never seen"),
        "bench": translate("Commands", "measure speed and memory use on this machine"),
        "weights": translate("Commands", "list, fetch and check the models' weights"),
    }
