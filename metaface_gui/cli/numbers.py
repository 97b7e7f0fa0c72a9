"""Parsers of the command line's numbers, for argparse; what is none is refused in the user's language."""

from __future__ import annotations

import argparse
import math

from metaface_gui.i18n import translate


def parse_seed(text: str) -> int:
    """Read a whole number from 0 on.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is not a whole number", None, text=text))
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
    rate = _number(text)
    if not 0.0 < rate < math.inf:
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is not a number above 0", None, text=text))
    return rate


def parse_share(text: str) -> float:
    """Read a share from 0 to 1, both included.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    share = _number(text)
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(
            translate("Commands", "“{text}” is not a share from 0 to 1, such as 0.5", None, text=text)
        )
    return share


def _number(text: str) -> float:
    """What a text says, NaN where that is no number: no bound holds for it."""
    try:
        return float(text)
    except ValueError:
        return math.nan
