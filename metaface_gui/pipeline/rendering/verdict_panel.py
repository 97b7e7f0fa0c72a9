"""Renders the verdicts on a face as a small table of text lines, for annotated video files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from metaface_gui.pipeline.rendering.lettering import Lettering
from metaface_gui.pipeline.rendering.verdicts import Agreement, Verdict, count_agreeing, count_right
from metaface_gui.types import Image

PANEL_BGR = (24, 20, 18)
TEXT_BGR = (255, 255, 255)
_MUTED_BGR = (196, 186, 176)
_TRACK_BGR = (84, 76, 70)
# Okabe and Ito's sky blue (named) and orange (Unknown), and a red lighter than either (known to be wrong).
KNOWN_BGR, UNKNOWN_BGR, WRONG_BGR = (233, 180, 86), (0, 176, 255), (128, 138, 255)
RIGHT_BGR = (165, 209, 79)
_MAX_CACHED = 200

_Key = tuple[int, int, tuple[tuple[str, str, bool | None, Agreement, bool], ...]]


class _Cell(NamedTuple):
    """Position of a verdict in its panel: left edge, left edge of name and bar, top of the row."""

    left: int
    right: int
    top: int


class _Drawn(NamedTuple):
    """Everything of a panel that does not depend on the scores; without cells if it has no bars."""

    picture: Image
    cells: tuple[_Cell, ...]


class VerdictPanels:
    """Creates and caches pictures of verdicts. `titles` maps learners' keys to their short names on screen."""

    def __init__(self, titles: Mapping[str, str], unknown_text: str, lettering: Lettering) -> None:
        self._titles = titles
        self._unknown_text = unknown_text
        self._lettering = lettering
        self._drawn: dict[_Key, _Drawn] = {}

    def size_of(self, verdicts: Sequence[Verdict], columns: int, size: int) -> tuple[float, float]:
        """Return width and height in pixels of what `panel` returns for the same arguments."""
        height, width = self._drawn_for(verdicts, columns, size).picture.shape[:2]
        return float(width), float(height)

    def panel(self, verdicts: Sequence[Verdict], columns: int, size: int) -> Image:
        """Draw the verdicts in `columns` columns with letters `size` pixels high: (height, width, 3) uint8 BGR.

        The picture is the caller's own. With 0 columns it only says how many are right, or agree without ground truth.
        """
        drawn = self._drawn_for(verdicts, columns, size)
        panel = drawn.picture.copy()
        for verdict, cell in zip(verdicts if drawn.cells else (), drawn.cells, strict=True):
            _fill_bar(panel, verdict, cell, size)
        return panel

    def _drawn_for(self, verdicts: Sequence[Verdict], columns: int, size: int) -> _Drawn:
        key = (columns, size, tuple((v.learner, v.name, v.is_right, v.agreement, v.is_deciding) for v in verdicts))
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
            _mark(draw, verdict.is_right, left, top + _row_height(size) / 2, size)
            title_colour = TEXT_BGR if verdict.is_deciding else _MUTED_BGR
            self._lettering.write(draw, self._title(verdict), (left + size, top + 0.06 * size), size, title_colour)
            name = self._lettering.shortened(verdict.name or self._unknown_text, _name_width(size), size)
            self._lettering.write(draw, name, (right, top + 0.06 * size), size, colour_of(verdict))
        return _Drawn(np.array(picture, np.uint8), cells)

    def _count(self, verdicts: Sequence[Verdict], size: int) -> _Drawn:
        is_right, text = count_text(verdicts)
        width = self._lettering.width(text, size) + 2 * size + size // 2
        picture = PillowImage.new("RGB", (width, _row_height(size) + size // 3), PANEL_BGR)
        draw = ImageDraw.Draw(picture)
        _mark(draw, is_right, size // 2, picture.height / 2, size)
        self._lettering.write(draw, text, (size // 2 + size, size // 6 + 0.06 * size), size, TEXT_BGR)
        return _Drawn(np.array(picture, np.uint8), ())


def count_text(verdicts: Sequence[Verdict]) -> tuple[bool | None, str]:
    """Return whether all are right and how many, e.g. `7/9`; without ground truth, None and how many agree (`–/9` if
    there is no majority)."""
    n, right, agreeing = len(verdicts), count_right(verdicts), count_agreeing(verdicts)
    if right is not None:
        return right == n, f"{right}/{n}"
    return None, f"{agreeing or '–'}/{n}"


def colour_of(verdict: Verdict) -> tuple[int, int, int]:
    """Return the colour of a verdict's text, BGR."""
    if verdict.is_right is False:
        return WRONG_BGR
    return KNOWN_BGR if verdict.name else UNKNOWN_BGR


def _fill_bar(panel: Image, verdict: Verdict, cell: _Cell, size: int) -> None:
    length, thick = _name_width(size), max(2, size // 6)
    top, left, colour = cell.top + _row_height(size) - 2 - thick // 2, cell.right, colour_of(verdict)
    panel[top : top + thick, left : left + length] = _TRACK_BGR
    panel[top : top + thick, left : left + round(length * verdict.fill)] = colour
    mark = left + round(length * verdict.mark)
    panel[top - 1 : top + thick + 1, mark : mark + max(1, size // 10)] = TEXT_BGR


def _row_height(size: int) -> int:
    return round(1.45 * size)


def _name_width(size: int) -> int:
    return round(5.2 * size)


def _mark(draw: ImageDraw.ImageDraw, is_right: bool | None, left: float, middle: float, size: int) -> None:
    """Draw ✓ or ✗ as lines, because few fonts have them; nothing if the truth is unknown."""
    a, width = 0.3 * size, max(1, size // 9)
    if is_right:
        draw.line([(left, middle), (left + a, middle + a), (left + 2.2 * a, middle - a)], RIGHT_BGR, width)
    elif is_right is False:
        for rise in (a, -a):
            draw.line([(left, middle - rise), (left + 2 * a, middle + rise)], WRONG_BGR, width)
