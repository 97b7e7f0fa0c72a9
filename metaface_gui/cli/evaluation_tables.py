"""Print an evaluation report as terminal tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from metaface_gui.cli.evaluation_options import hyphened
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.i18n import translate
from metaface_gui.metalearning.evaluate import STOCK, EvaluationRow
from metaface_gui.metalearning.metrics import Interval
from metaface_gui.metalearning.report import COLUMNS, Report, best_of
from metaface_gui.metalearning.summary import FIGURES, gain_over_stock, spans_several, summarise, tables
from metaface_gui.metalearning.track_evaluation import TrackRow


def print_report(report: Report, console: Console) -> None:
    """Print a table for each condition, n_way and k_shot, then the calibration table and the caveats.

    Shares are in percent, gains in percentage points of TPIR at FPIR 1 %; ± is half the 95 % interval. The best value
    of each column has a star. The shipped threshold's TPIR and FPIR stand beside the FPIR it promised. With several
    data sets or rooms, a summary of all cells follows.
    """
    several = len({row.data for row in report.rows}) > 1
    for table in tables(report.rows):
        _print_title(_where(table[0], several=several) + _comparison_title(table), console)
        console.print(_comparison(table, report.settings.fpir))
        console.print()
    for data, condition in dict.fromkeys((row.data, row.condition) for row in report.calibration):
        rows = [row for row in report.calibration if (row.data, row.condition) == (data, condition)]
        title = _calibration_title(rows, report.settings.fpir)
        _print_title(_where(rows[0], several=several) + title, console)
        console.print(_calibration(rows))
        console.print()
    for of_tracks in _track_tables(report.tracks):
        _print_title((f"{of_tracks[0].data}, " if several else "") + _tracks_title(of_tracks[0]), console)
        console.print(_tracks(of_tracks, report.settings.fpir))
        console.print()
    if spans_several(report.rows):
        _print_summary(report, console)
    for note in report.notes():
        console.print(escape(translate("Commands", note.template, **note.values)), soft_wrap=True)


def _print_title(text: str, console: Console) -> None:
    """Print a title; a rich table title would wrap at the width of the table."""
    console.print(text, style="bold", markup=False, soft_wrap=True)


def _where(row: EvaluationRow, *, several: bool) -> str:
    """Return a title's prefix: the data set if there are several, and the room if there is one."""
    parts = (row.data if several else None, None if row.environment is None else hyphened(row.environment))
    return "".join(f"{part}, " for part in parts if part is not None)


def _print_summary(report: Report, console: Console) -> None:
    summaries = summarise(report.rows)
    several = len({row.data for row in report.rows}) > 1
    title = translate("Commands", "{cells} cells: the worst / the median of each", cells=summaries[0].cells)
    _print_title(title, console)
    table, headings = _table(), _summary_headings(report.settings.fpir)
    for name in FIGURES:
        table.add_column(headings[name], justify="right", no_wrap=True)
    for summary in summaries:
        table.add_row(
            summary.learner,
            *(f"{100 * extent.worst:.2f} / {100 * extent.median:.2f}" for extent in summary.figures.values()),
        )
    console.print(table)
    # The cell with the highest FPIR and the one with the lowest TPIR: where to look first.
    loosest = max((summary.figures["fpir_achieved"] for summary in summaries), key=lambda extent: extent.worst)
    weakest = min((summary.figures["tpir_at_fpir_1pct"] for summary in summaries), key=lambda extent: extent.worst)
    for text, extent in (
        (QT_TRANSLATE_NOOP("Commands", "highest FPIR: {learner}, {cell}"), loosest),
        (QT_TRANSLATE_NOOP("Commands", "lowest TPIR: {learner}, {cell}"), weakest),
    ):
        row = extent.worst_row
        cell = f"{_where(row, several=several)}{row.condition}, {row.n_way}×{row.k_shot}"
        console.print(escape(translate("Commands", text, learner=row.learner, cell=cell)), soft_wrap=True)
    console.print()


def _track_tables(rows: Sequence[TrackRow]) -> tuple[tuple[TrackRow, ...], ...]:
    """Group the rows by data set, condition, n_way and k_shot."""
    grouped: dict[tuple[str, str, int, int], list[TrackRow]] = {}
    for row in rows:
        grouped.setdefault((row.data, row.condition, row.n_way, row.k_shot), []).append(row)
    return tuple(tuple(group) for group in grouped.values())


