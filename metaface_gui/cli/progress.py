"""What a progress bar of the command line shows: what is done, how much of how much, and how long it still takes."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn


def counted_columns() -> tuple[ProgressColumn, ...]:
    """Columns of a bar whose tasks are counts."""
    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
