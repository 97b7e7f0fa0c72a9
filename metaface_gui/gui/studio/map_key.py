"""The legend of the embedding map's markers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.i18n import listed

_SIGN = 20


class MapKey(QWidget):
    """Three lines: a shot, a person's average, a face on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = (self.tr("shot"), self.tr("person's average"), self.tr("face on screen"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Markers on the map"))
        self.setAccessibleDescription(listed(self._lines))
        self.setToolTip(
            self.tr(
                "Colour and shape tell people apart. The large marker is the person's prototype, or what a trained "
                "last layer looks for: the nearer a face, the better the match."
            )
        )
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for three lines."""
        return QSize(160, len(self._lines) * self._line_height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw symbol and text, line by line."""
        theme, height = Theme.current(), self._line_height()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() - _SIGN / 2 if self.isRightToLeft() else _SIGN / 2, height / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("muted"))
        painter.drawEllipse(middle, 4.5, 4.5)
        painter.setPen(QPen(theme.color("text"), 2.0))
        painter.drawEllipse(middle + QPointF(0, height), 7.0, 7.0)
        painter.setPen(QPen(theme.color("known"), 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        cross = middle + QPointF(0, 2 * height)
        for sign in (-1, 1):
            arm = QPointF(5.0, 5.0 * sign)
            painter.drawLine(cross - arm, cross + arm)
        painter.setFont(font(FontSize.SMALL))
        painter.setPen(theme.color("muted"))
        room = self.width() - _SIGN - Space.XS
        for row, words in enumerate(self._lines):
            metrics = painter.fontMetrics()
            elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            left = room - metrics.horizontalAdvance(elided) if self.isRightToLeft() else _SIGN + Space.XS
            baseline = row * height + (height + metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(left, baseline), elided)

    def _line_height(self) -> int:
        return max(QFontMetrics(font(FontSize.SMALL)).lineSpacing() + 3, 18)
