"""Reminders, the page on privacy, reports and forgetting everything, driven as a user does in the whole window."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EverythingForgotten, ExpiredDeleted, ReportWritten, Undoable
from metaface_gui.engine.people.privacy_api import Storage
from metaface_gui.gallery import Consent, Person, Retention
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.privacy.forget_dialog import ForgetDialog
from metaface_gui.gui.privacy.keeping_line import ConsentRecords
from metaface_gui.gui.theme import Theme, ThemeMode
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine
from tests.gui.panels.samples import gallery, person

LEFT = Qt.MouseButton.LeftButton
DAY = timedelta(days=1)


def kept(number: int, name: str, days_left: float, period: int = 30) -> Person:
    return person(number, name, keep=Retention(datetime.now(UTC) + days_left * DAY, period * DAY))


@pytest.fixture
def due_people(window: MainWindow, say: Say) -> tuple[Person, ...]:
    people = (kept(1, "Ann", -2), kept(2, "Bob", 3), person(3, "Carla"))
    say(gallery(*people))
    return people


# Reminders -----------------------------------------------------------------------------------------------------------


def test_nobody_is_reminded_of_nothing(window: MainWindow, say: Say) -> None:
    say(gallery(person(1, "Ann"), kept(2, "Bob", 20)))
    assert window.privacy.banner.isHidden()
    window.privacy.review()
    assert window.privacy.review_dialog is None


@pytest.mark.usefixtures("due_people")
def test_those_who_are_due_are_said_and_not_deleted(window: MainWindow, engine: FakeEngine) -> None:
    banner = window.privacy.banner
    assert banner.isVisible()
    assert banner.text.text() == "Ann: the agreed time is over; for 1 more it soon will be."
    assert engine.calls_of("privacy.delete_expired") == engine.calls_of("people.delete") == []


@pytest.mark.usefixtures("due_people")
def test_a_reminder_that_was_put_off_comes_back_only_with_news(window: MainWindow, say: Say) -> None:
    QTest.mouseClick(window.privacy.banner.close_button, LEFT)
    assert window.privacy.banner.isHidden()
    say(gallery(kept(1, "Ann", -2), kept(2, "Bob", 3)))
    assert window.privacy.banner.isHidden()
    say(gallery(kept(1, "Ann", -2), kept(2, "Bob", -0.01)))
    assert window.privacy.banner.isVisible()


@pytest.mark.usefixtures("due_people")
def test_nothing_lies_over_a_presentation(window: MainWindow) -> None:
    window.commands.present.setChecked(True)
    assert window.privacy.banner.isHidden()
    window.commands.present.setChecked(False)
    assert window.privacy.banner.isVisible()


def test_somebody_becomes_due_while_the_window_is_open(
    window: MainWindow, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(gallery(kept(1, "Ann", 20)))
    assert window.privacy.banner.isHidden()
    monkeypatch.setattr("metaface_gui.gui.privacy.privacy_controller.datetime", NextMonth)
    assert window.privacy._hourly.isActive()
    assert window.privacy._hourly.interval() <= 3_600_000
    window.privacy._hourly.timeout.emit()
    assert window.privacy.banner.isVisible()


class NextMonth(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + 31 * DAY


@pytest.mark.usefixtures("due_people")
def test_reviewing_keeps_those_who_are_ticked(qtbot: QtBot, window: MainWindow, engine: FakeEngine, say: Say) -> None:
    QTest.mouseClick(window.privacy.banner.review_button, LEFT)
    dialog = window.privacy.review_dialog
    assert dialog
    assert dialog.chosen() == [1], "those whose period is over are ticked"
    dialog.list.setCurrentRow(1)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    QTest.mouseClick(dialog.extend_button, LEFT)
    assert engine.calls_of("privacy.extend") == [((1, 2),)]
    say(gallery(kept(1, "Ann", 28), kept(2, "Bob", 33)))
    qtbot.waitUntil(lambda: window.privacy.review_dialog is None)
    assert window.privacy.banner.isHidden()


@pytest.mark.usefixtures("due_people")
def test_reviewing_deletes_with_an_undo(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    window.privacy.review()
    dialog = window.privacy.review_dialog
    assert dialog
    QTest.mouseClick(dialog.delete_button, LEFT)
    assert engine.calls_of("people.delete") == [(1,)]
    say(gallery(kept(2, "Bob", 3)))
    assert dialog.list.count() == 1
    assert not dialog.delete_button.isEnabled(), "Bob was not ticked, and is not for that"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.privacy.review_dialog is None


# Automatic deletion ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("due_people")
def test_automatic_deletion_is_off_until_switched_on_and_remembered(
    window: MainWindow, engine: FakeEngine, open_window: Callable[[], MainWindow], say: Say
) -> None:
    window.privacy.open()
    dialog = window.privacy.dialog
    assert dialog
    assert not dialog.automatic.isChecked()
    QTest.keyClick(dialog.automatic, Qt.Key.Key_Space)
    assert len(engine.calls_of("privacy.delete_expired")) == 1
    say(gallery(kept(1, "Ann", -2), kept(2, "Bob", 3)))
    assert len(engine.calls_of("privacy.delete_expired")) == 1, "asked for already"
    assert "deleted for good" in window.privacy.banner.text.text()
    window.close()
    engine.calls.clear()
    open_window()
    say(gallery(kept(1, "Ann", -2)))
    assert len(engine.calls_of("privacy.delete_expired")) >= 1, "also at the next start"


def test_who_was_deleted_is_said(window: MainWindow, say: Say) -> None:
    say(ExpiredDeleted(("Ann", "Bob", "Carla", "Dora", "Eve")))
    toast = window.toasts.toast
    assert toast
    assert toast.text == "Period over, deleted for good: Ann, Bob, Carla and 2 more."


# The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("due_people")
@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_the_page_says_what_is_stored_and_where(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, mode: ThemeMode
) -> None:
    Theme.current().set_mode(mode)
    window.resize(1024, 700)
    engine.storage = Storage(Path("/data/people.metaface"), 2_000_000, 3, 15, 2, is_encrypted=True)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.privacy.dialog
    assert dialog
    qtbot.waitUntil(lambda: "3 people, 15 shots, 2 faces" in dialog.amount.text())
    assert "MB" in dialog.amount.text()
    assert "encrypted" in dialog.protection.text()
    assert dialog.path.text() == "/data/people.metaface"
    QTest.mouseClick(dialog.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == "/data/people.metaface"
    assert dialog.height() <= 700
    assert dialog.periods.text() == "Ann: the agreed time is over."
    assert dialog.review_button.isVisible()
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Nothing is sent anywhere" in words
    assert str(window.recording.folder) in words
    window.commands.privacy.trigger()
    assert window.privacy.dialog is dialog, "one page is enough"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.privacy.dialog is None


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ((), "Nobody is enrolled."),
        ((person(1, "Ann"),), "Everybody is kept without limit."),
        ((person(1, "Ann"), kept(2, "Bob", 20.5)), "1 with a period, 1 without limit. The first is Bob's: it"),
    ],
)
def test_the_page_sums_up_the_periods(window: MainWindow, say: Say, people: tuple[Person, ...], words: str) -> None:
    window.privacy.open()
    say(gallery(*people))
    dialog = window.privacy.dialog
    assert dialog
    assert dialog.periods.text().startswith(words)
    assert dialog.review_button.isHidden()
    assert dialog.report_button.isEnabled() == bool(people)


# Reports --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("due_people")
def test_a_report_is_asked_for_in_the_list_of_people(
    window: MainWindow, engine: FakeEngine, tmp_path: Path, say: Say
) -> None:
    window.side.people.choose(2)
    menu = window.side.people.make_menu()
    next(action for action in menu.actions() if action.text() == "What is stored…").trigger()
    menu.close()
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("metaface-report-Bob.zip")
    dialog.filesSelected.emit([str(tmp_path / "bob.zip")])
    dialog.reject()
    assert engine.calls_of("privacy.write_report") == [(2, tmp_path / "bob.zip", True)]
    say(ReportWritten("Bob", tmp_path / "bob.zip"))
    toast = window.toasts.toast
    assert toast
    assert str(tmp_path / "bob.zip") in toast.text
    assert "not encrypted" in toast.text


@pytest.mark.usefixtures("due_people")
def test_a_report_is_asked_for_on_the_page_and_may_be_a_folder(
    window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    window.privacy.open()
    page = window.privacy.dialog
    assert page
    page.person.setCurrentIndex(2)
    QTest.mouseClick(page.report_button, LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    assert dialog.defaultSuffix() == "zip"
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    assert dialog.defaultSuffix() == ""
    dialog.filesSelected.emit([str(tmp_path / "carla")])
    dialog.reject()
    assert engine.calls_of("privacy.write_report") == [(3, tmp_path / "carla", True)]


# Forgetting everything ------------------------------------------------------------------------------------------------


@pytest.fixture
def forget(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> Callable[[], ForgetDialog]:
    def ask() -> ForgetDialog:
        engine.storage = Storage(Path("/data/people.metaface"), 2_000_000, 12, 60, 2, is_encrypted=True)
        window.commands.forget.trigger()
        qtbot.waitUntil(lambda: window.privacy.forget_dialog is not None)
        (dialog,) = window.findChildren(ForgetDialog)
        return dialog

    return ask


def test_everything_is_forgotten_only_after_the_number_was_typed(
    window: MainWindow, engine: FakeEngine, forget: Callable[[], ForgetDialog]
) -> None:
    dialog = forget()
    for typed in ("", "1", "122", "twelve"):
        dialog.field.clear()
        QTest.keyClicks(dialog.field, typed)
        assert not dialog.forget_button.isEnabled()
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        QTest.mouseClick(dialog.forget_button, LEFT)
        assert dialog.isVisible()
    assert engine.calls_of("privacy.forget_everything") == []
    dialog.field.clear()
    QTest.keyClicks(dialog.field, "12")
    QTest.mouseClick(dialog.forget_button, LEFT)
    assert engine.calls_of("privacy.forget_everything") == [()]
    assert window.privacy.forget_dialog is None


def test_whoever_thinks_better_of_it_loses_nothing(
    window: MainWindow, engine: FakeEngine, forget: Callable[[], ForgetDialog]
) -> None:
    dialog = forget()
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "This cannot be undone." in words
    assert str(window.recording.folder) in words
    QTest.keyClicks(dialog.field, "12")
    QTest.mouseClick(dialog.cancel_button, LEFT)
    assert engine.calls_of("privacy.forget_everything") == []


def test_what_could_be_undone_cannot_be_any_more(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    say(Undoable(5, "Deleted {name}", "Zenobia", time.monotonic_ns() + 10**10))
    say(Undoable(6, "Deleted {name}", "Balthazar", time.monotonic_ns() + 10**10))
    assert window.commands.undo.isEnabled()
    say(EverythingForgotten(12))
    assert not window.commands.undo.isEnabled()
    toast = window.toasts.toast
    assert toast
    assert "12 people" in toast.text
    assert toast.undo_token is None
    window.commands.undo.trigger()
    assert engine.calls_of("people.undo") == []


# The person's page, and what is remembered ----------------------------------------------------------------------------


def test_a_persons_page_says_until_when_and_what_they_agreed_to(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, say: Say
) -> None:
    ann = person(1, "Ann", keep=Retention(datetime(2090, 5, 6, 12, tzinfo=UTC), 30 * DAY))
    given = datetime(2026, 3, 4, 12, tzinfo=UTC)
    engine.consents[1] = tuple(
        Consent(person_id=1, given_at=given + n * DAY, purpose=purpose, given_by="her mother", text_version="2026-11")
        for n, purpose in enumerate(("to open the door", "x" * 2000))
    )
    say(gallery(ann))
    window.side.open_key("people")
    window.side.people.choose(1)
    line = window.side.people.details.keeping
    assert line.text.text().startswith("Kept until")
    assert "2090" in line.text.text()
    line.link.linkActivated.emit("")
    qtbot.waitUntil(lambda: bool(line.findChildren(ConsentRecords)))
    (popup,) = line.findChildren(ConsentRecords)
    words = [label.text() for label in popup.findChildren(QLabel)]
    assert words.index("x" * 2000) < words.index("to open the door"), "the newest one holds"
    assert "Given by: her mother" in words
    assert popup.height() <= 360
    popup.close()
    say(gallery())
    assert line.link.isHidden()
    assert line.text.text() == ""


def test_the_period_of_last_time_is_offered_everywhere(
    window: MainWindow, open_window: Callable[[], MainWindow]
) -> None:
    here, there = window.side.enroll.consent, window.who_is_this.consent
    assert here.retention.choice == there.retention.choice == "365"
    here.retention.combo.setFocus()
    QTest.keyClick(here.retention.combo, Qt.Key.Key_Home)
    QTest.keyClick(here.retention.combo, Qt.Key.Key_Down)
    assert there.retention.choice == "1"
    here.wording.open_at(here.pos())
    here.wording.purpose_edit.setPlainText("the fair")
    here.wording.close()
    assert there.terms().purpose == "the fair"
    window.close()
    again = open_window().side.enroll.consent
    assert again.retention.choice == "1"
    assert again.terms().purpose == "the fair"
