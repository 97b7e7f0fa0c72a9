"""Parsers of the command line's numbers, for argparse; what is none is refused in the user's language."""

from __future__ import annotations

import argparse

from metaface_gui.i18n import translate


def parse_seed(text: str) -> int:
    """Read a whole number from 0 on.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is no whole number", None, text=text))
    return int(text)


def parse_count(text: str) -> int:
    """Read a whole number from 1 on.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    if (number := parse_seed(text)) < 1:
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is less than 1", None, text=text))
    return number


def parse_counts(text: str) -> tuple[int, ...]:
    """Read whole numbers from 1 on, with commas between.

    Raises:
        argparse.ArgumentTypeError: if one is none.
    """
    return tuple(dict.fromkeys(parse_count(part) for part in text.split(",")))


def parse_rate(text: str) -> float:
    """Read a rate above 0.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.0 < rate < float("inf"):
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is no number above 0", None, text=text))
    return rate


def parse_share(text: str) -> float:
    """Read a share from 0 to 1, both included.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(
            translate("Commands", "“{text}” is no share from 0 to 1, such as 0.5", None, text=text)
        )
    return share
