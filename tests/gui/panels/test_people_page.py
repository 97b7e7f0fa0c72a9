"""Everybody as a page of pictures: covers, hidden people, pairs that look alike, what a shot is worth."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidgetItem
from pytestqt.qtbot import QtBot
from shiboken6 import getAllValidWrappers

from metaface_gui.engine.events import (
    Adapted,
    EngineEvent,
    LikelyPairsFound,
    ModelsChanged,
    ModelState,
    RequestEnded,
    ShotWeighed,
    Undoable,
)
from metaface_gui.engine.people.findings import HowRecognised, LikelyPair, ShotEffect, Taken
from metaface_gui.errors import GalleryError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.people_panel import PeoplePanel
from metaface_gui.pipeline.learners.prototypical import PrototypicalSettings
from tests.engine.references import holders
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine
from tests.gui.panels.samples import gallery, person, shot

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
ADA, BOB, CYD, DEE = (person(number, name) for number, name in enumerate(("Ada", "Bob", "Cyd", "Dee"), start=1))
MODELS = ModelsChanged(ModelState.READY, "yunet", "sface", "cpu", "maml", 0.01)
HIDDEN = replace(BOB, is_hidden=True)


def place(panel: PeoplePanel, row: int) -> QPoint:
    return panel.list.visualRect(panel.sorted_people.index(row, 0)).center()


def click(panel: PeoplePanel, row: int) -> None:
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=place(panel, row))


def listed(panel: PeoplePanel) -> list[str]:
    return [panel.sorted_people.index(row, 0).data() for row in range(panel.sorted_people.rowCount())]


def chosen(panel: PeoplePanel) -> list[str]:
    return [one.name for one in panel.chosen()]


# Pictures ----------------------------------------------------------------------------------------------------------


def test_pictures_stand_in_lines_and_the_arrows_go_along_them(qtbot: QtBot, panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB, CYD, DEE))
    QTest.mouseClick(panel.cards_button, LEFT)
    qtbot.waitUntil(lambda: place(panel, 0).y() == place(panel, 1).y())
    first_line = [row for row in range(4) if place(panel, row).y() == place(panel, 0).y()]
    assert 2 <= len(first_line) < 4
    click(panel, 0)
    QTest.keyClick(panel.list, KEY.Key_Right)
    assert chosen(panel) == ["Bob"]
    QTest.keyClick(panel.list, KEY.Key_Left)
    QTest.keyClick(panel.list, KEY.Key_Down)
    assert chosen(panel) == [listed(panel)[len(first_line)]]
    QTest.mouseClick(panel.cards_button, LEFT)
    qtbot.waitUntil(lambda: place(panel, 0).y() < place(panel, 1).y())
    assert chosen(panel) == [listed(panel)[len(first_line)]], "the same list, so the same person is chosen"


def test_where_all_pictures_are_in_sight_the_scroll_bar_has_no_handle(
    qtbot: QtBot, panel: PeoplePanel, say: Say
) -> None:
    panel.resize(900, 1000)
    say(gallery(ADA))
    panel.show_cards(True)
    bar = panel.list.verticalScrollBar()
    assert bar.isVisible(), "its room is never the pictures'"
    handle = bar.rect().center()

    def colour() -> QColor:
        return bar.grab().toImage().pixelColor(handle)

    qtbot.waitUntil(lambda: not bar.isEnabled())
    ground = colour()
    say(gallery(*(person(number, f"Person {number}") for number in range(1, 60))))
    qtbot.waitUntil(bar.isEnabled)
    bar.setValue(bar.maximum() // 2)
    assert colour() != ground


def test_pictures_are_decoded_beside_the_gui_thread(qtbot: QtBot, panel: PeoplePanel, say: Say) -> None:
    panel.show_cards(True)
    with qtbot.waitSignal(panel.list.pictures.loaded):
        say(gallery(ADA))
        assert ADA.thumbnail is not None
        side = panel.list.gridSize().width() - 16
        ratio = panel.list.viewport().devicePixelRatioF()
        assert panel.list.pictures.get(ADA.thumbnail, side, ratio, 9) is None, "asking does not decode"
    qtbot.waitUntil(lambda: not panel.list.pictures.is_decoding(ADA.thumbnail or b""))
    say(gallery())
    assert panel.list.pictures.get(ADA.thumbnail, side, ratio, 9) is None, "who was deleted leaves no pixels"


def test_a_picture_dropped_on_another_asks_to_merge(
    qtbot: QtBot, qapp: QApplication, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    say(gallery(ADA, BOB, CYD))
    panel.show_cards(True)
    qtbot.waitUntil(lambda: place(panel, 0).y() == place(panel, 1).y())
    data = panel.sorted_people.mimeData([panel.sorted_people.index(2, 0)])
    onto, copy, no_key = place(panel, 1), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    viewport = panel.list.viewport()
    qapp.sendEvent(viewport, QDragEnterEvent(onto, copy, data, LEFT, no_key))
    qapp.sendEvent(viewport, QDragMoveEvent(onto, copy, data, LEFT, no_key))
    qapp.sendEvent(viewport, QDropEvent(QPointF(onto), copy, data, LEFT, no_key))
    assert panel.merge_bar.isVisible()
    QTest.mouseClick(panel.merge_bar.merge_button, LEFT)
    assert engine.calls_of("people.merge") == [(2, 3)]


def test_enter_goes_to_the_shots_and_escape_back(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots[1] = (shot(10, 1), shot(11, 1))
    say(gallery(ADA))
    click(panel, 0)
    qtbot.waitUntil(lambda: len(panel.details.grid.tiles) == 2)
    QTest.keyClick(panel.list, KEY.Key_Return)
    qtbot.waitUntil(panel.details.grid.tiles[0].hasFocus)
    QTest.keyClick(panel.details.grid.tiles[0], KEY.Key_Right)
    assert panel.details.grid.tiles[1].hasFocus()
    QTest.keyClick(panel.details.grid.tiles[1], KEY.Key_Escape)
    assert panel.list.hasFocus()
    QTest.keyClick(panel.list, KEY.Key_Delete)
    assert engine.calls_of("people.delete") == [(1,)]


def test_where_there_is_room_the_shots_stand_beside_the_pictures(qtbot: QtBot, panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB))
    assert panel.details.y() > panel.pages.y()
    panel.resize(1000, 700)
    qtbot.waitUntil(lambda: panel.details.x() > panel.pages.width() / 2)
    assert panel.details.y() == panel.pages.y()
    panel.resize(330, 760)
    qtbot.waitUntil(lambda: panel.details.y() > panel.pages.y())


# Hidden ------------------------------------------------------------------------------------------------------------


def test_hiding_by_mouse_and_showing_again(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB))
    assert not panel.hidden_button.isVisible()
    click(panel, 1)
    assert "not recognised" in panel.details.hide_button.toolTip()
    QTest.mouseClick(panel.details.hide_button, LEFT)
    assert engine.calls_of("people.set_hidden") == [(2, True)]
    say(gallery(ADA, HIDDEN))
    assert listed(panel) == ["Ada"]
    assert panel.hidden_button.text() == "1"
    assert "Show hidden (1)" in panel.hidden_button.toolTip()
    assert panel.minimumSizeHint().width() <= 330
    QTest.mouseClick(panel.hidden_button, LEFT)
    assert listed(panel) == ["Ada", "Bob"]
    click(panel, 1)
    assert "not recognised" in panel.details.note.text()
    QTest.mouseClick(panel.details.hide_button, LEFT)
    assert engine.calls_of("people.set_hidden")[1:] == [(2, False)]
    say(gallery(ADA, BOB))
    assert not panel.hidden_button.isVisible()
    say(gallery(ADA, HIDDEN))
    assert listed(panel) == ["Ada"], "the switch does not stay on for the next one"


def test_hiding_several_from_the_menu(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, HIDDEN, CYD))
    QTest.mouseClick(panel.hidden_button, LEFT)
    panel.list.selectAll()
    menu = panel.make_menu()
    (hide,) = (action for action in menu.actions() if action.text() == "Hide")
    hide.trigger()
    assert engine.calls_of("people.set_hidden") == [(1, True), (2, True), (3, True)]
    menu.close()


# Who may be one person ---------------------------------------------------------------------------------------------


def pairs(*ids: tuple[int, int]) -> tuple[LikelyPair, ...]:
    return tuple(LikelyPair(one, other, Taken(3, 3), Taken(2, 3), 0.2) for one, other in ids)


def point_elsewhere(panel: PeoplePanel) -> None:
    """Where the pointer is on a screen that is none is left from the test before."""
    QApplication.sendEvent(panel, QEvent(QEvent.Type.Leave))


def find(engine: FakeEngine, say: Say, *ids: tuple[int, int]) -> None:
    """Have the gallery adapted to, and the engine find these pairs."""
    say(Adapted("prototypical", 4, 20, 1.0))
    say(LikelyPairsFound(engine.request_of("people.find_likely_pairs"), pairs(*ids)))


def test_two_who_look_alike_are_asked_about_and_merged(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB, CYD))
    point_elsewhere(panel)
    find(engine, say)
    assert not panel.strip.isVisible()
    find(engine, say, (1, 2))
    assert panel.strip.isVisible()
    assert "Ada · Bob" in panel.strip.names.text()
    assert "5 of 6" in panel.strip.words.text()
    assert engine.calls_of("people.merge") == [], "nobody is merged by itself"
    QTest.mouseClick(panel.strip.merge_button, LEFT)
    assert engine.calls_of("people.merge") == [(1, 2)]


def test_nothing_is_kept_of_the_place_that_the_question_leaves(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge
) -> None:
    """Qt frees it when the question moves; what is made there next would be taken for it by PySide."""
    before = getAllValidWrappers()
    known = {id(wrapper) for wrapper in before}
    panel = PeoplePanel(engine.people, engine.privacy, bridge)
    qtbot.addWidget(panel)
    items = [one for one in getAllValidWrappers() if isinstance(one, QWidgetItem) and id(one) not in known]
    assert items, "of what stays where it is they may be kept"
    assert not any(item.widget() is panel.strip for item in items)


def test_different_people_are_not_asked_about_again(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB, CYD))
    point_elsewhere(panel)
    find(engine, say, (1, 2), (2, 3))
    assert "1 of 2" in panel.strip.title.text()
    panel.strip.apart_button.setFocus()
    QTest.keyClick(panel.strip.apart_button, KEY.Key_Space)
    assert engine.calls_of("people.tell_apart") == [(1, 2)]
    assert panel.strip.names.text() == "Bob · Cyd"


def test_of_who_is_gone_or_hidden_nothing_is_asked(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB, CYD))
    point_elsewhere(panel)
    find(engine, say, (1, 2), (3, 2))
    assert holders(panel.strip, "Bob")
    say(gallery(ADA, HIDDEN, CYD))
    assert panel.strip.pair is None
    assert not panel.strip.isVisible()
    say(gallery(ADA))
    assert not holders(panel.strip, "Bob")
    said = (panel.strip.accessibleName(), panel.strip.merge_button.toolTip(), panel.strip.names.text())
    assert not any("Bob" in words for words in said)
    assert not any("Bob" in cover.toolTip() for cover in panel.strip.covers)


def test_the_question_neither_comes_nor_goes_under_the_pointer(
    qapp: QApplication, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    say(gallery(ADA, BOB, CYD))
    inside = QPointF(5, 5)
    qapp.sendEvent(panel, QEnterEvent(inside, inside, QPointF(panel.mapToGlobal(inside.toPoint()))))
    before = place(panel, 0)
    find(engine, say, (1, 2))
    assert not panel.strip.isVisible()
    assert place(panel, 0) == before
    qapp.sendEvent(panel, QEvent(QEvent.Type.Leave))
    assert panel.strip.isVisible()


def test_nobody_is_compared_while_nobody_looks(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    panel.hide()
    say(gallery(ADA, BOB))
    say(Adapted("prototypical", 2, 10, 1.0))
    assert engine.calls_of("people.find_likely_pairs") == []
    panel.show()
    assert engine.calls_of("people.find_likely_pairs") == [()]


def test_at_another_threshold_other_people_pass_for_each_other(
    panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    say(gallery(ADA, BOB, CYD))
    say(MODELS)
    find(engine, say, (1, 2))
    say(MODELS)
    assert len(engine.calls_of("people.find_likely_pairs")) == 1, "nothing has changed"
    say(replace(MODELS, fpir=0.001))
    assert len(engine.calls_of("people.find_likely_pairs")) == 2
    say(LikelyPairsFound(engine.request_of("people.find_likely_pairs"), ()))
    assert panel.strip.pair is None


# What a shot is worth ----------------------------------------------------------------------------------------------


def how(n_right: int, n_probes: int, margin: float | None, strangers: float | None = 0.002) -> HowRecognised:
    return HowRecognised(n_right, n_probes, margin, strangers, 0.4)


BETTER_WITHOUT = ShotEffect(11, 1, how(3, 4, 0.1), how(4, 4, 0.25, 0.001), 0.05)


@pytest.fixture
def ada(qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say) -> PeoplePanel:
    """Ada is chosen; three shots of hers, of which the shot 12 stands for her, are there."""
    engine.shots[1] = tuple(shot(number, 1, hue=number) for number in (10, 11, 12))
    say(gallery(replace(ADA, cover_id=12), BOB))
    click(panel, 0)
    qtbot.waitUntil(lambda: len(panel.details.grid.tiles) == 3)
    return panel


def choose(panel: PeoplePanel, shot_id: int) -> None:
    (tile,) = (tile for tile in panel.details.grid.tiles if tile.shot_id == shot_id)
    QTest.mouseClick(tile, LEFT, pos=tile.rect().center())


def values(panel: PeoplePanel) -> list[str]:
    return [value.text() for value in panel.details.effect.values]


def answer(engine: FakeEngine, say: Say, effect: ShotEffect | None, shot_id: int = 11) -> None:
    say(ShotWeighed(engine.request_of("people.weigh_shot"), shot_id, effect))


def test_choosing_a_shot_says_what_it_is_worth(ada: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    assert not ada.details.effect.isVisible()
    choose(ada, 11)
    assert engine.calls_of("people.weigh_shot") == [(11,)]
    assert ada.details.effect.verdict.text() == "Measuring…"
    answer(engine, say, BETTER_WITHOUT)
    assert values(ada) == ["3/4 → 4/4", "+0.10 → +0.25", "0.20 % → 0.10 %"]
    assert ada.details.effect.verdict.text() == "Recognised better without it."
    choose(ada, 10)
    choose(ada, 11)
    assert engine.calls_of("people.weigh_shot") == [(11,), (10,)], "what is known is not measured twice"
    assert values(ada)[0] == "3/4 → 4/4"


@pytest.mark.parametrize(
    "news",
    [
        replace(MODELS, fpir=0.1),
        replace(MODELS, hyperparameters={"prototypical": PrototypicalSettings(distance="euclidean")}),
        Adapted("maml", 3, 12, 4.0),
    ],
    ids=["threshold", "settings", "people"],
)
def test_what_a_shot_is_worth_at_another_threshold_or_beside_other_people_is_measured_again(
    ada: PeoplePanel, engine: FakeEngine, say: Say, news: EngineEvent
) -> None:
    say(MODELS)
    for shot_id in (10, 11):
        choose(ada, shot_id)
        answer(engine, say, replace(BETTER_WITHOUT, shot_id=shot_id), shot_id)
    say(MODELS)
    say(Adapted("reptile", 2, 10, 4.0, is_primary=False))
    assert engine.calls_of("people.weigh_shot") == [(10,), (11,)]
    say(news)
    answer(engine, say, ShotEffect(11, 1, how(1, 4, 0.1), how(2, 4, 0.25), 0.05))
    assert values(ada)[0] == "1/4 → 2/4"
    choose(ada, 10)
    assert engine.calls_of("people.weigh_shot")[2:] == [(11,), (10,)]
    ada.hide()
    say(replace(MODELS, fpir=0.002))
    assert len(engine.calls_of("people.weigh_shot")) == 4, "nobody looks"
    ada.show()
    assert not ada.details.effect.isVisible()


def test_an_answer_about_a_shot_that_was_left_is_not_shown(ada: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    choose(ada, 11)
    late = engine.request_of("people.weigh_shot")
    choose(ada, 10)
    say(ShotWeighed(late, 11, BETTER_WITHOUT))
    assert values(ada) == ["–", "–", "–"]


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (BETTER_WITHOUT, "better without"),
        (ShotEffect(11, 1, how(4, 4, 0.25), how(4, 4, 0.2), 0.1), "better with it"),
        (ShotEffect(11, 1, how(4, 4, 0.25), how(4, 4, 0.251), 0.1), "hardly"),
        (ShotEffect(11, 1, how(4, 4, 0.25), how(4, 4, 0.4), -0.1), "do not recognise"),
        (ShotEffect(11, 1, how(0, 0, None), None, None), "only shot"),
        (ShotEffect(11, 1, how(1, 1, 0.2), how(0, 1, None), 0.1), "one other"),
        (None, "not embedded"),
    ],
)
def test_the_verdict_follows_the_numbers(
    ada: PeoplePanel, engine: FakeEngine, say: Say, effect: ShotEffect | None, verdict: str
) -> None:
    choose(ada, 11)
    answer(engine, say, effect)
    assert verdict in ada.details.effect.verdict.text()


def removed(engine: FakeEngine, say: Say, *, left_s: float = 60.0) -> None:
    """Answer the deletion as the engine does; it can be undone for so long."""
    engine.shots[1] = tuple(one for one in engine.shots[1] if one.id != 11)
    say(gallery(replace(ADA, shot_count=4, cover_id=12), BOB))
    say(Undoable(7, "Deleted a shot", "Ada", time.monotonic_ns() + round(left_s * 1e9)))
    say(RequestEnded(engine.request_of("people.delete_shot")))


def close_button_of(panel: PeoplePanel, shot_id: int) -> None:
    (tile,) = (tile for tile in panel.details.grid.tiles if tile.shot_id == shot_id)
    QTest.mouseClick(tile.close_button, LEFT)


def test_removing_a_shot_says_what_that_changed_and_can_be_undone(
    qtbot: QtBot, ada: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    close_button_of(ada, 11)
    asked = [call.name for call in engine.calls if call.name in ("people.weigh_shot", "people.delete_shot")]
    assert asked == ["people.weigh_shot", "people.delete_shot"], "measured as it was before"
    removed(engine, say)
    answer(engine, say, BETTER_WITHOUT)
    assert values(ada)[0] == "3/4 → 4/4"
    assert "before → after" in ada.details.effect.header.text()
    with qtbot.waitSignal(ada.undo_requested) as undone:
        QTest.mouseClick(ada.details.effect.undo_button, LEFT)
    assert undone.args == [7]
    assert not ada.details.effect.isVisible()


def test_what_cannot_be_undone_any_more_is_not_offered(
    qtbot: QtBot, ada: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    close_button_of(ada, 11)
    assert not ada.details.effect.undo_button.isEnabled(), "it is not done yet"
    removed(engine, say)
    assert ada.details.effect.undo_button.isEnabled()
    close_button_of(ada, 10)
    removed(engine, say, left_s=0.01)
    qtbot.waitUntil(lambda: not ada.details.effect.undo_button.isEnabled())
    assert ada.details.effect.undo_button.isVisible()


def test_a_shot_that_was_weighed_and_deleted_by_keyboard_keeps_its_numbers(
    ada: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    choose(ada, 11)
    answer(engine, say, BETTER_WITHOUT)
    (tile,) = (tile for tile in ada.details.grid.tiles if tile.shot_id == 11)
    QTest.keyClick(tile, KEY.Key_Delete)
    removed(engine, say)
    assert engine.calls_of("people.weigh_shot") == [(11,)], "the neighbour that took the keyboard was not chosen"
    assert values(ada)[0] == "3/4 → 4/4"
    assert ada.details.effect.undo_button.isVisible()


def test_a_deletion_that_failed_is_not_called_one(ada: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    close_button_of(ada, 11)
    say(RequestEnded(engine.request_of("people.delete_shot"), GalleryError("The disk is full. Make room.")))
    assert not ada.details.effect.isVisible()


def test_choosing_which_shot_stands_for_somebody(ada: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    choose(ada, 12)
    assert not ada.details.effect.cover_button.isEnabled(), "it does already"
    choose(ada, 10)
    QTest.mouseClick(ada.details.effect.cover_button, LEFT)
    assert engine.calls_of("people.set_cover") == [(10,)]
    say(gallery(replace(ADA, cover_id=10), BOB))
    assert not ada.details.effect.cover_button.isEnabled()


def test_somebody_else_has_other_shots(ada: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    choose(ada, 11)
    answer(engine, say, BETTER_WITHOUT)
    click(ada, 1)
    assert not ada.details.effect.isVisible()
