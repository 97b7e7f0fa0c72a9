"""`python -m metaface_gui` and the `metaface` command."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from metaface_gui.gui.starting_window import StartingWindow

_INTERRUPTED = 130


def main() -> int:
    """Run this process's command line; returns the exit code, or ends the process if there was no window.

    It also ends the process if a thread outlived its time to stop, as one loading PyTorch may: once Python is shut
    down, C++ code that returns to it aborts.
    """
    try:  # so early, and with so little imported above, that Ctrl-C shows no traceback of half-loaded modules
        return _load_and_run(sys.argv[1:])
    except KeyboardInterrupt:  # once a command is running, `run` reports it
        os._exit(_INTERRUPTED)  # a thread may be loading


def _load_and_run(arguments: Sequence[str]) -> int:
    from metaface_gui.cli import opens_window  # noqa: PLC0415 - where Ctrl-C is taken

    # PyTorch's worker threads spin while they wait for work and so take the cores from the camera and the window; if
    # they sleep instead, six faces run at 11.4 frames a second on two cores, not 7.5. GNU's OpenMP may spin for the
    # microseconds between two layers: one face is embedded in 9 ms, not 15. Both are read once, when PyTorch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # in capitals it is not recognised in a Turkish locale
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")
    # NumPy's and OpenCV's own threads also spin, after each product and even after just being loaded: for 2²⁶ cycles, a
    # fortieth of a second. Limiting that to 2¹⁰ cycles saves 150 ms of processor time up to the first name.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "10")
    starting = _load_behind_window() if opens_window(arguments) else None
    if starting is not None and not starting.is_wanted:
        return 0
    from metaface_gui.cli.language import makes_own_application  # noqa: PLC0415
    from metaface_gui.cli.main import run  # noqa: PLC0415 - after the starting window
    from metaface_gui.cli.quick_exit import end_process, is_something_running  # noqa: PLC0415

    code = run(arguments)
    if not makes_own_application(arguments) or is_something_running():
        end_process(code)
    return code


def _load_behind_window() -> StartingWindow | None:
    """Show a starting window while everything loads; None if nothing can be shown, or nobody would see it."""
    from importlib import import_module  # noqa: PLC0415 - where Ctrl-C is taken

    from metaface_gui.deferred import uncollected  # noqa: PLC0415 - commands do not need it
    from metaface_gui.errors import KnownError  # noqa: PLC0415
    from metaface_gui.gui.application import is_seen, make_application  # noqa: PLC0415

    if not is_seen():
        return None
    try:
        with uncollected():
            make_application()
    except KnownError:
        return None  # `run` gets the same error and reports it
    from metaface_gui.gui.starting_window import load_behind_window  # noqa: PLC0415 - after the application

    def load() -> None:
        import_module("metaface_gui.cli.main")
        import_module("metaface_gui.app")

    return load_behind_window(load)


if __name__ == "__main__":
    sys.exit(main())
