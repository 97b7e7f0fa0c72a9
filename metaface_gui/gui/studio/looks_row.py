"""The looks that a decision is pooled from: a small picture of each, and its weight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from metaface_gui.gui.panels.pictures import rounded_pixmap
from metaface_gui.gui.theme import FontSize, Radius, Theme, font
from metaface_gui.pipeline.explanation import PooledLook
from metaface_gui.types import Image

_SIDE, _GAP = 40, 6
_LEFT_OUT = 0.35
"""Opacity of a look that was left out of the pool; its share shows that, too."""


class LooksRow(QWidget):
    """As many looks as fit, the highest weight first; those left out come last and are pale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks: tuple[PooledLook, ...] = ()
        self._images: tuple[QImage, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Looks"))
        Theme.current().changed.connect(self.update)

    @property
    def looks(self) -> tuple[PooledLook, ...]:
        """Return the looks shown, as many as fit."""
        return self._looks

    def show_looks(self, looks: Sequence[PooledLook]) -> None:
        """Show these looks, in this order."""
        self._looks = tuple(looks)
        self._images = tuple(_image(look.picture_rgb) for look in looks)
        self.setAccessibleDescription("\n".join(self._words(look) for look in looks))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for two looks side by side."""
        return QSize(2 * _SIDE + _GAP, self._tile_height())

    def minimumSizeHint(self) -> QSize:
        """Return room for one look."""
        return QSize(_SIDE, self._tile_height())

    def tiles(self) -> tuple[QRectF, ...]:
        """Return the rectangles of the pictures that fit."""
        across = max(1, (self.width() + _GAP) // (_SIDE + _GAP))
        down = max(1, (self.height() + _GAP) // (self._tile_height() + _GAP))
        return tuple(
            QRectF(i % across * (_SIDE + _GAP), i // across * (self._tile_height() + _GAP), _SIDE, _SIDE)
            for i in range(min(len(self._looks), across * down))
        )

    def event(self, event: QEvent) -> bool:
        """Give each picture its own tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            under = [i for i, tile in enumerate(self.tiles()) if tile.contains(QPointF(event.pos()))]
            if under:
                QToolTip.showText(event.globalPos(), self._words(self._looks[under[0]]), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pictures with their shares below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FontSize.SMALL, tabular=True))
        painter.setPen(Theme.current().color("muted"))
        height = painter.fontMetrics().lineSpacing()
        for tile, look, image in zip(self.tiles(), self._looks, self._images, strict=False):
            painter.setOpacity(1.0 if look.share > 0.0 else _LEFT_OUT)
            if not image.isNull():
                painter.drawPixmap(tile.topLeft(), rounded_pixmap(image, _SIDE, self.devicePixelRatioF(), Radius.S))
            painter.setOpacity(1.0)
            line = QRectF(tile.left(), tile.bottom() + 2, tile.width(), height)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, f"{look.share:.0%}" if look.share > 0.0 else "–")

    def _words(self, look: PooledLook) -> str:
        quality = f"{look.quality.score:.0%}"
        if look.share > 0.0:
            words = self.tr("Look {number}: weight {share} (quality {quality})")
            return words.format(number=look.number, share=f"{look.share:.0%}", quality=quality)
        return self.tr("Look {number} was left out: it is unlike the others").format(number=look.number)

    def _tile_height(self) -> int:
        return _SIDE + 2 + QFontMetrics(font(FontSize.SMALL, tabular=True)).lineSpacing()


def _image(picture_rgb: Image) -> QImage:
    """Return an image that owns its pixels; null if there is no picture."""
    height, width = picture_rgb.shape[:2]
    if not (height and width):
        return QImage()
    return QImage(picture_rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
