"""A share as a bar: a track, and how much of it is filled."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from metaface_gui.gui.theme import Theme

_RADIUS = 3
_LEAST = 2.0


def paint_bar(painter: QPainter, track: QRectF, share: float, filled: QColor) -> None:
    """Draw `track` and this share of it, 0..1, from the left; of nothing a sliver is left to be seen."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().color("border"))
    painter.drawRoundedRect(track, _RADIUS, _RADIUS)
    painter.setBrush(filled)
    width = max(track.width() * min(max(share, 0.0), 1.0), _LEAST)
    painter.drawRoundedRect(QRectF(track.left(), track.top(), width, track.height()), _RADIUS, _RADIUS)
