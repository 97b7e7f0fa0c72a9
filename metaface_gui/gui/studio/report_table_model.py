"""The self-test's table model: one row per method, sorted by value rather than by text."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)

from metaface_gui.gui.studio.method_table import NOWHERE, Columns, Index
from metaface_gui.gui.studio.report_words import (
    ReportColumn,
    cell_text,
    cell_tooltip,
    column_explanation,
    column_title,
    count_text,
    recommendation_text,
    share_text,
    value_of,
)
from metaface_gui.i18n import translate
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport

_COLUMNS = Columns(ReportColumn, column_title, column_explanation, of_words=frozenset({ReportColumn.METHOD}))


class ReportRole(IntEnum):
    """The roles of a cell besides its text."""

    LEARNER = int(Qt.ItemDataRole.UserRole)
    """The method's key."""
    SORT = LEARNER + 1
    PERCENT = LEARNER + 2
    """The percentage without its counts; empty for cells that aren't shares."""
    COUNT = LEARNER + 3
    """The counts alone."""
    IS_RECOMMENDED = LEARNER + 4


class ReportTableModel(QAbstractTableModel):
    """Rows in the methods' own order; put a `ReportSortModel` on top to sort."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._report: SelfTestReport | None = None

    @property
    def report(self) -> SelfTestReport | None:
        """Return the report shown."""
        return self._report

    def set_report(self, report: SelfTestReport | None) -> None:
        """Show another report, or none."""
        self.beginResetModel()
        self._report = report
        self.endResetModel()

    def row_of(self, learner: str) -> int:
        """Return a method's row; -1 if it was not tested."""
        rows = () if self._report is None else self._report.rows
        return next((number for number, row in enumerate(rows) if row.learner == learner), -1)

    # Qt's side ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of methods."""
        return 0 if parent.isValid() or self._report is None else len(self._report.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the fixed number of columns."""
        return 0 if parent.isValid() else len(ReportColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the headings, their explanations and their alignment."""
        return _COLUMNS.heading(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's value for a role."""
        if self._report is None or not index.isValid():
            return None
        return _cell(self._report, self._report.rows[index.row()], ReportColumn(index.column()), role)


def _cell(report: SelfTestReport, row: LearnerScore, column: ReportColumn, role: int) -> object:
    is_share = column not in (ReportColumn.METHOD, ReportColumn.ADAPT)
    answers: dict[int, Callable[[], object]] = {
        Qt.ItemDataRole.DisplayRole: lambda: cell_text(report, row, column),
        Qt.ItemDataRole.ToolTipRole: lambda: cell_tooltip(report, row, column),
        Qt.ItemDataRole.AccessibleTextRole: lambda: _spoken(report, row, column),
        Qt.ItemDataRole.TextAlignmentRole: lambda: int(_COLUMNS.side(column)),
        ReportRole.LEARNER: lambda: row.learner,
        ReportRole.SORT: lambda: _sortable(report, row, column),
        ReportRole.PERCENT: lambda: share_text(row, column) if is_share else "",
        ReportRole.COUNT: lambda: count_text(report, row, column),
        ReportRole.IS_RECOMMENDED: lambda: row.learner == report.recommended,
    }
    return answers[role]() if role in answers else None


def _spoken(report: SelfTestReport, row: LearnerScore, column: ReportColumn) -> str:
    text = f"{column_title(column)}: {cell_text(report, row, column)}".replace("\n", " ")
    is_marked = column is ReportColumn.METHOD and row.learner == report.recommended
    return f"{text}. {recommendation_text(report)}" if is_marked else text


def _sortable(report: SelfTestReport, row: LearnerScore, column: ReportColumn) -> float | str:
    """Return the sort value; what was not measured sorts below everything that was."""
    if column is ReportColumn.METHOD:
        return cell_text(report, row, column).casefold()
    value = value_of(row, column)
    return -1.0 if math.isnan(value) else float(value)


class ReportSortModel(QSortFilterProxyModel):
    """Sorts a `ReportTableModel` by value; equal rows keep the methods' order."""

    def __init__(self, model: ReportTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(model)
        self.setSortRole(ReportRole.SORT)
        self._model = model

    def rows(self) -> tuple[LearnerScore, ...]:
        """Return the report's rows in their current order."""
        report = self._model.report
        if report is None:
            return ()
        order = (self.mapToSource(self.index(row, 0)).row() for row in range(self.rowCount()))
        return tuple(report.rows[number] for number in order)

    def index_of(self, learner: str) -> QModelIndex:
        """Return a method's index; invalid if it was not tested."""
        return self.mapFromSource(self._model.index(self._model.row_of(learner), 0))


def recommended_word() -> str:
    """Return the label of the recommended method."""
    return translate("Report", "Recommended")
