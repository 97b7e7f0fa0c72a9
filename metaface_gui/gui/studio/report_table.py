"""The self-test's table: sorted by a click on a heading, one method selected, Enter uses it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QSplitter, QTableView, QWidget

from metaface_gui.gui.studio.method_table import CELL_PADDING, LEFT, RIGHT, columns_that_fit, make_method_table
from metaface_gui.gui.studio.report_delegate import ReportDelegate
from metaface_gui.gui.studio.report_table_model import ReportRole, ReportSortModel, ReportTableModel
from metaface_gui.gui.studio.report_words import SHARE_COLUMNS, ReportColumn, column_title
from metaface_gui.gui.theme import FontSize, Theme, font, text_scale
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport

_LEAST_WIDTHS = {
    ReportColumn.METHOD: 150,
    ReportColumn.NEAREST_CLEAN: 88,
    ReportColumn.NEAREST_DEGRADED: 88,
    ReportColumn.NAMED_CLEAN: 88,
    ReportColumn.NAMED_DEGRADED: 88,
    ReportColumn.FPIR: 66,
    ReportColumn.ADAPT: 52,
}
"""Minimum widths in pixels, more where a heading needs it; surplus width first goes to the shares' counts, then to the
method's title and mark."""
_FIRST_TO_GO = (
    ReportColumn.NEAREST_CLEAN,
    ReportColumn.NEAREST_DEGRADED,
    ReportColumn.ADAPT,
    ReportColumn.NAMED_CLEAN,
    ReportColumn.FPIR,
)
"""Columns dropped, in this order, if there is too little room: scrolling would part them from the method's name."""
_COUNT_WIDTH = 62
_BESIDE = 12
"""Pixels for a scroll bar."""
_TABLE_SHARE = 0.64
_HEAD_HEIGHT = 38


def _least_widths() -> dict[ReportColumn, int]:
    """Return the minimum widths for the current font and the longest line of each heading."""
    letters = QFontMetrics(font(FontSize.SMALL, bold=True))
    return {
        column: max(
            round(width * text_scale()),
            *(letters.horizontalAdvance(line) + 2 * CELL_PADDING for line in column_title(column).split("\n")),
        )
        for column, width in _LEAST_WIDTHS.items()
    }


class _Head(QHeaderView):
    """Headings of two lines; a small triangle beside the second one marks the sort column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFixedHeight(round(_HEAD_HEIGHT * text_scale()))
        self.viewport().setAutoFillBackground(False)
        Theme.current().changed.connect(self.viewport().update)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one heading."""
        theme, is_sorted = Theme.current(), section == self.sortIndicatorSection()
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -3)
        lines = column_title(ReportColumn(section)).split("\n")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FontSize.SMALL, bold=is_sorted))
        painter.setPen(theme.color("text" if is_sorted else "muted"))
        side = LEFT if section == ReportColumn.METHOD else RIGHT
        painter.drawText(inner, int(side), "\n".join(lines))
        if is_sorted:
            width = painter.fontMetrics().horizontalAdvance(lines[-1])
            x = inner.left() + width + 9 if section == ReportColumn.METHOD else inner.right() - width - 9
            y = inner.center().y() + (0 if len(lines) == 1 else painter.fontMetrics().height() / 2) + 1
            up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
            tip = -3.5 if up else 3.5
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawPolygon([QPointF(x - 4, y - tip / 1.4), QPointF(x + 4, y - tip / 1.4), QPointF(x, y + tip)])
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()


class ReportTable(QTableView):
    """Keeps one method selected once there is a report: initially the recommended one."""

    learner_selected = Signal(str)
    learner_activated = Signal(str)
    """Enter or a double click: the user wants to use this method."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ReportTableModel(self)
        self._sorted = ReportSortModel(self._model, self)
        self.setModel(self._sorted)
        self.setItemDelegate(ReportDelegate(self))
        self.setAccessibleName(self.tr("Methods"))
        make_method_table(self)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMinimumSize(380, 80)
        self.setHorizontalHeader(_Head(self))
        self.setStyleSheet("QAbstractScrollArea::corner { background: transparent; border: none; }")
        self.setSortingEnabled(True)
        self.sort_by(ReportColumn.NAMED_DEGRADED)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(lambda _index: self._activate())

    @property
    def learner(self) -> str:
        """Return the selected method; "" before there is a report."""
        return str(self.currentIndex().data(ReportRole.LEARNER) or "")

    def show_report(self, report: SelfTestReport) -> None:
        """Show another report in the present sort order, with the recommended method selected."""
        self._model.set_report(report)
        self.select(report.recommended)
        self._share_width()

    def forget_report(self) -> None:
        """Show no report."""
        self._model.set_report(None)

    def select(self, learner: str) -> None:
        """Select a method."""
        index = self._sorted.index_of(learner)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def rows(self) -> tuple[LearnerScore, ...]:
        """Return the report's rows in their current order."""
        return self._sorted.rows()

    def column_titles(self) -> tuple[tuple[ReportColumn, str], ...]:
        """Return every column with its heading on one line."""
        return tuple((column, column_title(column).replace("\n", " ")) for column in ReportColumn)

    def sort_by(self, column: ReportColumn) -> None:
        """Sort with the best on top: most named right, fewest strangers, least time; method titles from A to Z."""
        is_least_first = column in (ReportColumn.METHOD, ReportColumn.FPIR, ReportColumn.ADAPT)
        order = Qt.SortOrder.AscendingOrder if is_least_first else Qt.SortOrder.DescendingOrder
        self.sortByColumn(column, order)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Use the selected method on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the width over the columns."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        room = self.viewport().width()
        widths = columns_that_fit(room, _least_widths(), _FIRST_TO_GO, self.horizontalHeader().sortIndicatorSection())
        shares = [column for column in widths if column in SHARE_COLUMNS]
        extra = max(0, room - sum(widths.values()))
        for_counts = min(_COUNT_WIDTH, extra // max(len(shares), 1))
        extra -= for_counts * len(shares)
        for column in ReportColumn:
            self.setColumnHidden(column, column not in widths)
        for column, width in widths.items():
            more = for_counts if column in SHARE_COLUMNS else 0
            self.setColumnWidth(column, width + more + (extra if column is ReportColumn.METHOD else 0))

    def _on_current(self, current: QModelIndex) -> None:
        self.learner_selected.emit(str(current.data(ReportRole.LEARNER) or ""))

    def _activate(self) -> None:
        if self.learner:
            self.learner_activated.emit(self.learner)


class ReportSplit(QSplitter):
    """The table and the selected method's details side by side; sets the split itself until the user moves it."""

    def __init__(self, table: ReportTable, beside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._is_split_by_hand = False
        self.addWidget(table)
        self.addWidget(beside)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._on_moved)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the table room for all columns, and at least `_TABLE_SHARE` of the width."""
        super().resizeEvent(event)
        if not self._is_split_by_hand:
            table = max(sum(_least_widths().values()) + _BESIDE, int(_TABLE_SHARE * self.width()))
            self.setSizes([table, max(1, self.width() - table)])

    def _on_moved(self) -> None:
        self._is_split_by_hand = True
