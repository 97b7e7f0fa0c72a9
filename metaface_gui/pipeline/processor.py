"""How much of the processor this process may use."""

from __future__ import annotations

import os

MAX_THREADS = 8
"""More only wait for each other in a small network."""


def usable_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_threads() -> int:
    """As many as there are `usable_cores`, `MAX_THREADS` at most."""
    return max(1, min(usable_cores(), MAX_THREADS))
