"""The columns of a command-line progress bar: task, done of total, and time left."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn


def counted_columns() -> tuple[ProgressColumn, ...]:
    """Return the columns of a bar whose tasks are counts."""
    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
