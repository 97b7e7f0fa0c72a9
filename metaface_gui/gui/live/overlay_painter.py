"""Draws faces over the video: box, name, score against its threshold, track id, verdicts. Knows no widget."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from metaface_gui.gui.live.recently_drawn import RecentlyDrawn
from metaface_gui.gui.live.verdict_strip import PlacedStrip, StripWish, VerdictStrips
from metaface_gui.gui.live.view_geometry import LabelLayout, VideoGeometry
from metaface_gui.gui.theme import DARK, FontSize, font
from metaface_gui.i18n import translate
from metaface_gui.pipeline.rendering.overlay import OverlayItem, OverlayKind

_PAD = 8.0
_STRIPE = 4.0
_NAME_PX = 14
_NAME_MAX = 220.0
_BAR = QSizeF(58.0, 5.0)
_REACH = 8
"""Margin around a corner's pixmap for half the line's width."""
_MARGIN = 4.0
"""Minimum distance of a strip from the view's edge."""
_COMPACT_BOX = 64.0
"""Boxes narrower than this on screen get a one-line label."""
_COMPACT_FACES = 10
"""With this many faces or more, every label has one line."""


class FaceStyle(Enum):
    """How a face is drawn; the value is the name of its colour token."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    PENDING = "pending"
    """Nothing to compare the face with yet, so no score; or only another method's."""


def style_of(item: OverlayItem) -> FaceStyle:
    """Return the style of a face."""
    if item.is_former:
        return FaceStyle.PENDING
    if item.kind is OverlayKind.KNOWN:
        return FaceStyle.KNOWN
    return FaceStyle.UNKNOWN if item.score_text else FaceStyle.PENDING


def name_of(item: OverlayItem) -> str:
    """Return the face's name on screen."""
    return item.name or translate("Overlay", "Unknown")


@dataclass(frozen=True, slots=True, eq=False)
class PlacedFace:
    """A face in the view: its box, label and verdict strip, in device-independent pixels."""

    item: OverlayItem
    style: FaceStyle
    name: str
    box: QRectF
    label: QRectF
    is_compact: bool
    strip: PlacedStrip | None = None

    @property
    def track_id(self) -> int:
        """The track it belongs to."""
        return self.item.track_id

    def contains(self, point: QPointF) -> bool:
        """Whether the point is on the box, the label or the strip."""
        is_on_strip = self.strip is not None and self.strip.rect.contains(point)
        return self.box.contains(point) or self.label.contains(point) or is_on_strip


_MAX_ELIDED = 500
"""Cache size: more than a whole gallery of names."""
_THIN_ALPHA = 170
_DASHES = {FaceStyle.UNKNOWN: (4, 2), FaceStyle.PENDING: (1, 2)}
"""Dash and gap lengths, in pixels, of the lines that are not solid."""
_Chip = tuple[str, FaceStyle, int | None, tuple[float, float], bool, float]


