"""Defers importing a command's module until it runs, because its options, needed for help, are defined elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

Run = Callable[[argparse.Namespace], int]


def later(module: str) -> Run:
    """Return a stand-in for the function `run` of a module of `cli`."""

    def run(args: argparse.Namespace) -> int:
        return int(import_module(f"metaface_gui.cli.{module}").run(args))

    return run
