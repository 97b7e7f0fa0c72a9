from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import GalleryChanged, JobChanged, RequestEnded, SelfTested
from metaface_gui.errors import KnownError
from metaface_gui.gallery import GallerySnapshot, Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.report_page import ReportPage
from metaface_gui.gui.studio.report_table_model import ReportRole
from metaface_gui.gui.studio.report_words import ReportColumn
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport
from tests.engine.references import holders
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, child_of, models, on_screen


def row(key: str, named: int, adapt_ms: float, fpir: float = 0.0102) -> LearnerScore:
    """Of Abe's ten pictures `named` named right, one of the others taken for Bea, the rest Unknown."""
    confusion = np.array([[5, 0, 0], [0, 5, 0]]) + np.array(
        [[named - 5, min(1, 10 - named), max(0, 9 - named)], [5, 0, 0]]
    )
    confusion[1] = [0, 10, 0]
    return LearnerScore(key, 1.0, min(1.0, named / 10 + 0.1), 1.0, named / 10, fpir, adapt_ms, confusion)


def report(**changes: object) -> SelfTestReport:
    made = SelfTestReport(
        people=("Abe", "Bea"),
        rows=(row("prototypical", 8, 0.4), row("maml", 9, 12.0), row("reptile", 7, 1250.0)),
        recommended="maml",
        n_probes=10,
        n_strangers=10_000,
        wanted_fpir=0.01,
        seconds=4.2,
        n_degraded=10,
        n_tested=2,
        tied=("prototypical", "maml"),
        embedder_id="sface~1@2",
        revision=7,
        made_at=datetime(2026, 5, 4, 12, 0, tzinfo=UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def people(*shot_counts: int, revision: int = 7) -> GalleryChanged:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    made = [Person(number, f"Person {number}", now, count, None, None) for number, count in enumerate(shot_counts)]
    return GalleryChanged(GallerySnapshot(tuple(made), revision))


def progress(engine: FakeEngine, fraction: float = 0.3) -> JobChanged:
    """How far the test is that was asked for last."""
    return JobChanged(engine.request_of("studio.self_test"), "Testing the methods", fraction)


def ended(engine: FakeEngine, error: KnownError | None = None, *, is_cancelled: bool = False) -> RequestEnded:
    """That this test ended."""
    return RequestEnded(engine.request_of("studio.self_test"), error, is_cancelled)


@pytest.fixture
def page(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> ReportPage:
    return on_screen(qtbot, ReportPage(engine.studio, engine.models, engine.jobs, bridge), 1500, 330)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def column_texts(page: ReportPage, column: ReportColumn) -> list[str]:
    model = page.table.model()
    return [str(model.index(number, column).data()) for number in range(model.rowCount())]


def learners(page: ReportPage) -> list[str]:
    return [score.learner for score in page.table.rows()]


def test_before_the_first_test_the_page_says_what_to_do_next(page: ReportPage, say: Say) -> None:
    assert page.note.isVisible()
    assert "Test all methods" in page.note.text
    say(people())
    assert not page.test_button.isEnabled()
    assert "Nobody is enrolled" in page.note.text
    say(people(0, 1))
    assert not page.test_button.isEnabled()
    assert "record a second one of Person 1" in page.note.text
    assert page.test_button.toolTip().startswith("Everybody has only one shot")
    say(people(1, 2))
    assert page.test_button.isEnabled()
    for button in (page.copy_button, page.export_button, page.use_button):
        assert not button.isVisible()


def test_a_click_tests_all_methods_and_shows_how_far_it_is(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    click(page.test_button)
    assert len(engine.calls_of("studio.self_test")) == 1
    assert page.is_running
    assert not page.test_button.isVisible()
    assert page.cancel_button.isVisible()
    assert page.cancel_button.isEnabled()
    say(progress(engine))
    assert page.progress.value() == 300
    say(JobChanged(4711, "Testing the methods", 0.9))
    assert page.progress.value() == 300, "another job's progress, whatever it is called"
    say(SelfTested(report()))
    say(RequestEnded(4711))
    assert page.is_running
    say(ended(engine))
    assert not page.is_running
    assert page.test_button.text() == "Test again"
    assert page.results.isVisible()


def test_the_space_bar_and_escape_do_it_too(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    page.test_button.setFocus()
    QTest.keyClick(page.test_button, Qt.Key.Key_Space)
    assert len(engine.calls_of("studio.self_test")) == 1
    page.cancel_button.setFocus()
    QTest.keyClick(page.cancel_button, Qt.Key.Key_Escape)
    assert engine.calls_of("jobs.cancel") == [(engine.request_of("studio.self_test"),)]


def test_cancelling_keeps_the_last_report(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    say(SelfTested(report()))
    click(page.test_button)
    say(progress(engine))
    assert page.results.isVisible()
    assert page.second_line.text() == "Below is the last report."
    click(page.cancel_button)
    assert engine.calls_of("jobs.cancel") == [(engine.request_of("studio.self_test"),)]
    assert page.is_running, "until the engine says that it has stopped"
    say(ended(engine, is_cancelled=True))
    assert not page.is_running
    assert page.second_line.text() == "The test was stopped."
    assert len(page.table.rows()) == 3


def test_a_test_that_was_asked_for_elsewhere_can_be_followed(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    page.follow(engine.studio.self_test())
    assert page.is_running
    say(progress(engine, 0.1))
    assert page.progress.value() == 100
    click(page.cancel_button)
    assert engine.calls_of("jobs.cancel") == [(engine.request_of("studio.self_test"),)]


def test_a_failure_is_said_in_place(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    click(page.test_button)
    say(ended(engine, KnownError("The gallery changed. Test it again.")))
    assert page.second_line.text() == "The gallery changed. Test it again."
    assert page.second_line.property("role") == "error"
    click(page.test_button)
    assert page.second_line.text() == ""


def test_the_table_shows_counts_and_marks_the_recommended_method(page: ReportPage, say: Say) -> None:
    say(SelfTested(report()))
    assert learners(page) == ["maml", "prototypical", "reptile"], "most named right first"
    assert column_texts(page, ReportColumn.NAMED_DEGRADED) == [
        "90.0 % (9 of 10)",
        "80.0 % (8 of 10)",
        "70.0 % (7 of 10)",
    ]
    assert column_texts(page, ReportColumn.NEAREST_CLEAN) == ["100.0 % (10 of 10)"] * 3
    assert column_texts(page, ReportColumn.FPIR) == ["1.02 %"] * 3
    assert column_texts(page, ReportColumn.ADAPT) == ["12", "0.4", "1,250"]
    model = page.table.model()
    assert [model.index(number, 0).data(ReportRole.IS_RECOMMENDED) for number in range(3)] == [True, False, False]
    spoken = str(model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "Recommended: MAML - fast, and none is clearly better" in spoken
    assert page.first_line.text() == "Recommended: MAML - fast, and none is clearly better"
    assert "2 of 3 methods cannot be told" in str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert page.table.learner == "maml"
    assert "10 shots left out in turn" in page.second_line.text()


def test_a_cells_tooltip_says_what_chance_leaves_open(page: ReportPage, say: Say) -> None:
    say(SelfTested(report(n_degraded=40)))
    model = page.table.model()
    tip = str(model.index(0, ReportColumn.NAMED_DEGRADED).data(Qt.ItemDataRole.ToolTipRole))
    assert "90.0 % (36 of 40)" in tip
    assert "95 % interval: 59.6 % to 98.2 % (Wilson, 10 independent trials)" in tip, "copies are not independent"
    assert "5,000 independent" in str(model.index(0, ReportColumn.FPIR).data(Qt.ItemDataRole.ToolTipRole))


def test_without_strangers_the_fpir_is_a_dash(page: ReportPage, say: Say) -> None:
    rows = tuple(replace(score, fpir=math.nan) for score in report().rows)
    say(SelfTested(report(rows=rows, n_strangers=0)))
    assert column_texts(page, ReportColumn.FPIR) == ["–"] * 3
    page.table.sort_by(ReportColumn.FPIR)
    assert len(learners(page)) == 3
    assert "fixed threshold" in page.second_line.toolTip()


def test_a_click_on_a_heading_sorts_by_its_numbers(page: ReportPage, say: Say) -> None:
    say(SelfTested(report()))
    head = page.table.horizontalHeader()

    def click_heading(column: ReportColumn) -> None:
        place = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
        QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    click_heading(ReportColumn.ADAPT)
    first = learners(page)
    assert first in (["prototypical", "maml", "reptile"], ["reptile", "maml", "prototypical"])
    click_heading(ReportColumn.ADAPT)
    assert learners(page) == first[::-1]
    assert page.table.learner == "maml", "the selection stays with its method"
    say(SelfTested(report(seconds=5.0)))
    assert learners(page) == first[::-1], "and the order with the next report"


def test_arrow_keys_choose_a_method_and_its_matrix_and_enter_uses_it(
    page: ReportPage, engine: FakeEngine, say: Say
) -> None:
    say(models("reptile"))
    say(SelfTested(report()))
    assert page.matrix.cells.data(page.matrix.cells.index(0, 0)) == "9"
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.learner == "prototypical"
    assert page.matrix.cells.data(page.matrix.cells.index(0, 0)) == "8"
    assert page.matrix_heading.text() == "Prototypical network: who was taken for whom"
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert engine.calls_of("models.set_learner") == [("prototypical",)]
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Enter)
    assert engine.calls_of("models.set_learner") == [("prototypical",)], "reptile is in use already"


def test_the_button_and_a_double_click_use_the_method(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    say(SelfTested(report()))
    click(page.use_button)
    assert engine.calls_of("models.set_learner") == [("maml",)]
    say(models("maml"))
    assert (page.use_button.text(), page.use_button.isEnabled()) == ("In use", False)
    place = page.table.visualRect(page.table.model().index(2, 0)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert (page.use_button.text(), page.use_button.isEnabled()) == ("Use this method", True)
    QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert engine.calls_of("models.set_learner") == [("maml",), ("reptile",)]


def test_the_menu_of_the_table_sorts_copies_and_uses(page: ReportPage, engine: FakeEngine, say: Say) -> None:
    say(SelfTested(report()))
    page.table.customContextMenuRequested.emit(QPoint(5, 5))
    menu = next(menu for menu in page.findChildren(QMenu) if menu.isVisible())
    assert [action.text() for action in menu.actions()] == ["Use this method", "Copy the table", "Sort by"]
    sort = menu.actions()[2].menu()
    assert isinstance(sort, QMenu)
    next(action for action in sort.actions() if action.text() == "Learning time (ms)").trigger()
    assert learners(page) == ["prototypical", "maml", "reptile"]
    menu.actions()[0].trigger()
    assert engine.calls_of("models.set_learner") == [("maml",)]
    menu.close()


def test_the_keys_of_copying_and_the_button_give_the_table_as_it_is_sorted(page: ReportPage, say: Say) -> None:
    say(SelfTested(report()))
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Method", "Closest match right, clean", "Closest match right, degraded"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["MAML", "Prototypical network", "Reptile"]
    assert lines[1].split("\t")[4:] == ["90.0 % (9 of 10)", "1.02 %", "12"]
    assert page.second_line.text().startswith("Copied")
    page.table.sort_by(ReportColumn.ADAPT)
    click(page.copy_button)
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("Prototypical network\t")


def choose(page: ReportPage, path: Path) -> None:
    dialog = child_of(page, QFileDialog)
    dialog.filesSelected.emit([str(path)])
    dialog.close()


def test_the_table_is_exported_as_csv_with_what_it_rests_on(page: ReportPage, say: Say, tmp_path: Path) -> None:
    rows = (*report().rows[:2], replace(report().rows[2], changed_settings="inner_steps=8, anil=True"))
    say(SelfTested(report(rows=rows, people=("=Abe", "Béa"))))
    page.export_csv.trigger()
    path = tmp_path / "report.csv"
    choose(page, path)
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("# MetaFace self-test 2026-05-0")
    assert lines[1] == "# embedder sface~1@2; wanted FPIR 0.01; cohort 10000"
    table = list(csv.DictReader(lines[3:7]))
    assert [line["learner"] for line in table] == ["maml", "prototypical", "reptile"]
    assert table[0]["named_degraded"] == "0.9"
    assert (table[0]["named_degraded_count"], table[0]["named_degraded_of"]) == ("9", "10")
    assert (table[0]["fpir"], table[0]["adapt"], table[0]["recommended"]) == ("0.0102", "12", "1")
    assert table[2]["changed_settings"] == "inner_steps=8, anil=True"
    pairs = list(csv.DictReader(lines[9:]))
    total = sum(int(pair["count"]) for pair in pairs if pair["learner"] == "reptile")
    assert total == int(rows[2].confusion.sum())
    assert {pair["person"] for pair in pairs} == {"'=Abe", "Béa"}, "a spreadsheet computes no name"
    assert any(pair["decided"] == "" for pair in pairs), "Unknown"
    assert page.second_line.text() == "Saved as report.csv."


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_the_picture_holds_table_and_matrix(page: ReportPage, say: Say, tmp_path: Path, mode: ThemeMode) -> None:
    Theme.current().set_mode(mode)
    say(SelfTested(report()))
    page.export_png.trigger()
    choose(page, tmp_path / "report.png")
    small = QImage(str(tmp_path / "report.png"))
    ground = Theme.current().color("surface")
    assert small.pixelColor(1, 1) == ground
    colours = {small.pixelColor(x, y).name() for x in range(0, small.width(), 3) for y in range(0, small.height(), 3)}
    assert len(colours) > 20
    many = tuple(f"Person {number}" for number in range(25))
    rows = tuple(replace(score, confusion=np.eye(25, 26, dtype=np.int64)) for score in report().rows)
    say(SelfTested(report(people=many, rows=rows)))
    page.save_png(tmp_path / "many.png")
    large = QImage(str(tmp_path / "many.png"))
    assert large.height() > small.height() + 20 * 24 * 2


def test_what_cannot_be_written_is_refused_with_a_next_step(
    qtbot: QtBot, page: ReportPage, say: Say, tmp_path: Path
) -> None:
    say(SelfTested(report()))
    (tmp_path / "file").write_text("")
    for save in (page.save_csv, page.save_png):
        with qtbot.waitSignal(page.refused) as refused:
            save(tmp_path / "file" / "report.out")
        assert refused.args is not None
        assert "Choose another place" in str(refused.args[0])
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_results_of_an_older_gallery_or_other_settings_are_called_that(
    page: ReportPage, engine: FakeEngine, say: Say
) -> None:
    say(models())
    say(people(2, 2, revision=7))
    click(page.test_button)
    say(progress(engine))
    say(SelfTested(report(revision=7)))
    say(ended(engine))
    assert "left out" in page.second_line.text()
    say(models("maml"))
    assert "left out" in page.second_line.text(), "which method decides makes no difference"
    say(models(fpir=0.05))
    assert page.second_line.text().startswith("The settings have changed since")
    say(models(hyperparameters={"maml": 3}))
    assert page.second_line.text().startswith("The settings have changed since")
    say(models())
    assert "left out" in page.second_line.text()
    say(people(2, 2, revision=8))
    assert page.second_line.text().startswith("The gallery has changed since")
    say(SelfTested(report(revision=8)))
    assert "left out" in page.second_line.text()


def test_the_report_stays_after_a_change_of_theme(page: ReportPage, say: Say) -> None:
    Theme.current().set_mode(ThemeMode.DARK)
    say(SelfTested(report()))
    dark = page.grab().toImage()
    Theme.current().set_mode(ThemeMode.LIGHT)
    QGuiApplication.processEvents()
    assert page.results.isVisible()
    assert learners(page) == ["maml", "prototypical", "reptile"]
    light = page.grab().toImage()
    for place in (QPoint(300, 200), QPoint(1480, 320)):
        assert dark.pixelColor(place) != light.pixelColor(place)


@pytest.mark.parametrize("width", [900, 1500])
def test_all_columns_can_be_seen_without_scrolling(page: ReportPage, say: Say, width: int) -> None:
    say(SelfTested(report()))
    page.resize(width, 240)
    QGuiApplication.processEvents()
    assert page.table.horizontalScrollBar().maximum() == 0
    assert page.matrix.width() >= 160
    assert page.width() == width


def test_a_split_made_by_hand_stays(page: ReportPage, say: Say) -> None:
    say(SelfTested(report()))
    page.results.setSizes([900, 500])
    page.results.splitterMoved.emit(900, 1)
    before = page.results.sizes()
    page.resize(1400, 330)
    QGuiApplication.processEvents()
    assert page.results.sizes()[0] == pytest.approx(before[0] * 1376 / 1476, abs=40)


def test_nothing_is_selected_or_copied_before_there_is_a_report(page: ReportPage) -> None:
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    page.table.customContextMenuRequested.emit(QPoint(5, 5))
    assert QGuiApplication.clipboard().text() == "before"
    assert page.table.learner == ""
    assert page.table.currentIndex() == QModelIndex()


# Who was deleted ---------------------------------------------------------------------------------------------------


def gallery_of(*names: str, first_id: int = 1, revision: int = 7) -> GalleryChanged:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    made = [Person(number, name, now, 3, None, None) for number, name in enumerate(names, first_id)]
    return GalleryChanged(GallerySnapshot(tuple(made), revision))


def test_a_report_goes_with_whoever_it_names(page: ReportPage, say: Say) -> None:
    say(gallery_of("Abe", "Bea"))
    say(SelfTested(report()))
    assert holders(vars(page.matrix.cells), "Bea")
    say(gallery_of("Abe", revision=8))
    assert page.report is None
    assert "deleted" in page.second_line.text() + page.first_line.text() + page.note.text
    for widget in (page, page.table, page.matrix, page.matrix.cells):
        assert holders(vars(widget), "Bea", without=(page.parent(),)) == []
    say(gallery_of("Abe", "Cleo", revision=9))
    say(SelfTested(report(people=("Abe", "Cleo"), revision=9)))
    assert page.report is not None


def test_a_report_stays_when_somebody_is_only_renamed(page: ReportPage, say: Say) -> None:
    say(gallery_of("Abe", "Bea"))
    say(SelfTested(report()))
    say(gallery_of("Abe", "Beatrix", revision=8))
    assert page.report is not None


def test_a_report_that_comes_too_late_is_not_shown(page: ReportPage, say: Say) -> None:
    say(gallery_of("Abe", revision=8))
    say(SelfTested(report(revision=7)))
    assert page.report is None
