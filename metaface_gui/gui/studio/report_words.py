"""The self-test's figures as text: shares with the counts behind them, and their uncertainty."""

from __future__ import annotations

import math
from enum import IntEnum

from metaface_gui.gui.learner_words import learner_explanation, learner_title
from metaface_gui.i18n import translate
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport, wilson_interval

UNMEASURED = "–"


class ReportColumn(IntEnum):
    """The table's columns, from left to right."""

    METHOD = 0
    NEAREST_CLEAN = 1
    NEAREST_DEGRADED = 2
    NAMED_CLEAN = 3
    NAMED_DEGRADED = 4
    FPIR = 5
    ADAPT = 6


SHARE_COLUMNS = (
    ReportColumn.NEAREST_CLEAN,
    ReportColumn.NEAREST_DEGRADED,
    ReportColumn.NAMED_CLEAN,
    ReportColumn.NAMED_DEGRADED,
)


def column_title(column: ReportColumn) -> str:
    """Return a heading of two lines."""
    return {
        ReportColumn.METHOD: translate("Report", "Method"),
        ReportColumn.NEAREST_CLEAN: translate("Report", "Closest match\nright, clean"),
        ReportColumn.NEAREST_DEGRADED: translate("Report", "Closest match\nright, degraded"),
        ReportColumn.NAMED_CLEAN: translate("Report", "Named right\nclean"),
        ReportColumn.NAMED_DEGRADED: translate("Report", "Named right\ndegraded"),
        ReportColumn.FPIR: translate("Report", "Strangers named\nby mistake (%)"),
        ReportColumn.ADAPT: translate("Report", "Learning\ntime (ms)"),
    }[column]


def column_explanation(column: ReportColumn) -> str:
    """Return what a column counts."""
    return {
        ReportColumn.METHOD: translate("Report", "All methods, with their current settings"),
        ReportColumn.NEAREST_CLEAN: translate(
            "Report", "Accuracy: unaltered left-out shots whose closest match is right, whatever the threshold"
        ),
        ReportColumn.NEAREST_DEGRADED: translate(
            "Report", "Accuracy on copies of the same shots: dark, small, blurred or half covered"
        ),
        ReportColumn.NAMED_CLEAN: translate(
            "Report", "TPIR: unaltered left-out shots named right with a score that reaches the threshold"
        ),
        ReportColumn.NAMED_DEGRADED: translate(
            "Report", "TPIR on copies of the same shots: dark, small, blurred or half covered"
        ),
        ReportColumn.FPIR: translate(
            "Report",
            "FPIR: strangers taken for somebody, measured on different strangers from those who set the threshold",
        ),
        ReportColumn.ADAPT: translate(
            "Report", "Learning time: median time to learn everybody, in milliseconds, on this computer"
        ),
    }[column]


def percent_text(share: float, decimals: int = 1) -> str:
    """Return a share (0..1) as a percentage; a dash where nothing was measured."""
    return UNMEASURED if math.isnan(share) else f"{100 * share:.{decimals}f} %"


def share_text(row: LearnerScore, column: ReportColumn) -> str:
    """Return a share column's percentage; with more decimals for strangers, a small share measured on thousands."""
    return percent_text(value_of(row, column), 2 if column is ReportColumn.FPIR else 1)


def milliseconds_text(milliseconds: float) -> str:
    """Return a time with about two significant digits."""
    return f"{milliseconds:.1f}" if milliseconds < 10 else f"{milliseconds:,.0f}"


def value_of(row: LearnerScore, column: ReportColumn) -> float:
    """Return a column's number: a share (0..1) or milliseconds; NaN where nothing was measured."""
    return {
        ReportColumn.METHOD: math.nan,
        ReportColumn.NEAREST_CLEAN: row.accuracy_clean,
        ReportColumn.NEAREST_DEGRADED: row.accuracy_degraded,
        ReportColumn.NAMED_CLEAN: row.tpir_clean,
        ReportColumn.NAMED_DEGRADED: row.tpir_degraded,
        ReportColumn.FPIR: row.fpir,
        ReportColumn.ADAPT: row.adapt_ms,
    }[column]


def probes_of(report: SelfTestReport, column: ReportColumn) -> int:
    """Return the number of probes behind a share; 0 for columns that aren't shares of probes."""
    if column not in SHARE_COLUMNS:
        return 0
    is_degraded = column in (ReportColumn.NEAREST_DEGRADED, ReportColumn.NAMED_DEGRADED)
    return report.n_degraded if is_degraded else report.n_probes


