"""How the cells of the self-test's table look: a share with its counts, and the mark of the recommended method."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.studio.report_table_model import Index, ReportRole, recommended_word
from metaface_gui.gui.studio.report_words import ReportColumn
from metaface_gui.gui.theme import FontSize, Space, Theme, font

ROW_HEIGHT = 22
_ICON = 16
CELL_PADDING = 6
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ReportDelegate(QStyledItemDelegate):
    """Leaves the counts out, and shortens the method's name, where a column is too narrow; the tooltip has both."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as everything in the cell."""
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        width = QFontMetrics(font(FontSize.BODY, bold=True, tabular=True)).horizontalAdvance(text)
        if index.column() == ReportColumn.METHOD:
            width += _ICON + CELL_PADDING + self._mark_width() + CELL_PADDING
        return QSize(width + 2 * CELL_PADDING, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw ground, text and mark."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, state)
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        if index.column() == ReportColumn.METHOD:
            self._paint_method(painter, inner, index)
        else:
            self._paint_value(painter, inner, index)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        theme, flag = Theme.current(), QStyle.StateFlag
        if state & flag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
        elif state & flag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.setPen(QPen(theme.color("border"), 1))
        bottom = rect.bottom() + 0.5
        painter.drawLine(QPointF(rect.left(), bottom), QPointF(rect.right() + 1, bottom))

    def _paint_method(self, painter: QPainter, rect: QRect, index: Index) -> None:
        theme = Theme.current()
        is_recommended = bool(index.data(ReportRole.IS_RECOMMENDED))
        if is_recommended:
            ratio = painter.device().devicePixelRatio()
            pixmap = icon_pixmap("success", _ICON, theme.color("success"), ratio)
            painter.drawPixmap(rect.left(), rect.center().y() - _ICON // 2 + 1, pixmap)
        rect = rect.adjusted(_ICON + CELL_PADDING, 0, 0, 0)
        name_font = font(FontSize.BODY, bold=is_recommended)
        metrics = QFontMetrics(name_font)
        room = rect.width() - (self._mark_width() + CELL_PADDING if is_recommended else 0)
        title = str(index.data(Qt.ItemDataRole.DisplayRole))
        if metrics.horizontalAdvance(title) > room:
            title = learner_short_title(str(index.data(ReportRole.LEARNER)))
        title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
        painter.setFont(name_font)
        painter.setPen(theme.color("text"))
        painter.drawText(rect, _LEFT, title)
        if is_recommended:
            self._paint_mark(painter, rect, metrics.horizontalAdvance(title) + CELL_PADDING)

    def _paint_mark(self, painter: QPainter, rect: QRect, offset: int) -> None:
        theme = Theme.current()
        mark = QRectF(rect.left() + offset, rect.center().y() - 8.5, self._mark_width(), 18)
        painter.setPen(QPen(theme.color("success"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(mark, 9, 9)
        painter.setFont(font(FontSize.SMALL))
        painter.drawText(mark, int(Qt.AlignmentFlag.AlignCenter), recommended_word())

    def _paint_value(self, painter: QPainter, rect: QRect, index: Index) -> None:
        theme = Theme.current()
        percent, count = str(index.data(ReportRole.PERCENT)), str(index.data(ReportRole.COUNT))
        value = percent or str(index.data(Qt.ItemDataRole.DisplayRole))
        is_recommended = bool(index.data(ReportRole.IS_RECOMMENDED))
        value_font = font(FontSize.BODY, bold=is_recommended, tabular=True)
        count_font = font(FontSize.SMALL, tabular=True)
        count = f"({count})" if count else ""
        count_width = QFontMetrics(count_font).horizontalAdvance(count)
        if count and QFontMetrics(value_font).horizontalAdvance(value) + Space.XS + count_width <= rect.width():
            painter.setFont(count_font)
            painter.setPen(theme.color("muted"))
            painter.drawText(rect, _RIGHT, count)
            rect = rect.adjusted(0, 0, -count_width - Space.XS, 0)
        painter.setFont(value_font)
        painter.setPen(theme.color("text"))
        painter.drawText(rect, _RIGHT, value)

    def _mark_width(self) -> int:
        return QFontMetrics(font(FontSize.SMALL)).horizontalAdvance(recommended_word()) + 2 * CELL_PADDING
