"""Enrolment driven as a user does: hold, click, keys, drops, undo, save."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import LooksEnrolled, RequestEnded, SourceChanged, SourceState, Trouble
from metaface_gui.engine.people.enrollment_session import EnrollmentSession
from metaface_gui.errors import EnrollmentError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels import record_button
from metaface_gui.gui.panels.enroll_panel import EnrollPanel
from metaface_gui.gui.theme import Theme
from metaface_gui.i18n import advice_text, issue_text, turn_text
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.types import Floats, QualityIssue
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, agreed, child_of, drop, on_screen
from tests.gui.panels.samples import enrollment, gallery, person
from tests.pipeline.samples import sample, unit

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, say: Say) -> EnrollPanel:
    made = on_screen(qtbot, EnrollPanel(engine.enrollment, bridge), 320, 760)
    say(SourceChanged(SourceState.RUNNING, "Camera 1"))
    return made


def test_without_a_source_nothing_is_recorded_and_it_says_why(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge
) -> None:
    made = on_screen(qtbot, EnrollPanel(engine.enrollment, bridge))
    assert not made.record_button.isEnabled()
    assert "no live picture" in made.guidance.text()
    made.setFocus()
    QTest.keyPress(made, Qt.Key.Key_Space)
    QTest.keyRelease(made, Qt.Key.Key_Space)
    assert engine.calls_of("enrollment.start") == []


def test_after_files_were_chosen_what_is_typed_is_the_name(panel: EnrollPanel, engine: FakeEngine) -> None:
    panel.add_files([Path("somebody.jpg")])
    assert len(engine.calls_of("enrollment.add_files")) == 1
    assert panel.name_field.edit.hasFocus()


@pytest.fixture
def holds_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A press is a hold, however short."""
    monkeypatch.setattr(record_button, "HOLD_MS", 0)


def fill(panel: EnrollPanel, name: str) -> None:
    panel.focus_name()
    QTest.keyClicks(panel.name_field.edit, name)


