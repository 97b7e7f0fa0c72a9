"""What is noted of the process from time to time; Linux, as it reads `/proc`."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_SELF = Path("/proc/self")

Gauge = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a gauge is called in the table, and the growth per 10,000 frames that is still none.

    None: a figure to look at that judges nothing.
    """

    title: str
    tolerance: float | None


LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        # 10,000 frames are five and a half minutes at 30 a second: 0.3 MB are 3 MB an hour.
        "rss_mb": Limit("memory (MB)", 0.3),
        "os_threads": Limit("threads of the system", 0.05),
        "py_threads": Limit("threads of Python", 0.05),
        "descriptors": Limit("open descriptors", 0.05),
        "objects": Limit("Python objects", 100.0),
        "qt_objects": Limit("Qt objects of the window", 1.0),
        "qt_timers": Limit("running Qt timers", 0.1),
        "latency_p50_ms": Limit("camera to result, median (ms)", None),
        "latency_p95_ms": Limit("camera to result, 95 % (ms)", None),
        "frames_per_s": Limit("frames a second", None),
        "people": Limit("people enrolled", None),
        "shots": Limit("shots stored", None),
        "disk_mb": Limit("files on the disk (MB)", None),
    }
)


def resident_mb() -> float:
    """Memory that the process holds, in MB of 2²⁰ bytes."""
    return _status("VmRSS") / 1024


def os_threads() -> float:
    """Threads of the process, those of libraries too."""
    return _status("Threads")


def descriptors() -> float:
    """Files, sockets and pipes that are open."""
    return len(list((_SELF / "fd").iterdir())) - 1  # one of them lists the others


def objects() -> float:
    """Objects that Python's garbage collector knows, after it collected.

    Not by `gc.get_objects`: that holds tuples which another thread has not finished making, and its making then fails.
    """
    gc.unfreeze()  # what a start had the collector pass over may be garbage by now
    gc.collect()
    gc.freeze()
    try:
        return gc.get_freeze_count()
    finally:
        gc.unfreeze()


def py_threads() -> float:
    """Threads that Python knows."""
    return threading.active_count()


def _status(field: str) -> float:
    lines = (_SELF / "status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{field}:")))


PROCESS: Mapping[str, Gauge] = MappingProxyType(
    {
        "rss_mb": resident_mb,
        "os_threads": os_threads,
        "py_threads": py_threads,
        "descriptors": descriptors,
        "objects": objects,
    }
)
