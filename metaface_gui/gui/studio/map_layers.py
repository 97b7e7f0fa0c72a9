"""The layers over the dots of the embedding map: people's names, and the faces on screen with their trails.

Both layers use the view box's pixel coordinates, so that text and lines keep their size at any zoom.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from metaface_gui.gui.studio.map_motion import Probe
from metaface_gui.gui.theme import FontSize, Theme, font
from metaface_gui.types import Floats

MOST_LABELS = 40
_LABEL_WIDTH = 120.0
_GAP = 13.0
"""Distance from a class vector's centre to its name."""
_CROSS = 7.0
_TRAIL = 16
_REACH = 10.0
"""How far lines and crosses extend around their points."""


def place_labels(
    points: Sequence[QPointF],
    sizes: Sequence[QSizeF],
    room: QRectF,
    *,
    others: Sequence[QRectF] = (),
    before: Sequence[int | None] | None = None,
) -> list[tuple[int, QRectF] | None]:
    """Place a label beside each point, clear of other labels, of points, and of `others`; None: no room.

    Places are tried in the order right, left, above, below, then corners, but the one in `before` first. Earlier points
    take precedence. Return each place's number, to be passed as `before` next time, and its rectangle.
    """
    taken = [QRectF(point.x() - _GAP / 2, point.y() - _GAP / 2, _GAP, _GAP) for point in points] + list(others)
    placed: list[tuple[int, QRectF] | None] = []
    for point, size, side in zip(points, sizes, before or [None] * len(points), strict=True):
        places = _places_beside(point, size)
        kept = [] if side is None else [side]
        numbers = kept + [number for number in range(len(places)) if number != side]
        free = (
            (number, places[number])
            for number in numbers
            if room.contains(places[number]) and not any(places[number].intersects(other) for other in taken)
        )
        found = next(free, None)
        placed.append(found)
        if found is not None:
            taken.append(found[1])
    return placed


def _places_beside(point: QPointF, size: QSizeF) -> list[QRectF]:
    middle, half = point.y() - size.height() / 2, size.width() / 2
    right, left = point.x() + _GAP, point.x() - _GAP - size.width()
    above, below = point.y() - _GAP - size.height(), point.y() + _GAP
    corners = [(right, middle), (left, middle), (point.x() - half, above), (point.x() - half, below)]
    corners += [(x, y) for x in (right, left) for y in (above, below)]
    return [QRectF(QPointF(x, y), size) for x, y in corners]


class _Layer(QGraphicsObject):
    """Draws in the view box's pixel coordinates, on top of everything in it."""

    def __init__(self, view: pg.ViewBox, z: float) -> None:
        super().__init__()
        self._view = view
        self._bounds = QRectF()
        self.setParentItem(view)
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        view.sigRangeChanged.connect(self.lay_out)
        view.sigResized.connect(self.lay_out)
        Theme.current().changed.connect(self.update)

    def boundingRect(self) -> QRectF:
        """Return the area drawn on."""
        return self._bounds

    def lay_out(self) -> None:
        """Recompute the positions."""

    def _to_pixels(self, xy: Floats) -> list[QPointF]:
        return [self._view.mapFromView(QPointF(float(x), float(y))) for x, y in xy]

    def _cover(self, rects: Sequence[QRectF]) -> None:
        """Set the area drawn on from now on; the previous area is repainted."""
        self.prepareGeometryChange()
        bounds = QRectF()
        for rect in rects:
            bounds = bounds.united(rect)
        self._bounds = bounds.intersected(self._view.rect())
        self.update()


