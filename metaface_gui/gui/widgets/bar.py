"""Paint a share as a bar: a track, filled in proportion."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from metaface_gui.gui.theme import Theme

_RADIUS = 3
_LEAST = 2.0


def paint_bar(painter: QPainter, track: QRectF, share: float, filled: QColor) -> None:
    """Draw `track`, filled from the left by `share` (0..1, clamped); a share of 0 still leaves a visible sliver."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().color("border"))
    painter.drawRoundedRect(track, _RADIUS, _RADIUS)
    painter.setBrush(filled)
    width = max(track.width() * min(max(share, 0.0), 1.0), _LEAST)
    painter.drawRoundedRect(QRectF(track.left(), track.top(), width, track.height()), _RADIUS, _RADIUS)
