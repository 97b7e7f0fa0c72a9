"""A confusion matrix reduced to a readable size, in words and in colours. No widgets."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from metaface_gui.gui.theme import FontSize, Theme, font
from metaface_gui.i18n import translate
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport

MAX_PEOPLE = 30
"""Beyond this many people, those with the fewest errors are merged into one row and column."""
_FAINTEST, _STRONGEST = 0.16, 0.9
"""The colour's opacity in a cell's background, for the smallest count and for the whole row."""


class Verdict(Enum):
    """The meaning of a cell; the value is the colour token of its background."""

    RIGHT = "known"
    WRONG = "danger"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionPicture:
    """What is drawn: `counts` (n, n + 1) int64, rows and columns in the order of `names` (n), last column Unknown.

    If `n_others` isn't 0, the last name stands for that many merged people.
    """

    names: tuple[str, ...]
    counts: NDArray[np.int64]
    n_others: int = 0
    _shares: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shares = self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True))
        object.__setattr__(self, "_shares", shares)

    def verdict(self, row: int, column: int) -> Verdict:
        """Return the meaning of this cell."""
        if column == len(self.names):
            return Verdict.UNKNOWN
        return Verdict.RIGHT if row == column else Verdict.WRONG

    def share(self, row: int, column: int) -> float:
        """Return a cell's share of its row, 0..1."""
        return float(self._shares[row, column])

    def column_name(self, column: int) -> str:
        """Return a column's heading."""
        return translate("Report", "Unknown") if column == len(self.names) else self.names[column]

    def sentence(self, row: int, column: int) -> str:
        """Return a cell in words."""
        true, count, n = self.names[row], int(self.counts[row, column]), int(self.counts[row].sum())
        if n == 0:
            return translate("Report", "{name} was not tested: a single shot cannot be left out.", name=true)
        values = {"name": true, "count": count, "n": n}
        verdict = self.verdict(row, column)
        if verdict is Verdict.UNKNOWN:
            return translate("Report", "{name}: {count} of {n} pictures left Unknown", **values)
        if verdict is Verdict.WRONG:
            other = self.names[column]
            return translate("Report", "{name}: {count} of {n} pictures taken for {other}", other=other, **values)
        if self.n_others and row == len(self.names) - 1:
            return translate("Report", "{name}: {count} of {n} pictures named as one of them", **values)
        return translate("Report", "{name}: {count} of {n} pictures named right", **values)


def confusion_picture(report: SelfTestReport, row: LearnerScore, max_people: int = MAX_PEOPLE) -> ConfusionPicture:
    """Return everybody, or in a large gallery those with most errors and the rest merged; the counts' sum is kept."""
    people, counts = report.people, row.confusion
    if len(people) <= max_people:
        return ConfusionPicture(people, counts)
    errors = counts.copy()
    np.fill_diagonal(errors, 0)
    blame = errors.sum(1) + errors[:, : len(people)].sum(0)
    shown = np.sort(np.argsort(-blame, kind="stable")[: max_people - 1])
    others = np.setdiff1d(np.arange(len(people)), shown)
    groups = [np.array([index]) for index in shown] + [others]
    columns = [*groups, np.array([len(people)])]
    merged = np.array([[counts[np.ix_(rows, cells)].sum() for cells in columns] for rows in groups], np.int64)
    name = translate("Report", "{n} others", n=len(others))
    return ConfusionPicture((*(people[index] for index in shown), name), merged, len(others))


def cell_colours(verdict: Verdict, share: float) -> tuple[QColor, QColor]:
    """Return a cell's background and text colour in the present theme; black or white text, for more contrast."""
    theme = Theme.current()
    ground = theme.color("surface")
    if share > 0.0:
        amount = _FAINTEST + (_STRONGEST - _FAINTEST) * share
        ground = _mixed(theme.color(verdict.value), ground, amount)
    # Above this luminance black has more contrast than white (WCAG 2.2: (L + 0.05)² = 1.05 · 0.05).
    return ground, QColor("#000000" if _luminance(ground) > 0.179 else "#ffffff")


def paint_cell(painter: QPainter, rect: QRectF, picture: ConfusionPicture, row: int, column: int) -> None:
    """Draw one cell: its background, its count, and a frame if it counts correct decisions."""
    theme = Theme.current()
    count, verdict = int(picture.counts[row, column]), picture.verdict(row, column)
    painter.setPen(QPen(theme.color("border"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if count:
        ground, text = cell_colours(verdict, picture.share(row, column))
        painter.fillRect(rect, ground)
    painter.drawRect(rect)
    if verdict is Verdict.RIGHT:
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.drawRect(rect.adjusted(1, 1, -1, -1))
    if count:
        painter.setPen(text)
        painter.setFont(font(FontSize.SMALL, bold=verdict is Verdict.WRONG, tabular=True))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), str(count))


def _mixed(color: QColor, ground: QColor, amount: float) -> QColor:
    parts = zip(_parts(color), _parts(ground), strict=True)
    red, green, blue = (amount * over + (1 - amount) * under for over, under in parts)
    return QColor.fromRgbF(red, green, blue)


def _parts(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()


def _luminance(color: QColor) -> float:
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in _parts(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
