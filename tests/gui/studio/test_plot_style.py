"""Colours of plots, measured, and plots that follow the theme."""

from __future__ import annotations

import itertools

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.plot_style import (
    MARKS,
    learner_colour,
    learner_pen,
    learner_symbol,
    person_colours,
    person_symbols,
)
from metaface_gui.gui.studio.plot_theme import style_plot
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.pipeline.learners import LEARNERS


def luminance(color: QColor) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [color.redF(), color.greenF(), color.blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: QColor, b: QColor) -> float:
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
@pytest.mark.parametrize("ground", ["stage", "window", "surface", "raised", "hover"])
def test_every_colour_stands_out_on_every_ground(theme: Theme, mode: ThemeMode, ground: str) -> None:
    theme.set_mode(mode)
    marks = [QColor(mark.hue.dark if mode is ThemeMode.DARK else mark.hue.light) for mark in MARKS]
    colours = [*person_colours(8), *marks, *(learner_colour(key) for key in (*LEARNERS, "stock"))]
    assert min(contrast(colour, theme.color(ground)) for colour in colours) >= 3.0


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_nobody_looks_like_somebody_else(theme: Theme, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    people = list(zip([c.name() for c in person_colours(56)], person_symbols(56), strict=True))
    assert len(set(people)) == 56
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in itertools.pairwise(people))


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_methods_differ_by_colour_and_by_symbol(theme: Theme, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    assert len({learner_colour(key).name() for key in LEARNERS}) == len(LEARNERS)
    assert len({learner_symbol(key) for key in LEARNERS}) == len(LEARNERS)
    assert len({mark.hue for mark in MARKS}) == len({mark.symbol for mark in MARKS}) == len(MARKS)
    with_steps = ("maml", "reptile", "meta_optimizer")
    assert len({tuple(learner_pen(key).dashPattern()) for key in with_steps}) == 3
    assert learner_pen("maml", alpha=0.25).color().alphaF() == pytest.approx(0.25, abs=0.01)


def test_a_plot_follows_the_theme(qtbot: QtBot, theme: Theme) -> None:
    theme.set_mode(ThemeMode.DARK)
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    item = plot.getPlotItem()
    item.setLabel("left", "loss")
    style_plot(plot)
    plot.show()
    for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
        theme.set_mode(mode)
        assert item.getAxis("left").textPen().color() == theme.color("muted")
        assert theme.tokens.muted in item.getAxis("left").labelString()
        plot.grab()
    assert not item.menuEnabled()


def test_a_plot_lies_on_whatever_is_below(qtbot: QtBot, theme: Theme) -> None:
    theme.set_mode(ThemeMode.DARK)
    ground = QWidget()
    ground.setObjectName("ground")
    ground.setStyleSheet("#ground { background: #123456 }")
    qtbot.addWidget(ground)
    ground.resize(200, 200)
    plot = pg.PlotWidget(ground)
    plot.resize(200, 200)
    style_plot(plot)
    ground.show()
    assert ground.grab().toImage().pixelColor(2, 2).name() == "#123456"


def test_an_item_alone_is_styled_too_and_twice_is_as_once(qtbot: QtBot, theme: Theme) -> None:
    view = pg.GraphicsLayoutWidget()
    qtbot.addWidget(view)
    item = view.addPlot()
    style_plot(item)
    style_plot(item)
    theme.set_mode(ThemeMode.LIGHT)
    assert item.getAxis("bottom").pen().color() == theme.color("border_strong")
    assert len([child for child in item.children() if type(child).__name__ == "_PlotTheme"]) == 1


def test_a_plot_that_is_gone_is_left_alone(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    plot = pg.PlotWidget()
    style_plot(plot)
    plot.close()
    plot.deleteLater()
    qapp.processEvents()
    theme.set_mode(ThemeMode.LIGHT)
    theme.set_mode(ThemeMode.DARK)
