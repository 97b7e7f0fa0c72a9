"""The comparison as a user meets it: methods ticked, numbers read and sorted, a second view asked for, a copy taken."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import ComparisonChanged, ModelsChanged, ModelState
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.compare_page import ComparePage
from metaface_gui.gui.studio.compare_table_model import CompareRole
from metaface_gui.gui.studio.compare_words import CompareColumn, column_title
from metaface_gui.gui.theme import FontSize, Theme, ThemeMode, font
from metaface_gui.pipeline.learners import LEARNERS
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_result
from tests.gui.verdict_fakes import KEYS, compared_face

DECIDING, OTHERS = KEYS[0], KEYS[1:]
LEFT_BOX, RIGHT_BOX = (100.0, 200.0, 300.0, 430.0), (600.0, 200.0, 800.0, 430.0)


@pytest.fixture
def page(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, say: Say) -> ComparePage:
    made = ComparePage(engine.models, engine.studio, bridge)
    qtbot.addWidget(made)
    made.resize(960, 300)
    made.show()
    made.activateWindow()
    say(models())
    return made


def models(
    *compared: str, learner: str = DECIDING, state: ModelState = ModelState.READY, fpir: float = 0.01
) -> ModelsChanged:
    return ModelsChanged(state, "yunet", "sface", "cpu", learner, fpir, compared=compared)


def tally(learner: str, named: int = 80, right: int = 0, counted: int = 0, per_minute: float = 0.0) -> LearnerTally:
    return LearnerTally(learner, named, 100 - named, 3, per_minute, 90, 100, right, counted)


def comparison(*tallies: LearnerTally) -> ComparisonChanged:
    return ComparisonChanged(tallies, 1400, 83.0)


def cell(page: ComparePage, learner: str, column: CompareColumn, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    row = [each.learner for each in page.table.rows()].index(learner)
    return page.table.model().index(row, column).data(role)


def rect_of(page: ComparePage, learner: str, column: CompareColumn = CompareColumn.METHOD) -> QRect:
    row = [each.learner for each in page.table.rows()].index(learner)
    return page.table.visualRect(page.table.model().index(row, column))


def click_box(page: ComparePage, learner: str) -> None:
    rect = rect_of(page, learner)
    at = QPoint(rect.left() + 15, rect.center().y())
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def click_heading(page: ComparePage, column: CompareColumn) -> None:
    QGuiApplication.processEvents()  # the table gets its room
    head = page.table.horizontalHeader()
    at = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)


def order(page: ComparePage) -> list[str]:
    return [row.learner for row in page.table.rows()]


# Which methods run --------------------------------------------------------------------------------------------------


def test_with_one_method_the_page_says_what_to_do(page: ComparePage) -> None:
    assert page.note.isVisible()
    assert "at least two methods" in page.note.text
    assert "Press C" in page.note.text
    assert order(page) == list(KEYS)
    assert not page.reset_button.isEnabled()
    assert not page.copy_button.isEnabled()


def test_ticks_show_what_runs(page: ComparePage, say: Say) -> None:
    say(models("maml", "rl2"))
    assert not page.note.isVisible()
    ticks = {key: cell(page, key, CompareColumn.METHOD, Qt.ItemDataRole.CheckStateRole) for key in KEYS}
    checked = {key for key, tick in ticks.items() if tick == Qt.CheckState.Checked}
    assert checked == {DECIDING, "maml", "rl2"}


def test_a_click_on_a_box_asks_for_the_method_and_another_without_it(
    page: ComparePage, engine: FakeEngine, say: Say
) -> None:
    click_box(page, "maml")
    click_box(page, "matching")
    assert engine.calls_of("models.set_compared") == [(("maml",),), (("matching", "maml"),)]
    say(models("matching", "maml"))
    click_box(page, "maml")
    assert engine.calls_of("models.set_compared")[-1] == (("matching",),)


def test_a_click_beside_the_box_changes_nothing(page: ComparePage, engine: FakeEngine) -> None:
    at = rect_of(page, "maml").center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert engine.calls_of("models.set_compared") == []


def test_the_deciding_method_cannot_be_left_out(page: ComparePage, engine: FakeEngine) -> None:
    click_box(page, DECIDING)
    assert engine.calls_of("models.set_compared") == []
    assert cell(page, DECIDING, CompareColumn.METHOD, Qt.ItemDataRole.ToolTipRole) == "It decides the names"


def test_space_ticks_the_current_row(page: ComparePage, engine: FakeEngine) -> None:
    page.table.setFocus()
    page.table.setCurrentIndex(page.table.model().index(order(page).index("reptile"), CompareColumn.METHOD))
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    assert engine.calls_of("models.set_compared") == [(("reptile",),)]


def test_all_and_none(page: ComparePage, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(page.all_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("models.set_compared") == [(OTHERS,)]
    say(models(*OTHERS))
    assert not page.all_button.isEnabled()
    QTest.mouseClick(page.none_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("models.set_compared")[-1] == ((),)
    say(models())
    assert page.note.isVisible()


def test_a_baseline_that_decides_is_listed_too(page: ComparePage, say: Say) -> None:
    say(models("maml", learner="stock"))
    assert order(page) == [*KEYS, "stock"]
    assert cell(page, "stock", CompareColumn.METHOD) == "Stock embeddings, nearest prototype"


# Numbers ------------------------------------------------------------------------------------------------------------


def test_tallies_are_shown_with_what_they_are_of(page: ComparePage, say: Say) -> None:
    say(models("maml"))
    say(comparison(tally(DECIDING, 80, 46, 50, 2.25), tally("maml", 60)))
    columns = list(CompareColumn)[1:6]
    assert [cell(page, DECIDING, c) for c in columns] == ["80", "20", "2.2", "90.0 %", "92.0 % (46/50)"]
    assert cell(page, "maml", CompareColumn.ACCURACY) == "–"
    assert cell(page, "reptile", CompareColumn.NAMED) == "–"
    assert page.summary.text() == "2 methods · 1,400 frames · 1:23"


def test_without_a_majority_there_is_no_agreement(page: ComparePage, say: Say) -> None:
    say(models("maml"))
    say(comparison(LearnerTally(DECIDING, named=5), LearnerTally("maml", named=5)))
    assert cell(page, "maml", CompareColumn.AGREEMENT) == "–"


def test_bars_are_as_long_as_the_share(page: ComparePage, say: Say) -> None:
    say(models("maml"))
    say(comparison(tally(DECIDING, 100, per_minute=8.0), tally("maml", 25, per_minute=2.0)))
    lengths = {
        key: [cell(page, key, column, CompareRole.BAR) for column in (CompareColumn.NAMED, CompareColumn.SWITCHES)]
        for key in (DECIDING, "maml")
    }
    assert lengths == {DECIDING: [1.0, 1.0], "maml": [0.25, 0.25]}
    image = page.table.viewport().grab().toImage()
    known = Theme.current().color("known")
    widths = [_count(image, rect_of(page, key, CompareColumn.NAMED), known) for key in (DECIDING, "maml")]
    assert widths[0] == pytest.approx(4 * widths[1], rel=0.15)


def _count(image: QImage, rect: QRect, color: QColor) -> int:
    y = rect.bottom() - 3
    return sum(image.pixelColor(x, y) == color for x in range(rect.left(), rect.right()))


def test_numbers_change_twice_a_second_at_most(page: ComparePage, say: Say, qtbot: QtBot) -> None:
    say(models("maml"))
    page._pace.setInterval(60_000)
    say(comparison(tally(DECIDING, 80), tally("maml", 10)))
    assert cell(page, "maml", CompareColumn.NAMED) == "10"
    say(comparison(tally(DECIDING, 80), tally("maml", 20)))
    assert cell(page, "maml", CompareColumn.NAMED) == "10"
    page._pace.setInterval(1)
    page._pace.start()
    qtbot.waitUntil(lambda: cell(page, "maml", CompareColumn.NAMED) == "20")


def test_a_hidden_page_does_nothing_and_catches_up(page: ComparePage, say: Say) -> None:
    say(models("maml"))
    page.hide()
    say(comparison(tally(DECIDING, 80), tally("maml", 33)))
    say(make_result(compared_face(7, LEFT_BOX, n=4)))
    assert cell(page, "maml", CompareColumn.NAMED) == "–"
    page.show()
    assert cell(page, "maml", CompareColumn.NAMED) == "33"
    assert cell(page, "maml", CompareColumn.NOW) == "lin"


def test_reset_asks_the_engine(page: ComparePage, engine: FakeEngine, say: Say) -> None:
    say(models("maml"))
    QTest.mouseClick(page.reset_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("studio.reset_comparison") == [()]


def test_a_heading_sorts_and_rows_then_stay_where_they_are(page: ComparePage, say: Say, qtbot: QtBot) -> None:
    say(models(*OTHERS))
    page._pace.setInterval(0)
    say(comparison(*(tally(key, 10 * i) for i, key in enumerate(KEYS))))
    click_heading(page, CompareColumn.NAMED)
    assert order(page) in (list(KEYS), list(reversed(KEYS)))
    if order(page) == list(KEYS):
        click_heading(page, CompareColumn.NAMED)
    assert order(page) == list(reversed(KEYS))
    say(comparison(*(tally(key, 100 - 10 * i) for i, key in enumerate(KEYS))))
    qtbot.waitUntil(lambda: cell(page, KEYS[0], CompareColumn.NAMED) == "100")
    assert order(page) == list(reversed(KEYS))
    click_heading(page, CompareColumn.METHOD)
    assert sorted(order(page)) == sorted(KEYS)


@pytest.mark.parametrize("direction", list(Qt.SortOrder))
def test_what_was_not_counted_comes_last_either_way(page: ComparePage, say: Say, direction: Qt.SortOrder) -> None:
    say(models("maml", "rl2"))
    say(comparison(tally(DECIDING, right=9, counted=10), tally("maml", right=5, counted=10), tally("rl2")))
    page.table.sortByColumn(CompareColumn.ACCURACY, direction)
    measured = {DECIDING, "maml"}
    assert set(order(page)[:2]) == measured
    assert (order(page)[0] == DECIDING) is (direction is Qt.SortOrder.DescendingOrder)


# What the methods say now -------------------------------------------------------------------------------------------


def now(page: ComparePage, learners: Sequence[str]) -> list[object]:
    return [cell(page, key, CompareColumn.NOW) for key in learners]


def test_of_the_only_face_it_says_what_each_method_sees(page: ComparePage, say: Say) -> None:
    say(models(*OTHERS))
    say(make_result(compared_face(7, LEFT_BOX, others={"maml": None, "rl2": "obama"})))
    assert now(page, ["matching", "maml", "rl2"]) == ["lin", "Unknown", "obama"]
    tip = str(cell(page, "rl2", CompareColumn.NOW, Qt.ItemDataRole.ToolTipRole))
    assert tip.startswith("obama, unlike most methods\n+")
    assert page.hint.text() == "“Now” is about face #7."


def test_of_several_faces_it_is_the_selected_one(page: ComparePage, say: Say, qtbot: QtBot) -> None:
    page._pace.setInterval(0)
    say(models(*OTHERS))
    say(make_result(compared_face(7, LEFT_BOX), compared_face(8, RIGHT_BOX, "rose")))
    assert now(page, ["maml"]) == ["–"]
    assert "Click a face" in page.hint.text()
    page.select_track(8)
    qtbot.waitUntil(lambda: now(page, ["maml"]) == ["rose"])
    say(make_result(compared_face(7, LEFT_BOX)))
    qtbot.waitUntil(lambda: now(page, ["maml"]) == ["lin"])
    say(make_result())
    qtbot.waitUntil(lambda: page.hint.text() == "No face in view.")
    assert now(page, ["maml"]) == ["–"]


# The second view ----------------------------------------------------------------------------------------------------


def test_a_split_shows_a_method_that_is_compared(page: ComparePage, engine: FakeEngine, say: Say, qtbot: QtBot) -> None:
    say(models("maml", "rl2"))
    with qtbot.waitSignal(page.split_wanted) as wanted:
        QTest.mouseClick(page.split_button, Qt.MouseButton.LeftButton)
    assert wanted.args == ["maml"]
    assert engine.calls_of("models.set_compared") == []
    with qtbot.waitSignal(page.split_wanted) as wanted:
        QTest.mouseClick(page.split_button, Qt.MouseButton.LeftButton)
    assert wanted.args == [None]


def test_a_split_of_one_method_first_runs_another(page: ComparePage, engine: FakeEngine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.split_wanted) as wanted:
        page.set_split(True)
    assert wanted.args == ["matching"]
    assert engine.calls_of("models.set_compared") == [(("matching",),)]


def test_what_only_the_second_view_ran_ends_with_it(page: ComparePage, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(page.split_button, Qt.MouseButton.LeftButton)
    say(models("matching"))
    QTest.keyClick(page.split_button, Qt.Key.Key_Space)
    assert engine.calls_of("models.set_compared") == [(("matching",),), ((),)]
    page.set_split(True)
    say(models("matching"))
    say(models(*OTHERS))  # C was pressed meanwhile: that is meant to stay
    page.set_split(False)
    assert engine.calls_of("models.set_compared")[2:] == [(("matching",),)]


def test_what_was_chosen_by_hand_runs_on_after_the_second_view(page: ComparePage, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(page.split_button, Qt.MouseButton.LeftButton)
    say(models("matching"))
    QTest.mouseClick(page.all_button, Qt.MouseButton.LeftButton)
    say(models(*OTHERS))
    QTest.mouseClick(page.split_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("models.set_compared") == [(("matching",),), (OTHERS,)]


@pytest.mark.parametrize("width", [440, 560, 640, 760])
def test_where_there_is_little_room_columns_go_and_nothing_is_cut(page: ComparePage, say: Say, width: int) -> None:
    say(models(*OTHERS))
    say(comparison(*(tally(key, 99, 100, 100, 123.4) for key in KEYS)))
    click_heading(page, CompareColumn.SWITCHES)
    table, head = page.table, page.table.horizontalHeader()
    table.resize(width, 260)
    shown = [column for column in CompareColumn if not table.isColumnHidden(column)]
    assert sum(table.columnWidth(column) for column in shown) <= table.viewport().width()
    assert {CompareColumn.METHOD, CompareColumn.SWITCHES, CompareColumn.NOW} <= {*shown}
    numbers = QFontMetrics(font(FontSize.BODY, tabular=True))
    for column in shown[1:-1]:
        assert (
            numbers.horizontalAdvance(str(cell(page, "maml", column, CompareRole.MAIN)))
            <= table.columnWidth(column) - 16
        )
        assert head.fontMetrics().horizontalAdvance(column_title(column)) <= table.columnWidth(column) - 8
    table.resize(1200, 260)
    assert not any(table.isColumnHidden(column) for column in CompareColumn)


def test_the_second_view_can_show_a_method_that_does_not_run_yet(
    page: ComparePage, engine: FakeEngine, say: Say, qtbot: QtBot
) -> None:
    say(models("maml"))
    page.set_split(True)
    with qtbot.waitSignal(page.split_wanted) as wanted:
        page.show_second("reptile")
    assert wanted.args == ["reptile"]
    assert engine.calls_of("models.set_compared") == [(("maml", "reptile"),)]
    with qtbot.assertNotEmitted(page.split_wanted):
        say(models("maml", state=ModelState.LOADING))
        say(models("maml", fpir=0.02))  # another change, answered before the method has begun to run
        say(models("maml", "reptile"))


def test_a_method_that_stops_running_leaves_the_second_view(page: ComparePage, say: Say, qtbot: QtBot) -> None:
    say(models("maml", "rl2"))
    page.set_split(True)
    say(models("maml", "rl2"))
    with qtbot.waitSignal(page.split_wanted) as wanted:
        say(models("rl2"))
    assert wanted.args == ["rl2"]
    say(models("rl2", fpir=0.02))
    with qtbot.waitSignal(page.split_wanted) as wanted:
        say(models())
    assert wanted.args == [None]
    assert not page.split_button.isChecked()


def test_two_methods_that_change_places_change_views(page: ComparePage, say: Say, qtbot: QtBot) -> None:
    say(models("maml", "rl2"))
    page.set_split(True)
    say(models("maml", "rl2"))
    with qtbot.waitSignal(page.split_wanted) as wanted:
        say(models(DECIDING, "rl2", learner="maml"))
    assert wanted.args == [DECIDING]


# Taking it away -----------------------------------------------------------------------------------------------------


def test_a_copy_is_what_is_on_screen(page: ComparePage, say: Say) -> None:
    say(models(*OTHERS))
    say(comparison(*(tally(key, 10 * i, i, 10) for i, key in enumerate(KEYS))))
    say(make_result(compared_face(7, LEFT_BOX)))
    page.table.sortByColumn(CompareColumn.NAMED, Qt.SortOrder.DescendingOrder)
    QTest.mouseClick(page.copy_button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Method", "Named", "Unknown", "Changes/min", "Agreement", "Accuracy", "Now"]
    most = 10 * (len(KEYS) - 1)
    assert lines[1].split("\t")[:3] == [LEARNERS[KEYS[-1]].title, str(most), str(100 - most)]
    assert len(lines) == 1 + len(KEYS)
    assert "Copied" in page.hint.text()


def test_ctrl_c_copies(page: ComparePage, say: Say, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("before")
    say(models("maml"))
    qtbot.waitUntil(page.isActiveWindow)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Method\t")


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
@pytest.mark.parametrize("size", [(900, 230), (1500, 330)])
def test_no_number_is_cut_off(
    page: ComparePage, say: Say, qtbot: QtBot, mode: ThemeMode, size: tuple[int, int]
) -> None:
    Theme.current().set_mode(mode)
    page.resize(*size)
    say(models(*OTHERS))
    say(comparison(*(tally(key, 99, 100, 100, 123.4) for key in KEYS)))
    qtbot.waitUntil(lambda: page.table.width() > size[0] - 40)
    assert page.table.horizontalScrollBar().maximum() == 0
    numbers = QFontMetrics(font(FontSize.BODY, tabular=True))
    counts = QFontMetrics(font(FontSize.SMALL, tabular=True))
    for column in list(CompareColumn)[1:6]:
        room = page.table.columnWidth(column) - 16
        main, count = (
            str(cell(page, "maml", column, CompareRole.MAIN)),
            str(cell(page, "maml", column, CompareRole.COUNT)),
        )
        beside = 4 + counts.horizontalAdvance(f"({count})") if count else 0
        assert numbers.horizontalAdvance(main) + beside <= room
        heading = str(page.table.model().headerData(column, Qt.Orientation.Horizontal))
        assert numbers.horizontalAdvance(heading) <= room + 4


def test_screen_readers_hear_the_column_with_the_number(page: ComparePage, say: Say) -> None:
    say(models("maml"))
    say(comparison(tally(DECIDING, 80), tally("maml", 60)))
    assert cell(page, "maml", CompareColumn.NAMED, Qt.ItemDataRole.AccessibleTextRole) == "Named: 60"
