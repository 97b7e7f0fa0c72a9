"""How much of the processor this process may use."""

from __future__ import annotations

import os

MAX_THREADS = 8
"""More only wait for each other in a small network."""


def available_threads() -> int:
    """How many processors this process may use, `MAX_THREADS` at most."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(count, MAX_THREADS))
