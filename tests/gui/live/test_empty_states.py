"""Why there is no video, and what to do next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.errors import SourceError
from metaface_gui.gui.live.empty_states import EmptyState

HOST = QRect(0, 0, 640, 420)
ERROR = SourceError("The camera {n} is busy. Close the other program.", n=0)


@pytest.fixture
def state(qtbot: QtBot) -> EmptyState:
    made = EmptyState()
    qtbot.addWidget(made)
    made.place(HOST)
    made.show()
    return made


def buttons(state: EmptyState) -> dict[str, QPushButton]:
    return {button.text(): button for button in state.findChildren(QPushButton) if button.isVisible()}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (SourceState.CLOSED, ["Choose a source…", "Try the demo", "Take a lesson"]),
        (SourceState.OPENING, []),
        (SourceState.PAUSED, ["Resume"]),
        (SourceState.ENDED, ["Play again", "Choose a source…"]),
        (SourceState.RECONNECTING, ["Choose a source…", "Copy details"]),
        (SourceState.FAILED, ["Try again", "Choose a source…", "Try the demo", "Copy details"]),
    ],
)
def test_every_state_says_why_and_offers_what_helps(
    state: EmptyState, qtbot: QtBot, source: SourceState, wanted: list[str]
) -> None:
    error = ERROR if source in (SourceState.FAILED, SourceState.RECONNECTING) else None
    state.show_source(SourceChanged(source, "Front camera", error=error), has_picture=False)
    qtbot.waitUntil(lambda: any(label.isVisible() for label in state.findChildren(QLabel)))
    assert list(buttons(state)) == wanted
    assert state.title
    assert state.accessibleName() == state.title
    if error is not None:
        assert "The camera 0 is busy. Close the other program." in state.text
    if source is not SourceState.CLOSED and source is not SourceState.PAUSED:
        assert "Front camera" in state.title + state.text
    assert not state.grab().isNull()


def test_it_hides_once_pictures_come(state: EmptyState) -> None:
    state.show_source(SourceChanged(SourceState.RUNNING, "cam"), has_picture=False)
    assert state.isVisible()
    state.show_source(SourceChanged(SourceState.RUNNING, "cam"), has_picture=True)
    assert not state.isVisible()


def test_a_source_that_opens_at_once_shows_no_words(state: EmptyState, qtbot: QtBot) -> None:
    state.show_source(SourceChanged(SourceState.RUNNING, "cam"), has_picture=True)
    state.show_source(SourceChanged(SourceState.OPENING, "cam"), has_picture=False)
    assert state.isVisible()
    assert not any(label.isVisible() for label in state.findChildren(QLabel))
    qtbot.waitUntil(lambda: any(label.isVisible() for label in state.findChildren(QLabel)))
    assert state.title == "Opening cam…"


@pytest.mark.parametrize(
    ("source", "text", "signal"),
    [
        (SourceState.CLOSED, "Try the demo", "demo_clicked"),
        (SourceState.CLOSED, "Take a lesson", "lesson_clicked"),
        (SourceState.FAILED, "Try again", "retry_clicked"),
        (SourceState.ENDED, "Play again", "retry_clicked"),
        (SourceState.PAUSED, "Resume", "resume_clicked"),
        (SourceState.CLOSED, "Choose a source…", "choose_source_clicked"),
    ],
)
def test_buttons_ask_for_it(state: EmptyState, qtbot: QtBot, source: SourceState, text: str, signal: str) -> None:
    state.show_source(SourceChanged(source, "clip"), has_picture=False)
    emitted: SignalInstance = getattr(state, signal)
    with qtbot.waitSignal(emitted):
        QTest.mouseClick(buttons(state)[text], Qt.MouseButton.LeftButton)


def test_details_can_be_asked_for(state: EmptyState, qtbot: QtBot) -> None:
    state.show_source(SourceChanged(SourceState.FAILED, "cam", error=ERROR), has_picture=False)
    with qtbot.waitSignal(state.copy_clicked) as clicked:
        QTest.mouseClick(buttons(state)["Copy details"], Qt.MouseButton.LeftButton)
    assert clicked.args == [ERROR]


def test_the_source_of_last_time_is_offered(state: EmptyState, qtbot: QtBot) -> None:
    state.offer_last("holidays & <b>more</b>.mp4")
    state.show_source(SourceChanged(SourceState.CLOSED), has_picture=False)
    (text,) = [text for text in buttons(state) if text.startswith("Open ")]
    assert text == "Open holidays && <b>more</b>.…"
    with qtbot.waitSignal(state.retry_clicked):
        QTest.mouseClick(buttons(state)[text], Qt.MouseButton.LeftButton)


def test_a_name_is_no_markup_and_a_long_one_wraps(state: EmptyState) -> None:
    name = "<h1>" + "a very long name " * 12
    state.show_source(SourceChanged(SourceState.FAILED, name, error=ERROR), has_picture=False)
    assert name in state.title
    title = next(label for label in state.findChildren(QLabel) if label.text() == state.title)
    assert title.textFormat() is Qt.TextFormat.PlainText
    state.grab()  # lays out
    assert title.height() >= title.heightForWidth(title.width())


def test_without_a_picture_it_fills_the_view_and_with_one_it_is_a_bar(state: EmptyState, qtbot: QtBot) -> None:
    state.show_source(SourceChanged(SourceState.FAILED, "cam", error=ERROR), has_picture=False)
    assert state.geometry() == HOST
    state.show_source(SourceChanged(SourceState.RECONNECTING, "cam", error=ERROR), has_picture=True)
    qtbot.waitUntil(lambda: state.height() < HOST.height() / 2)
    bar = state.geometry()
    assert HOST.contains(bar)
    for label in state.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
    assert state.clickable == bar


def test_it_says_where_its_buttons_are(state: EmptyState) -> None:
    state.grab()  # lays out
    for button in buttons(state).values():
        place = QRect(button.mapTo(state, QPoint()), button.size())
        assert state.clickable.contains(place.translated(state.pos()))
    state.hide()
    assert state.clickable.isNull()