class OverlayPainter:
    """Lays out and draws faces. Colours do not depend on the theme, because the background is the video."""

    def __init__(self) -> None:
        self._strips = VerdictStrips()
        self._labels = LabelLayout()
        self._has_strips = True
        self._is_presenting = False
        self._small_font: QFont = font(FontSize.SMALL - 1, tabular=True)
        self._small_metrics = QFontMetricsF(self._small_font)
        self._numbers_width = self._small_metrics.horizontalAdvance("−0.00")
        self._corners: dict[tuple[FaceStyle, int, int, float, float], tuple[QPixmap, ...]] = {}
        self._dashes: dict[FaceStyle, tuple[QPixmap, QPixmap]] = {}
        self._chips = RecentlyDrawn[_Chip, QPixmap](_MAX_ELIDED)
        self._set_name_px(_NAME_PX)

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Set the methods' names in the verdict strips; `titles` maps keys to short names, in their order on screen."""
        self._strips.set_titles(titles)

    def forget_names(self) -> None:
        """Clear cached drawings and measurements that may name a deleted person."""
        self._elided.clear()
        self._chips.clear()
        self._strips.forget_names()

    def set_strips_visible(self, visible: bool) -> None:
        """Show each method's verdict on each face, or only the names."""
        self._has_strips = visible

    def set_presenting(self, name_px: int | None) -> None:
        """Show only boxes and names, with letters `name_px` pixels high; None: everything, at the usual size."""
        if self._is_presenting != (name_px is not None) or name_px not in (None, self._name_px):
            self._is_presenting = name_px is not None
            self._set_name_px(name_px or _NAME_PX)

    def place(
        self,
        items: Sequence[OverlayItem],
        geometry: VideoGeometry,
        view: QRectF | None = None,
        obstacles: Sequence[QRectF] = (),
    ) -> tuple[PlacedFace, ...]:
        """Lay out the faces; labels of earlier ones choose their place first.

        Verdict strips may also lie beside the video, anywhere in `view`. Labels and strips avoid `obstacles`.
        """
        self._elided.next_frame()
        self._chips.next_frame()
        self._strips.next_frame()
        boxes = [geometry.to_view(item.box_xyxy) for item in items]
        many = len(items) >= _COMPACT_FACES or self._is_presenting
        compact = [
            many or box.width() < _COMPACT_BOX or not item.score_text for item, box in zip(items, boxes, strict=True)
        ]
        sizes = [self._label_size(item, small) for item, small in zip(items, compact, strict=True)]
        labels = self._labels.place([item.track_id for item in items], boxes, sizes, geometry.target, obstacles)
        faces = tuple(
            PlacedFace(item, style_of(item), name_of(item), box, label, small)
            for item, box, label, small in zip(items, boxes, labels, compact, strict=True)
        )
        if self._is_presenting or not self._has_strips:
            return faces
        return self._with_strips(faces, geometry.target if view is None else view, obstacles)

    def verdict_lines(self, face: PlacedFace) -> tuple[str, ...]:
        """Return each method's verdict on a face in words; empty while fewer than two run."""
        return self._strips.lines(face.item.verdicts)

    def _with_strips(
        self, faces: Sequence[PlacedFace], view: QRectF, obstacles: Sequence[QRectF]
    ) -> tuple[PlacedFace, ...]:
        compared = [face for face in faces if face.item.verdicts]
        if not compared:
            return tuple(faces)
        taken = [rect for face in faces if not face.item.verdicts for rect in (face.box, face.label)]
        wishes = [StripWish(face.item, face.box, face.label) for face in compared]
        bounds = view.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        strips = dict(
            zip(
                (face.track_id for face in compared),
                self._strips.place(wishes, bounds, [*taken, *obstacles]),
                strict=True,
            )
        )
        return tuple(replace(face, strip=strips.get(face.track_id)) for face in faces)

    def _set_name_px(self, name_px: int) -> None:
        self._name_px = name_px
        self._name_font: QFont = font(name_px, bold=True)
        self._name_metrics = QFontMetricsF(self._name_font)
        self._elided = RecentlyDrawn[str, tuple[str, float]](_MAX_ELIDED)
        self._chips = RecentlyDrawn[_Chip, QPixmap](_MAX_ELIDED)

    def paint(
        self, painter: QPainter, faces: Sequence[PlacedFace], *, hovered: int | None = None, focused: int | None = None
    ) -> None:
        """Draw every box first, then strips, then labels, so that no box runs through a name."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for face in faces:
            if face.item.differs:
                painter.setPen(QPen(QColor(DARK.warning), 4.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(face.box.adjusted(-5, -5, 5, 5), 12, 12)
            self._paint_box(painter, face, is_lit=face.track_id in (hovered, focused))
            if face.track_id == focused:
                painter.setPen(QPen(QColor("#ffffff"), 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(face.box.adjusted(-6, -6, 6, 6), 14, 14)
        for face in faces:
            if face.strip is not None:
                self._strips.paint(painter, face.strip)
        for face in faces:
            self._paint_label(painter, face, is_lit=face.track_id in (hovered, focused))

    def _label_size(self, item: OverlayItem, compact: bool) -> QSizeF:
        name_width = self._elide(name_of(item))[1]
        if compact:
            return QSizeF(self._stripe + 2 * self._pad + name_width, 24.0 * self._growth)
        id_width = self._small_metrics.horizontalAdvance(f"#{item.track_id}")
        width = max(name_width + _PAD + id_width, _BAR.width() + _PAD + self._numbers_width)
        return QSizeF(_STRIPE + _PAD + width + _PAD, 43.0)

    @property
    def _growth(self) -> float:
        """The factor by which names are larger than usual."""
        return self._name_px / _NAME_PX

    @property
    def _stripe(self) -> float:
        return _STRIPE * math.sqrt(self._growth)

    @property
    def _pad(self) -> float:
        return _PAD * math.sqrt(self._growth)

    def _elide(self, name: str) -> tuple[str, float]:
        found = self._elided.get(name)
        if found is None:
            text = self._name_metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME_MAX * self._growth)
            found = self._elided.keep(name, (text, self._name_metrics.horizontalAdvance(text)))
        return found

    def _paint_box(self, painter: QPainter, face: PlacedFace, *, is_lit: bool) -> None:
        color = _color_of(face.style)
        if is_lit:
            radius = _radius(face.box)
            fill = QColor(color)
            fill.setAlpha(48)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(face.box, radius, radius)
        self._paint_sides(painter, face, color)
        self._paint_corners(painter, face, is_lit=is_lit)

    def _paint_sides(self, painter: QPainter, face: PlacedFace, color: QColor) -> None:
        # Line style distinguishes the kinds as well as colour does: solid, dashed, dotted. Filled and tiled, because
        # stroking lines takes longer.
        box, inset = face.box.toRect(), _radius(face.box)
        across, down = box.width() - 2 * inset, box.height() - 2 * inset
        sides = (
            QRect(box.left() + inset, box.top(), across, 1),
            QRect(box.left() + inset, box.bottom(), across, 1),
            QRect(box.left(), box.top() + inset, 1, down),
            QRect(box.right(), box.top() + inset, 1, down),
        )
        if face.style is FaceStyle.KNOWN:
            thin = QColor(color)
            thin.setAlpha(_THIN_ALPHA)
            for side in sides:
                painter.fillRect(side, thin)
            return
        if face.style not in self._dashes:
            self._dashes[face.style] = _dash_tiles(face.style)
        along, upright = self._dashes[face.style]
        for side, tile in zip(sides, (along, along, upright, upright), strict=True):
            if not side.isEmpty():
                painter.drawTiledPixmap(side, tile)

    def _paint_corners(self, painter: QPainter, face: PlacedFace, *, is_lit: bool) -> None:
        box, radius = face.box.toRect(), _radius(face.box)
        arm = max(min(box.width(), box.height()) // 20 * 4, radius)  # a fifth, in steps, so that few pixmaps are kept
        ratio = painter.device().devicePixelRatioF()
        width = (4.0 if is_lit else 3.0) * (2.0 if self._is_presenting else 1.0)
        key = (face.style, arm, radius, width, ratio)
        corners = self._corners.get(key)
        if corners is None:
            if len(self._corners) > 200:
                self._corners.clear()
            corners = self._corners[key] = _corner_pixmaps(_color_of(face.style), arm, radius, width, ratio)
        side = arm + 2 * _REACH
        left, top = box.left() - _REACH, box.top() - _REACH
        right, bottom = box.right() + _REACH - side, box.bottom() + _REACH - side
        for pixmap, (x, y) in zip(corners, ((left, top), (right, top), (right, bottom), (left, bottom)), strict=True):
            painter.drawPixmap(x, y, pixmap)

    def _paint_label(self, painter: QPainter, face: PlacedFace, *, is_lit: bool) -> None:
        color = _color_of(face.style)
        corner = QPoint(round(face.label.x()), round(face.label.y()))
        painter.drawPixmap(corner, self._chip(face, painter.device().devicePixelRatioF(), is_lit=is_lit))
        if face.is_compact:
            return
        label = QRectF(corner, face.label.size())
        left = label.x() + self._stripe + self._pad
        painter.setFont(self._small_font)
        painter.setPen(QColor(DARK.muted))
        score_line = QRectF(left, label.y() + 23, label.right() - _PAD - left, 16)
        self._paint_score(painter, face.item, score_line, color)

    def _chip(self, face: PlacedFace, ratio: float, *, is_lit: bool) -> QPixmap:
        """Return the parts of a label that do not change with every look, as a cached pixmap: plate, name, track id."""
        size = face.label.size()
        key = (face.name, face.style, None if face.is_compact else face.track_id, size.toTuple(), is_lit, ratio)
        chip = self._chips.get(key)
        if chip is not None:
            return chip
        chip = QPixmap(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))
        chip.setDevicePixelRatio(ratio)
        chip.fill(Qt.GlobalColor.transparent)
        painter = QPainter(chip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color, label = _color_of(face.style), QRectF(QPointF(), size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 245 if is_lit else 214))
        painter.drawRoundedRect(label, 6, 6)
        painter.fillRect(QRectF(0, 5, self._stripe, label.height() - 10), color)
        left = self._stripe + self._pad
        painter.setFont(self._name_font)
        painter.setPen(QColor("#ffffff") if face.style is FaceStyle.KNOWN else color)
        name, _ = self._elide(face.name)
        first_line = QRectF(left, 2, label.right() - left - _PAD / 2, 24.0 * self._growth - 4)
        painter.drawText(first_line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        if not face.is_compact:
            painter.setFont(self._small_font)
            painter.setPen(QColor(DARK.muted))
            to_right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(first_line.adjusted(0, 0, -_PAD / 2, 0), to_right, f"#{face.track_id}")
        painter.end()
        return self._chips.keep(key, chip)

    def _paint_score(self, painter: QPainter, item: OverlayItem, line: QRectF, color: QColor) -> None:
        bar = QRectF(QPointF(line.x(), line.center().y() - _BAR.height() / 2), _BAR)
        painter.fillRect(bar, QColor(255, 255, 255, 50))
        painter.fillRect(QRectF(bar.x(), bar.y(), bar.width() * item.fill, bar.height()), color)
        tick = bar.x() + bar.width() * item.mark
        painter.fillRect(QRectF(tick - 1, bar.y() - 3, 2, bar.height() + 6), QColor("#ffffff"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, item.score_text)


def _color_of(style: FaceStyle) -> QColor:
    return QColor(getattr(DARK, style.value))


def _dash_tiles(style: FaceStyle) -> tuple[QPixmap, QPixmap]:
    """Return a horizontal and a vertical tile of a dashed line, to be repeated."""
    drawn, left_out = _DASHES[style]
    color = _color_of(style)
    color.setAlpha(_THIN_ALPHA)
    tiles = []
    for size in (QSize(drawn + left_out, 1), QSize(1, drawn + left_out)):
        tile = QPixmap(size)
        tile.fill(Qt.GlobalColor.transparent)
        painter = QPainter(tile)
        painter.fillRect(QRect(QPoint(), size.boundedTo(QSize(drawn, drawn))), color)
        painter.end()
        tiles.append(tile)
    return tiles[0], tiles[1]


def _radius(box: QRectF) -> int:
    return round(min(12.0, box.width() / 5, box.height() / 5))


def _corner_pixmaps(color: QColor, arm: int, radius: int, width: float, ratio: float) -> tuple[QPixmap, ...]:
    """Draw the four corners (clockwise from the top left), each `arm` long, with a dark rim to show on any video."""
    path = QPainterPath(QPointF(_REACH, _REACH + arm))
    path.lineTo(_REACH, _REACH + radius)
    path.quadTo(_REACH, _REACH, _REACH + radius, _REACH)
    path.lineTo(_REACH + arm, _REACH)
    side = arm + 2 * _REACH
    drawn = []
    for turns in range(4):
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(side / 2, side / 2)
        painter.rotate(90 * turns)
        painter.translate(-side / 2, -side / 2)
        for pen_color, pen_width in ((QColor(0, 0, 0, 110), width + 2.5), (color, width)):
            cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(pen_color, pen_width, Qt.PenStyle.SolidLine, cap, join))
            painter.drawPath(path)
        painter.end()
        drawn.append(pixmap)
    return tuple(drawn)
