"""A ring of four arcs that show which sides of the head the shots taken so far cover."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from metaface_gui.types import HeadTurn

_SPAN = 66
_ANGLES = {HeadTurn.RIGHT: 0, HeadTurn.UP: 90, HeadTurn.LEFT: 180, HeadTurn.DOWN: 270}
"""Degrees counter-clockwise from three o'clock, as the person sees themselves in a mirror."""


def paint_turns(
    painter: QPainter,
    ring: QRectF,
    turns: Collection[HeadTurn],
    colors: tuple[QColor, QColor],
    *,
    is_mirrored: bool,
) -> None:
    """Paint the arcs: missing sides thin in the first colour, covered sides thick in the second."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for turn, angle in _ANGLES.items():
        is_there = turn in turns
        place = angle if is_mirrored or turn in (HeadTurn.UP, HeadTurn.DOWN) else 180 - angle
        painter.setPen(QPen(colors[is_there], 5 if is_there else 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, (place - _SPAN // 2) * 16, _SPAN * 16)
