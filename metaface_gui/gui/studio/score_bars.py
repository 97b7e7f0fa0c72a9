"""The top people's scores as bars on the margin scale: −1 a stranger, 0 the threshold, +1 the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.gui.widgets.bar import paint_bar
from metaface_gui.pipeline.rendering.verdicts import margin_text
from metaface_gui.types import Identification

_ROW = 22
_BAR = 10
_MOST_ROWS = 5


def score_text(value: float) -> str:
    """Return a score as displayed everywhere: two decimals, and a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns' positions, in widget pixels; bars span margins from −1 to +1."""

    name_width: float
    bar_left: float
    bar_width: float

    def x(self, margin: float) -> float:
        return self.bar_left + self.bar_width * (margin + 1.0) / 2.0


class ScoreBars(QWidget):
    """One row per person, the best first; the threshold is a line through all rows, with its value above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margins: tuple[tuple[str, float], ...] = ()
        self._denied = ""
        self._letters_px: int = FontSize.BODY
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Scores of the closest people"))
        Theme.current().changed.connect(self.update)

    def show_scores(self, scores: Sequence[tuple[str, float]], decision: Identification, denied: str = "") -> None:
        """Show these people's scores, best first, as margins to `decision`'s threshold; the tooltip has the raw scores.

        `denied` are the people the user said this is not: they are struck out, whatever their score.
        """
        margins = [(name, replace(decision, score=score).margin) for name, score in scores]
        self._margins = tuple((name, -1.0 if isnan(margin) else margin) for name, margin in margins)
        self._denied = denied
        lines = [
            f"{name}: {margin_text(margin)} ({score_text(score)})"
            for (name, margin), (_name, score) in zip(self._margins, scores, strict=True)
        ]
        words = "\n".join((*lines, self.tr("Threshold: {score}").format(score=score_text(decision.threshold))))
        self.setAccessibleDescription(words)
        self.setToolTip(words if scores else "")
        self.update()

    def show_margins(self, margins: Sequence[tuple[str, float]]) -> None:
        """Show these people's margins, in this order; nan for somebody who is nowhere near."""
        self._margins = tuple((name, -1.0 if isnan(margin) else margin) for name, margin in margins)
        self._denied = ""
        self.update()

    def set_letters(self, letters_px: int) -> None:
        """Set the letter height; rows and bars scale with it."""
        self._letters_px = letters_px
        self.update()

    @property
    def most_rows(self) -> int:
        """Return how many rows fit."""
        return max(1, int((self.height() - self._row) / self._row + 0.01))

    @property
    def _growth(self) -> float:
        """Return the letter height relative to the usual one."""
        return self._letters_px / FontSize.BODY

    @property
    def _row(self) -> float:
        return _ROW * self._growth

    def sizeHint(self) -> QSize:
        """Return room for all rows and the threshold's value."""
        return QSize(220, _MOST_ROWS * _ROW + _ROW)

    def minimumSizeHint(self) -> QSize:
        """Return a narrow size with room for the best three."""
        return QSize(150, 4 * _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as many rows as fit."""
        if not self._margins:
            return
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, room = self._row, self.height() - self._row
        row_height = min(max(row, room / max(_MOST_ROWS, len(self._margins))), 1.5 * row)
        fitting = self._margins[: max(1, int(room / row_height + 0.01))]
        names, numbers = font(self._letters_px), font(self._letters_px, tabular=True)
        layout = self._layout(QFontMetricsF(names), QFontMetricsF(numbers))
        highest = max(margin for _name, margin in self._margins)
        for index, (name, margin) in enumerate(fitting):
            line = QRectF(0, row + index * row_height, self.width(), row_height)
            is_denied = bool(self._denied) and name == self._denied
            counts = margin >= 0.0 and not is_denied
            name_font = font(self._letters_px, bold=counts and margin == highest)
            name_font.setStrikeOut(is_denied)
            painter.setFont(name_font)
            painter.setPen(theme.color("muted" if is_denied else "text"))
            elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(layout.name_width))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
            painter.setFont(numbers)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, margin_text(margin))
            bar = _BAR * self._growth
            track = QRectF(layout.bar_left, line.center().y() - bar / 2, layout.bar_width, bar)
            paint_bar(painter, track, (margin + 1.0) / 2.0, theme.color("known" if counts else "disabled"))
        self._paint_threshold(painter, layout, row + len(fitting) * row_height)

    def _layout(self, names: QFontMetricsF, numbers: QFontMetricsF) -> _Layout:
        wanted = max(names.horizontalAdvance(name) for name, _margin in self._margins) + Space.S
        name_width = min(wanted, 0.36 * self.width())
        number_width = numbers.horizontalAdvance("−0.00") + Space.S
        left = name_width + Space.XS
        return _Layout(name_width, left, max(self.width() - left - number_width, 20.0))

    def _paint_threshold(self, painter: QPainter, layout: _Layout, bottom: float) -> None:
        theme = Theme.current()
        x = layout.x(0.0)
        painter.setPen(QPen(theme.color("text"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, self._row - 3), QPointF(x, bottom))
        painter.setFont(font(round(FontSize.SMALL * self._growth), tabular=True))
        painter.setPen(theme.color("muted"))
        text = self.tr("threshold")
        width = painter.fontMetrics().horizontalAdvance(text)
        left = min(max(x - width / 2, 0.0), self.width() - width)
        painter.drawText(QPointF(left, painter.fontMetrics().ascent()), text)