def _tracks_title(row: TrackRow) -> str:
    return translate(
        "Commands",
        "tracks, {condition}, {n_way}-way {k_shot}-shot, {episodes} episodes",
        condition=hyphened(row.condition),
        n_way=row.n_way,
        k_shot=row.k_shot,
        episodes=row.episodes,
    )


def _tracks(rows: Sequence[TrackRow], fpir: float) -> Table:
    table = _table()
    for heading in (
        translate("Commands", "looks"),
        translate("Commands", "top-1 %"),
        translate("Commands", "TPIR at\nFPIR\n1 %"),
        translate("Commands", "ship-\nped:\nTPIR"),
        translate("Commands", "FPIR\nfor\n{promise}", promise=f"{100 * fpir:g}"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        shares = (row.top1, row.tpir_at_fpir_1pct, row.tpir_shipped)
        table.add_row(
            row.learner, str(row.looks), *(f"{100 * share:.1f}" for share in shares), f"{100 * row.fpir_achieved:.2f}"
        )
    return table


def _summary_headings(fpir: float) -> Mapping[str, str]:
    return {
        "fpir_achieved": translate("Commands", "FPIR\nfor {promise}", promise=f"{100 * fpir:g}"),
        "tpir_at_fpir_1pct": translate("Commands", "TPIR at\nFPIR 1 %"),
        "tpir_shipped": translate("Commands", "shipped:\nTPIR"),
        "gain_over_stock": translate("Commands", "gain\nover stock"),
    }


def _comparison_title(rows: Sequence[EvaluationRow]) -> str:
    first = rows[0]
    return translate(
        "Commands",
        "{condition}, {n_way}-way {k_shot}-shot, {episodes} episodes",
        condition=first.condition,
        n_way=first.n_way_used,
        k_shot=first.k_shot,
        episodes=max(row.episodes for row in rows),
    )


def _calibration_title(rows: Sequence[EvaluationRow], fpir: float) -> str:
    return translate(
        "Commands",
        "{condition}: actual FPIR (%) of the shipped threshold for a promised {promise} %, by number of people "
        "enrolled",
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
        translate("Commands", "FPIR\nfor\n{promise}", promise=f"{100 * fpir:g}"),
        translate("Commands", "cal.\nerr."),
        translate("Commands", "adapt\nms"),
        translate("Commands", "µs per\nface"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        # The ends of the interval may be clipped at 0 or 1; its wider half never is.
        half = max(row.top1.mean - row.top1.low, row.top1.high - row.top1.mean)
        table.add_row(
            translate("Commands", "  untrained") if row.is_twin else row.learner,
            _starred(row, rows, "top1", f"{100 * row.top1.mean:.1f}±{100 * half:.1f}"),
            _starred(row, rows, "tpir_at_fpir_1pct", _percent(row.tpir_at_fpir_1pct)),
            "" if row.learner == STOCK else f"{100 * gain_over_stock(row, rows):+.2f}",
            _starred(row, rows, "tpir_at_fpir_01pct", _percent(row.tpir_at_fpir_01pct)),
            _starred(row, rows, "tpir_shipped", _percent(row.tpir_shipped)),
            _with_interval(row.fpir_interval),
            "–" if row.calibration_error is None else _three_figures(row.calibration_error),
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
    """Return an empty table that fits into 80 columns, which is also the width assumed for a pipe."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(translate("Commands", "learner"), no_wrap=True)
    return table


def _percent(share: float) -> str:
    """Format as percent in at most five characters."""
    return "100.0" if share > 0.99995 else f"{100 * share:.2f}"


def _with_interval(share: Interval) -> str:
    """Format as percent ± the wider half of the 95 % interval (never clipped at 0 or 1), in at most nine characters."""
    half = 100 * max(share.mean - share.low, share.high - share.mean)
    return f"{_three_figures(share.mean)}±{half:.{1 if half < 9.95 else 0}f}"


def _three_figures(share: float) -> str:
    """Format as percent in four characters, five for 100 %."""
    return f"{100 * share:.2f}" if share < 0.09995 else f"{100 * share:.1f}"


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100.0 else f"{value:.1f}"


def _starred(row: EvaluationRow, rows: Sequence[EvaluationRow], column: str, text: str) -> str:
    """Mark the best of a column with a star, others with a space to keep the digits aligned."""
    figure = COLUMNS[column]
    return f"[bold]{text}*[/]" if figure.value(row) == best_of(rows, figure) else f"{text} "
