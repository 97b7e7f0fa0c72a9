"""A ring of four arcs: the sides of the head that the shots taken so far cover."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from metaface_gui.types import HeadTurn

_SPAN = 66
_ANGLES = {HeadTurn.RIGHT: 0, HeadTurn.UP: 90, HeadTurn.LEFT: 180, HeadTurn.DOWN: 270}
"""In degrees, counter-clockwise from three o'clock, as whoever stands before a mirror sees themselves."""


def paint_turns(
    painter: QPainter,
    ring: QRectF,
    turns: Collection[HeadTurn],
    colors: tuple[QColor, QColor],
    *,
    is_mirrored: bool,
) -> None:
    """Paint the arcs: thin in the first colour those that are missing, thick in the second those that are there."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for turn, angle in _ANGLES.items():
        is_there = turn in turns
        place = angle if is_mirrored or turn in (HeadTurn.UP, HeadTurn.DOWN) else 180 - angle
        painter.setPen(QPen(colors[is_there], 5 if is_there else 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, (place - _SPAN // 2) * 16, _SPAN * 16)
