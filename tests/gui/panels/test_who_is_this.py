"""The popup for a face of the live view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import LooksEnrolled, RequestEnded, SourceChanged, SourceState
from metaface_gui.errors import EnrollmentError, GalleryError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.who_is_this import WhoIsThisPopup
from metaface_gui.gui.widgets.wrapped_button import WrappedButton
from metaface_gui.types import PersonId, QualityIssue, TrackedFace
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, agreed, make_face, make_result
from tests.gui.panels.samples import gallery, person


@pytest.fixture
def popup(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> WhoIsThisPopup:
    made = WhoIsThisPopup(engine.faces, bridge)
    qtbot.addWidget(made)
    return made


def test_naming_a_track(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
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
    assert engine.calls_of("faces.name_track") == [(4, agreed("Ada"))]
    assert not popup.isVisible()


def test_a_shortcut_is_no_letter_of_a_name(popup: WhoIsThisPopup, say: Say) -> None:
    say(make_result(make_face(4)))
    popup.open_for(4, QPoint(50, 50))
    popup.consent.check.setFocus()
    QTest.keyClick(popup, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert popup.consent.check.hasFocus()
    popup.hide()
    QTest.keyClick(popup, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)  # as a late event: it ends
    assert popup.name_field.text() == ""


@pytest.mark.parametrize("name", [None, "Ada"])
def test_a_face_that_was_not_seen_well_enough_says_so_before_anything_is_typed(
    popup: WhoIsThisPopup, engine: FakeEngine, say: Say, name: str | None
) -> None:
    """As a paused picture may show it: name and consent would be asked for, and then refused."""
    say(SourceChanged(SourceState.PAUSED, "clip"))
    poor = replace(make_face(4, name=name, issues=(QualityIssue.TOO_SMALL,)), has_shots=False)
    say(make_result(poor))
    popup.open_for(4, QPoint(50, 50))
    assert popup.hint.text() == "Not seen well enough to learn from: Come closer. Resume the video first (P)."
    for widget in (popup.name_field, popup.consent, popup.yes_button, popup.save_button):
        assert not widget.isEnabled()
    assert popup.no_button.isVisible() == (name is not None), "that it is somebody else can be said of any picture"
    QTest.keyClicks(popup, "Ada")
    assert popup.name_field.text() == ""
    say(make_result(replace(poor, has_shots=True)))  # it goes on, and comes closer
    assert "Not seen" not in popup.hint.text()
    popup.name_field.edit.setFocus()
    QTest.keyClicks(popup.name_field.edit, "Bob")
    popup.consent.check.click()
    QTest.mouseClick(popup.save_button, Qt.MouseButton.LeftButton)
    assert [args[:2] for args in engine.calls_of("faces.name_track")] == [(4, agreed("Bob"))]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("Bob", (4, agreed("Bob", 2), 1)), ("Eve", (4, agreed("Eve"), 1)), ("ada", (4, agreed("ada", 1)))],
    ids=["somebody known", "somebody new", "the name that was shown"],
)
def test_another_name_than_the_one_that_was_shown_denies_that(
    popup: WhoIsThisPopup, engine: FakeEngine, say: Say, typed: str, expected: tuple[object, ...]
) -> None:
    say(gallery(person(1, "Ada"), person(2, "Bob")))
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    assert "Recognised as Ada" in popup.hint.text()
    popup.name_field.edit.setText(typed)
    assert popup.consent.is_given() == (typed != "Eve"), "who is enrolled has agreed"
    if typed == "Eve":
        popup.consent.check.click()
    assert ("remember that this face is not Ada" in popup.save_button.toolTip()) == (typed != "ada")
    popup.save_button.click()
    assert engine.calls == [("faces.name_track", expected)]


def test_escape_closes_and_nothing_is_kept_for_the_next_time(popup: WhoIsThisPopup, engine: FakeEngine) -> None:
    popup.open_for(1, QPoint(50, 50))
    popup.name_field.edit.setText("Ada")
    popup.consent.check.click()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert engine.calls == []
    popup.open_for(2, QPoint(50, 50))
    assert popup.name_field.text() == ""
    assert not popup.consent.is_given()


def test_proposals_come_while_typing_and_enter_takes_one(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
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
    assert engine.calls_of("faces.name_track") == [(4, agreed("Ada Lovelace", 1))]


def test_the_face_that_was_clicked_is_shown_even_at_the_edge(popup: WhoIsThisPopup, say: Say) -> None:
    say(make_result(make_face(4, box_xyxy=(-20.0, -20.0, 60.0, 60.0)), make_face(5, box_xyxy=(1200, 600, 1400, 800))))
    for track in (4, 5):
        popup.open_for(track, QPoint(50, 50))
        assert popup._picture.isVisible()
        popup.close()
    popup.open_for(6, QPoint(50, 50))  # it has gone meanwhile
    assert not popup._picture.isVisible()


@pytest.mark.parametrize("text", ["", " ", "x" * 201])
def test_a_name_that_does_not_do_is_not_saved(popup: WhoIsThisPopup, engine: FakeEngine, text: str) -> None:
    popup.open_for(4, QPoint(50, 50))
    popup.consent.check.click()
    popup.name_field.edit.setText(text)
    assert not popup.save_button.isEnabled()
    popup.name_field.submitted.emit()
    assert engine.calls == []


def test_what_is_stored_is_one_click_away(popup: WhoIsThisPopup) -> None:
    popup.open_for(4, QPoint(50, 50))
    popup.consent.link.linkActivated.emit("#stored")
    assert popup.consent.info is not None
    assert popup.consent.info.isVisible()
    popup.consent.info.close()


# Yes or no to the name that was shown ---------------------------------------------------------------------------------


def unknown_face(
    track_id: int, nearest_id: PersonId | None, nearest_name: str | None, *, is_denied: bool = False
) -> TrackedFace:
    face = make_face(track_id, score=0.3)
    decision = replace(face.identification, nearest_id=nearest_id, nearest_name=nearest_name, is_denied=is_denied)
    return replace(face, identification=decision)


def test_one_click_says_that_the_name_is_right(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    assert popup.yes_button.accessibleName() == "Yes, it is Ada"
    QTest.mouseClick(popup.yes_button, Qt.MouseButton.LeftButton)
    assert engine.calls == [("faces.confirm_track", (4, 1))]
    assert not popup.isVisible()


def test_one_click_says_that_the_name_is_wrong(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    assert popup.no_button.accessibleName() == "Not Ada"
    assert "on this computer" in popup.no_button.toolTip()
    QTest.mouseClick(popup.no_button, Qt.MouseButton.LeftButton)
    assert engine.calls == [("faces.reject_track", (4, 1))]
    assert not popup.isVisible()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_below_the_threshold_the_name_comes_first_and_likely_names_are_no_more_than_offered(
    popup: WhoIsThisPopup, engine: FakeEngine, say: Say, by: str
) -> None:
    face = unknown_face(4, 2, "Bob")
    others = {"maml": make_face(4, name="Ada", person_id=1).identification, "reptile": face.identification}
    say(make_result(replace(face, per_learner=others)))
    popup.open_for(4, QPoint(50, 50))
    assert popup.hint.text() == "Not recognised. Who is it?"
    assert popup.name_field.edit.hasFocus()
    assert not popup.yes_button.isVisible()
    assert not popup.no_button.isVisible()
    assert [chip.accessibleName() for chip in popup.chips if chip.isVisible()] == ["Bob?", "Ada?"]
    assert all(chip.property("kind") != "primary" for chip in popup.chips)
    assert popup.chips[0].y() > popup.name_field.y()
    if by == "mouse":
        QTest.mouseClick(popup.chips[1], Qt.MouseButton.LeftButton)
    else:
        press(Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Return)
    assert engine.calls == [("faces.confirm_track", (4, 1))]
    assert not popup.isVisible()


def test_what_was_just_rejected_is_not_proposed_again_before_the_picture_follows(
    popup: WhoIsThisPopup, engine: FakeEngine, say: Say
) -> None:
    said = make_result(make_face(4, name="Ada", person_id=1), make_face(5, name="Ada", person_id=1))
    say(said)
    popup.open_for(4, QPoint(50, 50))
    QTest.mouseClick(popup.no_button, Qt.MouseButton.LeftButton)
    popup.open_for(4, QPoint(50, 50))  # paused, say: the picture is the same
    assert popup.hint.text() == "You said who this is not. Who is it?"
    assert not popup.yes_button.isVisible()
    assert not any(chip.isVisible() for chip in popup.chips)
    popup.close()
    popup.open_for(5, QPoint(50, 50))
    assert popup.yes_button.isVisible(), "another face"
    popup.close()
    say(RequestEnded(engine.request_of("faces.reject_track"), GalleryError("The disk is full. Free some space.")))
    popup.open_for(4, QPoint(50, 50))
    assert popup.yes_button.isVisible(), "it was not remembered"
    QTest.mouseClick(popup.no_button, Qt.MouseButton.LeftButton)
    say(RequestEnded(engine.request_of("faces.reject_track")))
    say(said)
    popup.open_for(4, QPoint(50, 50))
    assert not popup.yes_button.isVisible(), "a result from before"
    popup.close()
    say(make_result(unknown_face(4, None, None, is_denied=True)))
    say(said)  # it was undone
    popup.open_for(4, QPoint(50, 50))
    assert popup.yes_button.isVisible()


def test_nobody_is_asked_about_who_was_denied(popup: WhoIsThisPopup, say: Say) -> None:
    say(make_result(unknown_face(4, None, None, is_denied=True)))
    popup.open_for(4, QPoint(50, 50))
    assert popup.hint.text() == "You said who this is not. Who is it?"
    assert not popup.yes_button.isVisible()
    assert not popup.no_button.isVisible()
    assert popup.name_field.edit.hasFocus()


def test_answers_go_with_the_face_that_they_are_about(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(make_result(make_face(4, name="Ada", person_id=1), make_face(5)))
    popup.open_for(4, QPoint(50, 50))
    popup.close()
    popup.open_for(5, QPoint(50, 50))  # nobody is near it
    assert not popup.yes_button.isVisible()
    popup.open_for_group(3, b"", QPoint(50, 50))
    assert not popup.no_button.isVisible()
    popup.open_for(4, QPoint(50, 50))
    say(make_result(make_face(4, name="Bob", person_id=2)))  # while it is open, what was clicked on counts
    QTest.mouseClick(popup.yes_button, Qt.MouseButton.LeftButton)
    assert engine.calls == [("faces.confirm_track", (4, 1))]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((Qt.Key.Key_Return,), ("faces.confirm_track", (4, 1))),
        ((Qt.Key.Key_Space,), ("faces.confirm_track", (4, 1))),
        ((Qt.Key.Key_Tab, Qt.Key.Key_Return), ("faces.reject_track", (4, 1))),
        ((Qt.Key.Key_Tab, Qt.Key.Key_Enter), ("faces.reject_track", (4, 1))),
        ((Qt.Key.Key_Right, Qt.Key.Key_Space), ("faces.reject_track", (4, 1))),
    ],
)
def test_answering_with_the_keyboard(
    popup: WhoIsThisPopup, engine: FakeEngine, say: Say, keys: tuple[Qt.Key, ...], expected: tuple[str, object]
) -> None:
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
    assert engine.calls == [expected]
    assert not popup.isVisible()


def test_tab_leads_from_the_answers_to_the_name_and_on(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    visited: list[QWidget] = []
    for _ in range(4):
        visited.append(popup.focusWidget())
        QTest.keyClick(visited[-1], Qt.Key.Key_Tab)
    assert visited == [popup.yes_button, popup.no_button, popup.name_field.edit, popup.consent.check]
    QTest.keyClick(popup.yes_button, Qt.Key.Key_Escape)
    assert engine.calls == []
    assert not popup.isVisible()


def test_typing_begins_the_name_wherever_the_keyboard_is(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(gallery(person(1, "Ada"), person(2, "Bob")))
    say(make_result(make_face(4, name="Ada", person_id=1)))
    popup.open_for(4, QPoint(50, 50))
    assert popup.missing.text() == ""  # one click answers; nothing is missing yet
    QTest.keyClick(popup.yes_button, Qt.Key.Key_B)
    QTest.keyClicks(popup.name_field.edit, "ob")
    assert popup.name_field.text() == "bob"
    proposals = popup.name_field.edit.completer().popup()
    assert proposals is not None
    proposals.hide()
    QTest.keyClick(popup.name_field.edit, Qt.Key.Key_Return)
    assert engine.calls == [("faces.name_track", (4, agreed("bob", 2), 1))]


def test_naming_an_unknown_face_denies_nobody(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    say(gallery(person(1, "Ada"), person(2, "Bob")))
    say(make_result(unknown_face(4, 2, "Bob")))
    popup.open_for(4, QPoint(50, 50))
    popup.name_field.edit.setText("Ada")
    popup.save_button.click()
    assert engine.calls == [("faces.name_track", (4, agreed("Ada", 1)))]


# What is enrolled already is asked about ------------------------------------------------------------------------------


@pytest.fixture
def asked(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> WhoIsThisPopup:
    """Somebody recognised as Ada was given another name, and the engine asks."""
    ada = person(1, "Ada")
    say(gallery(ada))
    say(make_result(make_face(4, name="Ada", person_id=1), make_face(5)))
    popup.open_for(4, QPoint(50, 50))
    QTest.keyClicks(popup.name_field.edit, "Eve")
    popup.consent.check.click()
    popup.save_button.click()
    assert not popup.isVisible()
    say(LooksEnrolled(engine.request_of("faces.name_track"), "Eve", (ada,)))
    assert popup.isVisible()
    return popup


def press(*keys: Qt.Key) -> None:
    """Each key goes to what has the keyboard then."""
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_one_person_under_two_names_gets_the_shots(asked: WhoIsThisPopup, engine: FakeEngine, by: str) -> None:
    assert "Ada, who is already enrolled" in asked.question.words.text()
    if by == "mouse":
        QTest.mouseClick(asked.question.add_button, Qt.MouseButton.LeftButton)
    else:
        press(Qt.Key.Key_Return)
    assert engine.calls[1:] == [("faces.name_track", (4, agreed("Ada", 1)))]  # and nothing says that it is not Ada
    assert not asked.isVisible()
    assert "Ada" not in asked.question.words.text()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_two_people_who_look_alike_are_both_saved(asked: WhoIsThisPopup, engine: FakeEngine, by: str) -> None:
    if by == "mouse":
        QTest.mouseClick(asked.question.save_button, Qt.MouseButton.LeftButton)
    else:
        press(Qt.Key.Key_Tab, Qt.Key.Key_Return)
    assert engine.calls[1:] == [("faces.name_track", (4, agreed("Eve"), 1))]
    assert engine.terms[-1] is not None
    assert not asked.isVisible()


@pytest.mark.parametrize("by", ["mouse", "keyboard", "Esc"])
def test_cancelling_saves_nothing_and_loses_nothing(asked: WhoIsThisPopup, engine: FakeEngine, by: str) -> None:
    if by == "mouse":
        QTest.mouseClick(asked.question.cancel_button, Qt.MouseButton.LeftButton)
    elif by == "keyboard":
        press(Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Return)
    else:
        press(Qt.Key.Key_Escape)
    assert not asked.question.isVisible()
    assert asked.save_button.isVisible()
    assert asked.name_field.edit.hasFocus()
    assert asked.name_field.text() == "Eve"
    assert asked.consent.is_given()
    assert len(engine.calls) == 1
    press(Qt.Key.Key_Escape)
    assert not asked.isVisible()


@pytest.mark.parametrize("change", ["name", "gone", "closed"])
def test_a_question_goes_with_what_it_was_about(asked: WhoIsThisPopup, say: Say, change: str) -> None:
    if change == "name":
        press(Qt.Key.Key_A)
        assert asked.name_field.text() == "Evea"
    elif change == "gone":
        say(gallery())
    else:
        asked.close()
    assert not asked.question.isVisible()
    assert "Ada" not in asked.question.words.text()
    assert asked.isVisible() == (change != "closed")


def test_the_same_pictures_again_are_asked_about(popup: WhoIsThisPopup, engine: FakeEngine, say: Say) -> None:
    ada = person(1, "Ada")
    say(gallery(ada))
    popup.open_for(4, QPoint(50, 50))
    popup.name_field.edit.setText("Ada")
    popup.save_button.click()
    say(LooksEnrolled(engine.request_of("faces.name_track"), "Ada", (ada,), is_same_picture=True))
    assert not popup.question.add_button.isVisible()
    press(Qt.Key.Key_Return)
    assert engine.calls_of("faces.name_track", is_sure=True) == [(4, agreed("Ada", 1))]


def test_what_could_not_be_saved_comes_back_with_what_was_typed(
    popup: WhoIsThisPopup, engine: FakeEngine, say: Say
) -> None:
    """The picture is paused, say, and the face was never seen well enough."""
    say(make_result(make_face(4)))
    popup.open_for(4, QPoint(50, 50))
    QTest.keyClicks(popup.name_field.edit, "Eve")
    popup.consent.check.click()
    QTest.keyClick(popup.name_field.edit, Qt.Key.Key_Return)
    assert not popup.isVisible()
    say(RequestEnded(engine.request_of("faces.name_track"), EnrollmentError("Not seen well enough. Come closer.")))
    assert popup.isVisible()
    assert (popup.name_field.text(), popup.consent.is_given()) == ("Eve", True)
    assert popup.missing.text() == "Not seen well enough. Come closer."
    QTest.mouseClick(popup.save_button, Qt.MouseButton.LeftButton)
    say(RequestEnded(engine.request_of("faces.name_track")))
    assert not popup.isVisible()
    assert len(engine.calls_of("faces.name_track")) == 2


def test_a_question_waits_while_another_face_is_named(
    qtbot: QtBot, popup: WhoIsThisPopup, engine: FakeEngine, say: Say
) -> None:
    ada = person(1, "Ada")
    say(gallery(ada))
    popup.open_for(4, QPoint(50, 50))
    popup.name_field.edit.setText("Eve")
    popup.consent.check.click()
    popup.save_button.click()
    popup.open_for(5, QPoint(50, 50))
    QTest.keyClicks(popup.name_field.edit, "Bo")
    say(LooksEnrolled(engine.request_of("faces.name_track"), "Eve", (ada,)))
    assert not popup.question.isVisible()
    assert popup.name_field.text() == "Bo"
    popup.close()
    qtbot.waitUntil(popup.question.isVisible)
    assert popup.name_field.text() == "Eve"
    popup.question.save_button.click()
    assert engine.calls_of("faces.name_track", is_sure=True) == [(4, agreed("Eve"))]


def test_what_was_saved_elsewhere_is_asked_about_there(popup: WhoIsThisPopup, say: Say) -> None:
    say(LooksEnrolled(4711, "Eve", (person(1, "Ada"),)))
    assert not popup.isVisible()


class Wordy(QTranslator):
    """A language in which everything takes twice the room, in longer words."""

    def translate(self, context: str, text: str, note: str | None = None, n: int = -1) -> str:
        return f"{text} " + re.sub(r"[a-z]{5,}", lambda word: word.group() + "keiten", text)

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False


@pytest.fixture(params=["English", "twice as long"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    translator = Wordy()
    if request.param != "English":
        QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(
    "name", ["Ada", "Ada & Co", "Bartholomäus von und zu Wolkenstein-Trostburg", "W" * 40, "李" * 40]
)
def test_words_fit_into_the_popup(popup: WhoIsThisPopup, engine: FakeEngine, say: Say, name: str) -> None:
    say(make_result(make_face(4), make_face(5, name=name, person_id=1), unknown_face(6, 2, name)))
    for track in (4, 5, 6, 4):  # one after the other, for what was there before may leave its height behind
        popup.open_for(track, QPoint(50, 50))
        assert popup.width() == WhoIsThisPopup.WIDTH
        inside = popup.rect()
        shown = [popup.hint, popup.name_field, popup.consent, popup.save_button, popup.missing]
        shown += [popup.yes_button, popup.no_button] if track == 5 else []
        shown += [popup.chips[0]] if track == 6 else []
        places = [QRect(widget.mapTo(popup, QPoint()), widget.size()) for widget in shown]
        assert all(inside.contains(place) for place in places)
        assert not any(one.intersects(other) for one in places for other in places if one is not other)
        assert popup.hint.height() >= popup.hint.heightForWidth(popup.hint.width())
        for button in (popup.yes_button, popup.no_button, *popup.chips):
            assert not button.isVisible() or words_fit(button)
        popup.close()
    popup.open_for(5, QPoint(50, 50))
    popup.name_field.edit.setText("Eve")
    popup.consent.check.click()
    popup.save_button.click()
    say(LooksEnrolled(engine.request_of("faces.name_track"), "Eve", (person(1, name),)))
    question = popup.question
    parts = [question.words, question.add_button, question.save_button, question.cancel_button]
    places = [QRect(widget.mapTo(popup, QPoint()), widget.size()) for widget in [popup.consent, *parts]]
    assert all(popup.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for one in places for other in places if one is not other)
    assert question.words.height() >= question.words.heightForWidth(question.words.width())


def words_fit(button: WrappedButton) -> bool:
    words = button.accessibleName()
    room = button.rect().adjusted(12, 5, -12, -5)
    is_long = any(button.fontMetrics().horizontalAdvance(word) > room.width() for word in words.split())
    wrap = Qt.TextFlag.TextWrapAnywhere if is_long else Qt.TextFlag.TextWordWrap
    needed = button.fontMetrics().boundingRect(room, int(Qt.AlignmentFlag.AlignCenter | wrap), words)
    return needed.width() <= room.width() and needed.height() <= room.height()


def test_a_wrapped_button_looks_like_a_button(qtbot: QtBot) -> None:
    button = WrappedButton(120)
    qtbot.addWidget(button)
    button.say("A&B")
    narrow = button.sizeHint()
    button.say("A much longer sentence that has to wrap")
    wide = button.sizeHint()
    assert narrow.width() < wide.width() == 120
    assert wide.height() > narrow.height()
    button.resize(wide)
    drawn = button.grab().toImage()
    blank = WrappedButton(120)
    qtbot.addWidget(blank)
    blank.resize(wide)
    assert drawn != blank.grab().toImage()
