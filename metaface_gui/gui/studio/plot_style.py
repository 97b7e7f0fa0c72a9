"""How plots look: pyqtgraph in the theme's colours and fonts, and colours that everybody can tell apart.

The colours are those of Okabe and Ito, "Color Universal Design", 2008, made lighter or darker (same hue) until each
has a contrast of 3 : 1 (WCAG 2.2, 1.4.11) on the theme's grounds. Nothing is told by colour alone: people differ by
symbol as well, methods by dash and symbol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsView

from metaface_gui.gui.theme import FontSize, Theme, font

_GRID_ALPHA = 0.25
_SYMBOLS = ("o", "s", "t1", "d", "star", "t", "p")
"""pyqtgraph's names. One fewer than colours, so that the pair repeats only after 56 people."""


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

_PEOPLE = (_SKY, _ORANGE, _GREEN, _PURPLE, _YELLOW, _BLUE, _VERMILION, _GREY)
"""Neighbours differ in lightness too."""


@dataclass(frozen=True, slots=True)
class _LearnerMark:
    """`dash` is in widths of the pen, as `QPen.setDashPattern` takes it; empty: solid."""

    hue: _Hue
    symbol: str
    dash: tuple[float, ...] = ()


_OTHER = _LearnerMark(_GREY, "x", (1.0, 2.0))
_LEARNERS: Mapping[str, _LearnerMark] = MappingProxyType(
    {
        "prototypical": _LearnerMark(_SKY, "s"),
        "matching": _LearnerMark(_PURPLE, "t", (6.0, 2.0, 1.0, 2.0)),
        "siamese": _LearnerMark(_YELLOW, "p", (4.0, 2.0)),
        "maml": _LearnerMark(_VERMILION, "o"),
        "reptile": _LearnerMark(_BLUE, "d", (5.0, 2.0)),
        "meta_network": _LearnerMark(_GREY, "h", (3.0, 1.5)),
        "task_clusters": _LearnerMark(_BROWN, "star", (6.0, 2.0, 1.0, 2.0, 1.0, 2.0)),
        "meta_optimizer": _LearnerMark(_GREEN, "t1", (1.5, 1.5)),
        "rl2": _LearnerMark(_ORANGE, "+", (8.0, 2.0)),
    }
)


def person_colours(n: int) -> tuple[QColor, ...]:
    """Colours of n people in the present theme; with `person_symbols` no two of the first 56 look alike."""
    return tuple(_color(_PEOPLE[i % len(_PEOPLE)]) for i in range(n))


def person_symbols(n: int) -> tuple[str, ...]:
    """Symbols of n people, as pyqtgraph names them."""
    return tuple(_SYMBOLS[i % len(_SYMBOLS)] for i in range(n))


def learner_colour(key: str) -> QColor:
    """A method's colour in the present theme; grey for a key that is none of the nine methods."""
    return _color(_LEARNERS.get(key, _OTHER).hue)


def learner_symbol(key: str) -> str:
    """A method's symbol, as pyqtgraph names it; no two of the nine share one."""
    return _LEARNERS.get(key, _OTHER).symbol


def learner_pen(key: str, width: float = 2.0, alpha: float = 1.0) -> QPen:
    """A method's line in the present theme: its colour and dash, `width` pixels wide at any zoom, `alpha` 0..1."""
    color = learner_colour(key)
    color.setAlphaF(alpha)
    pen = QPen(color, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    dash = _LEARNERS.get(key, _OTHER).dash
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def style_plot(plot: pg.PlotWidget | pg.PlotItem) -> None:
    """Draw this plot in the theme's colours and fonts, now and after every change of the theme; safe to call again.

    Takes pyqtgraph's own menu and buttons away. What the caller draws in it (curves, points) the caller colours anew
    on `Theme.changed`. Call it before adding curves, so that their lines are smooth, and again after adding a legend.
    """
    # pyqtgraph asks for this one setting when an item is made; it has no other place for it.
    pg.setConfigOption("antialias", True)
    found = plot.findChild(_PlotTheme, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(found, _PlotTheme):
        found.apply()
    else:
        _PlotTheme(plot)


class _PlotTheme(QObject):
    """Keeps one plot in the theme's look; lives and dies with the plot."""

    def __init__(self, plot: pg.PlotWidget | pg.PlotItem) -> None:
        super().__init__(plot)
        Theme.current().changed.connect(self.apply)
        self.apply()

    def apply(self) -> None:
        theme, plot = Theme.current(), self.parent()
        item: pg.PlotItem = plot
        if isinstance(plot, pg.PlotWidget):
            item = plot.getPlotItem()
            if item is None:  # closed, and soon gone
                return
            # So that one sees what it lies on; a cached background would be filled with a colour.
            plot.setBackground(None)
            plot.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
            plot.viewport().setAutoFillBackground(False)
        item.setMenuEnabled(False)
        item.hideButtons()
        item.showGrid(x=True, y=True, alpha=_GRID_ALPHA)
        item.titleLabel.setText(item.titleLabel.text, color=theme.color("muted"))
        for name in ("left", "bottom", "right", "top"):
            axis = item.getAxis(name)
            axis.setPen(theme.color("border_strong"))
            axis.setTextPen(theme.color("muted"))
            axis.setTickFont(font(FontSize.SMALL, tabular=True))
            axis.label.setFont(font(FontSize.SMALL))
        if item.legend is not None:
            ground = theme.color("surface")
            ground.setAlphaF(0.85)
            item.legend.setBrush(ground)
            item.legend.setLabelTextColor(theme.color("text"))
            item.legend.setLabelTextSize(f"{FontSize.SMALL}px")
            for _sample, label in item.legend.items:
                label.setText(label.text)  # which is when it takes the new colour


def _color(hue: _Hue) -> QColor:
    return QColor(hue.dark if Theme.current().tokens.is_dark else hue.light)
