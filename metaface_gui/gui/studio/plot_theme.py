"""Styles pyqtgraph's plots with the theme's colours and fonts."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QGraphicsView

from metaface_gui.gui.theme import FontSize, Theme, font

_GRID_ALPHA = 0.25


def style_plot(plot: pg.PlotWidget | pg.PlotItem, letters_px: int = FontSize.SMALL) -> None:
    """Draw this plot in the theme's colours and fonts, now and after every theme change; safe to call again.

    `letters_px` is the height of the axis labels. Removes pyqtgraph's own menu and buttons. The caller recolours its
    own items (curves, points) on `Theme.changed`. Call this before adding curves, so that their lines are smooth.
    """
    # pyqtgraph reads this global setting when an item is created; it can't be set elsewhere.
    pg.setConfigOption("antialias", True)
    found = plot.findChild(_PlotTheme, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(found, _PlotTheme):
        found.letters_px = letters_px
        found.apply()
    else:
        _PlotTheme(plot, letters_px)


class _PlotTheme(QObject):
    """Keeps one plot in the theme's style; owned by the plot."""

    def __init__(self, plot: pg.PlotWidget | pg.PlotItem, letters_px: int) -> None:
        super().__init__(plot)
        self.letters_px = letters_px
        Theme.current().changed.connect(self.apply)
        self.apply()

    def apply(self) -> None:
        theme, plot = Theme.current(), self.parent()
        item: pg.PlotItem = plot
        if isinstance(plot, pg.PlotWidget):
            item = plot.getPlotItem()
            if item is None:  # closed, and about to be deleted
                return
            # Transparent, to show what is behind it; a cached background would be filled with a colour.
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
            axis.setTickFont(font(self.letters_px, tabular=True))
            axis.label.setFont(font(self.letters_px))
