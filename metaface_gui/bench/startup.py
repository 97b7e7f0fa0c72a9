"""How long the window takes to come, and what memory it needs: measured from outside, on a process of its own.

The process is whatever prints, a line each: `starting` when anything of it is on screen, `painted` when its window has
painted, `picture` when the source's first frame has, `boxes` when faces were found, `recognised` when one has its name,
and `loaded`, with the longest time in seconds that the video stood still, when all its models are there.
`startup_probe` is the one for the real window. Nothing that this process has loaded or warmed up helps it.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median
from typing import IO

from metaface_gui.bench.figures import Slope, slope_of
from metaface_gui.bench.startup_words import BOXES, LOADED, PAINTED, PICTURE, RECOGNISED, STARTING
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

OnStep = Callable[[str], None]

_WORDS = (STARTING, PAINTED, PICTURE, BOXES, RECOGNISED, LOADED)
_SAMPLE_S = 0.25
_ENDING_S = 1.0
_SETTLING_SHARE = 0.25
"""Of a run: buffers that fill once would look like a slope."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """Seconds from starting the process: to the first sign of it, to the window that can be used, to the source's first
    picture in it, to boxes around faces, to the first name, and until nothing is loaded any more.

    `gap_s` is the longest time between two pictures in the window on the way there.
    """

    starting_s: float
    window_s: float
    picture_s: float
    boxes_s: float
    recognised_s: float
    loaded_s: float
    gap_s: float


@dataclass(frozen=True, slots=True)
class StartUpFigures:
    """The medians of `runs`, on a warm disk: before them the process was started once that does not count."""

    median: StartUp
    runs: tuple[StartUp, ...]


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """Resident megabytes (10⁶ bytes) of the window's process: when it first recognises somebody, at the end, at most.

    `slope` is in MB per minute over the last three quarters of the run; None if it was too short.
    """

    seconds: float
    started_mb: float
    ended_mb: float
    most_mb: float
    slope: Slope | None


def measure_start_up(command: Sequence[str], *, repeats: int, on_step: OnStep = lambda _: None) -> StartUpFigures:
    """Start the process `repeats` times, and once before.

    Raises:
        KnownError: if it ends without a word.
    """
    runs = []
    for repeat in range(repeats + 1):
        with _process(command) as (_, lines, started):
            times_s, told = zip(*(_await(word, lines, started) for word in _WORDS), strict=True)
        figures = dict(zip((field.name for field in fields(StartUp)), (*times_s, float(told[-1])), strict=True))
        if repeat:
            runs.append(StartUp(**figures))
        on_step(f"{repeat}/{repeats}")
    middle = {field.name: median(getattr(run, field.name) for run in runs) for field in fields(StartUp)}
    return StartUpFigures(StartUp(**middle), tuple(runs))


def measure_memory(command: Sequence[str], *, seconds: float) -> MemoryFigures | None:
    """Watch the process for so long after it recognised somebody; None where the system does not tell its memory.

    Raises:
        KnownError: if it ends before.
    """
    times_s, sizes_mb = list[float](), list[float]()
    with _process(command) as (process, lines, started):
        _await(RECOGNISED, lines, started)
        begun = time.monotonic()
        while (now_s := time.monotonic() - begun) <= seconds:
            size = resident_bytes(process.pid)
            # Who is ending has no memory any more a moment before there is an exit code.
            if process.poll() is not None or (size is None and _ends(process)):
                raise _ended()
            if size is None:
                return None
            times_s.append(now_s)
            sizes_mb.append(size / 1e6)
            time.sleep(_SAMPLE_S)
    settled = [index for index, at in enumerate(times_s) if at >= _SETTLING_SHARE * seconds]
    return MemoryFigures(
        seconds=times_s[-1],
        started_mb=sizes_mb[0],
        ended_mb=sizes_mb[-1],
        most_mb=max(sizes_mb),
        slope=slope_of([times_s[i] for i in settled], [sizes_mb[i] for i in settled]),
    )


def _ends(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def resident_bytes(pid: int) -> int | None:
    """The memory that a process holds in RAM; None where the system does not tell, or there is no such process."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return None
    try:
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    except OSError:
        return None
    return int(told) * 1024 if told.isdigit() else None


@contextmanager
def _process(command: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], IO[str], float]]:
    """Start it; whatever happens it is gone afterwards."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout, started
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _await(word: str, lines: IO[str], started: float) -> tuple[float, str]:
    """Seconds until a line that begins with the word, and what else stands on it."""
    for line in lines:
        first, _, rest = line.strip().partition(" ")
        if first == word:
            return time.monotonic() - started, rest
    raise _ended()


def _ended() -> KnownError:
    return KnownError(
        QT_TRANSLATE_NOOP(
            "Errors", "The window's process ended before it was measured. Try “metaface demo”, which says why."
        )
    )