class NameLayer(_Layer):
    """Names beside the class vectors, elided, without overlaps; none at all if there are too many to read."""

    laid_out = Signal()
    """The positions of the names may have changed."""

    def __init__(self, view: pg.ViewBox) -> None:
        super().__init__(view, 10.0)
        self._names: list[str] = []
        self._points: Floats | None = None
        self._labels: list[tuple[str, QRectF]] = []
        self._all_names: tuple[str, ...] = ()
        self._letters_px: int = FontSize.SMALL

    @property
    def shown(self) -> list[tuple[str, QRectF]]:
        """Return the names that found room, and their rectangles."""
        return self._labels

    def show_names(self, names: Sequence[str], points: Floats) -> None:
        """Show these names at these points (n, 2) of the plane."""
        self._all_names = tuple(names)
        self._elide()
        self.move_to(points)

    def set_letters(self, letters_px: int) -> None:
        """Set the letter height."""
        self._letters_px = letters_px
        self._elide()
        self.lay_out()

    def _elide(self) -> None:
        metrics = QFontMetricsF(font(self._letters_px, bold=True))
        few = self._all_names if len(self._all_names) <= MOST_LABELS else ()
        width = _LABEL_WIDTH * self._letters_px / FontSize.SMALL
        self._names = [metrics.elidedText(name, Qt.TextElideMode.ElideRight, width) for name in few]

    def move_to(self, points: Floats) -> None:
        """Move the same names to other points."""
        self._points = points
        self.lay_out()

    def lay_out(self) -> None:
        """Recompute the positions."""
        if self._points is None or not self._names:
            self._labels = []
        else:
            metrics = QFontMetricsF(font(self._letters_px, bold=True))
            sizes = [QSizeF(metrics.horizontalAdvance(name) + 4, metrics.height()) for name in self._names]
            places = place_labels(self._to_pixels(self._points), sizes, self._view.rect())
            found = zip(self._names, places, strict=True)
            self._labels = [(name, place[1]) for name, place in found if place is not None]
        self.laid_out.emit()
        self._cover([place for _name, place in self._labels])

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the names, each on a background that sets it off from the dots."""
        theme = Theme.current()
        ground = theme.color("surface")
        ground.setAlpha(190)
        painter.setFont(font(self._letters_px, bold=True))
        for name, place in self._labels:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(place, 3, 3)
            painter.setPen(theme.color("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)


@dataclass(slots=True, eq=False)
class _Drawn:
    probe: Probe
    trail: deque[tuple[float, float]]
    pixels: list[QPointF] = field(default_factory=list)
    name: str = ""
    side: int | None = None
    label: QRectF | None = None
    """None: there is no room for it beside the other names."""


class ProbeLayer(_Layer):
    """The faces on screen as moving crosses, with their recent positions as a fading trail, and their names.

    Names avoid each other and the fixed names of people (`names`); a name without room is left out, as it is usually
    that of the person next to whom the face is drawn.
    """

    def __init__(self, view: pg.ViewBox, names: NameLayer) -> None:
        super().__init__(view, 20.0)
        self._drawn: dict[int, _Drawn] = {}
        self._people = names
        self.set_letters(FontSize.SMALL)
        names.laid_out.connect(self.lay_out)

    @property
    def labels(self) -> tuple[QRectF, ...]:
        """Return the rectangles of the faces' names, in view box pixels."""
        return tuple(drawn.label for drawn in self._drawn.values() if drawn.label is not None)

    def set_letters(self, letters_px: int) -> None:
        """Set the letter height."""
        self._growth = letters_px / FontSize.SMALL
        self._font = font(letters_px, bold=True)
        self._metrics = QFontMetricsF(self._font)
        self.lay_out()

    @property
    def probes(self) -> tuple[Probe, ...]:
        """Return the faces shown."""
        return tuple(drawn.probe for drawn in self._drawn.values())

    def trail_of(self, track_id: int) -> tuple[tuple[float, float], ...]:
        """Return a face's recent positions on the plane, the newest last; empty if it isn't shown."""
        return tuple(self._drawn[track_id].trail) if track_id in self._drawn else ()

    def show_probes(self, probes: Sequence[Probe]) -> None:
        """Show these faces, and drop the trails of faces that have left."""
        if not probes and not self._drawn:
            return
        before, self._drawn = self._drawn, {}
        for probe in probes:
            trail = before[probe.track_id].trail if probe.track_id in before else deque(maxlen=_TRAIL)
            trail.append((float(probe.xy[0]), float(probe.xy[1])))
            side = before[probe.track_id].side if probe.track_id in before else None
            self._drawn[probe.track_id] = _Drawn(probe, trail, side=side)
        self.lay_out()

    def forget_trails(self) -> None:
        """Show no faces: the plane has changed, so old positions are meaningless."""
        self.show_probes(())

    def lay_out(self) -> None:
        """Recompute the positions."""
        every = list(self._drawn.values())
        sizes = []
        for drawn in every:
            drawn.pixels = [self._view.mapFromView(QPointF(x, y)) for x, y in drawn.trail]
            widest = _LABEL_WIDTH * self._growth
            drawn.name = self._metrics.elidedText(drawn.probe.name, Qt.TextElideMode.ElideRight, widest)
            sizes.append(QSizeF(self._metrics.horizontalAdvance(drawn.name) + 8, self._metrics.height()))
        places = place_labels(
            [drawn.pixels[-1] for drawn in every],
            sizes,
            self._view.rect(),
            others=[place for _name, place in self._people.shown],
            before=[drawn.side for drawn in every],
        )
        for drawn, place in zip(every, places, strict=True):
            drawn.side, drawn.label = (drawn.side, None) if place is None else place
        touched = [QRectF(p.x() - _REACH, p.y() - _REACH, 2 * _REACH, 2 * _REACH) for d in every for p in d.pixels]
        self._cover([*touched, *self.labels])

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the trails, then the crosses, then the names."""
        theme = Theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._view.rect())
        for drawn in self._drawn.values():
            self._paint_trail(painter, drawn, theme.color("unknown" if drawn.probe.is_unknown else "known"))
        for drawn in self._drawn.values():
            color = theme.color("unknown" if drawn.probe.is_unknown else "known")
            here = drawn.pixels[-1]
            # A line in the background colour around the cross sets it off from any dot.
            for pen in (QPen(theme.color("surface"), 7.0), QPen(color, 3.0)):
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                for sign in (-1.0, 1.0):
                    arm = QPointF(_CROSS, sign * _CROSS)
                    painter.drawLine(here - arm, here + arm)
            if drawn.label is None:
                continue
            painter.setPen(QPen(color, 1.0))
            painter.setBrush(theme.color("surface"))
            painter.drawRoundedRect(drawn.label, 4, 4)
            painter.setFont(self._font)
            painter.setPen(theme.color("text"))
            painter.drawText(drawn.label, Qt.AlignmentFlag.AlignCenter, drawn.name)

    def _paint_trail(self, painter: QPainter, drawn: _Drawn, color: QColor) -> None:
        steps = list(zip(drawn.pixels, drawn.pixels[1:], strict=False))
        for index, (begin, end) in enumerate(steps, 1):
            color.setAlphaF(0.7 * index / len(steps))
            painter.setPen(QPen(color, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(begin, end)
