"""The seconds until a recording begins, large over the video, for the person looking at the camera."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.theme import font

_SIDE = 132


class CountdownDisc(QWidget):
    """A number on a dark disc, transparent to the mouse; hidden while there is no countdown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Countdown"))
        self._seconds = 0
        self.hide()

    @property
    def seconds(self) -> int:
        """The number shown; 0 while hidden."""
        return self._seconds

    def show_seconds(self, seconds: int) -> None:
        """Show how many seconds are left; 0 hides the disc."""
        self._seconds = seconds
        self.setVisible(seconds > 0)
        if seconds:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, str(seconds)))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the disc and the number in theme-independent colours, because they lie over video."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 200))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setFont(font(_SIDE // 2, bold=True, tabular=True))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.locale().toString(self._seconds))
        painter.end()
