"""The lessons: each step goes on when what it asks for was seen, and can be passed over, begun again and left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Adapted, EnvironmentChanged, RoomChanged
from metaface_gui.engine.studio.side import Side
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.handover import Handover
from metaface_gui.gui.lessons.controller import LessonController
from metaface_gui.gui.lessons.five import LESSONS, LIGHT, MAML, PROTOTYPES, STRANGERS, WHICH
from metaface_gui.gui.lessons.lesson import Lesson, Signs
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.stage import Stage
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.pipeline.learners import LEARNERS
from tests.gui.fakes import FakeEngine, make_face, make_result, models
from tests.gui.panels.samples import gallery, person

DARK, OLD_WEBCAM = (EnvironmentSetting(((name, 0.9),)) for name in ("dim_light", "old_sensor"))
NOBODY, ANNA = frozenset[str](), frozenset({"Anna"})
HERE = Signs(n_people=1, n_shots=3, names=ANNA, learner="prototypical")
DOINGS: dict[str, tuple[Lesson, tuple[dict[str, object], ...]]] = {
    "prototypes": (
        PROTOTYPES,
        (
            {},
            {"learner": "prototypical"},
            {"page": "map", "is_map_placed": True},
            {"n_shots": 4},
            {"page": "why", "n_explained": 1},
        ),
    ),
    "maml": (
        MAML,
        (
            {"learner": "maml", "adaptations": {"maml": 1}},
            {"page": "method"},
            {"hyperparameters": {"maml": object()}, "adaptations": {"maml": 2}},
            {"hyperparameters": {}, "adaptations": {"maml": 3}},
            {"compared": ("prototypical",), "page": "compare"},
        ),
    ),
    "strangers": (STRANGERS, ({"n_unknown": 1}, {"fpir": 0.1}, {"fpir": 0.001}, {"fpir": 0.01, "page": "room"})),
    "light": (
        LIGHT,
        (
            {"page": "room", "environment": DARK},
            {"environment": OLD_WEBCAM, "names": NOBODY, "n_unknown": 1},
            {"n_room_adaptations": 1, "names": ANNA, "n_unknown": 0},
            {"sides": (Side("maml", uses_room=False), Side("maml"))},
            {"environment": ROOM_AS_IT_IS},
        ),
    ),
    "which": (
        WHICH,
        (
            {"compared": tuple(key for key in LEARNERS if key != "prototypical"), "n_deciding": len(LEARNERS)},
            {"environment": OLD_WEBCAM},
            {"environment": ROOM_AS_IT_IS, "page": "compare"},
            {"n_reports": 1},
            {"learner": "rl2"},
        ),
    ),
}


@pytest.mark.parametrize("name", DOINGS)
def test_doing_what_each_step_says_is_seen(name: str) -> None:
    lesson, doings = DOINGS[name]
    now = HERE
    for step, doing in zip(lesson.steps, doings, strict=True):
        then, now = now, replace(now, **doing)  # type: ignore[arg-type]
        assert step.is_done(then, now), step.do
        if doing and name != "prototypes":
            assert not step.is_done(then, then), f"nothing was done yet: {step.do}"


def test_every_step_says_something_to_do_and_to_watch() -> None:
    assert len(LESSONS) == 5
    for lesson in LESSONS:
        assert 4 <= len(lesson.steps) <= 5
        assert all(step.text and step.do and step.watch for step in lesson.steps)


@pytest.fixture
def desk(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> LessonController:
    stage = Stage(engine, bridge)
    qtbot.addWidget(stage)
    desk = LessonController(bridge, stage, stage)
    stage.add_banner(desk.panel)
    desk._linger.setInterval(0)
    return desk


def choose(qtbot: QtBot, bridge: EngineBridge, learner: str) -> None:
    with qtbot.waitSignal(bridge.models_changed):
        bridge(models(learner))


def test_it_goes_on_by_itself_once_a_step_was_done(qtbot: QtBot, bridge: EngineBridge, desk: LessonController) -> None:
    desk.open(1, 1)
    assert desk.place == (1, 1)
    assert not desk.panel.is_done
    choose(qtbot, bridge, "prototypical")
    qtbot.waitUntil(lambda: desk.place == (1, 2))
    assert not desk.panel.is_done


def test_what_is_done_already_waits_to_be_read(qtbot: QtBot, bridge: EngineBridge, desk: LessonController) -> None:
    choose(qtbot, bridge, "prototypical")
    desk.open(1, 1)
    assert desk.panel.is_done
    assert not desk._linger.isActive()
    desk.panel.next_button.click()
    assert desk.place == (1, 2)


def test_a_step_about_maml_is_done_when_it_has_adapted_not_when_it_was_asked(
    qtbot: QtBot, bridge: EngineBridge, desk: LessonController
) -> None:
    """Its curve is what there is to watch; the first one takes seconds where PyTorch was not used before."""
    with qtbot.waitSignal(bridge.gallery_changed):
        bridge(gallery(person(1, "Anna", shots=5)))
    desk.open(2, 0)
    desk.goes_on_by_itself = False
    choose(qtbot, bridge, "maml")
    assert not desk.panel.is_done
    with qtbot.waitSignal(bridge.adapted):
        bridge(Adapted("maml", 1, 5, 400.0))
    assert desk.panel.is_done


def test_whoever_is_hidden_is_nobody_of_whom_a_lesson_can_tell(
    qtbot: QtBot, bridge: EngineBridge, desk: LessonController
) -> None:
    anna, bob = person(1, "Anna", shots=5), replace(person(2, "Bob", shots=3), is_hidden=True)
    with qtbot.waitSignal(bridge.gallery_changed):
        bridge(gallery(anna, bob))
    seen = desk._observer.signs
    assert (seen.n_people, seen.n_shots) == (1, 5)


Press = Callable[[QPushButton | QToolButton], None]


def click(button: QPushButton | QToolButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_space(button: QPushButton | QToolButton) -> None:
    """As whoever gets to it by Tab does."""
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.hasFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


@pytest.mark.parametrize("press", [click, type_space], ids=["mouse", "keyboard"])
def test_it_is_passed_over_begun_again_and_left_by_its_buttons(qtbot: QtBot, window: MainWindow, press: Press) -> None:
    desk, panel = window.help.lessons, window.help.lessons.panel
    window.commands.lessons[3].trigger()
    qtbot.waitUntil(panel.isVisible)
    assert not panel.back_button.isEnabled()
    for index in range(1, len(LIGHT.steps)):
        press(panel.next_button)
        assert desk.place == (4, index)
        assert panel.place.text() == f"{index + 1} of {len(LIGHT.steps)}"
        assert panel.do.text() == LIGHT.steps[index].do
    assert panel.next_button.text() == "Done"
    press(panel.back_button)
    assert desk.place == (4, len(LIGHT.steps) - 2)
    assert panel.next_button.text() == "Next"
    press(panel.restart_button)
    assert desk.place == (4, 0)
    press(panel.close_button)
    assert desk.place is None
    assert panel.isHidden()


@pytest.mark.parametrize("press", [click, type_space], ids=["mouse", "keyboard"])
def test_done_on_the_last_step_ends_it(qtbot: QtBot, window: MainWindow, press: Press) -> None:
    desk = window.help.lessons
    desk.open(3, len(STRANGERS.steps) - 1)
    qtbot.waitUntil(desk.panel.isVisible)
    with qtbot.waitSignal(desk.ended):
        press(desk.panel.next_button)
    assert desk.place is None


def test_going_on_by_hand_ends_the_wait_for_it(qtbot: QtBot, bridge: EngineBridge, desk: LessonController) -> None:
    """Or the step that comes would be passed over when the wait of the one before is over."""
    desk._linger.setInterval(60_000)
    desk.open(1, 1)
    choose(qtbot, bridge, "prototypical")
    assert desk._linger.isActive()
    click(desk.panel.back_button)
    assert desk.place == (1, 0)
    assert not desk._linger.isActive()


def see(qtbot: QtBot, bridge: EngineBridge, name: str | None) -> None:
    with qtbot.waitSignal(bridge.result_ready):
        bridge(make_result(make_face(1, name=name)))


def test_a_room_costs_a_name_and_adapting_to_it_brings_it_back(
    qtbot: QtBot, bridge: EngineBridge, desk: LessonController
) -> None:
    desk.goes_on_by_itself = False
    see(qtbot, bridge, "Anna")
    desk.open(4, 1)
    with qtbot.waitSignal(bridge.environment_changed):
        bridge(EnvironmentChanged(OLD_WEBCAM))
    assert not desk.panel.is_done, "turning the dial is not yet losing a name"
    with qtbot.waitSignal(desk.step_done):
        see(qtbot, bridge, None)
    desk.go_on()
    with qtbot.waitSignal(bridge.adapted):
        bridge(Adapted("prototypical", 1, 3, 5.0, is_primary=True))
    see(qtbot, bridge, "Anna")
    assert not desk.panel.is_done, "that was no adaptation to the room"
    see(qtbot, bridge, None)
    bridge(RoomChanged(4, 4))
    bridge(Adapted("prototypical", 1, 3, 5.0, is_primary=True))
    with qtbot.waitSignal(desk.step_done):
        see(qtbot, bridge, "Anna")


def test_there_is_no_sixth(desk: LessonController) -> None:
    with pytest.raises(ValueError, match="1 … 5"):
        desk.open(6)


def test_the_menu_and_the_empty_state_lead_to_them(engine: FakeEngine, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.commands.lessons[4].trigger()
    assert window.help.lessons.place == (5, 0)
    assert Handover.of(window).lesson == (5, 0)
    window.live_view.empty_state.lesson_clicked.emit()
    assert window.help.lessons.place == (1, 0)
    assert any(call.name == "source.open" for call in engine.calls)
