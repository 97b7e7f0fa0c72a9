"""Strips of verdicts over the video: what every running method says about a face, and whether that is right.

A strip is a small table with one cell per method: short title, the name it gives, a score bar with a tick at that
method's own threshold, and a mark (✓ right, ✗ wrong) only where the true identity is known: the majority may be
wrong. Everything but the bars is cached as a pixmap, since it changes rarely and text is the costly part of painting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from metaface_gui.gui.live.recently_drawn import RecentlyDrawn
from metaface_gui.gui.theme import DARK, FontSize, font
from metaface_gui.i18n import translate
from metaface_gui.pipeline.rendering.overlay import OverlayItem
from metaface_gui.pipeline.rendering.strip_layout import Rect, StripFace, StripLayout
from metaface_gui.pipeline.rendering.verdicts import Agreement, Verdict, count_agreeing, count_right

_PAD = 9.0
_MARK = 17.0
"""Width of a mark with the space after it."""
_TITLE_GAP = 8.0
_NAME = 66.0
_COLUMN_GAP = 16.0
_BAR = 2.0
_COUNT_HEIGHT = 22.0
_TWO_COLUMNS = 5
"""With this many methods or more, a strip may have two columns."""
_MAX_WHOLE = 4
"""With more faces than this, each has only a count."""
_SMALL_BOX = 64.0
"""A face with a box narrower than this on screen also has only a count."""
_MAX_KEPT = 64
_PLATE = QColor(10, 12, 16, 214)
_RIM = QColor(255, 255, 255, 40)
_SYMBOLS: Mapping[bool | None, str] = {True: "✓ ", False: "✗ ", None: ""}


@dataclass(frozen=True, slots=True)
class StripForm:
    """A strip's layout: number of columns (0: only the count), row height and font size in pixels."""

    columns: int
    row: float = 19.0
    letters: int = FontSize.SMALL


_WIDE, _TALL, _DENSE, _COUNT = StripForm(2), StripForm(1), StripForm(1, 16.0, FontSize.SMALL - 1), StripForm(0)


@dataclass(frozen=True, slots=True)
class PlacedStrip:
    """A strip in the view, in device-independent pixels."""

    rect: QRectF
    form: StripForm
    verdicts: tuple[Verdict, ...]

    @property
    def columns(self) -> int:
        """Number of columns of verdicts; with 0, the strip only shows how many agree."""
        return self.form.columns


@dataclass(frozen=True, slots=True, eq=False)
class StripWish:
    """A face whose verdict strip needs a place beside its box and label."""

    item: OverlayItem
    box: QRectF
    label: QRectF


_Look = tuple[StripForm, float, tuple[tuple[str, str, bool | None, Agreement, bool], ...]]


