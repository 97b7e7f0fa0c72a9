"""argparse types for numbers, whose errors are in the user's language."""

from __future__ import annotations

import argparse
import math

from metaface_gui.i18n import translate


def parse_seed(text: str) -> int:
    """Parse an integer ≥ 0.

    Raises:
        argparse.ArgumentTypeError: if it is not one.
    """
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is not a whole number", text=text))
    return int(text)


def parse_count(text: str) -> int:
    """Parse an integer ≥ 1.

    Raises:
        argparse.ArgumentTypeError: if it is not one.
    """
    if (number := parse_seed(text)) < 1:
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is less than 1", text=text))
    return number


def parse_counts(text: str) -> tuple[int, ...]:
    """Parse comma-separated integers ≥ 1.

    Raises:
        argparse.ArgumentTypeError: if one is invalid.
    """
    return tuple(dict.fromkeys(parse_count(part) for part in text.split(",")))


def parse_positive(text: str) -> float:
    """Parse a finite number > 0.

    Raises:
        argparse.ArgumentTypeError: if it is not one.
    """
    number = _number(text)
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(translate("Commands", "“{text}” is not a number above 0", text=text))
    return number


def parse_share(text: str) -> float:
    """Parse a share from 0 to 1, both included.

    Raises:
        argparse.ArgumentTypeError: if it is not one.
    """
    share = _number(text)
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(
            translate("Commands", "“{text}” is not a share from 0 to 1, such as 0.5", text=text)
        )
    return share


def _number(text: str) -> float:
    """Return the number in a text, or NaN if it is not one; NaN fails every range check."""
    try:
        return float(text)
    except ValueError:
        return math.nan
