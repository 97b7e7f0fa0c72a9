"""Plots of a report as PNG files: detection error trade-off, and accuracy over shots.

They use matplotlib's objects without its global state. They are legible from the back row: large type, a legend in the
order of the curves, colours that colour-blind people can distinguish (Paul Tol's "muted" scheme), and a marker per
colour; stock embeddings are black and dashed.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from metaface_gui.metalearning.evaluate import STOCK, EvaluationRow
from metaface_gui.metalearning.report import SHOTS, Report
from metaface_gui.metalearning.summary import tables
from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS
from metaface_gui.weights.whole_file import MADE_WITH, write_whole

_MUTED = ("#332288", "#CC6677", "#117733", "#DDCC77", "#88CCEE", "#882255", "#44AA99", "#999933", "#AA4499")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
_SIZE_INCHES, _DPI = (12.8, 7.2), 120
_LARGE, _MEDIUM = 20, 15
_LEAST_RATE = 1e-3
_ROUND = (1.0, 2.0, 5.0)
_MARK_EVERY = 12


@dataclass(frozen=True, slots=True)
class _Style:
    colour: str
    marker: str
    dashed: bool
    place: int


def save_plots(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write a DET plot for each table and, if several shots were tried, plots over shots; return the files.

    Each file is written completely or not at all, and names MetaFace as its creator.

    Raises:
        KnownError: if the folder cannot be written to.
    """
    figures = {}
    for table in tables([row for row in report.rows if not row.is_twin]):
        first = table[0]
        where = _where(first, report)
        figures[_det_name(where, first.condition, (first.n_way, first.k_shot))] = det_figure(table)
    for data, condition in dict.fromkeys((row.data, row.condition) for row in report.shots):
        rows = [row for row in report.shots if (row.data, row.condition) == (data, condition)]
        where = _where(rows[0], report)
        figures[_shots_name(where, condition, rows[0].n_way)] = shots_figure(rows)
    paths = []
    for name, figure in figures.items():
        path, picture = folder / name, io.BytesIO()
        figure.savefig(picture, dpi=_DPI, metadata=dict(MADE_WITH))
        write_whole(path, picture.getvalue())
        paths.append(path)
    return tuple(paths)


def plot_names(
    data: Sequence[str], environments: Sequence[str], conditions: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> tuple[str, ...]:
    """Return the names of all files that `save_plots` may write for these data sets, …, and these (n_way, k_shot)."""
    sets = tuple(f"{name}_" for name in data) if len(data) > 1 else ("",)
    places = [f"{of}{room}" for of in sets for room in ("", *(f"{name}_" for name in environments))]
    tests = itertools.product(places, conditions, pairs)
    over_shots = itertools.product(sets, conditions, dict.fromkeys(n_way for n_way, _ in pairs))
    return (
        *(_det_name(where, condition, pair) for where, condition, pair in tests),
        *(_shots_name(where, condition, n_way) for where, condition, n_way in over_shots),
    )


def _det_name(where: str, condition: str, pair: tuple[int, int]) -> str:
    return f"det_{where}{condition}_{pair[0]}way_{pair[1]}shot.png"


def _shots_name(where: str, condition: str, n_way: int) -> str:
    return f"shots_{where}{condition}_{n_way}way.png"


def _where(row: EvaluationRow, report: Report) -> str:
    """Return the parts of a file's name for the data set, if there are several, and for the room, if there is one."""
    several = len({other.data for other in report.rows}) > 1
    return "".join(f"{part}_" for part in (row.data if several else None, row.environment) if part is not None)


def det_figure(rows: Sequence[EvaluationRow]) -> Figure:
    """Plot FNIR over FPIR, both logarithmic, of the learners of one table; the lower left is better."""
    figure, axes = _canvas()
    for row in sorted(rows, key=lambda row: row.tpir_at_fpir_1pct):
        # A logarithmic axis has no zero: draw a FNIR of 0 on its lower edge.
        curve = [(point.fpir, max(point.fnir, _LEAST_RATE)) for point in row.det if point.fpir >= _LEAST_RATE]
        label = f"{_title(row.learner)}  {100 * row.tpir_at_fpir_1pct:.1f}"
        _draw(axes, [x for x, _ in curve], [y for _, y in curve], row.learner, label, markevery=_MARK_EVERY)
    first = rows[0]
    axes.set_title(f"Detection error trade-off, {_setting(first)}", fontsize=_LARGE, loc="left")
    axes.set_xlabel("FPIR: strangers taken for somebody", fontsize=_MEDIUM)
    axes.set_ylabel("FNIR: enrolled people not named", fontsize=_MEDIUM)
    misses = [max(point.fnir, _LEAST_RATE) for row in rows for point in row.det]
    axes.set(xscale="log", yscale="log", xlim=(_LEAST_RATE, 1.0), ylim=_round_limits(misses))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0,) if axis is axes.xaxis else _ROUND))
        axis.set_minor_formatter(NullFormatter())
        axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    axes.axvline(0.01, color="0.6", linewidth=1.0)
    _legend(axes, "TPIR at FPIR 1 %, in %", best_first=True)
    return figure


