"""The commands, one file a verb: each adds its options to the parser and runs. Lives here: arguments, text, exit codes.

May not live here: recognition, adaptation, SQL; the verbs call the engine and the gallery. Exit codes: 0 done, 1 the
user's input was at fault (one line on stderr), 2 usage.
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
"""What may follow `metaface`, and the module here whose `configure` adds its options to a parser.

Without a verb the window opens. A module is imported only when its verb is asked for.
"""


def opens_window(arguments: Sequence[str]) -> bool:
    """Whether a command line opens the window, as far as can be told before there is a parser."""
    return not asks_for_help(arguments) and not verbs_in(arguments)


def asks_for_help(arguments: Sequence[str]) -> bool:
    """Whether a command line only wants to know what can be said."""
    return any(argument in ("-h", "--help") for argument in arguments)


def verbs_in(arguments: Sequence[str]) -> list[str]:
    """What looks like a verb in a command line; the first one is."""
    # What follows an option is its value: `--source demo`; but not in `--device=cpu demo`.
    words = (word for option, word in pairwise(("", *arguments)) if not option.startswith("-") or "=" in option)
    return [word for word in words if word in VERBS]
