"""The curves of adaptations, and the bars of what Auto tried."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Adapted, AdaptStepTaken
from metaface_gui.gui.studio.adaptation_plot import AdaptationPlot
from metaface_gui.gui.studio.learner_legend import LearnerLegend
from metaface_gui.gui.studio.plot_style import learner_colour
from metaface_gui.gui.studio.trial_bars import TrialBars
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.learners.rl2 import Trial


def steps(n: int, loss: float = 1.0) -> tuple[AdaptStep, ...]:
    return tuple(AdaptStep(i, n, loss / (i + 1), min(1.0, 0.9 + 0.02 * i)) for i in range(n + 1))


def adapted(learner: str, *, n: int = 5, loss: float = 1.0) -> Adapted:
    return Adapted(learner, 5, 25, 14.0, steps=steps(n, loss))


@pytest.fixture
def plot(qtbot: QtBot) -> AdaptationPlot:
    made = AdaptationPlot()
    qtbot.addWidget(made)
    made.resize(500, 180)
    made.show()
    return made


def losses(plot: AdaptationPlot, learner: str) -> list[float]:
    drawn = plot.loss.newest[learner].yData
    return [] if drawn is None else [float(value) for value in drawn]


def test_a_run_is_drawn_step_by_step_and_whole_in_the_end(plot: AdaptationPlot, qtbot: QtBot) -> None:
    plot.take_adapted(adapted("maml"))
    assert 1 <= len(losses(plot, "maml")) < 6
    qtbot.waitUntil(lambda: len(losses(plot, "maml")) == 6)
    assert losses(plot, "maml") == pytest.approx([step.loss for step in steps(5)])
    assert [float(v) for v in plot.accuracy.newest["maml"].yData] == pytest.approx([90, 92, 94, 96, 98, 100])


def test_steps_are_drawn_as_they_come(plot: AdaptationPlot, qtbot: QtBot) -> None:
    for step in steps(5)[:4]:
        plot.take_step(AdaptStepTaken("maml", step))
    qtbot.waitUntil(lambda: len(losses(plot, "maml")) == 4)
    plot.take_step(AdaptStepTaken("maml", steps(5)[4]))
    assert len(losses(plot, "maml")) == 5
    plot.take_adapted(adapted("maml"))
    assert len(losses(plot, "maml")) == 6
    assert plot.runs.of("maml").older == ()


def test_methods_are_overlaid_and_the_run_before_stays_faint(plot: AdaptationPlot, qtbot: QtBot) -> None:
    for key in ("reptile", "maml", "meta_optimizer", "prototypical", "rl2"):
        plot.take_adapted(adapted(key))
    plot.take_adapted(adapted("maml", n=2, loss=0.5))
    assert list(plot.runs.learners) == ["maml", "reptile", "meta_optimizer"]
    qtbot.waitUntil(lambda: len(losses(plot, "maml")) == 3)
    older = plot.loss.older["maml"]
    assert len(older.yData) == 6
    assert older.opts["pen"].color().alphaF() < 0.5 < plot.loss.newest["maml"].opts["pen"].color().alphaF()


def test_the_axes_hold_every_point(plot: AdaptationPlot) -> None:
    plot.take_adapted(Adapted("maml", 5, 25, 1.0, steps=(AdaptStep(0, 1, 3.0, 0.2), AdaptStep(1, 1, 0.0, 0.25))))
    plot.take_adapted(adapted("reptile", n=20))
    (left, right), (low, high) = plot.loss.widget.viewRange()
    assert left <= 0
    assert right >= 20
    assert low <= 0
    assert high >= 3.0
    (_left, _right), (low, high) = plot.accuracy.widget.viewRange()
    assert low <= 20
    assert high >= 100


def test_one_point_and_no_loss_at_all_can_be_drawn(plot: AdaptationPlot) -> None:
    plot.take_step(AdaptStepTaken("maml", AdaptStep(0, 5, 0.0, 1.0)))
    plot.grab()
    assert losses(plot, "maml") == [0.0]


def test_clearing_forgets_and_a_new_run_draws_again(plot: AdaptationPlot, qtbot: QtBot) -> None:
    plot.take_adapted(adapted("maml"))
    plot.clear()
    assert plot.is_empty
    assert plot.loss.newest == {}
    plot.take_adapted(adapted("maml"))
    assert plot.runs.of("maml").older == ()
    qtbot.waitUntil(lambda: len(losses(plot, "maml")) == 6)


def test_hidden_it_only_remembers(plot: AdaptationPlot) -> None:
    plot.hide()
    plot.take_adapted(adapted("maml"))
    assert plot.loss.newest == {}
    plot.show()
    assert len(losses(plot, "maml")) == 6


def test_colours_follow_the_theme(plot: AdaptationPlot, theme: Theme) -> None:
    theme.set_mode(ThemeMode.DARK)
    plot.take_adapted(adapted("maml"))
    for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
        theme.set_mode(mode)
        assert plot.loss.newest["maml"].opts["pen"].color() == learner_colour("maml")


def test_where_there_is_room_for_one_plot_it_is_the_loss(plot: AdaptationPlot, qapp: QApplication) -> None:
    plot.resize(180, 150)
    qapp.processEvents()
    assert plot.loss.widget.isVisible()
    assert not plot.accuracy.widget.isVisible()
    plot.resize(400, 150)
    qapp.processEvents()
    assert plot.accuracy.widget.isVisible()


def test_the_legend_is_as_wide_as_its_entries(qtbot: QtBot) -> None:
    legend = LearnerLegend()
    qtbot.addWidget(legend)
    assert legend.sizeHint().width() == 0
    legend.show_keys(["maml"])
    one = legend.sizeHint().width()
    legend.show_keys(["maml", "reptile", "meta_optimizer"])
    assert legend.sizeHint().width() > 2 * one
    assert legend.accessibleDescription() == "MAML, Reptile, Meta-opt"
    legend.grab()


TRIALS = (Trial("Prototypes", 0.97), Trial("MAML", 0.991), Trial("Matching", 0.991), Trial("Siamese", -0.1))


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
@pytest.mark.parametrize("width", [200, 330, 900])
def test_trials_are_listed_and_the_chosen_one_said(qtbot: QtBot, theme: Theme, mode: ThemeMode, width: int) -> None:
    theme.set_mode(mode)
    bars = TrialBars()
    qtbot.addWidget(bars)
    bars.resize(width, 150)
    bars.show()
    bars.show_trials(TRIALS, TRIALS[1])
    words = bars.accessibleDescription().replace("\u00a0", " ")
    assert words == "Prototypes 97.0 %; MAML 99.1 % (chosen); Matching 99.1 %; Siamese -10.0 %"
    QApplication.processEvents()
    image = bars.grab().toImage()
    bars.show_trials(TRIALS, TRIALS[0])
    assert bars.grab().toImage() != image
    bars.show_trials((), None)
    assert bars.accessibleDescription() == ""