class VerdictStrips:
    """Lays out and draws the strips of one view; remembers where they were, so that they stay there."""

    def __init__(self) -> None:
        self._titles: Mapping[str, str] = {}
        self._ranks: Mapping[str, int] = {}
        self._metrics = QFontMetricsF(font(FontSize.SMALL))
        self._title_width = 0.0
        self._layout = StripLayout()
        self._pictures = RecentlyDrawn[_Look, QPixmap](_MAX_KEPT)

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Set the methods' names; `titles` maps keys to short names, in the order of the cells."""
        self._titles = dict(titles)
        self._ranks = {key: rank for rank, key in enumerate(self._titles)}
        bold = QFontMetricsF(font(FontSize.SMALL, bold=True))
        self._title_width = max((bold.horizontalAdvance(title) for title in titles.values()), default=0.0)
        self._pictures.clear()

    def forget_names(self) -> None:
        """Clear the cached strips, which may name a deleted person."""
        self._pictures.clear()

    def next_frame(self) -> None:
        """Begin another frame; cached strips that no recent frame showed are forgotten."""
        self._pictures.next_frame()

    def place(self, wishes: Sequence[StripWish], bounds: QRectF, taken: Sequence[QRectF]) -> list[PlacedStrip | None]:
        """Give every face's strip a place inside `bounds` and off `taken`, in the largest form there is room for."""
        many = len(wishes) > _MAX_WHOLE
        faces = []
        for wish in wishes:
            sizes = tuple(self._size(wish.item.verdicts, form) for form in _forms(wish.item.verdicts))
            first = len(sizes) - 1 if many or wish.box.width() < _SMALL_BOX else 0
            faces.append(StripFace(wish.item.track_id, _rect(wish.box), _rect(wish.label), sizes, first))
        places = self._layout.place(faces, _rect(bounds), [_rect(rect) for rect in taken])
        return [
            place
            if place is None
            else PlacedStrip(
                QRectF(place.rect.left, place.rect.top, place.rect.width, place.rect.height),
                _forms(wish.item.verdicts)[place.form],
                self._sorted(wish.item.verdicts),
            )
            for wish, place in zip(wishes, places, strict=True)
        ]

    def paint(self, painter: QPainter, strip: PlacedStrip) -> None:
        """Draw one strip."""
        ratio = painter.device().devicePixelRatioF()
        key = (
            strip.form,
            ratio,
            tuple((v.learner, v.name, v.is_right, v.agreement, v.is_deciding) for v in strip.verdicts),
        )
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._pictures.keep(key, self._draw(strip, ratio))
        corner = QPointF(round(strip.rect.x()), round(strip.rect.y()))
        painter.drawPixmap(corner, picture)
        if strip.columns:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for verdict, cell in zip(strip.verdicts, self._cells(strip), strict=True):
                self._paint_bar(painter, verdict, cell.translated(corner))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def lines(self, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
        """Return all verdicts in words, one line each, for tooltips and screen readers."""
        return tuple(_line(self._title(verdict), verdict) for verdict in self._sorted(verdicts))

    def _title(self, verdict: Verdict) -> str:
        return self._titles.get(verdict.learner, verdict.learner)

    def _sorted(self, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
        """Return the verdicts in the titles' order, so that a method keeps its cell whichever one decides."""
        return tuple(sorted(verdicts, key=lambda verdict: self._ranks.get(verdict.learner, len(self._ranks))))

    # Sizes ----------------------------------------------------------------------------------------------------------

    def _size(self, verdicts: Sequence[Verdict], form: StripForm) -> tuple[float, float]:
        if form.columns == 0:
            return _PAD + _MARK + self._metrics.horizontalAdvance(_count_text(verdicts)) + _PAD, _COUNT_HEIGHT
        rows = -(-len(verdicts) // form.columns)
        width = form.columns * self._cell_width() + (form.columns - 1) * _COLUMN_GAP
        return _PAD + width + _PAD, _PAD / 2 + rows * form.row + _PAD / 2 + 2

    def _cell_width(self) -> float:
        return _MARK + self._title_width + _TITLE_GAP + _NAME

    def _cells(self, strip: PlacedStrip) -> list[QRectF]:
        """Return the cells' rectangles within the strip, in the order of its verdicts: down the first column first."""
        rows = -(-len(strip.verdicts) // strip.columns)
        step = self._cell_width() + _COLUMN_GAP
        size = QSizeF(self._cell_width(), strip.form.row)
        return [
            QRectF(QPointF(_PAD + (i // rows) * step, _PAD / 2 + (i % rows) * strip.form.row), size)
            for i in range(len(strip.verdicts))
        ]

    # Painting -------------------------------------------------------------------------------------------------------

    def _draw(self, strip: PlacedStrip, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(strip.rect.width() * ratio), round(strip.rect.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_RIM, 1))  # the plate alone would be invisible on the dark stage beside the video
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(QRectF(QPointF(), strip.rect.size()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if strip.columns:
            for verdict, cell in zip(strip.verdicts, self._cells(strip), strict=True):
                self._draw_cell(painter, verdict, cell, strip.form.letters)
        else:
            self._draw_count(painter, strip)
        painter.end()
        return pixmap

    def _draw_cell(self, painter: QPainter, verdict: Verdict, cell: QRectF, letters: int) -> None:
        _draw_mark(painter, verdict.is_right, cell.left(), cell.center().y())
        left_middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(letters, bold=verdict.is_deciding))
        painter.setPen(QColor(DARK.text))
        room = self._title_width + 1
        title = QFontMetricsF(painter.font()).elidedText(self._title(verdict), Qt.TextElideMode.ElideRight, room)
        painter.drawText(cell.adjusted(_MARK, 0, 0, 0), left_middle, title)
        painter.setFont(font(letters))
        painter.setPen(QColor(_colour(verdict)))
        name = QFontMetricsF(painter.font()).elidedText(_name(verdict), Qt.TextElideMode.ElideRight, _NAME)
        painter.drawText(_right_part(cell).adjusted(0, -1, 0, -4), left_middle, name)

    def _draw_count(self, painter: QPainter, strip: PlacedStrip) -> None:
        right = count_right(strip.verdicts)
        is_right = None if right is None else right == len(strip.verdicts)
        _draw_mark(painter, is_right, _PAD, strip.rect.height() / 2)
        painter.setFont(font(FontSize.SMALL))
        painter.setPen(QColor(DARK.text))
        rest = QRectF(QPointF(), strip.rect.size()).adjusted(_PAD + _MARK, 0, 0, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _count_text(strip.verdicts))

    def _paint_bar(self, painter: QPainter, verdict: Verdict, cell: QRectF) -> None:
        part = _right_part(cell)
        bar = QRectF(part.x(), round(part.bottom() - _BAR - 1.0), part.width(), _BAR)
        painter.fillRect(bar, QColor(255, 255, 255, 50))
        filled = QRectF(bar.topLeft(), QSizeF(bar.width() * verdict.fill, _BAR))
        painter.fillRect(filled, QColor(_colour(verdict)))
        tick = round(bar.x() + bar.width() * verdict.mark)
        painter.fillRect(QRectF(tick - 1, bar.y() - 1.0, 2, _BAR + 2.0), QColor("#ffffff"))


def _colour(verdict: Verdict) -> str:
    if verdict.is_right is False:
        return DARK.danger
    return DARK.known if verdict.name else DARK.unknown


def _forms(verdicts: Sequence[Verdict]) -> tuple[StripForm, ...]:
    """Return the forms to try, the best first."""
    return (_WIDE, _TALL, _DENSE, _COUNT) if len(verdicts) >= _TWO_COLUMNS else (_TALL, _DENSE, _COUNT)


def _rect(rect: QRectF) -> Rect:
    return Rect(rect.left(), rect.top(), rect.right(), rect.bottom())


def _right_part(cell: QRectF) -> QRectF:
    return QRectF(cell.right() - _NAME, cell.y(), _NAME, cell.height())


def _line(method: str, verdict: Verdict) -> str:
    words = translate("Overlay", "{method}: {name}", method=method, name=_name(verdict))
    words = _SYMBOLS[verdict.is_right] + words
    return f"{words}  {verdict.margin} ({verdict.raw})" if verdict.raw else words


def _name(verdict: Verdict) -> str:
    return verdict.name or translate("Overlay", "Unknown")


def _count_text(verdicts: Sequence[Verdict]) -> str:
    right = count_right(verdicts)
    if right is not None:
        return translate("Overlay", "{n} of {all} right", n=right, all=len(verdicts))
    agreeing = count_agreeing(verdicts)
    if agreeing == 0:
        return translate("Overlay", "no majority")
    return translate("Overlay", "{n} of {all} agree", n=agreeing, all=len(verdicts))


def _draw_mark(painter: QPainter, is_right: bool | None, left: float, middle: float) -> None:
    """Draw the mark with lines, so that it does not depend on the font; draw nothing if the truth is unknown."""
    if is_right is None:
        return
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QColor(DARK.success if is_right else DARK.danger), 1.8, Qt.PenStyle.SolidLine, cap, join))
    x, y = left, middle
    if is_right:
        painter.drawPolyline([QPointF(x + 0.5, y), QPointF(x + 3.5, y + 3.5), QPointF(x + 9.5, y - 4)])
    else:
        painter.drawLine(QPointF(x + 1, y - 3.5), QPointF(x + 8, y + 3.5))
        painter.drawLine(QPointF(x + 1, y + 3.5), QPointF(x + 8, y - 3.5))
