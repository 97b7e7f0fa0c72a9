"""Plots support loss and accuracy over the steps of an adaptation, for all gradient-based methods on shared axes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStyle, QWidget

from metaface_gui.engine.events import Adapted, AdaptStepTaken
from metaface_gui.gui.studio.adaptation_runs import AdaptationRuns, Steps
from metaface_gui.gui.studio.plot_style import learner_colour, learner_pen, learner_symbol
from metaface_gui.gui.theme import FontSize, Theme
from metaface_gui.gui.widgets.layouts import row

if TYPE_CHECKING:
    import pyqtgraph as pg

REVEAL_MS = 350
"""How long it takes to draw a run that arrives all at once."""
_TICK_MS = 35
_TITLE_HEIGHT = 18
_OLDER_ALPHA = 0.3
_SYMBOL_SIZE = 7
_ROOM_FOR_TWO = 240
_MOST_LABELS = 7
"""Up to this many steps every step is labelled, beyond that every fifth."""
_LEAST_ACCURACY = 80.0
"""The lower end of the accuracy axis in percent, or less if a curve goes lower."""


@dataclass(frozen=True, slots=True)
class _Chart:
    """One of the two plots, with the curves of each method."""

    widget: pg.PlotWidget
    measure: Callable[[Steps], list[float]]
    newest: dict[str, pg.PlotDataItem]
    older: dict[str, pg.PlotDataItem]


class AdaptationPlot(QWidget):
    """Two plots side by side: loss, and accuracy in percent. A method's newest run is bold, the previous one faint.

    Steps may arrive one by one, or as a whole run, which is then revealed step by step. While hidden it only stores
    them. The plots are created when first shown, because importing pyqtgraph takes half a second.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = AdaptationRuns()
        self._revealed_from: dict[str, float] = {}
        self._charts: tuple[_Chart, ...] = ()
        self._letters_px: int = FontSize.SMALL
        self._layout = row()
        self.setLayout(self._layout)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._tick)
        Theme.current().changed.connect(self._recolour)

    @property
    def loss(self) -> _Chart:
        """Return the left plot; it exists only after the first showing."""
        return self._charts[0]

    @property
    def accuracy(self) -> _Chart:
        """Return the right plot; it exists only after the first showing."""
        return self._charts[1]

    @property
    def is_empty(self) -> bool:
        """Return whether there are no curves."""
        return not self.runs.learners

    def take_step(self, event: AdaptStepTaken) -> None:
        """Draw one step of a running adaptation."""
        if self.runs.add_step(event.learner, event.step):
            self._reveal(event.learner, is_new=len(self.runs.of(event.learner).newest) == 1)

    def take_adapted(self, event: Adapted) -> None:
        """Store a finished adaptation."""
        if event.steps:
            is_new = self.runs.finish(event.learner, event.steps)
            if event.learner in self.runs.learners:
                self._reveal(event.learner, is_new=is_new)

    def set_letters(self, letters_px: int) -> None:
        """Set the letter height; lines and markers scale with it."""
        self._letters_px = letters_px
        for chart in self._charts:
            self._size(chart)
        self._recolour()

    def clear(self) -> None:
        """Remove all curves."""
        self.runs.clear()
        self._revealed_from.clear()
        self._ticks.stop()
        for chart in self._charts:
            for curve in (*chart.newest.values(), *chart.older.values()):
                chart.widget.removeItem(curve)
            chart.newest.clear()
            chart.older.clear()

    def shown_steps(self, learner: str) -> int:
        """Return how many steps of a method's newest run are already drawn."""
        began = self._revealed_from.get(learner)
        steps = len(self.runs.of(learner).newest)
        if began is None:
            return steps
        share = (time.monotonic() - began) * 1e3 / REVEAL_MS
        return min(steps, 1 + int(share * steps))

    # Drawing --------------------------------------------------------------------------------------------------------

    def _make_charts(self) -> None:
        loss = self._chart(self.tr("loss"), lambda steps: [step.loss for step in steps])
        accuracy = self._chart(self.tr("accuracy, %"), lambda steps: [100 * step.accuracy for step in steps])
        self._charts = (loss, accuracy)
        for chart in self._charts:
            self._layout.addWidget(chart.widget, 1)
        self._make_room()

    def _chart(self, title: str, measure: Callable[[Steps], list[float]]) -> _Chart:
        import pyqtgraph as pg  # noqa: PLC0415 - imported late, so that the window opens sooner

        widget = pg.PlotWidget(self)
        widget.setMinimumSize(80, 90)
        widget.setAccessibleName(title)
        item = widget.getPlotItem()
        item.setMouseEnabled(x=False, y=False)
        item.setTitle(title)
        item.getAxis("bottom").setStyle(maxTextLevel=0)
        chart = _Chart(widget, measure, {}, {})
        self._size(chart)
        return chart

    def _size(self, chart: _Chart) -> None:
        from metaface_gui.gui.studio.plot_theme import style_plot  # noqa: PLC0415 - as in `_chart`

        item = chart.widget.getPlotItem()
        height = round(_TITLE_HEIGHT * self._growth)
        item.titleLabel.opts["size"] = f"{self._letters_px}px"
        item.titleLabel.setMaximumHeight(height)
        item.layout.setRowFixedHeight(0, height)
        style_plot(chart.widget, self._letters_px)
        for curve in chart.newest.values():
            curve.setSymbolSize(_SYMBOL_SIZE * self._growth)

    @property
    def _growth(self) -> float:
        """Return the letter height relative to the usual one."""
        return self._letters_px / FontSize.SMALL

    def _reveal(self, learner: str, *, is_new: bool) -> None:
        if not self.isVisible():
            return
        moves = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        if is_new and moves:
            self._revealed_from[learner] = time.monotonic()
            self._ticks.start()
        self._draw(learner)

    def _tick(self) -> None:
        for learner in tuple(self._revealed_from):
            if self.shown_steps(learner) == len(self.runs.of(learner).newest):
                del self._revealed_from[learner]  # further steps are drawn as they arrive
            self._draw(learner)
        if not self._revealed_from:
            self._ticks.stop()

    def _draw(self, learner: str) -> None:
        runs, shown = self.runs.of(learner), self.shown_steps(learner)
        for chart in self._charts:
            self._make_curves(chart, learner)
            newest = runs.newest[:shown]
            chart.newest[learner].setData([step.step for step in newest], chart.measure(newest))
            chart.older[learner].setData([step.step for step in runs.older], chart.measure(runs.older))
        self._scale()

    def _scale(self) -> None:
        """Set the axes: steps from first to last, loss from 0, accuracy up to 100 %."""
        runs = [self.runs.of(learner) for learner in self.runs.learners]
        steps = [step for each in runs for step in (*each.newest, *each.older)]
        last = max(step.step for step in steps)
        highest = max(1e-6, *self.loss.measure(tuple(steps)))
        lowest = min(_LEAST_ACCURACY, min(self.accuracy.measure(tuple(steps))) - 5.0)
        self.loss.widget.setYRange(0.0, highest * 1.08, padding=0)
        self.accuracy.widget.setYRange(lowest, 100.0 + 0.05 * (100.0 - lowest), padding=0)
        for chart in self._charts:
            chart.widget.setXRange(0, max(last, 1), padding=0.05)
            chart.widget.getAxis("bottom").setTickSpacing(1 if last <= _MOST_LABELS else 5, 1)

    def _make_curves(self, chart: _Chart, learner: str) -> None:
        if learner in chart.newest:
            return
        item = chart.widget.getPlotItem()
        chart.older[learner] = item.plot()
        chart.newest[learner] = item.plot(symbol=learner_symbol(learner), symbolSize=_SYMBOL_SIZE * self._growth)
        self._colour(chart, learner)

    def _colour(self, chart: _Chart, learner: str) -> None:
        newest, colour = chart.newest[learner], learner_colour(learner)
        newest.setPen(learner_pen(learner, 2.0 * self._growth))
        newest.setSymbolBrush(colour)
        newest.setSymbolPen(colour)
        chart.older[learner].setPen(learner_pen(learner, 1.5 * self._growth, _OLDER_ALPHA))

    def _recolour(self) -> None:
        for chart in self._charts:
            for learner in chart.newest:
                self._colour(chart, learner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the accuracy if there is room for only one plot."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        for chart in self._charts[1:]:
            chart.widget.setVisible(self.width() >= _ROOM_FOR_TWO)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what arrived while the plot was hidden."""
        super().showEvent(event)
        if not self._charts:
            self._make_charts()
        for learner in self.runs.learners:
            self._draw(learner)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop drawing while hidden."""
        super().hideEvent(event)
        self._ticks.stop()
        self._revealed_from.clear()
