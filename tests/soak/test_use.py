"""A use of seconds, so that the command is there when it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from tests.soak import use as use_module
from tests.soak.__main__ import report, run, write_csv
from tests.soak.gauges import PROCESS
from tests.soak.use import Plan


def test_a_short_use_comes_to_nothing_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Counting a test run's objects takes half a second each time.
    monkeypatch.setattr(use_module, "PROCESS", {name: gauge for name, gauge in PROCESS.items() if name != "objects"})
    use = run(Plan(250, tmp_path, seed=1, samples=37), in_window=False, on_step=lambda _use: None)
    assert use.watch.frames >= 250
    assert use.visitor.done.total() >= 3
    assert not use.watch.bugs, use.watch.bugs
    assert use.watch.failed_frames == 0
    assert use.notes.has_stopped
    assert use.notes.is_gallery_whole
    write_csv(tmp_path / "notes.csv", use.notes)
    assert len((tmp_path / "notes.csv").read_text().splitlines()) == 1 + len(use.notes.at)
    console = Console(record=True, width=120)
    report(console, use)  # so short a use may well end with more than it began with
    assert "frames in" in console.export_text()
