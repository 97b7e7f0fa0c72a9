"""The page of the deciding method, as the engine's events come in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import AdaptationEvaluated, Adapted, AdaptStepTaken
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.hyperparameter_editors import IntegerEditor
from metaface_gui.gui.studio.method_page import MethodPage
from metaface_gui.gui.studio.studio_dock import StudioDock
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.learners.hyperparameters import with_value
from metaface_gui.pipeline.learners.rl2 import Trial
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, models, on_screen

LEFT = Qt.MouseButton.LeftButton
STEPS = tuple(AdaptStep(i, 5, 1.0 / (i + 1), 0.9 + 0.02 * i) for i in range(6))
TRIALS = (Trial("Prototypes", 0.97), Trial("MAML", 0.99))


def adapted(learner: str, *, is_primary: bool = True) -> Adapted:
    steps = STEPS if learner in ("maml", "reptile", "meta_optimizer") else STEPS[1:2]
    trials = TRIALS if learner == "rl2" else ()
    return Adapted(learner, 5, 25, 14.0, is_primary, steps, trials, trials[1] if trials else None)


@pytest.fixture
def page(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> MethodPage:
    return on_screen(qtbot, MethodPage(engine.models, bridge), 920, 220)


def text_of(page: MethodPage) -> str:
    return page.result.text().replace("\u00a0", " ")


def test_the_method_and_what_it_came_to(page: MethodPage, say: Say) -> None:
    say(models("maml"))
    assert page.title.text() == "MAML"
    assert page.citation.text() == "Finn 2017"
    assert page.explanation.text() == LEARNERS["maml"].explanation
    assert text_of(page) == "Adapting …"
    say(adapted("maml"))
    say(AdaptationEvaluated("maml", 0.92, 0.96, 25))
    assert "5 people, 25 shots in 14 ms" in text_of(page)
    assert "92.0 % → 96.0 % (before → after)" in text_of(page)
    say(AdaptationEvaluated("maml", None, None, 0))
    assert "not measured" in text_of(page)
    say(adapted("maml"))
    assert "left-out" not in text_of(page)  # a figure of the adaptation before says nothing of this one


def test_what_other_methods_did_is_not_said_of_this_one(page: MethodPage, say: Say) -> None:
    say(models("maml", "reptile"))
    say(adapted("maml"))
    say(Adapted("reptile", 5, 25, 99.0, is_primary=False, steps=STEPS))
    say(AdaptationEvaluated("reptile", 0.1, 0.2, 25))
    assert "14 ms" in text_of(page)
    assert "left-out" not in text_of(page)
    say(models("reptile", "maml"))
    assert "99 ms" in text_of(page)
    say(models("prototypical"))
    say(models("reptile"))
    assert text_of(page) == "Adapting …"  # it did not run, so what it knew is old


def test_nobody_enrolled_says_what_to_do(page: MethodPage, say: Say) -> None:
    say(models("prototypical"))
    say(Adapted("prototypical", 0, 0, 0.1))
    assert page.note.isVisible()
    assert "Nobody is enrolled yet" in page.note.text
    assert "Enrol somebody (E)" in page.note.text
    assert not page.curves.isVisible()
    assert not page.trials.isVisible()


def test_while_it_adapts_nobody_is_said_to_be_missing(page: MethodPage, say: Say) -> None:
    say(models("maml"))
    assert page.note.isVisible()
    assert "Adapting" in page.note.text
    assert "enrol" not in page.note.text.lower()


def test_a_method_of_one_step_says_so_and_points_at_the_map(page: MethodPage, say: Say) -> None:
    say(models("prototypical"))
    say(adapted("prototypical"))
    assert "Prototypical network needs no steps" in page.note.text
    assert "see the map" in page.note.text
    say(adapted("maml", is_primary=False))
    assert page.curves.isVisible()
    assert not page.note.isVisible()
    assert "needs no steps" in page.caption.text()


def test_a_gradient_method_shows_its_curve_live(page: MethodPage, say: Say) -> None:
    say(models("maml"))
    assert not page.curves.isVisible()
    for step in STEPS:
        say(AdaptStepTaken("maml", step))
    assert page.curves.isVisible()
    assert list(page.legend.keys) == ["maml"]
    say(adapted("maml"))
    say(models("reptile"))
    say(adapted("reptile"))
    assert list(page.legend.keys) == ["maml", "reptile"]
    QTest.mouseClick(page.clear_button, LEFT)
    assert not page.curves.isVisible()
    assert "Nothing to show yet" in page.note.text
    say(adapted("reptile"))
    assert list(page.legend.keys) == ["reptile"]


def test_auto_shows_what_it_tried(page: MethodPage, say: Say) -> None:
    say(models("rl2"))
    say(adapted("rl2"))
    assert page.trials.isVisible()
    assert "MAML 99.0\u00a0% (chosen)" in page.trials.accessibleDescription()
    assert not page.note.isVisible()
    assert not page.curves.isVisible()
    say(models("maml"))
    assert not page.trials.isVisible()


def test_beside_what_auto_tried_curves_stand_only_where_there_is_room(page: MethodPage, say: Say) -> None:
    page.set_settings_open(True)
    say(models("rl2", "maml"))
    say(adapted("rl2"))
    say(adapted("maml", is_primary=False))
    assert page.trials.isVisible()
    assert not page.curves.isVisible()
    page.resize(1500, 250)
    QApplication.processEvents()
    assert page.curves.isVisible()
    assert page.trials.geometry().right() < page.curves.x()
    page.resize(920, 250)
    say(models("maml", "rl2"))
    assert page.curves.isVisible()


def test_the_settings_unfold_and_that_is_told(page: MethodPage, say: Say, qtbot: QtBot) -> None:
    say(models("maml"))
    assert not page.form.isVisible()
    assert not page.is_settings_open
    with qtbot.waitSignal(page.settings_toggled) as toggled:
        QTest.mouseClick(page.fold, LEFT)
    assert toggled.args == [True]
    assert page.form.isVisible()
    assert page.form.reset_all.isVisible()
    page.fold.setFocus()
    with qtbot.waitSignal(page.settings_toggled) as toggled:
        QTest.keyClick(page.fold, Qt.Key.Key_Space)
    assert toggled.args == [False]
    page.set_settings_open(True)
    assert page.form.isVisible()


def test_turning_a_knob_asks_the_engine_and_its_answer_is_shown(
    page: MethodPage, engine: FakeEngine, say: Say, qtbot: QtBot
) -> None:
    page.set_settings_open(True)
    say(models("maml"))
    editor = page.form.rows["inner_steps"].editor
    assert isinstance(editor, IntegerEditor)
    QTest.mouseClick(editor.more, LEFT)
    QTest.mouseClick(editor.more, LEFT)
    assert engine.calls == []
    qtbot.waitUntil(lambda: bool(engine.calls))
    seven = with_value("maml", None, "inner_steps", 7)
    assert engine.calls_of("models.set_hyperparameters") == [("maml", seven)]
    say(models("maml", hyperparameters={"maml": seven}))
    assert editor.box.value() == 7
    assert page.form.reset_all.isEnabled()
    say(models("reptile", hyperparameters={"maml": seven}))
    assert not page.form.reset_all.isEnabled()
    say(models("maml", hyperparameters={"maml": with_value("maml", None, "inner_steps", 2)}))
    assert editor.box.value() == 2
    assert len(engine.calls) == 1


@pytest.fixture
def dock(page: MethodPage, qtbot: QtBot) -> StudioDock:
    made = StudioDock([("method", "Method", page)])
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(("width", "height"), [(530, 230), (760, 230), (900, 260), (1500, 330)])
def test_it_fits_the_dock_at_every_size(
    page: MethodPage, dock: StudioDock, say: Say, *, width: int, height: int, is_open: bool
) -> None:
    page.set_settings_open(is_open)
    dock.resize(width, height)
    say(models("maml", "reptile", "meta_optimizer"))
    for key in ("maml", "reptile", "meta_optimizer"):
        say(adapted(key, is_primary=key == "maml"))
    say(AdaptationEvaluated("maml", 0.92, 0.96, 25))
    QApplication.processEvents()
    dock.grab()
    assert (dock.width(), dock.height()) == (width, height)
    inside = page.rect()
    for widget in (page.result, page.curves, page.plot.loss.widget, page.plot.accuracy.widget, page.legend):
        if widget.isVisible():
            right = widget.mapTo(page, widget.rect().bottomRight())
            assert inside.contains(right), widget
    for label in (page.explanation, page.result):
        assert label.heightForWidth(label.width()) <= label.height()
    if page.legend.isVisible():
        assert page.legend.width() >= page.legend.sizeHint().width()
    if is_open and width >= 900:
        assert page.form.x() > page.words.geometry().right()  # beside the words, all in view
        assert page.form.geometry().bottom() <= page.height()


@pytest.mark.parametrize("learner", ["prototypical", "maml", "rl2"])
def test_it_is_drawn_in_both_themes(page: MethodPage, say: Say, theme: Theme, learner: str) -> None:
    page.set_settings_open(True)
    say(models(learner))
    say(adapted(learner))
    pictures = []
    for mode in (ThemeMode.DARK, ThemeMode.LIGHT, ThemeMode.DARK):
        theme.set_mode(mode)
        QApplication.processEvents()
        pictures.append(page.grab().toImage())
    corners = [picture.pixelColor(2, 2).lightness() for picture in pictures]
    assert corners[0] == corners[2] < 60
    assert corners[1] > 200


def test_growing_and_shrinking_again(page: MethodPage, say: Say) -> None:
    page.set_settings_open(True)
    say(models("maml"))
    page.resize(1500, 300)
    QApplication.processEvents()
    page.resize(700, 200)
    QApplication.processEvents()
    assert page.width() == 700
