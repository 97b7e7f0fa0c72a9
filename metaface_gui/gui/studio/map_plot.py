"""The plane of the embedding map: dots, class vectors, names and faces, with zoom, drag and pointing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEasingCurve, QEvent, QPoint, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QBrush, QHideEvent, QKeyEvent, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QStyle, QWidget

from metaface_gui.gui.studio.map_layers import NameLayer, ProbeLayer
from metaface_gui.gui.studio.map_motion import Glide
from metaface_gui.gui.studio.plot_style import person_colours, person_symbols
from metaface_gui.gui.studio.plot_theme import style_plot
from metaface_gui.gui.theme import FontSize, Theme
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.types import Floats, PersonId

_DOT, _CLASS_VECTOR = 10, 19
_GLIDE_MS = 250
_NEAR = 9.0
"""The pointer is on a dot if it is within this many pixels of its centre."""
_MARGIN = 0.12
_MOST_STRETCH = 2.0
"""Maximum horizontal stretch in a low and wide plot: more would distort the distances too much."""
_LEAST_SPAN = 0.02
"""Smallest span of an axis, in cosines; all dots lie closer together only if all pictures are the same."""


class _Dots(pg.ScatterPlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Dots that can be moved without being restyled, which is the slow part in pyqtgraph."""

    def move_to(self, xy: Floats) -> None:
        """Move all dots to (n, 2)."""
        self.data["x"], self.data["y"] = xy[:, 0], xy[:, 1]
        self.prepareGeometryChange()
        self.bounds = [None, None]
        self.invalidate()


