"""The comparison table: sorted by a click on a heading, methods toggled by a click on their box or by Space."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from metaface_gui.gui.studio.compare_delegate import CompareDelegate
from metaface_gui.gui.studio.compare_table_model import CompareSortModel, CompareTableModel
from metaface_gui.gui.studio.compare_words import CompareColumn, CompareRow, column_title
from metaface_gui.gui.studio.method_table import columns_that_fit, make_method_table
from metaface_gui.gui.theme import text_scale

_HEAD_PADDING = 10
"""Padding of the style sheet plus that of the style."""
_LEAST_WIDTHS = {
    CompareColumn.METHOD: 190,
    CompareColumn.NAMED: 62,
    CompareColumn.UNKNOWN: 70,
    CompareColumn.SWITCHES: 92,
    CompareColumn.AGREEMENT: 84,
    CompareColumn.ACCURACY: 140,
    CompareColumn.NOW: 196,
}
"""Minimum widths in pixels, more where a heading needs it; a wider table shares the surplus in proportion."""
_NARROW_WIDTHS = {**_LEAST_WIDTHS, CompareColumn.METHOD: 136, CompareColumn.ACCURACY: 62, CompareColumn.NOW: 170}
"""Widths for a narrow table: short names, no counts in brackets."""
_FIRST_TO_GO = (
    CompareColumn.SWITCHES,
    CompareColumn.UNKNOWN,
    CompareColumn.AGREEMENT,
    CompareColumn.NAMED,
    CompareColumn.ACCURACY,
)
"""Columns dropped, in this order, if even that doesn't fit: scrolling would part them from the method's name."""


class CompareTable(QTableView):
    """Shows a `CompareTableModel`. Without numbers it is a checklist of methods."""

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
        """Return the methods in their current sort order."""
        return self._sorted.rows()

    def set_numbers_visible(self, visible: bool) -> None:
        """Show all columns, or only the methods."""
        if visible != self._has_numbers:
            self._has_numbers = visible
            self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the width over the columns."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        head, room = self.horizontalHeader(), self.viewport().width()
        widths = self._widths(_LEAST_WIDTHS)
        if not self._has_numbers:
            widths = {CompareColumn.METHOD: widths[CompareColumn.METHOD]}
        elif sum(widths.values()) > room:
            widths = columns_that_fit(room, self._widths(_NARROW_WIDTHS), _FIRST_TO_GO, head.sortIndicatorSection())
        share = max(room / sum(widths.values()), 1.0)
        for column in CompareColumn:
            self.setColumnHidden(column, column not in widths)
            if column in widths:
                self.setColumnWidth(column, int(widths[column] * share))

    def _widths(self, least: Mapping[CompareColumn, int]) -> Mapping[CompareColumn, int]:
        letters, scale = self.horizontalHeader().fontMetrics(), text_scale()
        return {
            column: max(round(width * scale), letters.horizontalAdvance(column_title(column)) + 2 * _HEAD_PADDING)
            for column, width in least.items()
        }
