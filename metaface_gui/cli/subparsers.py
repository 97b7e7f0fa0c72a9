"""The type of argparse's collection of verbs, which argparse itself keeps private."""

from __future__ import annotations

import argparse
from typing import Protocol


class Verbs(Protocol):
    """What `ArgumentParser.add_subparsers` returns, as far as the verbs need it."""

    def add_parser(self, name: str, *, help: str, description: str = ...) -> argparse.ArgumentParser:  # noqa: A002
        """Add a verb and return its parser."""
