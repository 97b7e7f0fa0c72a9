from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.confusion import MAX_PEOPLE, ConfusionPicture, Verdict, cell_colours, confusion_picture
from metaface_gui.gui.studio.confusion_view import ConfusionView
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport


def report(confusion: np.ndarray) -> SelfTestReport:
    names = tuple(f"Person {number}" for number in range(len(confusion)))
    row = LearnerScore("maml", 1.0, 1.0, 1.0, 1.0, 0.01, 1.0, confusion)
    return SelfTestReport(names, (row,), "maml", 10, 100, 0.01, 1.0, made_at=datetime.now(UTC))


def picture(confusion: np.ndarray) -> ConfusionPicture:
    tested = report(confusion)
    return confusion_picture(tested, tested.rows[0])


SMALL = np.array([[8, 1, 1], [0, 0, 0]])


def test_a_cell_in_words() -> None:
    shown = picture(SMALL)
    assert shown.sentence(0, 0) == "Person 0: 8 of 10 pictures named right"
    assert shown.sentence(0, 1) == "Person 0: 1 of 10 pictures taken for Person 1"
    assert shown.sentence(0, 2) == "Person 0: 1 of 10 pictures left Unknown"
    assert shown.sentence(1, 1) == "Person 1 was not tested: a single shot cannot be left out."


@pytest.mark.parametrize("n", [1, 30, 31, 200])
def test_a_large_gallery_is_drawn_with_those_in_most_errors_and_the_rest_together(n: int) -> None:
    random = np.random.default_rng(0)
    confusion = np.diag(np.full(n, 5)).astype(np.int64)
    confusion = np.hstack([confusion, random.integers(0, 3, (n, 1))])
    confusion[0, n - 1] += 9
    shown = picture(confusion)
    assert shown.counts.sum() == confusion.sum(), "nobody is lost or counted twice"
    assert len(shown.names) == min(n, MAX_PEOPLE)
    if n <= MAX_PEOPLE:
        np.testing.assert_array_equal(shown.counts, confusion)
        assert shown.n_others == 0
        return
    assert shown.names[-1] == f"{n - 29} others"
    assert shown.n_others == n - 29
    assert (shown.names[0], shown.names[-2]) == ("Person 0", f"Person {n - 1}"), "both are in the worst error"
    assert shown.counts[0, -3] == 9
    assert "named as one of them" in shown.sentence(29, 29)
    assert "named right" in shown.sentence(0, 0)


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_counts_can_be_read_on_every_ground(theme: Theme, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    for verdict in Verdict:
        grounds = set()
        for share in (0.0, 0.01, 0.2, 0.5, 0.8, 1.0):
            ground, text = cell_colours(verdict, share)
            lighter, darker = sorted((luminance(ground), luminance(text)), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5
            grounds.add(ground.name())
        assert len(grounds) == 6


def luminance(color: QColor) -> float:
    parts = np.array([color.redF(), color.greenF(), color.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.fixture
def view(qtbot: QtBot) -> ConfusionView:
    made = ConfusionView()
    qtbot.addWidget(made)
    made.resize(500, 260)
    made.show()
    return made


@pytest.mark.parametrize("n", [1, 3, 8])
def test_a_few_people_fit_without_scrolling(view: ConfusionView, n: int) -> None:
    view.show_picture(picture(np.eye(n, n + 1, dtype=np.int64)))
    assert view.horizontalScrollBar().maximum() == 0
    assert view.verticalScrollBar().maximum() == 0
    assert view.horizontalHeader().defaultSectionSize() > 26


def test_many_people_scroll_under_names_that_stay(view: ConfusionView) -> None:
    view.show_picture(picture(np.eye(30, 31, dtype=np.int64)))
    assert view.verticalScrollBar().maximum() > 0
    assert view.horizontalHeader().height() > 40, "names from bottom to top"
    view.scrollToBottom()
    assert view.horizontalHeader().isVisible()
    assert view.verticalHeader().isVisible()


def test_headings_and_cells_explain_themselves_and_arrow_keys_walk(view: ConfusionView) -> None:
    view.show_picture(picture(SMALL))
    tip, horizontal = Qt.ItemDataRole.ToolTipRole, Qt.Orientation.Horizontal
    assert view.cells.headerData(1, horizontal, tip) == "Taken for Person 1"
    assert str(view.cells.headerData(2, horizontal, tip)).startswith("Left Unknown")
    assert view.cells.headerData(0, Qt.Orientation.Vertical, tip) == "Pictures of Person 0"
    view.setCurrentIndex(view.cells.index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Right)
    spoken = view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Person 0: 1 of 10 pictures taken for Person 1"


def test_cells_are_painted_in_the_themes_colours(view: ConfusionView, theme: Theme) -> None:
    theme.set_mode(ThemeMode.DARK)
    view.show_picture(picture(SMALL))
    right = view.visualRect(view.cells.index(0, 0)).topLeft()
    before = view.viewport().grab().toImage().pixelColor(right.x() + 5, right.y() + 5)
    theme.set_mode(ThemeMode.LIGHT)
    after = view.viewport().grab().toImage().pixelColor(right.x() + 5, right.y() + 5)
    assert before == cell_dark(0.8)
    assert before != after


def cell_dark(share: float) -> QColor:
    theme = Theme.current()
    mode = theme.mode
    theme.set_mode(ThemeMode.DARK)
    ground, _ = cell_colours(Verdict.RIGHT, share)
    theme.set_mode(mode)
    return QColor(ground.name())


def test_another_matrix_replaces_the_first(view: ConfusionView) -> None:
    view.show_picture(picture(SMALL))
    other = replace(report(SMALL).rows[0], confusion=np.eye(5, 6, dtype=np.int64))
    view.show_picture(confusion_picture(report(np.eye(5, 6, dtype=np.int64)), other))
    assert (view.cells.rowCount(), view.cells.columnCount()) == (5, 6)
