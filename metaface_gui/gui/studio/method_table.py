"""Common parts of the comparison's and the report's tables: columns, view behaviour, and number painting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyle, QTableView

from metaface_gui.gui.learner_words import learner_short_title, learner_title
from metaface_gui.gui.theme import FontSize, Space, Theme, font

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROW_HEIGHT = 22
CELL_PADDING = 6
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_PILL_HEIGHT = 18

C = TypeVar("C", bound=IntEnum)


@dataclass(frozen=True, slots=True)
class Columns(Generic[C]):
    """A table's columns: the columns themselves, headings, explanations, and which hold text."""

    kind: type[C]
    title: Callable[[C], str]
    explanation: Callable[[C], str]
    of_words: frozenset[C]

    def side(self, column: C) -> Qt.AlignmentFlag:
        """Return the alignment: text on the left, numbers on the right."""
        return LEFT if column in self.of_words else RIGHT

    def heading(self, section: int, orientation: Qt.Orientation, role: int) -> object:
        """Implement a model's `headerData`: title, explanation and alignment."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.kind(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.explanation(column)
        return int(self.side(column)) if role == Qt.ItemDataRole.TextAlignmentRole else None


def make_method_table(table: QTableView) -> None:
    """Set up a method table: whole-row selection, no editing, rows of one height."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setMouseTracking(True)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    table.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
    Theme.current().changed.connect(table.viewport().update)


def columns_that_fit(room: int, widths: Mapping[C, int], first_to_go: Sequence[C], kept: int) -> Mapping[C, int]:
    """Return the columns that fit, with their widths: columns are dropped in the order of `first_to_go`, except the one
    by which the table is sorted (`kept`).
    """
    shown = dict(widths)
    for column in first_to_go:
        if sum(shown.values()) <= room:
            break
        if column != kept:
            del shown[column]
    return shown


def paint_ground(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    """Draw a cell's background: selection or hover, and the line below it."""
    theme, flag = Theme.current(), QStyle.StateFlag
    if state & flag.State_Selected:
        painter.fillRect(rect, theme.color("selection"))
    elif state & flag.State_MouseOver:
        painter.fillRect(rect, theme.color("hover"))
    painter.setPen(QPen(theme.color("border"), 1))
    bottom = rect.bottom() + 0.5
    painter.drawLine(QPointF(rect.left(), bottom), QPointF(rect.right() + 1, bottom))


def paint_number(
    painter: QPainter, rect: QRect, value: str, count: str, *, is_bold: bool = False, is_muted: bool = False
) -> None:
    """Draw a number and, if there is room, the counts behind it in brackets."""
    theme = Theme.current()
    value_font, count_font = font(FontSize.BODY, bold=is_bold, tabular=True), font(FontSize.SMALL, tabular=True)
    count = f"({count})" if count else ""
    count_width = QFontMetrics(count_font).horizontalAdvance(count)
    if count and QFontMetrics(value_font).horizontalAdvance(value) + Space.XS + count_width <= rect.width():
        painter.setFont(count_font)
        painter.setPen(theme.color("muted"))
        painter.drawText(rect, RIGHT, count)
        rect = rect.adjusted(0, 0, -count_width - Space.XS, 0)
    painter.setFont(value_font)
    painter.setPen(theme.color("muted" if is_muted else "text"))
    painter.drawText(rect, RIGHT, value)


def pill_width(word: str) -> int:
    """Return the width of the pill around a word, in pixels."""
    return QFontMetrics(font(FontSize.SMALL)).horizontalAdvance(word) + 2 * CELL_PADDING


def paint_method(
    painter: QPainter, rect: QRect, learner: str, mark: str, *, mark_colour: str, is_muted: bool = False
) -> None:
    """Draw a method's name, shortened if there is little room; with a `mark` the name is bold and the mark is in a pill
    of that colour. The pill is left out if even the short name leaves no room for it.
    """
    theme = Theme.current()
    name_font = font(FontSize.BODY, bold=bool(mark))
    metrics = QFontMetrics(name_font)
    short = learner_short_title(learner)
    is_marked = bool(mark) and metrics.horizontalAdvance(short) + CELL_PADDING + pill_width(mark) <= rect.width()
    room = rect.width() - (pill_width(mark) + CELL_PADDING if is_marked else 0)
    title = learner_title(learner)
    if metrics.horizontalAdvance(title) > room:
        title = metrics.elidedText(short, Qt.TextElideMode.ElideRight, room)
    painter.setFont(name_font)
    painter.setPen(theme.color("muted" if is_muted else "text"))
    painter.drawText(rect, LEFT, title)
    if is_marked:
        left = rect.left() + metrics.horizontalAdvance(title) + CELL_PADDING
        top = rect.center().y() + 0.5 - _PILL_HEIGHT / 2
        pill = QRectF(left, top, pill_width(mark), _PILL_HEIGHT)
        painter.setPen(QPen(theme.color(mark_colour), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(pill, _PILL_HEIGHT / 2, _PILL_HEIGHT / 2)
        painter.setFont(font(FontSize.SMALL))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), mark)
