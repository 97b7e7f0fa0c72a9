"""The tray of unknown faces and the popup that names them."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import LooksEnrolled, UnknownsChanged
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.unknown_tray import UnknownTray
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, agreed, on_screen
from tests.gui.panels.samples import gallery, person, unknown

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tray(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> UnknownTray:
    return on_screen(qtbot, UnknownTray(engine.faces, bridge), 320, 200)


def test_an_empty_tray_says_what_it_is_for(tray: UnknownTray, say: Say) -> None:
    assert tray.is_empty
    say(UnknownsChanged((unknown(1),)))
    assert not tray.is_empty
    say(UnknownsChanged(()))
    assert tray.is_empty


def test_cards_wrap_in_a_narrow_panel_and_scroll_downwards_only(qtbot: QtBot, tray: UnknownTray, say: Say) -> None:
    say(UnknownsChanged(tuple(unknown(number) for number in range(1, 9))))
    qtbot.waitUntil(lambda: tray.cards[7].y() > tray.cards[0].y())
    assert tray.cards[1].y() == tray.cards[0].y()
    assert all(card.geometry().right() < tray.width() for card in tray.cards)


def test_under_the_pointer_cards_keep_their_places(qtbot: QtBot, tray: UnknownTray, say: Say) -> None:
    say(UnknownsChanged((unknown(1), unknown(2), unknown(3))))
    qtbot.waitUntil(lambda: tray.cards[1].x() > tray.cards[0].x())
    places = {card.shown.id: card.x() for card in tray.cards}
    middle = QPointF(tray.rect().center())
    QApplication.sendEvent(tray, QEnterEvent(middle, middle, middle))
    say(UnknownsChanged((unknown(3, count=9), unknown(4), unknown(1))))  # 3 was seen again, 4 is new, 2 is forgotten
    QApplication.processEvents()
    now = {card.shown.id: card.x() for card in tray.cards}
    assert (now[1], now[3]) == (places[1], places[3])
    QApplication.sendEvent(tray, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: [card.x() for card in tray.cards[:2]] == [places[1], places[2]])
    assert [card.shown.id for card in tray.cards] == [3, 4, 1]


def test_cards_follow_the_groups(tray: UnknownTray, say: Say) -> None:
    say(UnknownsChanged((unknown(1), unknown(2))))
    first = tray.cards[0]
    say(UnknownsChanged((unknown(3), unknown(1, count=9))))
    assert [card.shown.id for card in tray.cards] == [3, 1]
    assert tray.cards[1] is first
    assert first.shown.count == 9


def test_ages_count_up_from_when_the_face_was_seen(tray: UnknownTray, say: Say) -> None:
    say(UnknownsChanged((unknown(1, last_seen_ns=time.monotonic_ns() - 5_200_000_000),)))
    assert tray.cards[0].age() == "5 s ago"
    say(UnknownsChanged((unknown(1, last_seen_ns=time.monotonic_ns()),)))
    assert tray.cards[0].age() == "just now"


def test_one_click_and_a_name(tray: UnknownTray, engine: FakeEngine, say: Say) -> None:
    say(UnknownsChanged((unknown(1), unknown(2))))
    QTest.mouseClick(tray.cards[1], LEFT)
    popup = tray.popup
    assert popup.isVisible()
    QTest.keyClicks(popup.name_field.edit, "Ada")
    popup.consent.check.click()
    QTest.keyClick(popup.name_field.edit, Qt.Key.Key_Return)
    assert engine.calls_of("faces.name_unknown") == [(2, agreed("Ada"))]
    assert not popup.isVisible()


def test_a_known_name_gives_the_shots_to_that_person(tray: UnknownTray, engine: FakeEngine, say: Say) -> None:
    say(gallery(person(7, "Ada")))
    say(UnknownsChanged((unknown(1),)))
    tray.cards[0].setFocus()
    QTest.keyClick(tray.cards[0], Qt.Key.Key_Return)
    tray.popup.name_field.edit.setText("ada")
    QTest.mouseClick(tray.popup.save_button, LEFT)
    assert engine.calls_of("faces.name_unknown") == [(1, agreed("ada", 7))]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_who_looks_enrolled_is_asked_about(tray: UnknownTray, engine: FakeEngine, say: Say, by: str) -> None:
    ada = person(7, "Ada")
    say(gallery(ada))
    say(UnknownsChanged((unknown(1),)))
    QTest.mouseClick(tray.cards[0], LEFT)
    popup = tray.popup
    QTest.keyClicks(popup.name_field.edit, "Eve")
    popup.consent.check.click()
    QTest.keyClick(popup.name_field.edit, Qt.Key.Key_Return)
    say(LooksEnrolled(engine.request_of("faces.name_unknown"), "Eve", (ada,)))
    assert "Ada, who is already enrolled" in popup.question.words.text()
    if by == "mouse":
        QTest.mouseClick(popup.question.add_button, LEFT)
    else:
        assert popup.question.add_button.hasFocus()
        QTest.keyClick(popup.question.add_button, Qt.Key.Key_Return)
    assert engine.calls_of("faces.name_unknown", is_sure=True) == [(1, agreed("Ada", 7))]
    assert not popup.isVisible()


def test_dismissing_with_the_cross_and_with_the_keyboard(tray: UnknownTray, engine: FakeEngine, say: Say) -> None:
    say(UnknownsChanged((unknown(1), unknown(2), unknown(3))))
    QTest.mouseClick(tray.cards[0].dismiss_button, LEFT)
    tray.cards[2].setFocus()
    QTest.keyClick(tray.cards[2], Qt.Key.Key_Delete)
    assert engine.calls_of("faces.dismiss_unknown") == [(1,), (3,)]
    assert not tray.popup.isVisible()


@pytest.mark.parametrize("place", [QPoint(100_000, 100_000), QPoint(-100_000, -100_000), QPoint(10, 10)])
def test_the_popup_stays_on_the_screen(qtbot: QtBot, tray: UnknownTray, place: QPoint) -> None:
    tray.popup.open_for_group(1, b"", place)
    qtbot.waitExposed(tray.popup)
    placed = QRect(tray.popup.pos(), tray.popup.size())
    frame = 2  # that the offscreen platform puts around every window
    room = tray.popup.screen().availableGeometry().adjusted(0, 0, frame, frame)
    assert room.contains(placed)
    tray.popup.close()
