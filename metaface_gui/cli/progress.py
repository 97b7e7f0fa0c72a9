"""What a progress bar of the command line shows: the work done, out of how much, and the time left."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn


def counted_columns() -> tuple[ProgressColumn, ...]:
    """Columns of a bar whose tasks are counts."""
    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
