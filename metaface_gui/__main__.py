"""`python -m metaface_gui` and the `metaface` command."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    # PyTorch's worker threads spin while they wait for work and so take the cores from the camera and the window; when
    # they do not, six faces run at 11.4 frames a second on two cores, not 7.5. GNU's OpenMP may spin for the
    # microseconds between two layers: one face is embedded in 9 ms, not 15. Read once, when PyTorch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")
    from metaface_gui.cli.main import run  # noqa: PLC0415 - loads PyTorch

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
