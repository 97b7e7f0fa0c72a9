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

    Shares are in percent, gains in percentage points of TPIR at FPIR 1 %; the best of each column has a star.
    """
    for table in tables(report.rows):
        console.print(_comparison(table, report.settings.fpir))
        console.print()
    if report.calibration:
        console.print(_calibration(report.calibration, report.settings.fpir))
        console.print()
    for note in report.notes():
        console.print(escape(translate("Commands", note.template, None, **note.values)), soft_wrap=True)


def _comparison(rows: Sequence[EvaluationRow], fpir: float) -> Table:
    first = rows[0]
    title = translate(
        "Commands",
        "{condition}, {n_way}-way {k_shot}-shot, {episodes} episodes",
        None,
        condition=first.condition,
        n_way=first.n_way_used,
        k_shot=first.k_shot,
        episodes=max(row.episodes for row in rows),
    )
    table = Table(title=title, box=None, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column(translate("Commands", "learner"), no_wrap=True)
    for heading in (
        translate("Commands", "top-1 %"),
        translate("Commands", "95 % interval"),
        translate("Commands", "TPIR % at\nFPIR 1 %"),
        translate("Commands", "gain over\nstock"),
        translate("Commands", "TPIR % at\nFPIR 0.1 %"),
        translate("Commands", "shipped:\nTPIR %"),
        translate("Commands", "FPIR %,\n{promise} promised", None, promise=f"{100 * fpir:g}"),
        translate("Commands", "calibration\nerror"),
        translate("Commands", "adapt\nms"),
        translate("Commands", "score\nµs a face"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        is_stock = row.learner == STOCK
        table.add_row(
            _name(row),
            _starred(row, rows, "top1", f"{100 * row.top1.mean:.2f}"),
            f"{100 * row.top1.low:.2f}–{100 * row.top1.high:.2f}",
            _starred(row, rows, "tpir_at_fpir_1pct", f"{100 * row.tpir_at_fpir_1pct:.2f}"),
            "" if is_stock else f"{100 * gain_over_stock(row, rows):+.2f}",
            _starred(row, rows, "tpir_at_fpir_01pct", f"{100 * row.tpir_at_fpir_01pct:.2f}"),
            _starred(row, rows, "tpir_shipped", f"{100 * row.tpir_shipped:.2f}"),
            f"{100 * row.fpir_achieved:.2f}",
            "–" if row.calibration_error is None else f"{100 * row.calibration_error:.2f}",
            _starred(row, rows, "adapt_ms", f"{row.adapt_ms:.1f}"),
            _starred(row, rows, "score_us", f"{row.score_us:.0f}"),
            style="dim" if row.is_twin else None,
        )
    return table


def _calibration(rows: Sequence[EvaluationRow], fpir: float) -> Table:
    title = translate(
        "Commands",
        "FPIR in % that the shipped threshold achieves where it promises {promise} %",
        None,
        promise=f"{100 * fpir:g}",
    )
    conditions = list(dict.fromkeys(row.condition for row in rows))
    sizes = sorted({row.n_way_used for row in rows})
    table = Table(title=title, box=None, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column(translate("Commands", "learner"), no_wrap=True)
    for condition in conditions:
        for size in sizes:
            table.add_column(
                translate("Commands", "{condition},\n{people} enrolled", None, condition=condition, people=size),
                justify="right",
                no_wrap=True,
            )
    achieved = {(row.learner, row.condition, row.n_way_used): row.fpir_achieved for row in rows}
    for learner in dict.fromkeys(row.learner for row in rows):
        shares = [achieved.get((learner, condition, size)) for condition in conditions for size in sizes]
        table.add_row(learner, *("–" if share is None else f"{100 * share:.2f}" for share in shares))
    return table


def _name(row: EvaluationRow) -> str:
    if row.is_twin:
        return translate("Commands", "  {learner}, untrained", None, learner=row.learner)
    return row.learner


def _starred(row: EvaluationRow, rows: Sequence[EvaluationRow], column: str, text: str) -> str:
    """Mark the best of a column; a space in a star's place keeps the digits aligned."""
    figure = COLUMNS[column]
    return f"[bold]{text}*[/]" if figure.value(row) == best_of(rows, figure) else f"{text} "
