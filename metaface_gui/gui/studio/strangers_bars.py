"""The share of strangers let through here, before and now: two bars with their uncertainty."""

from __future__ import annotations

from math import inf, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.engine.events import RoomEvaluated, StrangersHere
from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.pipeline.recognition.room_share import LetThrough

_ROW = 26
_BAR = 10
_AXIS = 16
_LEAST, _MOST = 0.00005, 1.0
_TICKS = (0.001, 0.01, 0.1, 1.0)


def percent(share: float) -> str:
    """Return a share of strangers as displayed: one significant digit if it is small, as no more is known."""
    if share < 0.0001:
        return "0\u00a0%"
    return f"{100 * share:.0f}\u00a0%" if share >= 0.0995 else f"{100 * share:.{1 if share < 0.0095 else 2}g}\u00a0%"


class StrangersBars(QWidget):
    """Bars on a logarithmic scale from 100 % down to 0.1 %, the range over which thresholds differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Strangers let through here"))
        self._rows: list[tuple[str, LetThrough, str]] = []
        self._fpir = 0.01
        Theme.current().changed.connect(self.update)

    def show_evaluation(self, evaluated: RoomEvaluated | None, fpir: float) -> None:
        """Show an evaluation against the share that the user chose; None: nothing yet."""
        self._fpir = fpir
        self._rows = []
        if evaluated is not None:
            self._add(self.tr("before"), evaluated.before, "muted")
            self._add(self.tr("now"), evaluated.now, "accent")
        words = [f"{title}: {_interval(share)}" for title, share, _colour in self._rows]
        self.setAccessibleDescription("\n".join(words))
        self.setToolTip("\n".join(words))
        self.updateGeometry()
        self.update()

    def _add(self, title: str, here: StrangersHere | None, colour: str) -> None:
        if here is not None:
            self._rows.append((title, here.let_through, colour))

    def sizeHint(self) -> QSize:
        """Return room for two rows and the scale, always, so that nothing below jumps."""
        return QSize(240, 2 * _ROW + _AXIS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, whiskers for the uncertainty, and a line at the chosen share."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = font(FontSize.SMALL, tabular=True)
        painter.setFont(small)
        metrics = QFontMetricsF(small)
        titles = (self.tr("before"), self.tr("now"))
        left = max(metrics.horizontalAdvance(title) for title in titles) + Space.S
        right = self.width() - metrics.horizontalAdvance("0.00\u00a0%") - Space.S
        bottom = self.height() - _AXIS

        def x(share: float) -> float:
            along = log10(min(max(share, _LEAST), _MOST) / _LEAST) / log10(_MOST / _LEAST)
            return left + along * (right - left)

        written = -inf
        for tick in _TICKS:
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.drawLine(QPointF(x(tick), 2), QPointF(x(tick), bottom))
            painter.setPen(theme.color("muted"))
            text = f"{100 * tick:g}\u00a0%"
            half = metrics.horizontalAdvance(text) / 2
            middle = min(x(tick), self.width() - half)
            if middle - half > written + Space.XS:
                painter.drawText(QRectF(middle - 40, bottom, 80, _AXIS), Qt.AlignmentFlag.AlignCenter, text)
                written = middle + half
        for row, (title, share, colour) in enumerate(self._rows):
            y = _ROW * (row + (2 - len(self._rows)) / 2 + 0.5)
            painter.setPen(theme.color("text"))
            line = QRectF(0, y - _ROW / 2, left, _ROW)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
            bar = QRectF(left, y - _BAR / 2, x(share.expected) - left, _BAR)
            painter.fillRect(bar, theme.color(colour))
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.drawLine(QPointF(x(share.low), y), QPointF(x(share.high), y))
            for end in (share.low, share.high):
                painter.drawLine(QPointF(x(end), y - 4), QPointF(x(end), y + 4))
            value = QRectF(right + Space.S, y - _ROW / 2, self.width() - right, _ROW)
            painter.drawText(value, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, percent(share.expected))
        painter.setPen(QPen(theme.color("warning"), 2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x(self._fpir), 2), QPointF(x(self._fpir), bottom))
        painter.end()


def _interval(share: LetThrough) -> str:
    return f"{percent(share.expected)} ({percent(share.low)} – {percent(share.high)})"
