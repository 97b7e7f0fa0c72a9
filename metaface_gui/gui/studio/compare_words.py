"""The texts of the comparison table: headings, numbers, and their explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.gui.learner_words import learner_title
from metaface_gui.i18n import translate
from metaface_gui.pipeline.rendering.verdicts import Agreement, Verdict

NOTHING = "–"
"""Shown where nothing has been counted."""


class CompareColumn(IntEnum):
    """The table's columns, from left to right."""

    METHOD = 0
    NAMED = 1
    UNKNOWN = 2
    SWITCHES = 3
    AGREEMENT = 4
    ACCURACY = 5
    NOW = 6


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A method: whether it runs, whether it decides, its tally, and its verdict on the selected face."""

    learner: str
    is_running: bool = False
    is_deciding: bool = False
    tally: LearnerTally | None = None
    verdict: Verdict | None = None


def column_title(column: CompareColumn) -> str:
    """Return the heading."""
    return {
        CompareColumn.METHOD: translate("Compare", "Method"),
        CompareColumn.NAMED: translate("Compare", "Named"),
        CompareColumn.UNKNOWN: translate("Compare", "Unknown"),
        CompareColumn.SWITCHES: translate("Compare", "Changes/min"),
        CompareColumn.AGREEMENT: translate("Compare", "Agreement"),
        CompareColumn.ACCURACY: translate("Compare", "Accuracy"),
        CompareColumn.NOW: translate("Compare", "Now"),
    }[column]


def column_explanation(column: CompareColumn) -> str:
    """Return what the column counts."""
    return {
        CompareColumn.METHOD: translate("Compare", "Tick the methods to run on the same faces"),
        CompareColumn.NAMED: translate("Compare", "Faces it named; every face in every frame counts"),
        CompareColumn.UNKNOWN: translate("Compare", "Faces that it called Unknown"),
        CompareColumn.SWITCHES: translate(
            "Compare", "Name changes per minute: how often it changed its mind about a face"
        ),
        CompareColumn.AGREEMENT: translate(
            "Compare", "How often it agreed with the majority of the methods, where there was one"
        ),
        CompareColumn.ACCURACY: translate(
            "Compare", "How often it was right about faces whose name is known, from the demo scene or from you"
        ),
        CompareColumn.NOW: translate(
            "Compare",
            "What it says about the face, and its margin: −1 a stranger, 0 its own threshold, +1 somebody enrolled",
        ),
    }[column]


def value_of(row: CompareRow, column: CompareColumn) -> float | None:
    """Return the number to sort by; None where nothing has been counted."""
    tally = row.tally
    if column is CompareColumn.NOW:
        return None if row.verdict is None else row.verdict.fill - row.verdict.mark
    if tally is None:
        return None
    return {
        CompareColumn.NAMED: float(tally.named),
        CompareColumn.UNKNOWN: float(tally.unknown),
        CompareColumn.SWITCHES: tally.switches_per_minute,
        CompareColumn.AGREEMENT: _share(tally.agreeing, tally.contested),
        CompareColumn.ACCURACY: _share(tally.right, tally.counted),
    }.get(column)


def cell_text(row: CompareRow, column: CompareColumn) -> str:
    """Return a cell's full text, for copying and for screen readers."""
    if column is CompareColumn.METHOD:
        return learner_title(row.learner)
    if column is CompareColumn.NOW:
        return NOTHING if row.verdict is None else verdict_name(row.verdict)
    count = count_text(row, column)
    return f"{main_text(row, column)} ({count})" if count else main_text(row, column)


def main_text(row: CompareRow, column: CompareColumn) -> str:
    """Return the number without its counts."""
    value = value_of(row, column)
    if value is None:
        return NOTHING
    if column in (CompareColumn.AGREEMENT, CompareColumn.ACCURACY):
        return f"{100 * value:.1f} %"
    return f"{value:.1f}" if column is CompareColumn.SWITCHES else f"{value:,.0f}"


def count_text(row: CompareRow, column: CompareColumn) -> str:
    """Return the counts behind an accuracy; "" for other columns and where there are none."""
    if column is not CompareColumn.ACCURACY or row.tally is None or row.tally.counted == 0:
        return ""
    return f"{row.tally.right:,}/{row.tally.counted:,}"


def bar_of(row: CompareRow, column: CompareColumn, most_switches: float) -> float | None:
    """Return the length of a cell's bar, 0..1; None: no bar. Switches are relative to the method with the most."""
    value, tally = value_of(row, column), row.tally
    if value is None or tally is None:
        return None
    if column in (CompareColumn.NAMED, CompareColumn.UNKNOWN):
        return _share(round(value), tally.named + tally.unknown)
    if column is CompareColumn.SWITCHES:
        return value / most_switches if most_switches > 0.0 else 0.0
    return value


def verdict_name(verdict: Verdict) -> str:
    """Return the person whom a method sees."""
    return verdict.name or translate("Overlay", "Unknown")


def now_tip(row: CompareRow) -> str:
    """Return a method's verdict on the face, in a sentence."""
    if row.verdict is None:
        return ""
    name = verdict_name(row.verdict)
    words = {
        Agreement.AGREES: translate("Compare", "{name}, as most methods say", name=name),
        Agreement.DISAGREES: translate("Compare", "{name}, unlike most methods", name=name),
        Agreement.NO_MAJORITY: translate("Compare", "{name}; the methods have no majority", name=name),
    }[row.verdict.agreement]
    if row.verdict.is_right is not None:
        words += " · " + (translate("Compare", "right") if row.verdict.is_right else translate("Compare", "wrong"))
    return f"{words}\n{row.verdict.margin} ({row.verdict.raw})" if row.verdict.raw else words


def table_tsv(rows: Sequence[CompareRow]) -> str:
    """Return the table as lines of tab-separated cells, for a spreadsheet."""
    lines = [[column_title(column) for column in CompareColumn]]
    lines += [[cell_text(row, column).replace("\t", " ") for column in CompareColumn] for row in rows]
    return "".join("\t".join(line) + "\n" for line in lines)


def summary_text(n_methods: int, n_frames: int, seconds: float) -> str:
    """Return what the tallies cover."""
    minutes, rest = divmod(round(seconds), 60)
    frames = translate("Compare", "1 frame") if n_frames == 1 else translate("Compare", "{n} frames", n=f"{n_frames:,}")
    return translate(
        "Compare",
        "{methods} methods · {frames} · {time}",
        methods=n_methods,
        frames=frames,
        time=f"{minutes}:{rest:02}",
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
