"""An evaluation's report as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from metaface_gui.gui.translation import translate
from metaface_gui.metalearning.evaluate import STOCK, EvaluationRow
from metaface_gui.metalearning.report import COLUMNS, Report, best_of, gain_over_stock, tables


def print_report(report: Report, console: Console) -> None:
    """Print a table for each condition, n_way and k_shot, then the calibration table and what to know before quoting.

    Shares are in percent, gains in percentage points of TPIR at FPIR 1 %; ± is half the 95 % interval. The best of each
    column has a star. The shipped threshold's TPIR and FPIR stand beside what it promised.
    """
    for table in tables(report.rows):
        _print_title(_comparison_title(table), console)
        console.print(_comparison(table, report.settings.fpir))
        console.print()
    for condition in dict.fromkeys(row.condition for row in report.calibration):
        rows = [row for row in report.calibration if row.condition == condition]
        _print_title(_calibration_title(rows, report.settings.fpir), console)
        console.print(_calibration(rows))
        console.print()
    for note in report.notes():
        console.print(escape(translate("Commands", note.template, None, **note.values)), soft_wrap=True)


def _print_title(text: str, console: Console) -> None:
    """A table's own title would be wrapped to the table's width."""
    console.print(text, style="bold", markup=False, soft_wrap=True)


def _comparison_title(rows: Sequence[EvaluationRow]) -> str:
    first = rows[0]
    return translate(
        "Commands",
        "{condition}, {n_way}-way {k_shot}-shot, {episodes} episodes",
        None,
        condition=first.condition,
        n_way=first.n_way_used,
        k_shot=first.k_shot,
        episodes=max(row.episodes for row in rows),
    )


def _calibration_title(rows: Sequence[EvaluationRow], fpir: float) -> str:
    return translate(
        "Commands",
        "{condition}: FPIR in % of the shipped threshold where it promises {promise} %, by people enrolled",
        None,
        condition=rows[0].condition,
        promise=f"{100 * fpir:g}",
    )


def _comparison(rows: Sequence[EvaluationRow], fpir: float) -> Table:
    table = _table()
    for heading in (
        translate("Commands", "top-1 %"),
        translate("Commands", "TPIR at\nFPIR\n1 %"),
        translate("Commands", "gain\nover\nstock"),
        translate("Commands", "TPIR at\nFPIR\n0.1 %"),
        translate("Commands", "ship-\nped:\nTPIR"),
        translate("Commands", "FPIR\nfor\n{promise}", None, promise=f"{100 * fpir:g}"),
        translate("Commands", "cal.\nerr."),
        translate("Commands", "adapt\nms"),
        translate("Commands", "µs a\nface"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        # Unlike its ends, the interval's wider half is never cut at 0 or 1.
        half = max(row.top1.mean - row.top1.low, row.top1.high - row.top1.mean)
        table.add_row(
            translate("Commands", "  untrained") if row.is_twin else row.learner,
            _starred(row, rows, "top1", f"{100 * row.top1.mean:.1f} ±{100 * half:.1f}"),
            _starred(row, rows, "tpir_at_fpir_1pct", f"{100 * row.tpir_at_fpir_1pct:.2f}"),
            "" if row.learner == STOCK else f"{100 * gain_over_stock(row, rows):+.2f}",
            _starred(row, rows, "tpir_at_fpir_01pct", f"{100 * row.tpir_at_fpir_01pct:.2f}"),
            _starred(row, rows, "tpir_shipped", f"{100 * row.tpir_shipped:.2f}"),
            f"{100 * row.fpir_achieved:.2f}",
            "–" if row.calibration_error is None else f"{100 * row.calibration_error:.2f}",
            _starred(row, rows, "adapt_ms", _three_digits(row.adapt_ms)),
            _starred(row, rows, "score_us", f"{row.score_us:.0f}"),
            style="dim" if row.is_twin else None,
        )
    return table


def _calibration(rows: Sequence[EvaluationRow]) -> Table:
    sizes = sorted({row.n_way_used for row in rows})
    table = _table()
    for size in sizes:
        table.add_column(str(size), justify="right", no_wrap=True)
    achieved = {(row.learner, row.n_way_used): row.fpir_achieved for row in rows}
    for learner in dict.fromkeys(row.learner for row in rows):
        shares = [achieved.get((learner, size)) for size in sizes]
        table.add_row(learner, *("–" if share is None else f"{100 * share:.2f}" for share in shares))
    return table


def _table() -> Table:
    """A table that fits into 80 columns, which is also what a pipe is taken for."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(translate("Commands", "learner"), no_wrap=True)
    return table


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100.0 else f"{value:.1f}"


def _starred(row: EvaluationRow, rows: Sequence[EvaluationRow], column: str, text: str) -> str:
    """Mark the best of a column; a space in a star's place keeps the digits aligned."""
    figure = COLUMNS[column]
    return f"[bold]{text}*[/]" if figure.value(row) == best_of(rows, figure) else f"{text} "
