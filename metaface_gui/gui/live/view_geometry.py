"""Where a frame's contents are in the view: the letterboxed, perhaps mirrored video, and its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

from metaface_gui.types import Floats

_GAP = 6.0
_MARGIN = 4.0
_PER_PIXEL_OF_LABEL = 1000.0
"""Cost of covering a pixel of another label, relative to 1 for a pixel of another face."""
_PER_PIXEL_AWAY = 25.0
_PER_PIXEL_PUSHED = 60.0
"""Cost of each pixel a label is pushed to stay inside the view, because it then likely covers its own face."""
_STAYS = 14.0 * _PER_PIXEL_PUSHED
"""How much cheaper another place must be before a label moves there, lest it flicker near an edge."""


@dataclass(frozen=True, slots=True)
class VideoGeometry:
    """A frame of `frame_width` × `frame_height` pixels shown in `target`, in device-independent pixels of the view."""

    frame_width: int
    frame_height: int
    target: QRectF
    is_mirrored: bool

    @classmethod
    def fit(cls, frame_width: int, frame_height: int, view: QRectF, *, is_mirrored: bool) -> VideoGeometry:
        """Fit the whole frame into `view`, as large as possible, centred, at its own aspect ratio."""
        scale = min(view.width() / frame_width, view.height() / frame_height)
        size = QSizeF(frame_width * scale, frame_height * scale)
        corner = view.center() - QPointF(size.width() / 2, size.height() / 2)
        return cls(frame_width, frame_height, QRectF(corner, size), is_mirrored)

    @property
    def scale(self) -> float:
        """View pixels per frame pixel."""
        return self.target.width() / self.frame_width

    def to_view(self, box_xyxy: Floats) -> QRectF:
        """Map a box (4,) of the frame into the view."""
        x1, y1, x2, y2 = (float(value) * self.scale for value in box_xyxy)
        if self.is_mirrored:
            x1, x2 = self.target.width() - x2, self.target.width() - x1
        return QRectF(self.target.x() + x1, self.target.y() + y1, x2 - x1, y2 - y1)


def _overlap(a: QRectF, b: QRectF) -> float:
    common = a.intersected(b)
    return max(common.width(), 0.0) * max(common.height(), 0.0)


def _clamped(rect: QRectF, bounds: QRectF) -> QRectF:
    x = min(max(rect.x(), bounds.left()), max(bounds.right() - rect.width(), bounds.left()))
    y = min(max(rect.y(), bounds.top()), max(bounds.bottom() - rect.height(), bounds.top()))
    return QRectF(x, y, rect.width(), rect.height())


class LabelLayout:
    """Places the labels of one view; remembers where around its box each was, so that it stays there."""

    def __init__(self) -> None:
        self._chosen: dict[int, int] = {}

    def place(
        self,
        track_ids: Sequence[int],
        boxes: Sequence[QRectF],
        sizes: Sequence[QSizeF],
        view: QRectF,
        obstacles: Sequence[QRectF] = (),
    ) -> list[QRectF]:
        """Give each box's label a place inside `view`, as near to the box as is readable.

        The candidates are above the box, below it, inside at its top, right and left of it, then lines further up and
        down. The cheapest wins: covering another label or one of the `obstacles` costs most, then covering another
        face, then distance from its own box. A label keeps its previous place while that is nearly as good. Earlier
        boxes choose first, so that with a stable order (track ids) labels stay where they are.
        """
        bounds = view.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        placed: list[QRectF] = []
        chosen: dict[int, int] = {}
        for i, (track_id, box, size) in enumerate(zip(track_ids, boxes, sizes, strict=True)):
            others = [other for j, other in enumerate(boxes) if j != i]
            before = self._chosen.get(track_id)
            best, least = QRectF(), float("inf")
            for number, (wish, away) in enumerate(_candidates(box, size)):
                candidate = _clamped(wish, bounds)
                pushed = (candidate.topLeft() - wish.topLeft()).manhattanLength()
                trouble = away * _PER_PIXEL_AWAY + _PER_PIXEL_PUSHED * pushed - _STAYS * (number == before)
                if trouble < least:  # overlaps only add to the cost
                    trouble += _PER_PIXEL_OF_LABEL * sum(_overlap(candidate, other) for other in (*placed, *obstacles))
                    trouble += sum(_overlap(candidate, other) for other in others)
                if trouble < least:
                    best, least, chosen[track_id] = candidate, trouble, number
                if least <= 0.0 and number >= (before or 0):
                    break  # only the previous place can cost less than nothing
            placed.append(best)
        self._chosen = chosen
        return placed


def _candidates(box: QRectF, size: QSizeF) -> list[tuple[QRectF, float]]:
    """Return candidate places in order of preference, each with its distance from the usual ones."""
    w, h = size.width(), size.height()
    left, above, below = box.left(), box.top() - h - _GAP, box.bottom() + _GAP
    places = [
        (left, above, 0.0),
        (left, below, 0.0),
        (left + _GAP, box.top() + _GAP, h),
        (box.right() + _GAP, box.top(), h / 2),
        (left - w - _GAP, box.top(), h / 2),
    ]
    for step in range(1, 6):
        away = step * (h + _GAP)
        places += [(left, above - away, away), (left, below + away, away)]
    return [(QRectF(x, y, w, h), away) for x, y, away in places]
