"""`python -m metaface_gui` and the `metaface` command."""

from __future__ import annotations

import sys

from metaface_gui.cli.main import run


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
