"""The self-test's table on screen: sorted by a click on a heading, one method selected, Enter to use it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from metaface_gui.gui.studio.report_delegate import ROW_HEIGHT, ReportDelegate
from metaface_gui.gui.studio.report_table_model import ReportRole, ReportSortModel, ReportTableModel
from metaface_gui.gui.studio.report_words import ReportColumn, column_title
from metaface_gui.gui.theme import Theme
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport

_LEAST_WIDTHS = {
    ReportColumn.METHOD: 190,
    ReportColumn.NEAREST_CLEAN: 88,
    ReportColumn.NEAREST_DEGRADED: 88,
    ReportColumn.NAMED_CLEAN: 88,
    ReportColumn.NAMED_DEGRADED: 88,
    ReportColumn.FPIR: 72,
    ReportColumn.ADAPT: 62,
}
"""Pixels; what a wider table has beyond these is shared in proportion."""


class ReportTable(QTableView):
    """Always has one method selected once there is a report: at first the recommended one."""

    learner_selected = Signal(str)
    learner_activated = Signal(str)
    """Enter or a double click: the user wants this method."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ReportTableModel(self)
        self._sorted = ReportSortModel(self._model, self)
        self.setModel(self._sorted)
        self.setItemDelegate(ReportDelegate(self))
        self.setAccessibleName(self.tr("Methods"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMinimumSize(380, 80)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)
        self.sort_by(ReportColumn.NAMED_DEGRADED)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(lambda _index: self._activate())
        Theme.current().changed.connect(self.viewport().update)

    @property
    def learner(self) -> str:
        """The selected method; empty before there is a report."""
        return str(self.currentIndex().data(ReportRole.LEARNER) or "")

    def show_report(self, report: SelfTestReport) -> None:
        """Show another report, sorted as before, with the recommended method selected."""
        self._model.set_report(report)
        self.select(report.recommended)
        self._share_width()

    def select(self, learner: str) -> None:
        """Select a method."""
        index = self._sorted.index_of(learner)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def rows(self) -> tuple[LearnerScore, ...]:
        """The report's rows as they are sorted now."""
        return self._sorted.rows()

    def column_titles(self) -> tuple[tuple[ReportColumn, str], ...]:
        """Every column with its title on one line."""
        return tuple((column, column_title(column).replace("\n", " ")) for column in ReportColumn)

    def sort_by(self, column: ReportColumn) -> None:
        """Sort with the best on top: the most named right, the fewest strangers, the least time; titles from A to Z."""
        is_least_first = column in (ReportColumn.METHOD, ReportColumn.FPIR, ReportColumn.ADAPT)
        order = Qt.SortOrder.AscendingOrder if is_least_first else Qt.SortOrder.DescendingOrder
        self.sortByColumn(column, order)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter uses the selected method."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        room = max(self.viewport().width(), sum(_LEAST_WIDTHS.values()))
        scale = room / sum(_LEAST_WIDTHS.values())
        for column, width in _LEAST_WIDTHS.items():
            self.setColumnWidth(column, int(width * scale))

    def _on_current(self, current: QModelIndex) -> None:
        self.learner_selected.emit(str(current.data(ReportRole.LEARNER) or ""))

    def _activate(self) -> None:
        if self.learner:
            self.learner_activated.emit(self.learner)
