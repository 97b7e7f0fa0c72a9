"""The passphrase of an export, from a file, a pipe or the keyboard; other users could read it in an argument."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import PassphraseError
from metaface_gui.i18n import translate

_OPTION = "--passphrase-file"
_LONGEST = 16_384


def add_passphrase_option(parser: argparse.ArgumentParser) -> None:
    """Add the option; `args.passphrase_file` is None without it."""
    parser.add_argument(
        _OPTION,
        metavar="FILE|-",
        help=translate(
            "Commands",
            "file whose first line is the passphrase; -: standard input (on a terminal you are asked for it)",
        ),
    )


def read_passphrase(source: str | None, *, is_new: bool) -> str | None:
    """Return the passphrase that the option refers to, or None without it; a new one is asked for twice.

    Raises:
        PassphraseError: if it cannot be read, is not text, or the two entries differ.
    """
    if source is None:
        return None
    if source == "-" and sys.stdin.isatty():
        passphrase = getpass.getpass(translate("Commands", "Passphrase: "))
        if is_new and getpass.getpass(translate("Commands", "Repeat it: ")) != passphrase:
            raise PassphraseError(
                QT_TRANSLATE_NOOP("Errors", "The two passphrases differ. Try again, and type the same one twice.")
            )
        return passphrase
    try:
        return _first_line(source).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise PassphraseError(
            QT_TRANSLATE_NOOP("Errors", "The passphrase cannot be read from {file} ({reason}). Choose another file."),
            file=source,
            reason=getattr(error, "strerror", None) or error,
        ) from error


def _first_line(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.readline(_LONGEST).rstrip(b"\r\n")
    with Path(source).open("rb") as file:
        return file.readline(_LONGEST).rstrip(b"\r\n")
