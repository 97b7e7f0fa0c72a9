"""The shots of a running recording as a strip over the video, for the person looking at the camera."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.events import EnrollmentChanged, ShotCandidate
from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.theme import Radius

_SIDE = 52
_GAP = 6
_PAD = 8
_MOST = 10
"""The most shots that a recording keeps; files may bring more, which this does not show."""


class ShotStrip(QWidget):
    """Pictures of the shots and outlines of those still wanted; shown while recording, transparent to the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._shots: tuple[ShotCandidate, ...] = ()
        self._places = 0
        self._pictures = PictureLoader(self, capacity=2 * _MOST)
        self._pictures.loaded.connect(self.update)
        self.hide()

    @property
    def shots(self) -> tuple[ShotCandidate, ...]:
        """The shots on screen."""
        return self._shots

    def show_enrollment(self, enrollment: EnrollmentChanged) -> None:
        """Show a recording's shots; keep none of them when no recording runs."""
        shots = enrollment.shots[-_MOST:] if enrollment.is_recording else ()
        places = min(max(enrollment.wanted, len(shots)), _MOST) if enrollment.is_recording else 0
        if not places:
            self._pictures.keep_only(())
        self.setVisible(places > 0)
        if (shots, places) != (self._shots, self._places):
            self._shots, self._places = shots, places
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of all places side by side."""
        return QSize(2 * _PAD + self._places * (_SIDE + _GAP) - _GAP, 2 * _PAD + _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint plate, pictures and outlines in theme-independent colours, because they lie over video."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 225))
        painter.drawRoundedRect(QRectF(self.rect()), Radius.L, Radius.L)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(255, 255, 255, 110), 1.2, Qt.PenStyle.DashLine))
        for number in range(self._places):
            left = _PAD + number * (_SIDE + _GAP)
            picture = None
            if number < len(self._shots):
                picture = self._pictures.get(self._shots[number].picture, _SIDE, self.devicePixelRatioF(), Radius.M)
            if picture is None:
                painter.drawRoundedRect(QRectF(left, _PAD, _SIDE, _SIDE).adjusted(1, 1, -1, -1), Radius.M, Radius.M)
            else:
                painter.drawPixmap(left, _PAD, picture)
        painter.end()
