"""Paints the cells of the comparison: a check box, a number over its bar, a name beside a score."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.studio.compare_table_model import CompareRole
from metaface_gui.gui.studio.compare_words import NOTHING, CompareColumn, CompareRow, verdict_name
from metaface_gui.gui.studio.method_table import (
    LEFT,
    RIGHT,
    ROW_HEIGHT,
    Index,
    paint_ground,
    paint_method,
    paint_number,
)
from metaface_gui.gui.studio.plot_style import learner_colour
from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.i18n import translate
from metaface_gui.pipeline.rendering.verdicts import Verdict

_BOX = 15
_DOT = 10
_BAR = 3
_SCORE_WIDTH = 34
_MARK_WIDTH = 18
_BAR_TOKENS: Mapping[CompareColumn, str] = {
    CompareColumn.NAMED: "known",
    CompareColumn.UNKNOWN: "unknown",
    CompareColumn.SWITCHES: "warning",
    CompareColumn.AGREEMENT: "accent",
    CompareColumn.ACCURACY: "success",
}
_MARKS: Mapping[bool | None, tuple[str, str]] = {True: ("✓", "success"), False: ("✗", "danger"), None: ("", "muted")}


class CompareDelegate(QStyledItemDelegate):
    """Paints the check box like the application's others, so it also handles its clicks and keys itself."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the fixed row height; the table sets the column widths."""
        return QSize(60, ROW_HEIGHT)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Toggle a method on a click on its box or on Space."""
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        rect: QRect = option.rect
        if isinstance(event, QMouseEvent):
            is_here = event.position().x() < rect.left() + _BOX + 2 * Space.S
            if event.button() is not Qt.MouseButton.LeftButton or not is_here:
                return False
            if event.type() is not QEvent.Type.MouseButtonRelease:
                return True  # a press doesn't select the row, and a double click counts as two clicks
        elif not (isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space):
            return False
        is_on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        wanted = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
        return model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw background and contents."""
        rect: QRect = option.rect
        row: CompareRow = index.data(CompareRole.ROW)
        column = CompareColumn(index.column())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, rect, option.state)
        inner = rect.adjusted(Space.S, 0, -Space.S, -1)
        if column is CompareColumn.METHOD:
            self._paint_method(painter, inner, row)
        elif column is CompareColumn.NOW:
            self._paint_now(painter, inner, row)
        else:
            self._paint_value(painter, inner, index)
        painter.restore()

    # The method -----------------------------------------------------------------------------------------------------

    def _paint_method(self, painter: QPainter, rect: QRect, row: CompareRow) -> None:
        middle = rect.center().y() + 1
        self._paint_check(painter, QRect(rect.left(), middle - _BOX // 2, _BOX, _BOX), row)
        dot = QRectF(rect.left() + _BOX + Space.S, middle - _DOT / 2, _DOT, _DOT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(learner_colour(row.learner))
        painter.drawRoundedRect(dot, 2, 2)
        rest = rect.adjusted(_BOX + _DOT + 2 * Space.S, 0, 0, 0)
        word = translate("Compare", "decides") if row.is_deciding else ""
        paint_method(painter, rest, row.learner, word, mark_colour="accent", is_muted=not row.is_running)

    def _paint_check(self, painter: QPainter, box: QRect, row: CompareRow) -> None:
        theme = Theme.current()
        is_on = row.is_running
        fill = "edge" if row.is_deciding else "primary" if is_on else "raised"
        painter.setPen(QPen(theme.color(fill if is_on else "edge"), 1))
        painter.setBrush(theme.color(fill))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if is_on:
            ratio = painter.device().devicePixelRatio()
            pixmap = icon_pixmap("check", _BOX - 4, theme.color("on_primary"), ratio)
            painter.drawPixmap(box.left() + 2, box.top() + 2, pixmap)

    # Numbers --------------------------------------------------------------------------------------------------------

    def _paint_value(self, painter: QPainter, rect: QRect, index: Index) -> None:
        theme, bar = Theme.current(), index.data(CompareRole.BAR)
        value, count = str(index.data(CompareRole.MAIN)), str(index.data(CompareRole.COUNT))
        paint_number(painter, rect.adjusted(0, 0, 0, -_BAR - 1), value, count, is_muted=bar is None)
        if bar is not None:
            line = QRectF(rect.left(), rect.bottom() - _BAR - 1, rect.width(), _BAR)
            painter.fillRect(line, theme.color("border"))
            line.setWidth(line.width() * float(bar))
            painter.fillRect(line, theme.color(_BAR_TOKENS[CompareColumn(index.column())]))

    # What it says now -----------------------------------------------------------------------------------------------

    def _paint_now(self, painter: QPainter, rect: QRect, row: CompareRow) -> None:
        theme = Theme.current()
        painter.setFont(font(FontSize.BODY))
        if row.verdict is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(rect, LEFT, NOTHING)
            return
        mark, colour = _MARKS[row.verdict.is_right]
        self._paint_score(painter, rect, row.verdict)
        words = rect.adjusted(_SCORE_WIDTH + Space.S, 0, 0, 0)
        painter.setPen(theme.color(colour))
        painter.drawText(words, LEFT, mark)
        painter.setPen(theme.color("text" if row.verdict.name else "unknown"))
        words = words.adjusted(_MARK_WIDTH, 0, 0, 0)
        metrics = QFontMetrics(painter.font())
        painter.drawText(words, RIGHT, row.verdict.margin)
        words.setWidth(words.width() - metrics.horizontalAdvance("−0.00") - Space.XS)
        name = metrics.elidedText(verdict_name(row.verdict), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, LEFT, name)

    def _paint_score(self, painter: QPainter, rect: QRect, verdict: Verdict) -> None:
        theme = Theme.current()
        bar = QRectF(rect.left(), rect.center().y() - 2, _SCORE_WIDTH, 5)
        painter.fillRect(bar, theme.color("border"))
        filled = QRectF(bar.topLeft(), QSize(round(bar.width() * verdict.fill), 5))
        painter.fillRect(filled, theme.color("known" if verdict.name else "unknown"))
        tick = round(bar.left() + bar.width() * verdict.mark)
        painter.fillRect(QRectF(tick - 1, bar.top() - 3, 2, 11), theme.color("text"))
