"""`--lang`: the language of the commands, by default the system's; JSON and CSV are the same in every language."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from metaface_gui.cli import asks_for_help, verbs_in
from metaface_gui.i18n import (
    available_languages,
    best_language,
    install_translation,
    remove_translation,
    speaks_english,
    translate,
)


def add_language_option(parser: argparse.ArgumentParser) -> None:
    """Add `--lang CODE`; if it is not given, a value read by another parser of the same line stays."""
    parser.add_argument(
        "--lang",
        choices=("en", *available_languages()),
        default=argparse.SUPPRESS,
        help=translate("Commands", "language of the window and the output (default: the system's)"),
    )


def language_of(args: argparse.Namespace) -> str | None:
    """Return the given language code; None if there is none."""
    code = getattr(args, "lang", None)
    return code if isinstance(code, str) else None


def makes_own_application(arguments: Sequence[str]) -> bool:
    """Return whether a command line shows a window, which sets its own language and allows no second Qt application."""
    return not asks_for_help(arguments) and verbs_in(arguments)[:1] in ([], ["demo"])


@contextmanager
def speaking(arguments: Sequence[str]) -> Iterator[None]:
    """Print in the language given on the command line, or else the system's, inside this context."""
    asked = _asked(arguments)
    if asked == "en" or (not asked and speaks_english(os.environ)):
        yield
        return
    from PySide6.QtCore import QCoreApplication, QLocale  # noqa: PLC0415 - only for languages other than English

    code = best_language([asked] if asked else QLocale.system().uiLanguages(), available_languages())
    if not code:
        yield
        return
    app = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    install_translation(app, code)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # for terminals that lack the characters
    try:
        yield
    finally:
        remove_translation(app)


def _asked(arguments: Sequence[str]) -> str:
    """Return the value of `--lang` before there is a parser, whose help must already be in that language."""
    found = ""
    for number, word in enumerate(arguments):
        if word.startswith("--lang="):
            found = word.removeprefix("--lang=")
        elif word == "--lang" and number + 1 < len(arguments):
            found = arguments[number + 1]
    return found
