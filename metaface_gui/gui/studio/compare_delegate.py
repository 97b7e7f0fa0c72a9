"""How the cells of the comparison look: a check box, a number over its bar, a name beside a score."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.learner_words import learner_short_title, learner_title
from metaface_gui.gui.studio.compare_table_model import CompareRole, Index
from metaface_gui.gui.studio.compare_words import NOTHING, CompareColumn, CompareRow, verdict_name
from metaface_gui.gui.studio.plot_style import learner_colour
from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.i18n import translate
from metaface_gui.pipeline.rendering.verdicts import Verdict

ROW_HEIGHT = 22
_BOX = 15
_DOT = 10
_BAR = 3
_SCORE_WIDTH = 34
_MARK_WIDTH = 18
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_BAR_TOKENS: Mapping[CompareColumn, str] = {
    CompareColumn.NAMED: "known",
    CompareColumn.UNKNOWN: "unknown",
    CompareColumn.SWITCHES: "warning",
    CompareColumn.AGREEMENT: "accent",
    CompareColumn.ACCURACY: "success",
}
_MARKS: Mapping[bool | None, tuple[str, str]] = {True: ("✓", "success"), False: ("✗", "danger"), None: ("", "muted")}


class CompareDelegate(QStyledItemDelegate):
    """Draws the check box itself, as the application's other check boxes look, so it also hears its clicks and keys."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Rows of one height; columns have their widths from the table."""
        return QSize(60, ROW_HEIGHT)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Tick a method, or not, by a click on its box or by Space."""
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        rect: QRect = option.rect
        if isinstance(event, QMouseEvent):
            is_here = event.position().x() < rect.left() + _BOX + 2 * Space.S
            if event.button() is not Qt.MouseButton.LeftButton or not is_here:
                return False
            if event.type() is not QEvent.Type.MouseButtonRelease:
                return True  # the press selects nothing, a double click is two clicks
        elif not (isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space):
            return False
        is_on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        wanted = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
        return model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw ground and contents."""
        rect: QRect = option.rect
        row: CompareRow = index.data(CompareRole.ROW)
        column = CompareColumn(index.column())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, option.state)
        inner = rect.adjusted(Space.S, 0, -Space.S, -1)
        if column is CompareColumn.METHOD:
            self._paint_method(painter, inner, row)
        elif column is CompareColumn.NOW:
            self._paint_now(painter, inner, row)
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

    # The method -----------------------------------------------------------------------------------------------------

    def _paint_method(self, painter: QPainter, rect: QRect, row: CompareRow) -> None:
        theme = Theme.current()
        middle = rect.center().y() + 1
        self._paint_check(painter, QRect(rect.left(), middle - _BOX // 2, _BOX, _BOX), row)
        dot = QRectF(rect.left() + _BOX + Space.S, middle - _DOT / 2, _DOT, _DOT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(learner_colour(row.learner))
        painter.drawRoundedRect(dot, 2, 2)
        rest = rect.adjusted(_BOX + _DOT + 2 * Space.S, 0, 0, 0)
        name_font = font(FontSize.BODY, bold=row.is_deciding)
        metrics = QFontMetrics(name_font)
        word = translate("Compare", "decides") if row.is_deciding else ""
        word_width = QFontMetrics(font(FontSize.SMALL)).horizontalAdvance(word) + 2 * Space.S if word else 0
        room = rest.width() - (word_width + Space.S if word else 0)
        title = _title(row, metrics, room)
        painter.setFont(name_font)
        painter.setPen(theme.color("text" if row.is_running else "muted"))
        painter.drawText(rest, _LEFT, title)
        if word:
            left = rest.left() + metrics.horizontalAdvance(title) + Space.S
            pill = QRectF(left, rect.center().y() - 8.5, word_width, 18)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(pill, 9, 9)
            painter.setFont(font(FontSize.SMALL))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), word)

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
        theme = Theme.current()
        value, count = str(index.data(CompareRole.MAIN)), str(index.data(CompareRole.COUNT))
        bar = index.data(CompareRole.BAR)
        words = rect.adjusted(0, 0, 0, -_BAR - 1)
        value_font, count_font = font(FontSize.BODY, tabular=True), font(FontSize.SMALL, tabular=True)
        count = f"({count})" if count else ""
        count_width = QFontMetrics(count_font).horizontalAdvance(count)
        value_width = QFontMetrics(value_font).horizontalAdvance(value)
        if count and value_width + Space.XS + count_width <= words.width():
            painter.setFont(count_font)
            painter.setPen(theme.color("muted"))
            painter.drawText(words, _RIGHT, count)
            words = words.adjusted(0, 0, -count_width - Space.XS, 0)
        painter.setFont(value_font)
        painter.setPen(theme.color("muted" if bar is None else "text"))
        painter.drawText(words, _RIGHT, value)
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
            painter.drawText(rect, _LEFT, NOTHING)
            return
        mark, colour = _MARKS[row.verdict.is_right]
        self._paint_score(painter, rect, row.verdict)
        words = rect.adjusted(_SCORE_WIDTH + Space.S, 0, 0, 0)
        painter.setPen(theme.color(colour))
        painter.drawText(words, _LEFT, mark)
        painter.setPen(theme.color("text" if row.verdict.name else "unknown"))
        words = words.adjusted(_MARK_WIDTH, 0, 0, 0)
        metrics = QFontMetrics(painter.font())
        painter.drawText(words, _RIGHT, row.verdict.margin)
        words.setWidth(words.width() - metrics.horizontalAdvance("−0.00") - Space.XS)
        name = metrics.elidedText(verdict_name(row.verdict), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, _LEFT, name)

    def _paint_score(self, painter: QPainter, rect: QRect, verdict: Verdict) -> None:
        theme = Theme.current()
        bar = QRectF(rect.left(), rect.center().y() - 2, _SCORE_WIDTH, 5)
        painter.fillRect(bar, theme.color("border"))
        filled = QRectF(bar.topLeft(), QSize(round(bar.width() * verdict.fill), 5))
        painter.fillRect(filled, theme.color("known" if verdict.name else "unknown"))
        tick = round(bar.left() + bar.width() * verdict.mark)
        painter.fillRect(QRectF(tick - 1, bar.top() - 3, 2, 11), theme.color("text"))


def _title(row: CompareRow, metrics: QFontMetrics, room: int) -> str:
    title = learner_title(row.learner)
    if metrics.horizontalAdvance(title) > room:
        title = learner_short_title(row.learner)
    return metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
