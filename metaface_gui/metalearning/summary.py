"""What an evaluation over several data sets and rooms comes to: for each learner its worst and its median cell.

A cell is one data set, environment, condition, n_way and k_shot. Means over cells would let an easy data set pay for a
hard one; a promise is kept in the worst cell or it is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import TypeAlias

from metaface_gui.metalearning.evaluate import STOCK, EvaluationRow

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to be summed up, read off a row and the table that it stands in; a fraction."""

    value: Callable[[EvaluationRow, Sequence[EvaluationRow]], float]
    more_is_better: bool


def tables(rows: Sequence[EvaluationRow]) -> tuple[tuple[EvaluationRow, ...], ...]:
    """Split rows into those to be compared with each other: of one cell, in their order."""
    grouped: dict[tuple[str, str | None, str, int, int], list[EvaluationRow]] = {}
    for row in rows:
        cell = (row.data, row.environment, row.condition, row.n_way, row.k_shot)
        grouped.setdefault(cell, []).append(row)
    return tuple(tuple(group) for group in grouped.values())


def gain_over_stock(row: EvaluationRow, table: Sequence[EvaluationRow]) -> float:
    """TPIR at FPIR 1 % above the stock row's, as a fraction.

    Raises:
        ValueError: if the table has no stock row.
    """
    for other in table:
        if other.learner == STOCK:
            return row.tpir_at_fpir_1pct - other.tpir_at_fpir_1pct
    raise ValueError("a table without a stock row compares nothing")


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "fpir_achieved": Figure(lambda row, _: row.fpir_achieved, more_is_better=False),
        "tpir_at_fpir_1pct": Figure(lambda row, _: row.tpir_at_fpir_1pct, more_is_better=True),
        "tpir_shipped": Figure(lambda row, _: row.tpir_shipped, more_is_better=True),
        "gain_over_stock": Figure(gain_over_stock, more_is_better=True),
    }
)
"""By their name in the JSON; `gain_over_stock` is of TPIR at a FPIR of 1 %."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A figure over all cells: the worst value, the row that has it, and the median."""

    worst: float
    worst_row: EvaluationRow
    median: float


@dataclass(frozen=True, slots=True)
class LearnerSummary:
    """One learner over so many cells, each figure of `FIGURES` by name."""

    learner: str
    cells: int
    figures: Mapping[str, Extent]


def summarise(rows: Sequence[EvaluationRow]) -> tuple[LearnerSummary, ...]:
    """Sum up each learner, in the rows' order; twins are left out.

    Raises:
        ValueError: if a cell has no stock row.
    """
    cells = tables([row for row in rows if not row.is_twin])
    summaries = []
    for learner in dict.fromkeys(row.learner for cell in cells for row in cell):
        mine = [(row, cell) for cell in cells for row in cell if row.learner == learner]
        figures = {name: _extent(figure, mine) for name, figure in FIGURES.items()}
        summaries.append(LearnerSummary(learner, len(mine), MappingProxyType(figures)))
    return tuple(summaries)


def spans_several(rows: Sequence[EvaluationRow]) -> bool:
    """Whether the rows are of several data sets or rooms, so that there is something to sum up."""
    return len({(row.data, row.environment) for row in rows}) > 1


def summary_record(summaries: Sequence[LearnerSummary]) -> list[Json]:
    """The summary for the JSON: a learner each, shares to five decimals."""
    return [
        {
            "learner": summary.learner,
            "cells": summary.cells,
            **{name: _extent_record(extent) for name, extent in summary.figures.items()},
        }
        for summary in summaries
    ]


def _extent(figure: Figure, rows: Sequence[tuple[EvaluationRow, Sequence[EvaluationRow]]]) -> Extent:
    values = [figure.value(row, cell) for row, cell in rows]
    worst = min(values) if figure.more_is_better else max(values)
    return Extent(worst, rows[values.index(worst)][0], median(values))


def _extent_record(extent: Extent) -> Json:
    row = extent.worst_row
    return {
        "worst": round(extent.worst, 5),
        "worst_cell": {
            "data": row.data,
            "environment": row.environment,
            "condition": row.condition,
            "n_way": row.n_way,
            "k_shot": row.k_shot,
        },
        "median": round(extent.median, 5),
    }
