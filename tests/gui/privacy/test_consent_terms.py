"""The period and the words that a person agrees to, chosen as a user does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, CONSENT_PURPOSE
from metaface_gui.gallery import Retention
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.consent import ConsentBox
from metaface_gui.gui.panels.enroll_panel import EnrollPanel
from metaface_gui.gui.privacy.retention_box import DEFAULT_CHOICE, RetentionBox
from metaface_gui.gui.privacy.terms_popup import TermsPopup, usable_text
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, on_screen
from tests.gui.panels.samples import enrollment, gallery, person

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def box(qtbot: QtBot) -> RetentionBox:
    return on_screen(qtbot, RetentionBox())


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> EnrollPanel:
    return on_screen(qtbot, EnrollPanel(engine.enrollment, bridge), 320, 760)


def pick(box: RetentionBox, row: int) -> None:
    """Choose from the list by keyboard, as `activated` is only emitted for what a user does."""
    box.combo.setFocus()
    QTest.keyClick(box.combo, Qt.Key.Key_Home)
    for _ in range(row):
        QTest.keyClick(box.combo, Qt.Key.Key_Down)


@pytest.mark.parametrize(("row", "days"), [(0, None), (1, 1), (2, 30), (3, 365)])
def test_a_period_is_one_choice(box: RetentionBox, row: int, days: int | None) -> None:
    pick(box, row)
    kept = box.retention(NOW)
    assert kept == (None if days is None else Retention(NOW + days * DAY, days * DAY))
    assert box.date.isHidden()


def test_until_a_date_asks_for_the_date(qtbot: QtBot, box: RetentionBox) -> None:
    pick(box, 4)
    assert not box.date.isHidden()
    wanted = QDate.currentDate().addDays(40)
    with qtbot.waitSignal(box.changed) as heard:
        box.date.setDate(wanted)
    assert heard.args == [f"date:{wanted.toString(Qt.DateFormat.ISODate)}"]
    kept = box.retention(NOW)
    assert kept
    last = (kept.until - timedelta(seconds=1)).astimezone().date()
    assert (last.year, last.month, last.day) == (wanted.year(), wanted.month(), wanted.day())
    assert box.date.minimumDate() == QDate.currentDate()


@pytest.mark.parametrize("choice", ["none", "1", "30", "365", "date:2090-05-06"])
def test_a_choice_is_remembered(box: RetentionBox, choice: str) -> None:
    box.choose(choice)
    assert box.choice == choice


def test_today_may_be_the_last_day(box: RetentionBox) -> None:
    today = f"date:{QDate.currentDate().toString(Qt.DateFormat.ISODate)}"
    box.choose(today)
    assert box.choice == today
    assert box.retention(NOW)


@pytest.mark.parametrize("choice", ["", "nonsense", "date:", "date:2020-01-01", "date:soon", "366"])
def test_nonsense_and_what_is_over_mean_the_default(box: RetentionBox, choice: str) -> None:
    box.choose("1")
    box.choose(choice)
    assert box.choice == DEFAULT_CHOICE


def test_words_are_kept_however_the_popup_closes(qtbot: QtBot) -> None:
    parent = ConsentBox()
    qtbot.addWidget(parent)
    parent.show()
    parent.purpose_link.linkActivated.emit("")
    popup = parent.wording
    popup.purpose_edit.selectAll()
    QTest.keyClicks(popup.purpose_edit, "to open the door")
    popup.given_by_edit.clear()
    QTest.keyClicks(popup.given_by_edit, "her mother")
    with qtbot.waitSignal(parent.wording_changed):
        QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert (parent.terms().purpose, parent.terms().given_by) == ("to open the door", "her mother")
    parent.clear()
    assert parent.terms().given_by == CONSENT_ON_SCREEN, "the next person agrees for themselves"
    assert parent.terms().purpose == "to open the door"
    QTest.mouseClick(popup.default_button, Qt.MouseButton.LeftButton)
    assert parent.terms().purpose == CONSENT_PURPOSE


@pytest.mark.parametrize("text", ["", "  \n", "\0", "\ud800"])
def test_no_words_mean_the_usual_ones(text: str) -> None:
    assert usable_text(text, "usual") == "usual"
    assert usable_text(text + "a" * 3000, "usual") == "a" * 2000


def test_the_popup_is_no_wider_than_it_should_be(qtbot: QtBot) -> None:
    parent = ConsentBox()
    qtbot.addWidget(parent)
    assert parent.wording.sizeHint().height() < 400
    assert parent.wording.width() == TermsPopup.WIDTH


def test_what_is_on_screen_is_what_is_saved(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    say(enrollment(1, 2))
    pick(panel.consent.retention, 2)
    panel.focus_name()
    QTest.keyClicks(panel.name_field.edit, "Ann")
    panel.consent.check.click()
    before = datetime.now(UTC)
    QTest.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    after = datetime.now(UTC)
    (terms,) = engine.terms
    assert terms
    assert terms.retention
    assert (terms.retention.period, terms.purpose) == (30 * DAY, CONSENT_PURPOSE)
    assert before <= terms.retention.until - 30 * DAY <= after


def test_somebody_enrolled_has_agreed_already(panel: EnrollPanel, engine: FakeEngine, say: Say) -> None:
    ann = person(1, "Ann", keep=Retention(datetime(2090, 1, 2, 12, tzinfo=UTC), 30 * DAY))
    say(gallery(ann))
    say(enrollment(1))
    panel.start_for(ann)
    assert not panel.consent.retention.isEnabled()
    assert "2090" in " ".join(label.text() for label in panel.consent.findChildren(type(panel.missing)))
    QTest.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    assert engine.terms == [None]


def test_a_day_that_went_by_while_the_window_was_open_is_said(
    panel: EnrollPanel, engine: FakeEngine, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(enrollment(1))
    panel.consent.retention.choose(f"date:{QDate.currentDate().addDays(1).toString(Qt.DateFormat.ISODate)}")
    panel.focus_name()
    QTest.keyClicks(panel.name_field.edit, "Ann")
    panel.consent.check.click()
    monkeypatch.setattr("metaface_gui.gui.panels.consent.datetime", Tomorrow)
    QTest.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("enrollment.save") == []
    assert "cannot be kept until" in panel.missing.text()


class Tomorrow(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + 3 * DAY
