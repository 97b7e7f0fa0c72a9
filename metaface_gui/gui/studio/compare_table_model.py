"""The table model of compared methods: one row per method, running or not; its check box requests it to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QObject,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.gui.studio.compare_words import (
    CompareColumn,
    CompareRow,
    bar_of,
    cell_text,
    column_explanation,
    column_title,
    count_text,
    main_text,
    now_tip,
    value_of,
)
from metaface_gui.gui.studio.method_table import NOWHERE, Columns, Index
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.rendering.verdicts import Verdict

_COLUMNS = Columns(
    CompareColumn, column_title, column_explanation, of_words=frozenset({CompareColumn.METHOD, CompareColumn.NOW})
)


class CompareRole(IntEnum):
    """The roles of a cell besides its text."""

    ROW = int(Qt.ItemDataRole.UserRole)
    """The `CompareRow`."""
    SORT = ROW + 1
    """The sort value; None comes last in either direction."""
    BAR = ROW + 2
    """The length of the cell's bar, 0..1; None: no bar."""
    MAIN = ROW + 3
    """The number without its counts."""
    COUNT = ROW + 4
    """The counts beside the number."""


class CompareTableModel(QAbstractTableModel):
    """Rows in the methods' own order; put a `CompareSortModel` on top to sort."""

    compared_wanted = Signal(str, bool)
    """The user checked or unchecked a method."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = [CompareRow(key) for key in LEARNERS]

    @property
    def rows(self) -> tuple[CompareRow, ...]:
        """Return all methods, in their own order."""
        return tuple(self._rows)

    def show_running(self, deciding: str, compared: Sequence[str]) -> None:
        """Set which methods run; the tallies of the others are cleared."""
        running = (deciding, *compared)
        unlisted = [key for key in running if key and key not in {row.learner for row in self._rows}]
        if unlisted:  # a baseline requested on the command line
            self.beginInsertRows(NOWHERE, len(self._rows), len(self._rows) + len(unlisted) - 1)
            self._rows += [CompareRow(key) for key in unlisted]
            self.endInsertRows()
        self._show(
            replace(row, is_running=True, is_deciding=row.learner == deciding)
            if row.learner in running
            else CompareRow(row.learner)
            for row in self._rows
        )

    def show_tallies(self, tallies: Sequence[LearnerTally]) -> None:
        """Show the tallies."""
        by_key = {tally.learner: tally for tally in tallies}
        self._show(replace(row, tally=by_key.get(row.learner)) for row in self._rows)

    def show_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Show the methods' verdicts on a face; an empty sequence: no face is selected."""
        by_key = {verdict.learner: verdict for verdict in verdicts}
        self._show(replace(row, verdict=by_key.get(row.learner)) for row in self._rows)

    def _show(self, rows: Iterable[CompareRow]) -> None:
        newest = list(rows)
        if newest != self._rows:
            self._rows = newest
            last = self.index(len(newest) - 1, len(CompareColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # Qt's side ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of methods."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the fixed number of columns."""
        return 0 if parent.isValid() else len(CompareColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the headings, their explanations and their alignment."""
        return _COLUMNS.heading(section, orientation, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the flags: every method except the deciding one can be checked."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.isValid() and index.column() == CompareColumn.METHOD and not self._rows[index.row()].is_deciding:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's value for a role."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], CompareColumn(index.column())
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: cell_text(row, column),
            Qt.ItemDataRole.ToolTipRole: lambda: _tooltip(row, column),
            Qt.ItemDataRole.AccessibleTextRole: lambda: _spoken(row, column),
            Qt.ItemDataRole.TextAlignmentRole: lambda: int(_COLUMNS.side(column)),
            CompareRole.ROW: lambda: row,
            CompareRole.SORT: lambda: index.row() if column is CompareColumn.METHOD else value_of(row, column),
            CompareRole.BAR: lambda: bar_of(row, column, self._most_switches()),
            CompareRole.MAIN: lambda: main_text(row, column),
            CompareRole.COUNT: lambda: count_text(row, column),
        }
        if role == Qt.ItemDataRole.CheckStateRole and column is CompareColumn.METHOD:
            return Qt.CheckState.Checked if row.is_running else Qt.CheckState.Unchecked
        return answers[role]() if role in answers else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Request with `compared_wanted` that a method starts or stops; the check mark follows the engine."""
        if role != Qt.ItemDataRole.CheckStateRole or not self.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        self.compared_wanted.emit(self._rows[index.row()].learner, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _most_switches(self) -> float:
        return max((row.tally.switches_per_minute for row in self._rows if row.tally is not None), default=0.0)


def _tooltip(row: CompareRow, column: CompareColumn) -> str:
    if column is CompareColumn.METHOD:
        return translate("Compare", "It decides the names") if row.is_deciding else column_explanation(column)
    if column is CompareColumn.NOW:
        return now_tip(row).replace("<", "‹")  # Qt would render a name with tags as HTML
    return cell_text(row, column)


def _spoken(row: CompareRow, column: CompareColumn) -> str:
    text = now_tip(row) if column is CompareColumn.NOW and row.verdict is not None else cell_text(row, column)
    return f"{column_title(column)}: {text}"


class CompareSortModel(QSortFilterProxyModel):
    """Sorts a `CompareTableModel` only on request, so that rows don't move while numbers change."""

    def __init__(self, model: CompareTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setDynamicSortFilter(False)
        self.setSourceModel(model)
        self._model = model

    def rows(self) -> tuple[CompareRow, ...]:
        """Return the methods in their current sort order."""
        rows = self._model.rows
        return tuple(rows[self.mapToSource(self.index(i, 0)).row()] for i in range(self.rowCount()))

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        """Compare the numbers; rows without a number come last in either direction."""
        left, right = source_left.data(CompareRole.SORT), source_right.data(CompareRole.SORT)
        if left is None or right is None:
            is_descending = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return (left is None) is is_descending if (left is None) is not (right is None) else False
        return bool(left < right)