def count_text(report: SelfTestReport, row: LearnerScore, column: ReportColumn) -> str:
    """Return the counts, e.g. `96 of 100`; empty where nothing was counted."""
    share, n = value_of(row, column), probes_of(report, column)
    if n == 0 or math.isnan(share):
        return ""
    return translate("Report", "{count} of {n}", count=f"{round(share * n):,}", n=f"{n:,}")


def cell_text(report: SelfTestReport, row: LearnerScore, column: ReportColumn) -> str:
    """Return a cell's full text: `96.0 % (96 of 100)`."""
    if column is ReportColumn.METHOD:
        return learner_title(row.learner)
    if column is ReportColumn.ADAPT:
        return milliseconds_text(row.adapt_ms)
    count = count_text(report, row, column)
    return share_text(row, column) + (f" ({count})" if count else "")


def cell_tooltip(report: SelfTestReport, row: LearnerScore, column: ReportColumn) -> str:
    """Return what is behind a cell: counts and the confidence interval."""
    if column is ReportColumn.METHOD:
        lines = [learner_title(row.learner), learner_explanation(row.learner)]
        if row.changed_settings:
            lines.append(translate("Report", "Settings: {settings}", settings=row.changed_settings))
        if row.learner == report.recommended:
            lines += [recommendation_text(report), par_text(report)]
        return "\n".join(line for line in lines if line)
    text = cell_text(report, row, column)
    share = value_of(row, column)
    if column is ReportColumn.ADAPT or math.isnan(share):
        return f"{column_explanation(column)}\n{text}"
    # Copies of one shot are not independent trials, so n counts shots; likewise a stranger counts once over all folds.
    trials = report.n_strangers // 2 if column is ReportColumn.FPIR else report.n_probes
    decimals = 2 if column is ReportColumn.FPIR else 1
    low, high = wilson_interval(share, trials)
    interval = translate(
        "Report",
        "95 % interval: {low} to {high} (Wilson, {n} independent trials)",
        low=percent_text(low, decimals),
        high=percent_text(high, decimals),
        n=f"{trials:,}",
    )
    return f"{column_explanation(column)}\n{text}\n{interval}"


def recommendation_text(report: SelfTestReport) -> str:
    """Return the recommended method and the reason, in one short line that claims no more than the shots support."""
    title = learner_title(report.recommended)
    if len(report.rows) == 1:
        return translate("Report", "Only {title} was tested", title=title)
    if len(report.tied) <= 1:
        return translate("Report", "Recommended: {title} - the most shots named right", title=title)
    return translate("Report", "Recommended: {title} - fast, and none is clearly better", title=title)


def par_text(report: SelfTestReport) -> str:
    """Return what "clearly better" means, and how many methods are statistically tied with the best."""
    return translate(
        "Report",
        "{n} of {total} methods cannot be told apart from the best: a sign test over the shots finds no difference at "
        "5 %.",
        n=len(report.tied),
        total=len(report.rows),
    )


def scope_text(report: SelfTestReport) -> str:
    """Return what was tested, in one line."""
    people = len(report.people)
    tested = (
        translate("Report", "{n} people", n=people)
        if report.n_tested == people
        else translate("Report", "{tested} of {n} people", tested=report.n_tested, n=people)
    )
    if people == 1:
        tested = translate("Report", "1 person")
    shots = translate("Report", "{n} shots left out in turn", n=f"{report.n_probes:,}")
    copies = translate("Report", "{n} degraded copies", n=f"{report.n_degraded:,}")
    took = translate("Report", "took {n:.1f} s", n=report.seconds)
    return "  ·  ".join((tested, shots, copies, took))


def settings_text(report: SelfTestReport) -> str:
    """Return the test's settings: embedder, threshold and its origin."""
    embedder = translate("Report", "Embedder {id}", id=report.embedder_id or UNMEASURED)
    if report.n_strangers == 0:
        threshold = translate("Report", "fixed threshold: there are no strangers to measure it on")
    else:
        threshold = translate(
            "Report",
            "threshold for {fpir} of strangers, set on {half} strangers and measured on as many others",
            fpir=percent_text(report.wanted_fpir),
            half=f"{report.n_strangers // 2:,}",
        )
    return f"{embedder}  ·  {threshold}"


def made_at_text(report: SelfTestReport) -> str:
    """Return when the report was made, in local time."""
    return report.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
