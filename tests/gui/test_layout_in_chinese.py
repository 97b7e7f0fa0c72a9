"""Whatever the window shows fits in Chinese, too. Without a Chinese font the letters are boxes, about as wide."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.i18n import install_translation
from metaface_gui.pipeline.learners import LEARNERS
from tests.gui.fakes import FakeEngine
from tests.gui.main_states import Scene, state_names
from tests.gui.test_layout import CHECKS, SMALLEST, not_whole_in_sight, out_of_sight


@pytest.fixture
def scene(
    qapp: QApplication, open_window: Callable[[], MainWindow], engine: FakeEngine, bridge: EngineBridge
) -> Iterator[Scene]:
    assert install_translation(qapp, "zh_CN")
    window = open_window()
    window.resize(*SMALLEST)
    qapp.processEvents()
    yield Scene(window, engine, bridge)
    install_translation(qapp, "en")


def test_everything_fits_in_every_state(scene: Scene) -> None:
    wrong = []
    for state in state_names():
        scene.go(state)
        for check in CHECKS:
            if not (state == "tour" and check is out_of_sight):  # whose callout lies over the rest
                wrong += [f"{state}: {check.__name__}: {found}" for found in check(scene.window)]
        scene.home()
    assert not wrong, "\n".join(wrong)


def test_the_room_and_the_question_about_two_are_in_sight(scene: Scene) -> None:
    scene.go("room")
    room, strip = scene.window.stage.room.adaptation, scene.window.side.people.strip
    assert not not_whole_in_sight(room.button, room.undo_button, room.switch, room.heading, room.bars)
    scene.home()
    scene.go("pair")
    assert not not_whole_in_sight(strip, strip.merge_button, strip.apart_button)


def test_methods_are_told_apart_where_there_is_little_room(scene: Scene) -> None:
    scene.go("live")
    row, buttons = scene.window.stage.methods.row, scene.window.stage.methods.buttons.values()
    # How wide a name is depends on the fonts there are: from room for everything down to room for the numbers.
    shown = dict[tuple[str, ...], None]()
    for width in range(3000, row.minimumSizeHint().width() - 1, -1):
        row.resize(width, row.height())
        shown[tuple(button.text() for button in buttons)] = None
    *named, numbers_only = shown
    assert numbers_only == ("",) * len(LEARNERS)
    assert named[-1] == tuple(learner_short_title(key) for key in LEARNERS), "none is cut, they stand in two rows"
    assert all(len(set(names)) == len(LEARNERS) for names in named)