class MapPlot(pg.PlotWidget):  # type: ignore[misc]
    """Shows one map at a time. The wheel zooms, dragging pans, a double click resets; arrow keys move between dots.

    Zooming keeps the aspect ratio: the x axis has the scale of the y axis, or a little more in a wide plot.
    """

    shot_pointed = Signal(object)
    """Row of the shot that the pointer or the keyboard is on; None if there is none."""

    # Class attributes, because pyqtgraph calls `resizeEvent` during construction.
    _map: EmbeddingMap | None = None
    _is_fitted = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_plot(self)
        # Repaint faces all over the plane as one region: one by one took four times as long.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self._slots: Mapping[PersonId, int] = {}
        self._glide: Glide | None = None
        self._shots_xy: Floats = np.zeros((0, 2), np.float32)
        self._pointed: int | None = None
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            item.hideAxis(side)  # a principal component has no unit
        self._view = item.getViewBox()
        self._view.setAspectLocked(True)
        self._view.disableAutoRange()
        self._view.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._shots, self._class_vectors = _Dots(size=_DOT), _Dots(size=_CLASS_VECTOR)
        self._class_vectors.setZValue(5)
        item.addItem(self._shots)
        item.addItem(self._class_vectors)
        self.names = NameLayer(self._view)
        self.probes = ProbeLayer(self._view, self.names)
        self._animation = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=_GLIDE_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._glide_to)
        self.setAccessibleName(self.tr("Embedding map"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        Theme.current().changed.connect(self._colour)

    def set_letters(self, letters_px: int) -> None:
        """Set the names' letter height; dots scale with it."""
        growth = (letters_px / FontSize.SMALL) ** 0.5
        self._shots.setSize(_DOT * growth)
        self._class_vectors.setSize(_CLASS_VECTOR * growth)
        self.names.set_letters(letters_px)
        self.probes.set_letters(letters_px)

    @property
    def shots_xy(self) -> Floats:
        """Return where the shots are drawn now, (n, 2), also during a glide."""
        return self._shots_xy

    @property
    def is_gliding(self) -> bool:
        """Return whether dots are moving."""
        return self._animation.state() is QVariantAnimation.State.Running

    def show_map(self, shown: EmbeddingMap | None, slots: Mapping[PersonId, int]) -> None:
        """Show another map; `slots` gives each person's colour and symbol number."""
        self._animation.stop()
        self.probes.forget_trails()
        self._point_at(None)
        before, self._map = self._map, shown
        are_slots_kept, self._slots = slots == self._slots, dict(slots)
        if shown is None:
            self._glide = None
            self._shots_xy = np.zeros((0, 2), np.float32)
            self._shots.clear()
            self._class_vectors.clear()
            self.names.show_names((), self._shots_xy)
            return
        self._glide = Glide.between(before, shown)
        self.names.show_names(shown.names, self._glide.class_vectors_from)
        if before is None or not (are_slots_kept and _has_same_dots(before, shown)):
            self._colour()
        if self._is_fitted or before is None:
            self.fit()
        if self._glide.moves and before is not None and self.isVisible() and self._may_move():
            self._animation.start()
        else:
            self._glide_to(1.0)

    def fit(self) -> None:
        """Zoom to the whole map."""
        self._is_fitted = True
        if self._map is None:
            return
        points = np.concatenate([self._map.shots_xy, self._map.class_vectors_xy])
        low, high = points.min(axis=0), points.max(axis=0)
        size = np.maximum(high - low, _LEAST_SPAN) * (1 + 2 * _MARGIN)
        room = self._view.rect()
        if room.height() > 0:
            free = room.width() / room.height() * float(size[1] / size[0])
            self._view.setAspectLocked(True, ratio=float(np.clip(free, 1.0, _MOST_STRETCH)))
        left, top = ((low + high) / 2 - size / 2).tolist()
        self._view.setRange(QRectF(left, top, *size.tolist()), padding=0.0)

    def pixel_of(self, row: int) -> QPoint:
        """Return a shot's position in viewport pixels."""
        x, y = self._shots_xy[row].tolist()
        pixel: QPoint = self.mapFromScene(self._view.mapViewToScene(QPointF(x, y)))
        return pixel

    # Events ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep showing the whole map, if it was shown."""
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Finish a running glide at once."""
        super().hideEvent(event)
        if self.is_gliding:
            self._animation.stop()
            self._glide_to(1.0)
        self.probes.forget_trails()
        self._point_at(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Find the dot under the pointer, unless the plane is being dragged."""
        super().mouseMoveEvent(event)
        is_free = event.buttons() == Qt.MouseButton.NoButton
        self._point_at(self._row_at(event.position()) if is_free else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom to the whole map."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()
            event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Clear the shot under the pointer."""
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from shot to shot with the arrows, zoom with + and −, deselect with Escape."""
        key, n_shots = event.key(), len(self._shots_xy)
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(Qt.Key(key))
        if step is not None and n_shots:
            start = -1 if self._pointed is None and step > 0 else self._pointed or 0
            self._point_at((start + step) % n_shots)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._is_fitted = False
            factor = 1.25 if key == Qt.Key.Key_Minus else 0.8
            self._view.scaleBy((factor, factor))
        elif key == Qt.Key.Key_Escape and self._pointed is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    # Drawing --------------------------------------------------------------------------------------------------------

    def _colour(self) -> None:
        """Set the colours and symbols of dots and class vectors, at their start positions."""
        if self._map is None or self._glide is None:
            return
        theme, shown = Theme.current(), self._map
        slots = [self._slots.get(person_id, 0) for person_id in shown.person_ids]
        colours, symbols = person_colours(max(slots) + 1), person_symbols(max(slots) + 1)
        # Share one object per colour: pyqtgraph re-renders a symbol for each distinct pen and brush object.
        brush_of = {colour.rgba(): QBrush(colour) for colour in colours}
        brushes = [brush_of[colours[slot].rgba()] for slot in slots]
        people = shown.shot_people.tolist()
        thin, ring = QPen(theme.color("surface"), 1.0), QPen(theme.color("text"), 2.0)
        for pen in (thin, ring):
            pen.setCosmetic(True)  # else pyqtgraph enlarges it with the symbol
        self._shots.setData(
            pos=self._glide.shots_from,
            pen=thin,
            brush=[brushes[person] for person in people],
            symbol=[symbols[slots[person]] for person in people],
        )
        self._class_vectors.setData(
            pos=self._glide.class_vectors_from, pen=ring, brush=brushes, symbol=[symbols[slot] for slot in slots]
        )
        if not self.is_gliding:
            self._glide_to(1.0)

    def _glide_to(self, share: float) -> None:
        if self._glide is None:
            return
        self._shots_xy, class_vectors = self._glide.at(share)
        self._shots.move_to(self._shots_xy)
        self._class_vectors.move_to(class_vectors)
        self.names.move_to(class_vectors)

    def _may_move(self) -> bool:
        """Return whether animation is allowed: users who ask for less motion get the new positions at once."""
        return bool(self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0)

    # Pointing -------------------------------------------------------------------------------------------------------

    def _row_at(self, position: QPointF) -> int | None:
        if len(self._shots_xy) == 0:
            return None
        here = self._view.mapSceneToView(self.mapToScene(position.toPoint()))
        width, height = self._view.viewPixelSize()
        apart = (self._shots_xy - (here.x(), here.y())) / (width, height)
        distance = np.hypot(apart[:, 0], apart[:, 1])
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= _NEAR else None

    def _point_at(self, row: int | None) -> None:
        if row != self._pointed:
            self._pointed = row
            self.shot_pointed.emit(row)

    def _on_moved_by_hand(self) -> None:
        self._is_fitted = False
        self._point_at(None)


def _has_same_dots(first: EmbeddingMap, second: EmbeddingMap) -> bool:
    """Return whether two maps show the same shots of the same people, at any positions: then dots only move."""
    return (
        first.shot_ids == second.shot_ids
        and first.person_ids == second.person_ids
        and np.array_equal(first.shot_people, second.shot_people)
    )
