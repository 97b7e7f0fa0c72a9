"""The nearest enrolled shots in a row: picture, person and score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from metaface_gui.gui.panels.pictures import decode_square, paint_initials, rounded_pixmap
from metaface_gui.gui.studio.score_bars import score_text
from metaface_gui.gui.theme import FontSize, Radius, Theme, font
from metaface_gui.pipeline.explanation import NearShot

_LEAST_SIDE, _MOST_SIDE = 52, 104
_DECODED = 128
_GAP = 6


class NearShotRow(QWidget):
    """As many shots as fit, the nearest first; pictures as large as the height allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shots: tuple[NearShot, ...] = ()
        self._images: tuple[QImage, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Nearest shots"))
        Theme.current().changed.connect(self.update)

    @property
    def shots(self) -> tuple[NearShot, ...]:
        """Return the shots shown, as many as fit."""
        return self._shots

    def show_shots(self, shots: Sequence[NearShot]) -> None:
        """Show these shots, nearest first. Decodes the pictures at display size: under a millisecond each."""
        self._shots = tuple(shots)
        self._images = tuple(decode_square(shot.picture, _DECODED) for shot in shots)
        self.setAccessibleDescription("\n".join(self._words(shot) for shot in shots))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for six small pictures."""
        return QSize(6 * (_LEAST_SIDE + _GAP) - _GAP, self._tile_height(_LEAST_SIDE))

    def minimumSizeHint(self) -> QSize:
        """Return room for two small pictures."""
        return QSize(2 * _LEAST_SIDE + _GAP, self._tile_height(_LEAST_SIDE))

    def tiles(self) -> tuple[QRectF, ...]:
        """Return the rectangles of the pictures that fit, nearest shots first."""
        layouts = (self._laid_out(across) for across in range(1, len(self._shots) + 1))
        # Prefer more shots to larger ones, but none too small to recognise a face.
        return max(layouts, key=lambda tiles: (len(tiles), tiles[0].width() if tiles else 0.0), default=())

    def event(self, event: QEvent) -> bool:
        """Give each picture its own tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            under = [i for i, tile in enumerate(self.tiles()) if tile.contains(QPointF(event.pos()))]
            if under:
                QToolTip.showText(event.globalPos(), self._words(self._shots[under[0]]), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pictures with two lines below each."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for tile, shot, image in zip(self.tiles(), self._shots, self._images, strict=False):
            if image.isNull():
                paint_initials(painter, tile, shot.name, self.palette(), Radius.S)
            else:
                pixmap = rounded_pixmap(image, round(tile.width()), self.devicePixelRatioF(), Radius.S)
                painter.drawPixmap(tile.topLeft(), pixmap)
            painter.setFont(font(FontSize.SMALL, tabular=True))
            metrics = painter.fontMetrics()
            for row, (text, token) in enumerate(((shot.name, "text"), (score_text(shot.cosine), "muted"))):
                painter.setPen(theme.color(token))
                elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(tile.width()))
                top = tile.bottom() + 2 + row * metrics.lineSpacing()
                line = QRectF(tile.left(), top, tile.width(), metrics.lineSpacing())
                painter.drawText(line, Qt.AlignmentFlag.AlignCenter, elided)

    def _words(self, shot: NearShot) -> str:
        return self.tr("{name}, cosine {cosine}").format(name=shot.name, cosine=score_text(shot.cosine))

    def _tile_height(self, side: int) -> int:
        return side + 2 + 2 * QFontMetrics(font(FontSize.SMALL, tabular=True)).lineSpacing()

    def _laid_out(self, across: int) -> tuple[QRectF, ...]:
        """Return the rectangles with this many pictures per line, as far as they fit."""
        rows = -(-len(self._shots) // across)
        free_width = (self.width() + _GAP) // across - _GAP
        free_height = (self.height() + _GAP) // rows - _GAP - self._tile_height(0)
        side = max(_LEAST_SIDE, min(free_width, free_height, _MOST_SIDE))
        down = side + _GAP, self._tile_height(side) + _GAP
        tiles = (QRectF(i % across * down[0], i // across * down[1], side, side) for i in range(len(self._shots)))
        room = QRectF(0, 0, self.width(), self.height() - self._tile_height(0) + 1)
        return tuple(tile for tile in tiles if room.contains(tile))