def shots_figure(rows: Sequence[EvaluationRow]) -> Figure:
    """Plot top-1 (left) and TPIR at FPIR 1 % (right) over shots per person, for one condition and n_way."""
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    left, right = figure.subplots(1, 2)
    _over_shots(left, rows, lambda row: row.top1.mean, "Top-1")
    _over_shots(right, rows, lambda row: row.tpir_at_fpir_1pct, "TPIR at FPIR 1 %")
    first = rows[0]
    figure.suptitle(f"Over shots: {first.condition}, {first.n_way}-way", fontsize=_LARGE)
    handles, labels = right.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=_MEDIUM - 2, frameon=False)
    return figure


def _round_limits(shares: Sequence[float]) -> tuple[float, float]:
    """Return the tightest limits among 0.1 %, 0.2 %, 0.5 %, 1 % … that enclose all the shares."""
    marks = [digit * 10.0**power for power in (-3, -2, -1) for digit in _ROUND] + [1.0]
    low = max((mark for mark in marks[:-1] if mark <= min(shares)), default=_LEAST_RATE)
    return low, min(mark for mark in marks if mark > low and mark >= min(1.0, max(shares)))


def _over_shots(axes: Axes, rows: Sequence[EvaluationRow], value: Callable[[EvaluationRow], float], name: str) -> None:
    for learner in dict.fromkeys(row.learner for row in rows):
        points = sorted((row.k_shot, value(row)) for row in rows if row.learner == learner)
        _draw(axes, [k for k, _ in points], [100 * share for _, share in points], learner, _title(learner), markevery=1)
    axes.set_title(f"{name}, %", fontsize=_MEDIUM + 2, loc="left")
    axes.set_xlabel("shots a person", fontsize=_MEDIUM)
    axes.set_xscale("log")
    axes.set_xticks([k for k in SHOTS if any(row.k_shot == k for row in rows)])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda k, _: f"{k:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    _plain(axes)


def _canvas() -> tuple[Figure, Axes]:
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    _plain(axes)
    return figure, axes


def _plain(axes: Axes) -> None:
    axes.grid(visible=True, which="major", color="0.88", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=_MEDIUM)


def _draw(axes: Axes, x: Sequence[float], y: Sequence[float], learner: str, label: str, *, markevery: int) -> None:
    style = _style(learner)
    axes.plot(
        x,
        y,
        label=label,
        color=style.colour,
        marker=style.marker,
        # Staggered, so that overlapping curves remain distinguishable.
        markevery=(style.place % markevery, markevery),
        markersize=8,
        linewidth=3.0 if style.dashed else 2.2,
        linestyle="--" if style.dashed else "-",
        zorder=3 if style.dashed else 2,
    )


def _legend(axes: Axes, title: str, *, best_first: bool) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if best_first:
        handles, labels = handles[::-1], labels[::-1]
    legend = axes.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=_MEDIUM - 2, frameon=False, title=title
    )
    legend.get_title().set_fontsize(_MEDIUM - 2)


def _style(learner: str) -> _Style:
    """Return a learner's style, the same in every plot, whichever other learners it shows."""
    if learner == STOCK:
        return _Style("black", "", dashed=True, place=0)
    place = list(LEARNERS).index(learner)
    return _Style(_MUTED[place % len(_MUTED)], _MARKERS[place % len(_MARKERS)], dashed=False, place=place)


def _title(learner: str) -> str:
    return "Stock embeddings" if learner == STOCK else ALL_LEARNERS[learner].title


def _setting(row: EvaluationRow) -> str:
    return f"{row.condition}, {row.n_way_used}-way {row.k_shot}-shot"
