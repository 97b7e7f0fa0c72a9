"""A process that says when it has painted and recognised is timed and watched, and never outlives the measurement."""

from __future__ import annotations

import os
import sys

import pytest

from metaface_gui.bench import startup as startup_benchmark
from metaface_gui.bench.startup import measure_memory, measure_start_up, resident_bytes
from metaface_gui.errors import KnownError

SAYS = (
    "[print(word, flush=True) for word in "
    "('starting', 'painted', 'picture', 'boxes', 'recognised', 'something else', 'loaded 0.125')]"
)


def process(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


def test_the_first_start_is_not_counted() -> None:
    told: list[str] = []
    figures = measure_start_up(process(SAYS), repeats=2, on_step=told.append)
    assert len(figures.runs) == 2
    assert told == ["0/2", "1/2", "2/2"]
    for run in (figures.median, *figures.runs):
        times_s = (run.starting_s, run.window_s, run.picture_s, run.boxes_s, run.recognised_s, run.loaded_s)
        assert times_s[0] > 0.0
        assert list(times_s) == sorted(times_s)
        assert run.gap_s == 0.125
    windows_s = [run.window_s for run in figures.runs]
    assert min(windows_s) <= figures.median.window_s <= max(windows_s)


def test_a_process_that_ends_without_a_word_is_said() -> None:
    with pytest.raises(KnownError, match="ended before"):
        measure_start_up(process("print('painted')"), repeats=1)


def test_memory_is_sampled_from_outside() -> None:
    figures = measure_memory(process(SAYS + "; import time; time.sleep(60)"), seconds=0.6)
    assert figures is not None
    assert figures.seconds <= 0.6
    assert figures.most_mb >= max(figures.started_mb, figures.ended_mb) > 1.0


def test_a_process_that_dies_while_it_is_watched_is_said() -> None:
    with pytest.raises(KnownError, match="ended before"):
        measure_memory(process(SAYS), seconds=30.0)


def test_the_own_memory_is_known_and_that_of_nobody_is_not() -> None:
    own = resident_bytes(os.getpid())
    assert own is not None
    assert own > 1_000_000
    assert resident_bytes(2**22 + 1) is None


def test_where_the_system_does_not_tell_memory_there_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup_benchmark, "resident_bytes", lambda _pid: None)
    assert measure_memory(process(SAYS + "; import time; time.sleep(60)"), seconds=0.6) is None
