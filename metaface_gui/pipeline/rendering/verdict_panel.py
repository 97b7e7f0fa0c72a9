"""Sets the verdicts on a face as a small table of text lines, for annotated video files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from metaface_gui.pipeline.rendering.lettering import Lettering
from metaface_gui.pipeline.rendering.verdicts import Agreement, Verdict, count_agreeing
from metaface_gui.types import Image

PANEL_BGR = (24, 20, 18)
TEXT_BGR = (255, 255, 255)
_MUTED_BGR = (196, 186, 176)
_TRACK_BGR = (84, 76, 70)
# Okabe and Ito's blue-green and orange: told apart by every kind of colour vision, and each row has a symbol as well.
AGREEMENT_BGR: Mapping[Agreement, tuple[int, int, int]] = {
    Agreement.AGREES: (165, 209, 79),
    Agreement.DISAGREES: (0, 176, 255),
    Agreement.NO_MAJORITY: (223, 214, 207),
}
_MAX_CACHED = 200

_Key = tuple[int, int, tuple[tuple[str, str, Agreement, bool], ...]]


class _Cell(NamedTuple):
    """Where a verdict is in its panel: left edge, left edge of name and bar, top of the row."""

    left: int
    right: int
    top: int


class _Drawn(NamedTuple):
    """Everything of a panel that does not change with the scores; no cells where it has no bars."""

    picture: Image
    cells: tuple[_Cell, ...]


class VerdictPanels:
    """Makes and keeps pictures of verdicts. `titles` maps learners' keys to their short names on screen."""

    def __init__(self, titles: Mapping[str, str], unknown_text: str, lettering: Lettering) -> None:
        self._titles = titles
        self._unknown_text = unknown_text
        self._lettering = lettering
        self._drawn: dict[_Key, _Drawn] = {}

    def size_of(self, verdicts: Sequence[Verdict], columns: int, size: int) -> tuple[float, float]:
        """Width and height in pixels of what `panel` gives for the same."""
        height, width = self._drawn_for(verdicts, columns, size).picture.shape[:2]
        return float(width), float(height)

    def panel(self, verdicts: Sequence[Verdict], columns: int, size: int) -> Image:
        """Draw the verdicts in that many columns, letters `size` pixels high: (height, width, 3) uint8 BGR.

        The picture is the caller's own. With 0 columns it says only how many agree.
        """
        drawn = self._drawn_for(verdicts, columns, size)
        panel = drawn.picture.copy()
        for verdict, cell in zip(verdicts if drawn.cells else (), drawn.cells, strict=True):
            _fill_bar(panel, verdict, cell, size)
        return panel

    def _drawn_for(self, verdicts: Sequence[Verdict], columns: int, size: int) -> _Drawn:
        key = (columns, size, tuple((v.learner, v.name, v.agreement, v.is_deciding) for v in verdicts))
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _MAX_CACHED:
                self._drawn.clear()
            found = self._count(verdicts, size) if columns == 0 else self._rows(verdicts, columns, size)
            self._drawn[key] = found
        return found

    def _title(self, verdict: Verdict) -> str:
        return self._titles.get(verdict.learner, verdict.learner)

    def _cells(self, verdicts: Sequence[Verdict], columns: int, size: int) -> tuple[_Cell, ...]:
        rows = -(-len(verdicts) // columns)
        titles = max(self._lettering.width(self._title(verdict), size) for verdict in verdicts)
        name = size + titles + size // 2
        width = name + _name_width(size) + size
        return tuple(
            _Cell(
                left=size // 2 + (i // rows) * width,
                right=size // 2 + (i // rows) * width + name,
                top=size // 3 + (i % rows) * _row_height(size),
            )
            for i in range(len(verdicts))
        )

    def _rows(self, verdicts: Sequence[Verdict], columns: int, size: int) -> _Drawn:
        cells = self._cells(verdicts, columns, size)
        width = max(cell.right for cell in cells) + _name_width(size) + size // 2
        height = max(cell.top for cell in cells) + _row_height(size) + size // 3
        picture = PillowImage.new("RGB", (width, height), PANEL_BGR)
        draw = ImageDraw.Draw(picture)
        for verdict, (left, right, top) in zip(verdicts, cells, strict=True):
            colour = AGREEMENT_BGR[verdict.agreement]
            _mark(draw, verdict.agreement, left, top + _row_height(size) / 2, size)
            title_colour = TEXT_BGR if verdict.is_deciding else _MUTED_BGR
            self._lettering.write(draw, self._title(verdict), (left + size, top + 0.06 * size), size, title_colour)
            if verdict.agreement is not Agreement.AGREES:
                name = self._lettering.shortened(verdict.name or self._unknown_text, _name_width(size), size)
                self._lettering.write(draw, name, (right, top + 0.06 * size), size, colour)
        return _Drawn(np.array(picture, np.uint8), cells)

    def _count(self, verdicts: Sequence[Verdict], size: int) -> _Drawn:
        agreement, text = count_text(verdicts)
        width = self._lettering.width(text, size) + 2 * size + size // 2
        picture = PillowImage.new("RGB", (width, _row_height(size) + size // 3), PANEL_BGR)
        draw = ImageDraw.Draw(picture)
        _mark(draw, agreement, size // 2, picture.height / 2, size)
        self._lettering.write(draw, text, (size // 2 + size, size // 6 + 0.06 * size), size, TEXT_BGR)
        return _Drawn(np.array(picture, np.uint8), ())


def count_text(verdicts: Sequence[Verdict]) -> tuple[Agreement, str]:
    """Say how many agree, e.g. `7/9`, and with which mark: all, not all, or no majority to agree with (`–/9`)."""
    agreeing = count_agreeing(verdicts)
    if agreeing == 0:
        return Agreement.NO_MAJORITY, f"–/{len(verdicts)}"
    return Agreement.AGREES if agreeing == len(verdicts) else Agreement.DISAGREES, f"{agreeing}/{len(verdicts)}"


def _fill_bar(panel: Image, verdict: Verdict, cell: _Cell, size: int) -> None:
    length, thick = _name_width(size), max(2, size // 6)
    # Under a name that differs there is room for a line only.
    is_bar_alone = verdict.agreement is Agreement.AGREES
    middle = cell.top + (_row_height(size) // 2 if is_bar_alone else _row_height(size) - 1)
    top, left, colour = middle - thick // 2 - 1, cell.right, AGREEMENT_BGR[verdict.agreement]
    panel[top : top + thick, left : left + length] = _TRACK_BGR
    panel[top : top + thick, left : left + round(length * verdict.fill)] = colour
    mark = left + round(length * verdict.mark)
    panel[top - 1 : top + thick + 1, mark : mark + max(1, size // 10)] = TEXT_BGR


def _row_height(size: int) -> int:
    return round(1.45 * size)


def _name_width(size: int) -> int:
    return round(5.2 * size)


def _mark(draw: ImageDraw.ImageDraw, agreement: Agreement, left: float, middle: float, size: int) -> None:
    """Draw ✓, ≠ or – as lines: few fonts have the first."""
    a, width, colour = 0.3 * size, max(1, size // 9), AGREEMENT_BGR[agreement]
    if agreement is Agreement.AGREES:
        draw.line([(left, middle), (left + a, middle + a), (left + 2.2 * a, middle - a)], colour, width)
        return
    for y in (middle,) if agreement is Agreement.NO_MAJORITY else (middle - 0.4 * a, middle + 0.5 * a):
        draw.line([(left, y), (left + 2 * a, y)], colour, width)
    if agreement is Agreement.DISAGREES:
        draw.line([(left + 0.5 * a, middle + 1.1 * a), (left + 1.6 * a, middle - 1.1 * a)], colour, width)
