"""Elided label, message line, flow layout, hop, slider steps, drops: the parts that the panels are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.gui.panels.fpir_slider import fpir_at, step_of
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.file_dialogs import local_paths
from metaface_gui.gui.widgets.flow_layout import FlowLayout
from metaface_gui.gui.widgets.link_label import LinkLabel


@pytest.mark.parametrize("text", ["Ada Lovelace " * 20, "שרה כהן " * 20, "😀" * 100, "<b>bold</b> " * 20])
def test_a_long_text_is_elided_and_whole_in_the_tooltip(qtbot: QtBot, text: str) -> None:
    label = ElidedLabel(text)
    qtbot.addWidget(label)
    label.resize(100, 20)
    label.show()
    assert label.is_elided()
    assert label.toolTip() == " ".join(text.split())
    label.resize(100_000, 20)
    qtbot.waitUntil(lambda: not label.toolTip())
    assert not label.is_elided()


def test_a_message_keeps_its_room(qtbot: QtBot) -> None:
    line = MessageLine(2)
    qtbot.addWidget(line)
    line.resize(200, line.sizeHint().height())
    line.show()
    empty = line.sizeHint().height()
    line.say("word " * 200, role="error")
    assert line.sizeHint().height() == line.minimumSizeHint().height() == empty
    assert line.toolTip() == line.text()  # what does not fit can still be read
    line.say("short")
    assert line.toolTip() == ""


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_flow_wraps_and_mirrors(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    box.setLayoutDirection(direction)
    flow = FlowLayout(box, spacing=10)
    items = [QWidget() for _ in range(3)]
    for item in items:
        item.setFixedSize(40, 20)
        flow.addWidget(item)
    box.resize(100, 100)
    box.show()
    is_mirrored = direction == Qt.LayoutDirection.RightToLeft
    assert [item.x() for item in items] == ([60, 10, 60] if is_mirrored else [0, 50, 0])
    assert [item.y() for item in items] == [0, 0, 30]
    assert flow.heightForWidth(100) == 50
    assert flow.heightForWidth(140) == 20
    assert flow.count() == 3


def test_centred_buttons_stand_in_the_middle_of_each_line(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(box, spacing=10, is_centred=True)
    items = [QWidget(box) for _ in range(3)]
    for item in items:
        item.setFixedSize(100, 30)
        flow.addWidget(item)
    assert flow.sizeHint().toTuple() == (320, 30)
    assert flow.heightForWidth(320) == 30
    assert flow.heightForWidth(319) == 70
    box.resize(250, 70)
    box.show()
    assert [item.pos().toTuple() for item in items] == [(20, 0), (130, 0), (75, 40)]
    items[1].hide()
    box.resize(251, 71)
    qtbot.waitUntil(lambda: items[2].pos().toTuple() == (130, 0))


def test_a_combo_box_is_as_narrow_as_its_panel_whatever_it_shows(qtbot: QtBot) -> None:
    combo = ElidingComboBox("Source", "What is looked at")
    qtbot.addWidget(combo)
    combo.setPlaceholderText("Integrated Webcam HD with a long name " * 3)
    assert combo.minimumSizeHint().width() < 160


def test_a_note_goes_without_its_symbol_where_the_words_need_the_room(qtbot: QtBot) -> None:
    note = EmptyNote("users", "Nobody is enrolled yet", "Record yourself for two seconds and type your name. " * 2)
    qtbot.addWidget(note)
    note.resize(260, 300)
    note.show()
    assert note._icon.isVisible()
    note.resize(260, 90)
    qtbot.waitUntil(lambda: not note._icon.isVisible())
    note.resize(260, 300)
    qtbot.waitUntil(note._icon.isVisible)


def test_the_slider_reaches_from_one_in_a_thousand_to_one_in_ten() -> None:
    assert (fpir_at(0), fpir_at(40), fpir_at(80)) == (0.001, 0.01, 0.1)
    assert (step_of(0.001), step_of(0.01), step_of(0.1)) == (0, 40, 80)


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-12, 0.999))
@example(0.0125201640472249)  # its step says 0.013, which lay nearer to the next step's unrounded share
def test_every_share_has_a_step_and_steps_grow(fpir: float) -> None:
    step = step_of(fpir)
    assert 0 <= step <= 80
    assert step_of(fpir_at(step)) == step
    assert fpir_at(0) <= fpir_at(step) <= fpir_at(80)


def test_only_what_is_on_this_computer_is_a_path(tmp_path: Path) -> None:
    data = QMimeData()
    assert local_paths(data) == []
    data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/a.jpg"), QUrl("file:///gone/x.jpg")])
    assert local_paths(data) == [tmp_path]


def test_a_link_has_the_colour_of_the_theme_that_is_on(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    link = LinkLabel("What is stored?", "#stored", window)
    window.show()
    for mode in (ThemeMode.DARK, ThemeMode.LIGHT, ThemeMode.DARK):
        theme.set_mode(mode)
        image = link.grab().toImage()
        pixels = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert theme.color("accent").name() in pixels  # the line below the words is of no other colour
    with qtbot.waitSignal(link.linkActivated) as activated:
        link.setFocus()
        QTest.keyClick(link, Qt.Key.Key_Tab)
        QTest.keyClick(link, Qt.Key.Key_Return)
    assert activated.args == ["#stored"]
