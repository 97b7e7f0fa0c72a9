"""The line over the video that tells a person how to hold their face while shots are taken."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.events import EnrollmentChanged
from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.theme import DARK, font
from metaface_gui.i18n import issue_text

_HOLD_MS = 500
"""A text stays at least this long: guidance may change with every frame, which nobody could read."""
_RING = 40
_PAD = 12
_HEIGHT = _RING + 2 * _PAD
_RECORD = "#ff4d5e"


class GuidanceBanner(QWidget):
    """A pill with a ring of the shots taken so far and one sentence; visible while a recording runs."""

    geometry_wanted = Signal()
    """The text's width changed: whoever places the banner should do so anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Recording"))
        self._font = font(17, bold=True)
        self._count_font = font(14, bold=True, tabular=True)
        self._count, self._wanted = 0, 1
        self._text, self._next_text = "", ""
        self._is_good = True
        self._hold = QTimer(self, singleShot=True, interval=_HOLD_MS)
        self._hold.timeout.connect(self._show_next)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence on screen."""
        return self._text

    def show_enrollment(self, enrollment: EnrollmentChanged) -> None:
        """Follow a recording; hides when none runs."""
        if not enrollment.is_recording:
            self._hold.stop()
            self._text = self._next_text = ""
            self.hide()
            return
        self._count, self._wanted = len(enrollment.shots), max(enrollment.wanted, 1)
        if self._count >= self._wanted:
            self._next_text = self.tr("Done - that is enough")
        elif enrollment.guidance is None:
            self._next_text = self.tr("Good - turn your head slowly")
        else:
            self._next_text = issue_text(enrollment.guidance)
        self._is_next_good = enrollment.guidance is None or self._count >= self._wanted
        if not self._hold.isActive():
            self._show_next()
        self.show()
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        width = QFontMetricsF(self._font).horizontalAdvance(self._text)
        return QSize(round(width) + _RING + 3 * _PAD + 34, _HEIGHT)

    def _show_next(self) -> None:
        if self._next_text == self._text:
            return
        self._text, self._is_good = self._next_text, self._is_next_good
        self._hold.start()
        self.setAccessibleDescription(self._text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._text))
        self.geometry_wanted.emit()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pill, the ring, the sentence."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 225))
        painter.drawRoundedRect(plate, _HEIGHT / 2, _HEIGHT / 2)
        self._paint_ring(painter, QRectF(_PAD, _PAD, _RING, _RING))
        color = QColor(DARK.success if self._is_good else DARK.warning)
        icon = icon_pixmap("success" if self._is_good else "info", 22, color, self.devicePixelRatioF())
        left = _PAD * 2 + _RING
        painter.drawPixmap(QPointF(left, (_HEIGHT - 22) / 2), icon)
        painter.setFont(self._font)
        painter.setPen(QColor("#ffffff"))
        line = plate.adjusted(left + 30, 0, -_PAD, 0)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
        painter.end()

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        share = min(self._count / self._wanted, 1.0)
        arc = ring.adjusted(2, 2, -2, -2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(255, 255, 255, 60), 4))
        painter.drawEllipse(arc)
        color = QColor(DARK.success) if share >= 1.0 else QColor(_RECORD)
        painter.setPen(QPen(color, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(arc, 90 * 16, round(-360 * 16 * share))
        painter.setFont(self._count_font)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, str(self._count))
