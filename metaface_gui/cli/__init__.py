"""The commands, one module per verb, each of which defines its options and runs it.

Lives here: arguments, text, exit codes (0 done, 1 error in the user's input, reported in one line on stderr, 2 usage).
May not live here: recognition, adaptation, SQL; the verbs call the engine and the gallery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

VERBS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "demo",
        "enroll": "enroll_options",
        "recognize": "recognize_options",
        "gallery": "gallery",
        "train": "train_options",
        "evaluate": "evaluation_options",
        "bench": "bench_options",
        "weights": "weights",
    }
)
"""The verbs that may follow `metaface`, and for each the module here whose `configure` adds its options to a parser.

Without a verb the window opens. A module is imported only when its verb is used.
"""


def opens_window(arguments: Sequence[str]) -> bool:
    """Return whether a command line opens the window, as far as can be known before there is a parser."""
    return not asks_for_help(arguments) and not verbs_in(arguments)


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Return whether a command line only asks for help."""
    return any(argument in ("-h", "--help") for argument in arguments)


def verbs_in(arguments: Sequence[str]) -> list[str]:
    """Return the words in a command line that look like verbs; the first one is the verb."""
    # A word after an option is its value, as in `--source demo`, but not in `--device=cpu demo`.
    words = (word for option, word in pairwise(("", *arguments)) if not option.startswith("-") or "=" in option)
    return [word for word in words if word in VERBS]
