"""The card beside a dot of the embedding map: the shot's picture and the person's name."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.panels.pictures import paint_initials
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font

_SIDE = 84
_FROM_DOT = 14


class ShotCard(QWidget):
    """Overlays the plot and ignores the pointer; initials stand in for a picture that is still being read."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pictures = PictureLoader(self, capacity=200)
        self._pictures.loaded.connect(self.update)
        self._name = ""
        self._picture: bytes | None = None
        self.resize(self.sizeHint())
        Theme.current().changed.connect(self.update)
        self.hide()

    @property
    def name(self) -> str:
        """Return the person's name."""
        return self._name

    @property
    def has_picture(self) -> bool:
        """Return whether the picture is shown rather than the initials."""
        return self._picture is not None

    def show_shot(self, name: str, picture: bytes | None, dot: QPoint) -> None:
        """Show a shot beside its dot (parent's pixels); `picture` is encoded, None while it is being read."""
        self._name, self._picture = name, picture
        self.setAccessibleName(name)
        self.move(self._place(dot))
        self.show()
        self.raise_()
        self.update()

    def forget_pictures(self) -> None:
        """Drop all cached pictures, as some may have been deleted."""
        self._pictures.keep_only(())
        self.hide()

    def sizeHint(self) -> QSize:
        """Return room for the picture and a line."""
        return QSize(_SIDE + 2 * Space.S, _SIDE + 2 * Space.S + 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw background, picture and name."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("raised"))
        painter.setPen(QPen(theme.color("border_strong"), 1.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.M, Radius.M)
        pixmap = self._pictures.get(self._picture, _SIDE, self.devicePixelRatioF(), Radius.S)
        place = QRectF(Space.S, Space.S, _SIDE, _SIDE)
        if pixmap is None:
            paint_initials(painter, place, self._name, self.palette(), Radius.S)
        else:
            painter.drawPixmap(place.topLeft(), pixmap)
        painter.setFont(font(FontSize.SMALL, bold=True))
        painter.setPen(theme.color("text"))
        elided = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, _SIDE)
        painter.drawText(QRectF(Space.S, place.bottom(), _SIDE, 24), Qt.AlignmentFlag.AlignCenter, elided)

    def _place(self, dot: QPoint) -> QPoint:
        """Return a position to the right or left of the dot, entirely within the parent."""
        parent = self.parentWidget() or self
        x = dot.x() + _FROM_DOT
        if x + self.width() > parent.width():
            x = dot.x() - _FROM_DOT - self.width()
        y = dot.y() - self.height() // 2
        return QPoint(max(0, x), max(0, min(y, parent.height() - self.height())))