def test_a_click_records_until_the_next_click(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(panel.record_button, LEFT)
    assert [call.name for call in engine.calls] == ["enrollment.start"]
    say(enrollment(1, is_recording=True))
    QTest.mouseClick(panel.record_button, LEFT)
    assert [call.name for call in engine.calls] == ["enrollment.start", "enrollment.stop"]


@pytest.mark.usefixtures("holds_at_once")
def test_a_hold_records_until_it_ends(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    QTest.mousePress(panel.record_button, LEFT)
    say(enrollment(is_recording=True))
    assert engine.calls_of("enrollment.stop") == []
    QTest.mouseRelease(panel.record_button, LEFT)
    assert len(engine.calls_of("enrollment.stop")) == 1


def test_a_click_counts_down_and_then_records(
    qtbot: QtBot, panel: EnrollPanel, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_button, "TICK_MS", 1)
    panel.set_countdown(True)
    ticks: list[int] = []
    panel.countdown_ticked.connect(ticks.append)
    QTest.mouseClick(panel.record_button, LEFT)
    assert engine.calls == []
    qtbot.waitUntil(lambda: bool(engine.calls))
    assert [call.name for call in engine.calls] == ["enrollment.start"]
    assert ticks == [3, 2, 1, 0]


@pytest.mark.parametrize("how", ["escape", "click", "hidden", "no picture", "switched off"])
def test_a_countdown_can_be_cancelled(panel: EnrollPanel, engine: FakeEngine, say: Say, how: str) -> None:
    panel.set_countdown(True)
    QTest.mouseClick(panel.record_button, LEFT)
    assert panel.record_button.is_counting
    if how == "escape":
        QTest.keyClick(panel.record_button, Qt.Key.Key_Escape)
    elif how == "click":
        QTest.mouseClick(panel.record_button, LEFT)
    elif how == "hidden":
        panel.hide()
    elif how == "no picture":
        say(SourceChanged(SourceState.CLOSED))
    else:
        QTest.mouseClick(panel.countdown_button, LEFT)
        assert not panel.record_button.has_countdown
    assert not panel.record_button.is_counting
    assert engine.calls_of("enrollment.start") == []
    assert engine.calls_of("enrollment.discard") == []


@pytest.mark.usefixtures("holds_at_once")
def test_a_hold_records_without_counting(qtbot: QtBot, panel: EnrollPanel, engine: FakeEngine) -> None:
    panel.set_countdown(True)
    QTest.mousePress(panel.record_button, LEFT)
    qtbot.waitUntil(lambda: bool(engine.calls))
    QTest.mouseRelease(panel.record_button, LEFT)
    assert [call.name for call in engine.calls] == ["enrollment.start", "enrollment.stop"]
    assert not panel.record_button.is_counting


@pytest.mark.usefixtures("holds_at_once")
def test_space_held_anywhere_in_the_panel_records(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(1))
    panel.grid.tiles[0].setFocus()
    QTest.keyPress(panel.grid.tiles[0], Qt.Key.Key_Space)
    assert len(engine.calls_of("enrollment.start")) == 1
    QTest.keyRelease(panel.grid.tiles[0], Qt.Key.Key_Space)
    assert len(engine.calls_of("enrollment.stop")) == 1


def test_a_space_in_a_name_is_a_space(panel: EnrollPanel, engine: FakeEngine) -> None:
    fill(panel, "Ada Lovelace")
    assert panel.name_field.text() == "Ada Lovelace"
    assert engine.calls == []


def test_the_time_of_a_recording_is_used_and_then_the_name_is_next(
    panel: EnrollPanel, engine: FakeEngine, say: Say
) -> None:
    panel.start()
    say(enrollment(1, 2, 3, is_recording=True, wanted=3))
    assert engine.calls_of("enrollment.stop") == [], "later shots may differ more"
    assert panel.record_button.hasFocus()
    say(enrollment(1, 2, 4, wanted=3))
    assert panel.name_field.edit.hasFocus()


@pytest.mark.usefixtures("holds_at_once")
def test_after_a_long_hold_the_name_is_next_once_it_is_let_go(panel: EnrollPanel, say: Say) -> None:
    panel.start()
    QTest.keyPress(panel.record_button, Qt.Key.Key_Space)
    say(enrollment(1, 2, 3, is_recording=True, wanted=3))
    say(enrollment(1, 2, 3, wanted=3))
    assert panel.record_button.hasFocus(), "the key is still down, and would write into the name"
    QTest.keyRelease(panel.record_button, Qt.Key.Key_Space)
    assert panel.name_field.edit.hasFocus()
    assert panel.name_field.text() == ""


@pytest.mark.usefixtures("holds_at_once")
def test_a_hold_ends_when_the_window_loses_the_keyboard(panel: EnrollPanel, engine: FakeEngine) -> None:
    panel.start()
    QTest.keyPress(panel.record_button, Qt.Key.Key_Space)
    panel.name_field.edit.setFocus()
    assert len(engine.calls_of("enrollment.stop")) == 1


def test_nobody_is_recorded_by_a_hidden_panel(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(is_recording=True))
    panel.hide()
    assert len(engine.calls_of("enrollment.stop")) == 1


@pytest.mark.parametrize("issue", list(QualityIssue))
def test_guidance_says_what_to_do(panel: EnrollPanel, say: Say, issue: QualityIssue) -> None:
    say(enrollment(is_recording=True, guidance=issue))
    expected = turn_text(()) if issue is QualityIssue.TOO_SIMILAR else issue_text(issue)
    assert panel.guidance.text() == expected


def test_nothing_moves_when_the_guidance_changes(panel: EnrollPanel, say: Say) -> None:
    say(enrollment(wanted=8))
    before = panel.name_field.pos()
    say(enrollment(1, 2, is_recording=True, guidance=QualityIssue.SEVERAL_FACES, wanted=8))
    assert panel.name_field.pos() == before


def test_without_a_picture_it_cannot_record_and_says_so(panel: EnrollPanel, say: Say) -> None:
    say(SourceChanged(SourceState.CLOSED))
    assert not panel.record_button.isEnabled()
    assert "no live picture" in panel.guidance.text()
    say(SourceChanged(SourceState.RUNNING, "cam"))
    assert panel.record_button.isEnabled()


def test_a_shot_is_left_out_with_its_cross_and_brought_back(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(4, 5, 6))
    QTest.mouseClick(panel.grid.tiles[1].close_button, LEFT)
    assert engine.calls_of("enrollment.remove") == [(5,)]
    say(enrollment(4, 6, can_undo=True))
    assert [tile.shot_id for tile in panel.grid.tiles] == [4, 6]
    QTest.mouseClick(panel.undo_button, LEFT)
    assert len(engine.calls_of("enrollment.undo")) == 1


def test_deleting_with_the_keyboard_goes_on_where_it_was(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(4, 5, 6))
    panel.grid.tiles[1].setFocus()
    QTest.keyClick(panel.grid.tiles[1], Qt.Key.Key_Delete)
    say(enrollment(4, 6, can_undo=True))
    assert engine.calls_of("enrollment.remove") == [(5,)]
    assert panel.grid.tiles[1].hasFocus()


def test_undo_is_off_while_there_is_nothing_to_undo(panel: EnrollPanel, say: Say) -> None:
    say(enrollment(1))
    assert not panel.undo_button.isEnabled()


def test_saving_needs_everything_and_says_what_is_missing(panel: EnrollPanel, say: Say) -> None:
    say(enrollment())
    assert not panel.save_button.isEnabled()
    assert all(words in panel.missing.text() for words in ("record", "name", "consent"))
    say(enrollment(1))
    fill(panel, "Ada")
    assert "consent" in panel.missing.text()
    assert "consent" in panel.save_button.toolTip()
    assert not panel.save_button.isEnabled()
    QTest.mouseClick(panel.consent.check, LEFT, pos=QPoint(8, 8))
    assert panel.save_button.isEnabled()


def saved(engine: FakeEngine) -> RequestEnded:
    """What the engine says once it has saved what it was asked for last."""
    return RequestEnded(engine.request_of("enrollment.save"))


def test_a_new_person_is_saved_and_the_form_is_ready_again(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(1, 2))
    fill(panel, "  Ada   Lovelace ")
    panel.consent.check.click()
    QTest.mouseClick(panel.save_button, LEFT)
    assert engine.calls_of("enrollment.save") == [(agreed("Ada Lovelace"),)]
    assert not panel.save_button.isEnabled()  # a second click cannot save twice
    say(enrollment(1, 2))  # recording was stopped; nothing is saved yet
    assert panel.name_field.text() != ""
    say(enrollment())
    say(saved(engine))
    assert panel.name_field.text() == ""
    assert not panel.consent.is_given()
    assert panel.record_button.hasFocus()
    assert "Ada Lovelace" in panel.missing.text()


def test_trouble_that_has_nothing_to_do_with_it_leaves_a_saving_alone(
    panel: EnrollPanel, engine: FakeEngine, say: Say
) -> None:
    say(enrollment(1, 2))
    fill(panel, "Ada")
    panel.consent.check.click()
    QTest.mouseClick(panel.save_button, LEFT)
    say(Trouble(EnrollmentError("A frame was lost. The next one is looked at.")))
    assert not panel.save_button.isEnabled(), "it is still being saved"
    assert "frame" not in panel.missing.text()
    say(enrollment())
    assert not panel.save_button.isEnabled(), "it has not ended yet"
    say(saved(engine))
    assert panel.name_field.text() == ""
    assert not panel.consent.is_given()
    assert "Ada" in panel.missing.text()


def test_enter_leads_through_the_form(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(1))
    fill(panel, "Ada")
    QTest.keyClick(panel.name_field.edit, Qt.Key.Key_Return)
    assert engine.calls_of("enrollment.save") == []
    assert panel.consent.check.hasFocus()
    QTest.keyClick(panel.consent.check, Qt.Key.Key_Space)
    QTest.keyClick(panel.consent.check, Qt.Key.Key_Return)
    assert engine.calls_of("enrollment.save") == [(agreed("Ada"),)]


def test_a_save_that_fails_keeps_everything_and_says_why(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(1))
    fill(panel, "Ada")
    panel.consent.check.click()
    panel.save_button.click()
    error = EnrollmentError("The disk is full. Free some space.")
    say(Trouble(error))
    say(RequestEnded(engine.request_of("enrollment.save"), error))
    assert panel.missing.text() == "The disk is full. Free some space."
    assert panel.name_field.text() == "Ada"
    assert panel.save_button.isEnabled()


def test_an_existing_person_gets_more_shots_without_asking_again(
    panel: EnrollPanel, engine: FakeEngine, say: Say
) -> None:
    ada = person(7, "Ada", shots=5)
    say(gallery(ada))
    panel.start_for(ada)
    assert panel.record_button.hasFocus()
    say(enrollment(1))
    assert "Adds the shots to Ada, who has 5 shots" in panel.name_field.message
    assert panel.consent.is_given()
    panel.save_button.click()
    assert engine.calls_of("enrollment.save") == [(agreed("Ada", 7),)]


@pytest.mark.parametrize(("text", "words"), [("   ", "empty"), ("x" * 201, "201 characters"), ("a\x07b", "control")])
def test_a_name_that_does_not_do_is_refused_in_words(panel: EnrollPanel, say: Say, text: str, words: str) -> None:
    say(enrollment(1))
    panel.consent.check.click()
    panel.name_field.edit.setText(text)
    assert words in panel.name_field.message
    assert not panel.save_button.isEnabled()


@pytest.mark.parametrize("name", ["😀 Ада", "שרה כהן", "O'Neil / <b>", "x" * 200])
def test_names_of_any_script_are_fine(panel: EnrollPanel, engine: FakeEngine, say: Say, name: str) -> None:
    say(enrollment(1))
    panel.name_field.edit.setText(name)
    panel.consent.check.click()
    panel.save_button.click()
    assert engine.calls_of("enrollment.save") == [(agreed(name),)]


def test_escape_discards_and_undo_brings_name_and_shots_back(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(1, 2))
    fill(panel, "Ada")
    QTest.keyClick(panel.name_field.edit, Qt.Key.Key_Escape)  # closes the proposals if they are open
    if not engine.calls_of("enrollment.discard"):
        QTest.keyClick(panel.name_field.edit, Qt.Key.Key_Escape)
    assert len(engine.calls_of("enrollment.discard")) == 1
    say(enrollment(can_undo=True))
    assert panel.name_field.text() == ""
    QTest.mouseClick(panel.undo_button, LEFT)
    assert len(engine.calls_of("enrollment.undo")) == 1
    assert panel.name_field.text() == "Ada"


def test_escape_with_nothing_to_discard_is_left_to_the_window(panel: EnrollPanel, engine: FakeEngine) -> None:
    panel.start()
    QTest.keyClick(panel.record_button, Qt.Key.Key_Escape)
    assert engine.calls == []


def test_dropped_files_and_folders_are_taken(panel: EnrollPanel, engine: FakeEngine, tmp_path: Path) -> None:
    file = tmp_path / "Grüße & more.jpg"
    file.write_bytes(b"x")
    drop(panel, QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/a.jpg"))
    assert engine.calls_of("enrollment.add_files") == [((file, tmp_path),)]


def test_a_drop_of_nothing_usable_says_so(panel: EnrollPanel, engine: FakeEngine, tmp_path: Path) -> None:
    drop(panel, QUrl("https://example.org/a.jpg"), QUrl.fromLocalFile(str(tmp_path / "gone.jpg")))
    assert engine.calls == []
    assert "Only files and folders" in panel.missing.text()


def test_files_chosen_in_the_dialog_are_taken(panel: EnrollPanel, engine: FakeEngine, tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"x")
    panel.files_button.click()
    dialog = child_of(panel, QFileDialog)
    dialog.filesSelected.emit([str(file)])
    assert engine.calls_of("enrollment.add_files") == [((file,),)]
    dialog.close()


def test_a_cancelled_dialog_takes_nothing(panel: EnrollPanel, engine: FakeEngine) -> None:
    panel.files_button.click()
    dialog = child_of(panel, QFileDialog)
    dialog.reject()
    assert engine.calls == []


def test_refused_files_are_listed_with_their_reasons(panel: EnrollPanel, say: Say) -> None:
    assert not panel.refused.isVisible()
    say(enrollment(refused=(("a.jpg", QualityIssue.BLURRED), ("b.jpg", QualityIssue.NO_FACE))))
    assert panel.refused.toggle.text() == "2 pictures were refused"
    assert not panel.refused.is_open()
    QTest.mouseClick(panel.refused.toggle, LEFT)
    assert panel.refused.is_open()
    assert panel.refused.lines() == ["a.jpg: blurred", "b.jpg: no face found"]
    say(enrollment())
    assert not panel.refused.isVisible()


def test_a_damaged_picture_still_has_a_tile(panel: EnrollPanel, say: Say) -> None:
    event = enrollment(1)
    broken = type(event.shots[0])(1, b"not a picture", 0.5)
    say(type(event)(False, None, (broken,), 5))
    assert len(panel.grid.tiles) == 1
    panel.grab()


@pytest.mark.parametrize("issue", [issue for issue in QualityIssue if issue is not QualityIssue.TOO_SIMILAR])
def test_refused_pictures_bring_the_advice_that_fits_them(panel: EnrollPanel, say: Say, issue: QualityIssue) -> None:
    other = QualityIssue.TOO_DARK if issue is not QualityIssue.TOO_DARK else QualityIssue.BLURRED
    say(enrollment(refused=(("a.jpg", issue), ("b.jpg", other), ("c.jpg", issue))))
    assert panel.guidance.text() == advice_text([issue])
    assert advice_text([issue]) not in {advice_text([another]) for another in QualityIssue if another is not issue}
    say(enrollment(1, refused=(("a.jpg", issue),)))
    assert panel.guidance.text() != advice_text([issue])


def asked_about(panel: EnrollPanel, engine: FakeEngine, say: Say, name: str) -> None:
    """Try to save somebody who looks like Ada."""
    ada = person(7, "Ada", shots=5)
    say(gallery(ada))
    say(enrollment(1))
    panel.name_field.edit.setText(name)
    panel.consent.check.click()
    panel.save_button.click()
    request = engine.request_of("enrollment.save")
    say(LooksEnrolled(request, name, (ada,)))
    say(RequestEnded(request))


def test_a_face_under_a_second_name_is_asked_about(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    asked_about(panel, engine, say, "Eve")
    assert panel.question.isVisible()
    assert "Ada" in panel.question.words.text()
    assert panel.save_button.isEnabled()
    assert engine.calls_of("enrollment.save", is_sure=True) == []
    panel.question.add_button.click()
    assert engine.calls_of("enrollment.save", is_sure=True) == [(agreed("Ada", 7),)]
    assert not panel.question.isVisible()
    say(enrollment())
    say(RequestEnded(engine.request_of("enrollment.save")))
    assert "Ada is saved" in panel.missing.text()


def test_two_people_who_look_alike_can_both_be_saved(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    asked_about(panel, engine, say, "Eve")
    panel.question.save_button.click()
    assert engine.calls_of("enrollment.save", is_sure=True) == [(agreed("Eve"),)]
    assert engine.terms[-1] is not None


def test_cancelling_saves_nothing_and_loses_nothing(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    asked_about(panel, engine, say, "Eve")
    panel.question.cancel_button.click()
    assert not panel.question.isVisible()
    assert engine.calls_of("enrollment.save", is_sure=True) == []
    assert (panel.name_field.text(), panel.consent.is_given()) == ("Eve", True)
    assert panel.save_button.isEnabled()


def test_the_same_picture_twice_is_asked_about(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    ada = person(7, "Ada", shots=5)
    say(gallery(ada))
    panel.start_for(ada)
    say(enrollment(1))
    panel.save_button.click()
    say(LooksEnrolled(engine.request_of("enrollment.save"), "Ada", (ada,), is_same_picture=True))
    assert not panel.question.add_button.isVisible()
    panel.question.save_button.click()
    assert engine.calls_of("enrollment.save", is_sure=True) == [(agreed("Ada", 7),)]


@pytest.mark.parametrize("change", ["name", "shots", "discard", "gone"])
def test_a_question_goes_with_what_it_was_about(panel: EnrollPanel, engine: FakeEngine, say: Say, change: str) -> None:
    asked_about(panel, engine, say, "Eve")
    if change == "name":
        panel.name_field.edit.setText("Eva")
    elif change == "shots":
        say(enrollment(1, 2))
    elif change == "discard":
        panel.discard_button.click()
    else:
        say(gallery())
    assert not panel.question.isVisible()
    assert "Ada" not in panel.question.words.text()


def looking(point: Floats, nose: tuple[float, float] = (32, 38)) -> FaceSample:
    """A head that looks straight on, or to where its nose is."""
    made = sample(point)
    made.detection.landmarks[2] = nose
    return made


def ring_pixels(panel: EnrollPanel) -> int:
    """How much of the record button has the colour of a side that is there."""
    image, wanted = panel.record_button.grab().toImage(), Theme.current().color("success").rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("by", ["mouse", "key"])
@pytest.mark.usefixtures("holds_at_once")
def test_a_hold_takes_two_seconds_in_which_more_different_shots_replace_the_first_ones(
    panel: EnrollPanel, engine: FakeEngine, say: Say, by: str
) -> None:
    """What is held down is recorded by the engine's own session, of a head that turns after 0.9 seconds."""
    now_s = 100.0
    session = EnrollmentSession(say, lambda: now_s)
    if by == "mouse":
        QTest.mousePress(panel.record_button, LEFT)
    else:
        panel.setFocus()
        QTest.keyPress(panel, Qt.Key.Key_Space)
    assert engine.calls_of("enrollment.start") == [()]
    session.start()
    for point in unit(0, 12, 24, 36, 48):  # nearly the same picture five times
        now_s += 0.18
        session.offer([looking(point)])
    assert [tile.shot_id for tile in panel.grid.tiles] == [1, 2, 3, 4, 5]
    assert panel.record_button.is_recording, "five shots were there after 0.9 seconds"
    assert panel.guidance.text() == turn_text(())
    assert ring_pixels(panel) == 0
    for point, nose in zip(unit(100, 150), ((34.5, 38), (29.5, 38)), strict=True):
        now_s += 0.3
        session.offer([looking(point, nose)])
    assert {6, 7} <= {tile.shot_id for tile in panel.grid.tiles}
    assert len(panel.grid.tiles) == 5
    assert ring_pixels(panel) > 20, "the ring shows the sides that are there"
    assert panel.record_button.is_recording
    now_s += 0.6
    session.offer([looking(unit(150)[0])])
    assert not panel.record_button.is_recording
    if by == "mouse":
        QTest.mouseRelease(panel.record_button, LEFT)
    else:
        QTest.keyRelease(panel, Qt.Key.Key_Space)
    assert panel.name_field.edit.hasFocus()
    assert {6, 7} <= {tile.shot_id for tile in panel.grid.tiles}, "they stay"
