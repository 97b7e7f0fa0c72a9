"""The line over the video that guides a person while shots are taken."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.events import EnrollmentChanged
from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.theme import DARK, font
from metaface_gui.gui.widgets.turn_ring import paint_turns
from metaface_gui.i18n import issue_text, turn_text
from metaface_gui.types import HeadTurn, QualityIssue

_HOLD_MS = 500
"""A text stays at least this long: guidance may change with every frame, too fast to read."""
_RING = 40
_PAD = 12
_HEIGHT = _RING + 2 * _PAD


class GuidanceBanner(QWidget):
    """A pill with the number of shots in a ring of the head turns covered, and a sentence; shown while recording."""

    geometry_wanted = Signal()
    """The text's width changed, so the parent should place the banner again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Recording"))
        self._font = font(17, bold=True)
        self._count_font = font(14, bold=True, tabular=True)
        self._count, self._wanted = 0, 1
        self._turns = frozenset[HeadTurn]()
        self._is_mirrored = False
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
        """Show the progress of a recording; hide when none runs."""
        if not enrollment.is_recording:
            self._hold.stop()
            self._text = self._next_text = ""
            self.hide()
            return
        self._count, self._wanted = len(enrollment.shots), max(enrollment.wanted, 1)
        self._turns = enrollment.turns
        # Having enough shots does not end the recording: in the time left, more varied ones replace them.
        issue = enrollment.guidance if self._count < self._wanted else None
        self._is_next_good = issue in (None, QualityIssue.TOO_SIMILAR)
        self._next_text = turn_text(self._turns) if issue is None or self._is_next_good else issue_text(issue)
        if not self._hold.isActive():
            self._show_next()
        self.show()
        self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Set whether the video beneath is mirrored, which puts the person's left on the left."""
        self._is_mirrored = mirrored
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of one line."""
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
        """Paint the pill, the ring and the sentence."""
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
        colors = QColor(255, 255, 255, 90), QColor(DARK.success)
        paint_turns(painter, ring.adjusted(3, 3, -3, -3), self._turns, colors, is_mirrored=self._is_mirrored)
        painter.setFont(self._count_font)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, str(self._count))
