"""The people panel driven as a user does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import ShotsRead, SourceChanged, SourceState, Trouble
from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Person
from metaface_gui.gui.panels.people_panel import PeoplePanel
from metaface_gui.gui.panels.person_details import MOST_SHOTS
from metaface_gui.gui.panels.shot_grid import CornerButton
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, child_of, make_face, make_result
from tests.gui.panels.samples import gallery, person, shot

LEFT = Qt.MouseButton.LeftButton
ADA, BOB, CYD = person(1, "Ada"), person(2, "Bob"), person(3, "Cyd")


def click(panel: PeoplePanel, row: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    place = panel.list.visualRect(panel.sorted_people.index(row, 0)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, modifier or Qt.KeyboardModifier.NoModifier, place)


def editor(panel: PeoplePanel) -> QLineEdit:
    found = panel.list.viewport().findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def test_an_empty_gallery_says_what_to_do(qtbot: QtBot, panel: PeoplePanel, say: Say) -> None:
    say(gallery())
    assert panel.pages.currentWidget() is panel.nobody
    assert not panel.details.isVisible(), "nothing is offered for nobody"
    assert not panel.export_button.isVisible()
    with qtbot.waitSignal(panel.enroll_requested):
        QTest.mouseClick(panel.enroll_button, LEFT)
    say(gallery(ADA))
    assert panel.pages.currentWidget() is panel.list


def test_nothing_is_offered_for_nobody(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB))
    details = panel.details
    buttons = (details.add_button, details.rename_button, details.hide_button, details.delete_button)
    assert not any(button.isVisible() for button in buttons)
    click(panel, 0)
    assert all(button.isVisible() and button.isEnabled() for button in buttons)
    panel.list.clearSelection()
    assert not any(button.isVisible() for button in buttons)


def test_searching(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB, CYD))
    QTest.keyClicks(panel.search, "bo")
    assert panel.sorted_people.rowCount() == 1
    QTest.keyClicks(panel.search, "zz")
    assert panel.pages.currentWidget() is panel.no_match
    QTest.mouseClick(panel.clear_button, LEFT)
    assert panel.sorted_people.rowCount() == 3


def test_sorting_newest_first(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB, CYD))
    QTest.keyClicks(panel.order, "Newest")
    panel.order.activated.emit(panel.order.currentIndex())
    assert panel.sorted_people.index(0, 0).data() == "Cyd"


def test_renaming_in_place(qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB))
    click(panel, 0)
    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    line = editor(panel)
    assert line.selectedText() == "Ada"
    QTest.keyClicks(line, "Ada Byron")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: engine.calls_of("people.rename") == [(1, "Ada Byron")])


def test_renaming_is_cancelled_with_escape(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA))
    click(panel, 0)
    QTest.mouseClick(panel.details.rename_button, LEFT)
    line = editor(panel)
    QTest.keyClicks(line, "Nobody")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert engine.calls_of("people.rename") == []
    assert panel.list.currentIndex().data() == "Ada"


def test_a_name_that_is_taken_is_refused_in_words(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    say(gallery(ADA, BOB))
    click(panel, 0)
    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    QTest.keyClicks(editor(panel), "bob")
    QTest.keyClick(editor(panel), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "already" in panel.details.note.text())
    assert engine.calls_of("people.rename") == []


@pytest.mark.parametrize("row", [0, 1, 2])
def test_delete_asks_the_engine_at_once_and_a_second_one_hits_nobody(
    panel: PeoplePanel, engine: FakeEngine, say: Say, row: int
) -> None:
    everybody = (ADA, BOB, CYD)
    say(gallery(*everybody))
    click(panel, row)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert engine.calls_of("people.delete") == [(everybody[row].id,)]
    say(gallery(*(person for person in everybody if person is not everybody[row])))
    assert panel.chosen() == ()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert len(engine.calls_of("people.delete")) == 1
    QTest.keyClick(panel.list, Qt.Key.Key_Up if row == 2 else Qt.Key.Key_Down)
    assert len(panel.chosen()) == 1, "the keyboard goes on from there"


def test_who_was_chosen_stays_so_when_others_come_and_go(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, CYD))
    click(panel, 1)
    say(gallery(ADA, BOB, CYD))
    say(gallery(BOB, CYD))
    assert panel.chosen() == (CYD,)


def test_several_are_deleted_together(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB, CYD))
    click(panel, 0)
    click(panel, 2, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(panel.details.delete_button, LEFT)
    assert engine.calls_of("people.delete") == [(1,), (3,)]


def test_two_chosen_people_are_merged_into_the_one_whose_name_stays(
    panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    say(gallery(ADA, BOB, CYD))
    click(panel, 0)
    assert not panel.details.merge_button.isVisible()
    click(panel, 1, Qt.KeyboardModifier.ControlModifier)
    assert panel.details.merge_button.isVisible()
    actions = panel.details.merge_menu.actions()
    assert [action.text() for action in actions] == ["Keep “Ada”", "Keep “Bob”"]
    actions[1].trigger()
    assert engine.calls_of("people.merge") == [(2, 1)]


def test_a_drop_merges_only_after_a_yes(panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB))
    data = panel.sorted_people.mimeData([panel.sorted_people.index(0, 0)])
    onto = panel.sorted_people.index(1, 0)
    panel.sorted_people.dropMimeData(data, Qt.DropAction.CopyAction, -1, -1, onto)
    assert panel.merge_bar.isVisible()
    assert "Merge Ada into Bob" in panel.merge_bar.question.text()
    QTest.keyClick(panel.merge_bar, Qt.Key.Key_Escape)
    assert not panel.merge_bar.isVisible()
    assert engine.calls_of("people.merge") == []
    panel.sorted_people.dropMimeData(data, Qt.DropAction.CopyAction, -1, -1, onto)
    QTest.mouseClick(panel.merge_bar.merge_button, LEFT)
    assert engine.calls_of("people.merge") == [(2, 1)]


def test_a_drop_between_two_people_is_none(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB))
    data = panel.sorted_people.mimeData([panel.sorted_people.index(0, 0)])
    assert not panel.sorted_people.canDropMimeData(data, Qt.DropAction.CopyAction, 1, 0, QModelIndex())


def test_the_context_menu(qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    say(gallery(ADA, BOB))
    click(panel, 0)
    actions = {action.text(): action for action in panel.make_menu().actions()}
    with qtbot.waitSignal(panel.add_shots_requested) as asked:
        actions["Add shots"].trigger()
    assert asked.args == [ADA]
    actions["Delete"].trigger()
    assert engine.calls_of("people.delete") == [(1,)]


def test_shots_of_the_chosen_person_newest_first_and_one_deleted(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots = {1: (shot(11, 1), shot(12, 1)), 2: (shot(21, 2),)}
    say(gallery(ADA, BOB))
    click(panel, 0)
    qtbot.waitUntil(lambda: [tile.shot_id for tile in panel.details.grid.tiles] == [12, 11])
    QTest.mouseClick(panel.details.grid.tiles[0].close_button, LEFT)
    assert engine.calls_of("people.delete_shot") == [(12,)]
    engine.shots[1] = (shot(11, 1),)
    say(gallery(person(1, "Ada", shots=4), BOB))
    qtbot.waitUntil(lambda: [tile.shot_id for tile in panel.details.grid.tiles] == [11])


def test_shots_that_come_late_for_somebody_else_or_for_another_are_dropped(
    panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots = {2: (shot(21, 2),)}
    say(gallery(ADA, BOB))
    panel.choose(1)
    late = engine.request_of("people.load_shots")
    panel.choose(2)
    say(ShotsRead(late, 1, (shot(11, 1),)))
    say(ShotsRead(4711, 2, (shot(22, 2),)))
    assert [tile.shot_id for tile in panel.details.grid.tiles] == [21]


def test_a_gallery_that_did_not_change_a_person_reads_nothing_anew(
    panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    say(gallery(ADA, BOB))
    click(panel, 0)
    say(gallery(ADA, person(2, "Bob", shots=9)))
    assert engine.calls_of("people.load_shots") == [(1,)]


def test_only_the_newest_of_very_many_shots_are_shown(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots = {1: tuple(shot(number, 1) for number in range(1, MOST_SHOTS + 6))}
    say(gallery(person(1, "Ada", shots=MOST_SHOTS + 5)))
    click(panel, 0)
    qtbot.waitUntil(lambda: len(panel.details.grid.tiles) == MOST_SHOTS)
    assert panel.details.grid.tiles[0].shot_id == MOST_SHOTS + 5
    assert "newest" in panel.details.note.text()


def test_who_somebody_is_not_is_shown_apart_and_one_is_deleted(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots = {
        1: (shot(11, 1), shot(12, 1), shot(13, 1, is_negative=True), shot(14, 1, is_negative=True)),
        2: (shot(21, 2),),
    }
    details = panel.details
    say(gallery(person(1, "Ada", shots=2, negatives=2), BOB))
    assert not details.negatives_title.isVisible()
    click(panel, 0)
    qtbot.waitUntil(lambda: [tile.shot_id for tile in details.negatives.tiles] == [14, 13])
    assert [tile.shot_id for tile in details.grid.tiles] == [12, 11]
    assert details.negatives_title.text() == "Not this person (2)"
    assert details.negatives_title.isVisible()
    assert details.note.text().startswith("2 shots, and 2 of “not Ada”.")
    assert "Not Ada" in details.negatives.tiles[0].accessibleName()
    details.negatives.tiles[0].setFocus()
    QTest.keyClick(details.negatives.tiles[0], Qt.Key.Key_Delete)
    assert engine.calls_of("people.delete_shot") == [(14,)]
    # Only the count of negatives changes, and that is enough to read them anew; after an undo, too.
    whole = engine.shots[1]
    for left, count in ((whole[:3], 1), (whole, 2), (whole[:2], 0)):
        engine.shots[1] = left
        say(gallery(person(1, "Ada", shots=2, negatives=count), BOB))
        qtbot.waitUntil(lambda wanted=count: len(details.negatives.tiles) == wanted)  # type: ignore[misc]
        assert details.negatives_title.isVisible() == (count > 0)
    engine.shots[1] = whole
    say(gallery(person(1, "Ada", shots=2, negatives=2), BOB))
    qtbot.waitUntil(details.negatives_title.isVisible)
    click(panel, 1)
    assert not details.negatives_title.isVisible()
    assert details.negatives.tiles == ()


def test_deleting_the_last_negative_moves_no_shot_under_the_pointer(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots = {1: tuple(shot(number, 1, is_negative=number > 7) for number in range(1, 9))}
    say(gallery(person(1, "Ada", shots=7, negatives=1)))
    click(panel, 0)
    details = panel.details
    qtbot.waitUntil(lambda: len(details.negatives.tiles) == 1)
    QApplication.processEvents()
    (gone,) = details.negatives.tiles
    pointer = gone.close_button.mapTo(panel, gone.close_button.rect().center())
    point_at(details)
    QTest.mouseClick(gone.close_button, Qt.MouseButton.LeftButton)
    engine.shots[1] = engine.shots[1][:7]
    before = [tile.mapTo(panel, QPoint()) for tile in details.grid.tiles]
    say(gallery(person(1, "Ada", shots=7)))
    qtbot.waitUntil(lambda: not details.negatives.tiles)
    QApplication.processEvents()
    assert [tile.mapTo(panel, QPoint()) for tile in details.grid.tiles] == before
    assert not isinstance(panel.childAt(pointer), CornerButton)
    QApplication.sendEvent(details, QEvent(QEvent.Type.Leave))
    assert not details.negatives_title.isVisible()


def test_deleting_a_shot_leaves_its_place_until_the_pointer_has_gone(
    qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say
) -> None:
    engine.shots = {1: tuple(shot(number, 1) for number in (1, 2, 3))}
    say(gallery(person(1, "Ada", shots=3)))
    click(panel, 0)
    details = panel.details
    qtbot.waitUntil(lambda: [tile.shot_id for tile in details.grid.tiles] == [3, 2, 1])
    qtbot.waitUntil(lambda: details.grid.tiles[0].x() < details.grid.tiles[1].x() < details.grid.tiles[2].x())
    places = [tile.x() for tile in details.grid.tiles]
    point_at(details)
    QTest.mouseClick(details.grid.tiles[0].close_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("people.delete_shot") == [(3,)]
    engine.shots[1] = engine.shots[1][:2]
    say(gallery(person(1, "Ada", shots=2)))
    qtbot.waitUntil(lambda: len(details.grid.tiles) == 2)
    QApplication.processEvents()
    assert [tile.x() for tile in details.grid.tiles] == places[1:]
    QApplication.sendEvent(details, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: [tile.x() for tile in details.grid.tiles] == places[:2])


def point_at(widget: QWidget) -> None:
    """Say that the pointer came over the widget, as Qt does."""
    middle = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QEnterEvent(middle, middle, middle))


def test_negatives_lie_below_the_shots(qtbot: QtBot, panel: PeoplePanel, engine: FakeEngine, say: Say) -> None:
    engine.shots = {1: tuple(shot(number, 1, is_negative=number > 7) for number in range(1, 10))}
    say(gallery(person(1, "Ada", shots=7, negatives=2)))
    click(panel, 0)
    details = panel.details
    qtbot.waitUntil(lambda: len(details.negatives.tiles) == 2)
    panel.resize(320, 1000)

    def is_laid_out() -> bool:
        last = details.grid.mapTo(panel, details.grid.tiles[-1].geometry().bottomLeft()).y()
        title = details.negatives_title.mapTo(panel, QPoint()).y()
        first = details.negatives.mapTo(panel, details.negatives.tiles[0].pos()).y()
        return last < title < title + details.negatives_title.height() <= first

    qtbot.waitUntil(is_laid_out)


def test_who_is_before_the_camera_is_marked(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA, BOB))
    say(make_result(make_face(7, name="Bob", person_id=2)))
    tip = panel.sorted_people.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "here now" in tip
    say(SourceChanged(SourceState.ENDED, "clip.mp4"))
    assert "just now" in panel.sorted_people.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_exporting_and_importing_ask_for_a_file(qtbot: QtBot, panel: PeoplePanel, say: Say) -> None:
    """What happens with it is in `test_people_files.py`."""
    say(gallery(ADA))
    modes = QFileDialog.AcceptMode
    for button, mode in ((panel.export_button, modes.AcceptSave), (panel.import_button, modes.AcceptOpen)):
        QTest.mouseClick(button, LEFT)
        dialog = child_of(panel, QFileDialog)
        assert dialog.acceptMode() == mode
        dialog.close()
        qtbot.waitUntil(lambda: panel.findChild(QFileDialog) is None)


def test_what_went_wrong_in_the_gallery_is_said(panel: PeoplePanel, say: Say) -> None:
    say(gallery(ADA))
    say(Trouble(GalleryError("The disk is full. Free some space.")))
    assert panel.details.note.text() == "The disk is full. Free some space."


def test_a_thousand_people_scroll_and_keep_selection(panel: PeoplePanel, say: Say) -> None:
    people: list[Person] = [person(number, f"P{number:04}", with_picture=False) for number in range(1, 1001)]
    say(gallery(*people))
    panel.choose(500)
    before = panel.list.verticalScrollBar().value()
    assert before > 0
    say(gallery(*people[:-1]))
    assert [chosen.id for chosen in panel.chosen()] == [500]
    assert panel.list.verticalScrollBar().value() == before


@pytest.mark.parametrize("name", ["x" * 200, "😀" * 60, "שרה כהן", "<b>Ada</b> & Co", "\u202eevil"])
def test_any_name_is_drawn_in_its_row(panel: PeoplePanel, say: Say, name: str) -> None:
    say(gallery(person(1, name, with_picture=False)))
    panel.choose(1)
    rect = panel.list.visualRect(panel.sorted_people.index(0, 0))
    assert rect.width() <= panel.list.viewport().width()
    assert panel.details.title.toolTip() == ("" if not panel.details.title.is_elided() else panel.details.title.text())
    assert panel.grab().width() == 320
    assert panel.list.indexAt(QPoint(10, 10)).isValid()
