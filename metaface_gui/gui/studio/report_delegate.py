"""Paints the cells of the self-test's table: a share with its counts, and the mark of the recommended method."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.studio.method_table import (
    CELL_PADDING,
    ROW_HEIGHT,
    Index,
    paint_ground,
    paint_method,
    paint_number,
    pill_width,
)
from metaface_gui.gui.studio.report_table_model import ReportRole, recommended_word
from metaface_gui.gui.studio.report_words import ReportColumn
from metaface_gui.gui.theme import FontSize, Theme, font

_ICON = 16


class ReportDelegate(QStyledItemDelegate):
    """Drops the counts and shortens the method's name in narrow columns; the tooltip has both."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the width of the cell's full contents."""
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        width = QFontMetrics(font(FontSize.BODY, bold=True, tabular=True)).horizontalAdvance(text)
        if index.column() == ReportColumn.METHOD:
            width += _ICON + CELL_PADDING + pill_width(recommended_word()) + CELL_PADDING
        return QSize(width + 2 * CELL_PADDING, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw background, text and mark."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, rect, state)
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        if index.column() == ReportColumn.METHOD:
            self._paint_method(painter, inner, index)
        else:
            self._paint_value(painter, inner, index)
        painter.restore()

    def _paint_method(self, painter: QPainter, rect: QRect, index: Index) -> None:
        theme = Theme.current()
        is_recommended = bool(index.data(ReportRole.IS_RECOMMENDED))
        if is_recommended:
            ratio = painter.device().devicePixelRatio()
            pixmap = icon_pixmap("success", _ICON, theme.color("success"), ratio)
            painter.drawPixmap(rect.left(), rect.center().y() - _ICON // 2 + 1, pixmap)
        rect = rect.adjusted(_ICON + CELL_PADDING, 0, 0, 0)
        mark = recommended_word() if is_recommended else ""
        paint_method(painter, rect, str(index.data(ReportRole.LEARNER)), mark, mark_colour="success")

    def _paint_value(self, painter: QPainter, rect: QRect, index: Index) -> None:
        percent, count = str(index.data(ReportRole.PERCENT)), str(index.data(ReportRole.COUNT))
        value = percent or str(index.data(Qt.ItemDataRole.DisplayRole))
        paint_number(painter, rect, value, count, is_bold=bool(index.data(ReportRole.IS_RECOMMENDED)))
