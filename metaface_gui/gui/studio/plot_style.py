"""How people and methods look in plots and beside them: distinguishable colours, symbols and dashes.

The colours are those of Okabe and Ito, "Color Universal Design", 2008, made lighter or darker (same hue) until each
has a contrast of 3 : 1 (WCAG 2.2, 1.4.11) on the theme's backgrounds. Colour never carries meaning alone: people
also differ by symbol, methods by dash and symbol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from metaface_gui.gui.theme import Theme
from metaface_gui.pipeline.learners import LEARNERS

_SYMBOLS = ("o", "s", "t1", "d", "star", "t", "p")
"""pyqtgraph's symbol names. One fewer than colours, so that the pair repeats only after 56 people."""


@dataclass(frozen=True, slots=True)
class _Hue:
    dark: str
    light: str


_BLUE = _Hue("#5a8cff", "#0072b2")
_ORANGE = _Hue("#e69f00", "#a87300")
_GREEN = _Hue("#14b88a", "#00876a")
_PURPLE = _Hue("#d98fb8", "#b8508b")
_SKY = _Hue("#7cc8f5", "#1a80bb")
_VERMILION = _Hue("#f0702a", "#cc5700")
_YELLOW = _Hue("#f0e442", "#7d7500")
_GREY = _Hue("#b4bcc8", "#5f6874")
_BROWN = _Hue("#b98a5e", "#8a5a2e")
_ROSE = _Hue("#ff7b93", "#c2264b")
_TEAL = _Hue("#3fd0c9", "#007c85")

_PEOPLE = (_SKY, _ORANGE, _GREEN, _PURPLE, _YELLOW, _BLUE, _VERMILION, _GREY)
"""Neighbours also differ in lightness."""


@dataclass(frozen=True, slots=True)
class _LearnerMark:
    """`dash` is in pen widths, as in `QPen.setDashPattern`; empty: solid."""

    hue: _Hue
    symbol: str
    dash: tuple[float, ...] = ()


_OTHER = _LearnerMark(_GREY, "x", (1.0, 2.0))
MARKS = (
    _LearnerMark(_SKY, "s"),
    _LearnerMark(_PURPLE, "t", (6.0, 2.0, 1.0, 2.0)),
    _LearnerMark(_YELLOW, "p", (4.0, 2.0)),
    _LearnerMark(_VERMILION, "o"),
    _LearnerMark(_BLUE, "d", (5.0, 2.0)),
    _LearnerMark(_GREY, "h", (3.0, 1.5)),
    _LearnerMark(_BROWN, "star", (6.0, 2.0, 1.0, 2.0, 1.0, 2.0)),
    _LearnerMark(_GREEN, "t1", (1.5, 1.5)),
    _LearnerMark(_ORANGE, "+", (8.0, 2.0)),
    _LearnerMark(_ROSE, "t2", (3.0, 1.0)),
    _LearnerMark(_TEAL, "t3", (2.0, 1.0)),
)
"""The methods' styles, in the registry's order; the last ones are for future methods."""
_LEARNERS: Mapping[str, _LearnerMark] = MappingProxyType(dict(zip(LEARNERS, MARKS, strict=False)))


def person_colours(n: int) -> tuple[QColor, ...]:
    """Return colours for n people in the present theme; with `person_symbols` no two of the first 56 look alike."""
    return tuple(_color(_PEOPLE[i % len(_PEOPLE)]) for i in range(n))


def person_symbols(n: int) -> tuple[str, ...]:
    """Return symbols for n people, as pyqtgraph names them."""
    return tuple(_SYMBOLS[i % len(_SYMBOLS)] for i in range(n))


def learner_colour(key: str) -> QColor:
    """Return a method's colour in the present theme; grey for an unknown key."""
    return _color(_LEARNERS.get(key, _OTHER).hue)


def learner_symbol(key: str) -> str:
    """Return a method's symbol, as pyqtgraph names it; no two of `MARKS` share one."""
    return _LEARNERS.get(key, _OTHER).symbol


def learner_pen(key: str, width: float = 2.0, alpha: float = 1.0) -> QPen:
    """Return a method's pen in the present theme: colour, dash, `width` in pixels at any zoom, and `alpha` 0..1."""
    color = learner_colour(key)
    color.setAlphaF(alpha)
    pen = QPen(color, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    dash = _LEARNERS.get(key, _OTHER).dash
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def _color(hue: _Hue) -> QColor:
    return QColor(hue.dark if Theme.current().tokens.is_dark else hue.light)
