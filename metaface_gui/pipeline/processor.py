"""How much of the processor this process may use."""

from __future__ import annotations

import os

MAX_THREADS = 8
"""In a small network, more threads only wait for each other."""


def usable_cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_threads() -> int:
    """Return the number of threads to use: `usable_cores`, but at most `MAX_THREADS`."""
    return max(1, min(usable_cores(), MAX_THREADS))
