"""`python -m tests.soak`: uses the engine for hours, prints what grew, exits with 1 if something did."""

from __future__ import annotations

import argparse
import csv
import logging
import sys
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.soak.gauges import LIMITS
from tests.soak.growth import WARM_UP, growth
from tests.soak.use import Notes, Plan, Use, in_use

_POLL_S = 0.005
_TRACED_LINES = 12


def main(arguments: Sequence[str]) -> int:
    """Run and judge; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--frames", type=int, default=200_000, help="frames to look at (%(default)s)")
    parser.add_argument("--models", action="store_true", help="the real networks on the demo scene, 20 times as slow")
    parser.add_argument("--window", choices=["offscreen"], help="put the whole window before the engine")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--csv", type=Path, help="write what was noted to this file")
    parser.add_argument("--trace", action="store_true", help="also say which lines' memory grew (slow)")
    wanted = parser.parse_args(arguments)
    if wanted.trace:
        tracemalloc.start(1)
    logging.basicConfig(level=logging.ERROR)  # what went wrong, with its traceback, at once
    with tempfile.TemporaryDirectory(prefix="metaface-soak-") as folder:
        plan = Plan(wanted.frames, Path(folder), wanted.seed, wanted.models)
        tracer = Tracer(plan.frames) if wanted.trace else None
        progress = Progress(Console(stderr=True), plan.frames)

        def on_step(use: Use) -> None:
            progress.step(use)
            if tracer is not None:
                tracer.step(use)

        use = run(plan, in_window=wanted.window is not None, on_step=on_step)
    console = Console(width=120)
    if wanted.csv is not None:
        write_csv(wanted.csv, use.notes)
    if tracer is not None:
        tracer.report(console)
    return report(console, use)


class Progress:
    """Says on stderr how far it is, twenty times in all."""

    def __init__(self, console: Console, frames: int) -> None:
        self._console, self._every = console, max(1, frames // 20)
        self._due = self._every

    def step(self, use: Use) -> None:
        """Say it if it is time."""
        if use.watch.frames >= self._due:
            self._due += self._every
            newest = {name: round(values[-1], 1) for name, values in use.notes.values.items()}
            told = ", ".join(f"{name} {value}" for name, value in newest.items())
            self._console.print(f"{use.watch.frames}: {told}; {[*use.watch.bugs]}", soft_wrap=True, highlight=False)


class Tracer:
    """Compares where memory was allocated after the warm-up with where it was at the end."""

    def __init__(self, frames: int) -> None:
        self._due = int(frames * WARM_UP)
        self._first: tracemalloc.Snapshot | None = None

    def step(self, use: Use) -> None:
        """Take the first look once it is time."""
        if self._first is None and use.watch.frames >= self._due:
            self._first = tracemalloc.take_snapshot()

    def report(self, console: Console) -> None:
        """Print the lines that hold most more than before."""
        if self._first is not None:
            for line in tracemalloc.take_snapshot().compare_to(self._first, "lineno")[:_TRACED_LINES]:
                console.print(str(line), highlight=False)


def run(plan: Plan, *, in_window: bool, on_step: Callable[[Use], None]) -> Use:
    """Use the engine until there were frames enough."""
    if in_window:
        from tests.soak.window import use_in_window

        return use_in_window(plan, on_step)
    with in_use(plan) as use:
        while use.step():
            on_step(use)
            use.watch.moved.wait(_POLL_S)
    return use


def report(console: Console, use: Use) -> int:
    """Print what was noted and judge it; returns the exit code."""
    notes, watch = use.notes, use.watch
    grown = []
    table = Table("", "after warm-up", "at the end", "per 10,000 frames", "99 % interval", "")
    for name, limit in LIMITS.items():
        values = notes.values.get(name)
        if values is None:
            continue
        found = growth(notes.at, values)
        has_grown = limit.tolerance is not None and found.exceeds(limit.tolerance)
        grown += [limit.title] * has_grown
        warm = [value for at, value in zip(notes.at, values, strict=True) if at >= WARM_UP * notes.at[-1]]
        verdict = "GROWS" if has_grown else "" if limit.tolerance is None else "flat"
        first, last = np.mean(warm[: len(warm) // 6]), np.mean(warm[-(len(warm) // 6) :])
        spread = f"{found.low:+.3f} … {found.high:+.3f}"
        table.add_row(limit.title, f"{first:.1f}", f"{last:.1f}", f"{found.slope:+.3f}", spread, verdict)
    console.print(f"{watch.frames} frames in {notes.seconds:.0f} s; {watch.dropped_frames} dropped", highlight=False)
    console.print(f"{watch.faces} faces judged: {watch.right} right, {watch.wrong} named wrongly", highlight=False)
    console.print(table)
    _print_counts(console, "done", use.visitor.done)
    _print_counts(console, "events", watch.events)
    _print_counts(console, "refused or told", watch.troubles)
    _print_counts(console, "bugs", watch.bugs)
    complaints = [f"{title} grows" for title in grown]
    complaints += ["something was logged as an error"] * bool(watch.bugs)
    complaints += [f"{watch.failed_frames} frames failed"] * bool(watch.failed_frames)
    complaints += ["a thread did not end"] * (not notes.has_stopped)
    complaints += ["the gallery differs once it is opened again"] * (not notes.is_gallery_whole)
    console.print("; ".join(complaints) or "nothing grows, nothing failed", highlight=False)
    return 1 if complaints else 0


def _print_counts(console: Console, title: str, counts: Counter[str]) -> None:
    listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    console.print(f"{title} ({counts.total()}): {listed or 'none'}", highlight=False, markup=False)


def write_csv(path: Path, notes: Notes) -> None:
    """Write a line for each time that something was noted."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["frames", *notes.values])
        writer.writerows(zip(notes.at, *notes.values.values(), strict=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
