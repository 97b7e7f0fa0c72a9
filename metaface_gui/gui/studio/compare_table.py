"""The comparison's table on screen: sorted by a click on a heading, ticked by a click on a box or by Space."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from metaface_gui.gui.studio.compare_delegate import CompareDelegate
from metaface_gui.gui.studio.compare_table_model import CompareSortModel, CompareTableModel
from metaface_gui.gui.studio.compare_words import CompareColumn, CompareRow, column_title
from metaface_gui.gui.studio.method_table import make_method_table

_HEAD_PADDING = 10
"""The style sheet's, and the style's own."""
_LEAST_WIDTHS = {
    CompareColumn.METHOD: 190,
    CompareColumn.NAMED: 62,
    CompareColumn.UNKNOWN: 70,
    CompareColumn.SWITCHES: 92,
    CompareColumn.AGREEMENT: 84,
    CompareColumn.ACCURACY: 140,
    CompareColumn.NOW: 196,
}
"""Pixels, more where a heading needs them; what a wider table has beyond these is shared in proportion."""


class CompareTable(QTableView):
    """Shows a `CompareTableModel`. Without numbers it is a list of methods to tick."""

    def __init__(self, model: CompareTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sorted = CompareSortModel(model, self)
        self._has_numbers = True
        self.setModel(self._sorted)
        self.setItemDelegate(CompareDelegate(self))
        self.setAccessibleName(self.tr("Compared methods"))
        make_method_table(self)
        self.setMinimumSize(240, 80)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSortIndicator(CompareColumn.METHOD, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def rows(self) -> tuple[CompareRow, ...]:
        """The methods as they are sorted now."""
        return self._sorted.rows()

    def set_numbers_visible(self, visible: bool) -> None:
        """Show all columns, or only the methods."""
        if visible != self._has_numbers:
            self._has_numbers = visible
            for column in CompareColumn:
                self.setColumnHidden(column, not visible and column is not CompareColumn.METHOD)
            self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        widths = _LEAST_WIDTHS
        if not self._has_numbers:
            widths = {CompareColumn.METHOD: _LEAST_WIDTHS[CompareColumn.METHOD]}
        letters = self.horizontalHeader().fontMetrics()
        widths = {
            column: max(width, letters.horizontalAdvance(column_title(column)) + 2 * _HEAD_PADDING)
            for column, width in widths.items()
        }
        room = max(self.viewport().width(), sum(widths.values()))
        for column, width in widths.items():
            self.setColumnWidth(column, int(width * room / sum(widths.values())))
