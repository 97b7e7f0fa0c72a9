"""The popup for a face of the live view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EngineEvent
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.who_is_this import WhoIsThisPopup
from tests.gui.fakes import FakeEngine, make_face, make_result
from tests.gui.panels.samples import gallery, person

Say = Callable[[EngineEvent], None]


@pytest.fixture
def popup(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> WhoIsThisPopup:
    made = WhoIsThisPopup(engine, bridge)
    qtbot.addWidget(made)
    return made


def test_naming_a_track(qtbot: QtBot, popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(make_result(make_face(4)))
    popup.open_for(4, QPoint(50, 50))
    assert popup.name_field.edit.hasFocus()
    QTest.keyClicks(popup.name_field.edit, "Ada")
    QTest.keyClick(popup.name_field.edit, Qt.Key.Key_Return)
    assert engine.calls == []  # consent is missing: the keyboard is led to it
    assert popup.consent.check.hasFocus()
    assert "consent" in popup.missing.text()
    QTest.keyClick(popup.consent.check, Qt.Key.Key_Space)
    QTest.keyClick(popup.consent.check, Qt.Key.Key_Return)
    assert engine.calls_of("name_track") == [(4, "Ada", None, True)]
    assert not popup.isVisible()


def test_correcting_a_wrong_name(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(gallery(person(1, "Ada"), person(2, "Bob")))
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    assert "Recognised as Ada" in popup.hint.text()
    popup.name_field.edit.setText("Bob")
    popup.save_button.click()
    assert engine.calls_of("name_track") == [(4, "Bob", 2, True)]


def test_escape_closes_and_nothing_is_kept_for_the_next_time(
    qtbot: QtBot, popup: WhoIsThisPopup, engine: FakeEngine
) -> None:
    popup.open_for(1, QPoint(50, 50))
    popup.name_field.edit.setText("Ada")
    popup.consent.check.click()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert engine.calls == []
    popup.open_for(2, QPoint(50, 50))
    assert popup.name_field.text() == ""
    assert not popup.consent.is_given()
    popup.close()


def test_proposals_come_while_typing_and_enter_takes_one(
    qtbot: QtBot, popup: WhoIsThisPopup, engine: FakeEngine, say: Say
) -> None:
    say(gallery(person(1, "Ada Lovelace"), person(2, "Bob")))
    popup.open_for(4, QPoint(50, 50))
    QTest.keyClicks(popup.name_field.edit, "love")
    proposals = popup.name_field.edit.completer().popup()
    assert proposals is not None
    assert proposals.isVisible()
    assert proposals.model().rowCount() == 1
    QTest.keyClick(proposals, Qt.Key.Key_Down)
    QTest.keyClick(proposals, Qt.Key.Key_Return)
    assert popup.name_field.text() == "Ada Lovelace"
    QTest.keyClick(popup.name_field.edit, Qt.Key.Key_Return)
    assert engine.calls_of("name_track") == [(4, "Ada Lovelace", 1, True)]


def test_the_face_that_was_clicked_is_shown_even_at_the_edge(popup: WhoIsThisPopup, say: Say) -> None:
    say(make_result(make_face(4, box_xyxy=(-20.0, -20.0, 60.0, 60.0)), make_face(5, box_xyxy=(1200, 600, 1400, 800))))
    for track in (4, 5):
        popup.open_for(track, QPoint(50, 50))
        assert popup._picture.isVisible()
        popup.close()
    popup.open_for(6, QPoint(50, 50))  # it has gone meanwhile
    assert not popup._picture.isVisible()
    popup.close()


@pytest.mark.parametrize("text", ["", " ", "x" * 201])
def test_a_name_that_does_not_do_is_not_saved(popup: WhoIsThisPopup, engine: FakeEngine, text: str) -> None:
    popup.open_for(4, QPoint(50, 50))
    popup.consent.check.click()
    popup.name_field.edit.setText(text)
    assert not popup.save_button.isEnabled()
    popup.name_field.submitted.emit()
    assert engine.calls == []
    popup.close()


def test_what_is_stored_is_one_click_away(popup: WhoIsThisPopup) -> None:
    popup.open_for(4, QPoint(50, 50))
    popup.consent.link.linkActivated.emit("#stored")
    assert popup.consent.info is not None
    assert popup.consent.info.isVisible()
    popup.consent.info.close()
    popup.close()
