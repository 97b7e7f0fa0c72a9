from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Explained, RequestEnded, SourceChanged, SourceState
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.why_page import WhyPage, decision_text
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.pipeline.explanation import Explanation
from metaface_gui.types import UNKNOWN, Identification, QualityIssue
from tests.engine.references import holders
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_face, make_result, on_screen
from tests.gui.panels.samples import gallery, person
from tests.gui.studio.explanations import decided, explained


@pytest.fixture
def page(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> WhyPage:
    return on_screen(qtbot, WhyPage(engine.studio, bridge), 900, 240)


Answer = Callable[[int, Explanation | None], None]


@pytest.fixture
def answer(engine: FakeEngine, say: Say) -> Answer:
    """Answer what was asked last."""

    def give(track_id: int, explanation: Explanation | None) -> None:
        say(Explained(engine.request_of("studio.explain_track"), track_id, explanation))

    return give


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


THREE = make_result(
    make_face(8, (500, 0, 600, 100)), make_face(5, (100, 0, 200, 100)), make_face(6, (300, 0, 400, 100))
)
"""From left to right: 5, 6, 8."""


def test_nothing_is_asked_before_a_face_is_picked(page: WhyPage, engine: FakeEngine, say: Say) -> None:
    say(THREE)
    assert engine.calls == []
    assert "Pick a face" in page.note.text
    assert page.note.isVisible()
    assert not page.again_button.isEnabled()


def test_a_picked_face_is_explained(page: WhyPage, engine: FakeEngine, answer: Answer) -> None:
    page.select_track(5)
    assert engine.calls_of("studio.explain_track") == [(5,)]
    assert page.busy.isVisible()
    assert not page.again_button.isEnabled()
    answer(5, explained())
    assert page.decision.text() == "alex: margin +0.65 → named"
    assert "Face #5" in page.details.text()
    assert "looks that count: 23" in page.details.text()
    assert "0.42 s" in page.details.text()
    assert not page.busy.isVisible()
    assert page.picture.isVisible()
    assert page.bars.accessibleDescription().startswith("alex: +0.65 (0.71)\nlin: −0.28 (0.31)")
    assert [shot.name for shot in page.near.shots] == ["alex", "lin"]
    assert "Size: 92 px · fair" in page.quality.accessibleDescription()


def test_the_heat_map_can_be_taken_off_and_put_back(page: WhyPage, answer: Answer) -> None:
    page.select_track(5)
    answer(5, explained())
    heated = page.picture.shown
    assert page.legend.words == ("matters more", "up to −0.20", "matters less")
    QTest.mouseClick(page.heat_box, Qt.MouseButton.LeftButton, pos=QPoint(8, page.heat_box.height() // 2))
    assert not page.heat_box.isChecked()
    assert not page.legend.isVisible()
    assert page.picture.shown != heated
    assert page.picture.shown.pixelColor(56, 56).name() == "#808080"
    QTest.keyClick(page.heat_box, Qt.Key.Key_Space)
    assert page.legend.isVisible()
    assert page.picture.shown == heated


def test_next_face_goes_from_left_to_right_and_round(page: WhyPage, engine: FakeEngine, say: Say) -> None:
    say(THREE)
    for _ in range(4):
        click(page.next_button)
    assert engine.calls_of("studio.explain_track") == [(5,), (6,), (8,), (5,)]


def test_arrow_keys_go_to_the_neighbours(page: WhyPage, engine: FakeEngine, say: Say) -> None:
    say(THREE)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down):
        QTest.keyClick(page.next_button, key)
    assert engine.calls_of("studio.explain_track") == [(5,), (6,), (5,), (8,), (5,)]


def test_next_face_needs_a_face(page: WhyPage, engine: FakeEngine, say: Say) -> None:
    say(make_result())
    assert not page.next_button.isEnabled()
    say(THREE)
    assert page.next_button.isEnabled()
    say(SourceChanged(SourceState.CLOSED))
    assert not page.next_button.isEnabled()
    QTest.keyClick(page, Qt.Key.Key_Right)
    assert engine.calls == []


def test_explain_again_asks_anew(page: WhyPage, engine: FakeEngine, answer: Answer) -> None:
    page.select_track(5)
    answer(5, explained())
    click(page.again_button)
    assert engine.calls_of("studio.explain_track") == [(5,), (5,)]
    assert page.picture.isVisible()  # the former answer stays until the new one comes
    answer(5, explained(decided(None, 0.31, "alex")))
    assert page.decision.text() == "Nearest is alex: margin −0.28 → Unknown"


def test_a_face_that_left_is_said(page: WhyPage, answer: Answer) -> None:
    page.select_track(5)
    answer(5, None)
    assert "This face has left" in page.note.text
    assert "Pick another one" in page.note.text
    assert page.note.isVisible()
    assert not page.busy.isVisible()


def test_an_answer_about_another_face_changes_nothing(
    page: WhyPage, engine: FakeEngine, say: Say, answer: Answer
) -> None:
    page.select_track(5)
    former = engine.request_of("studio.explain_track")
    page.select_track(6)
    say(Explained(former, 5, explained()))
    assert page.is_busy
    assert page.decision.text() == ""
    answer(6, explained())
    assert "Face #6" in page.details.text()


@pytest.mark.parametrize("error", [KnownError("The gallery cannot be read."), None], ids=["failed", "cancelled"])
def test_a_question_that_ends_without_an_answer_is_said(
    page: WhyPage, engine: FakeEngine, say: Say, answer: Answer, error: KnownError | None
) -> None:
    page.select_track(5)
    say(RequestEnded(4711))
    assert page.is_busy, "another request ended"
    say(RequestEnded(engine.request_of("studio.explain_track"), error, is_cancelled=error is None))
    assert not page.is_busy
    assert "No answer" in page.note.text
    assert page.again_button.isEnabled()
    click(page.again_button)
    answer(5, explained())
    say(RequestEnded(engine.request_of("studio.explain_track")))
    assert "not answered" not in page.details.text()
    click(page.again_button)
    say(RequestEnded(engine.request_of("studio.explain_track"), error, is_cancelled=error is None))
    assert "not answered" in page.details.text()
    assert page.picture.isVisible()


def test_a_hidden_page_asks_nothing_until_it_is_seen(page: WhyPage, engine: FakeEngine, answer: Answer) -> None:
    page.hide()
    page.select_track(5)
    page.select_track(6)
    assert engine.calls == []
    page.show()
    assert engine.calls_of("studio.explain_track") == [(6,)]
    page.hide()  # before the answer came
    assert not page.is_busy
    page.show()
    assert engine.calls_of("studio.explain_track") == [(6,), (6,)]
    answer(6, explained())
    page.hide()
    page.show()
    assert len(engine.calls) == 2


def test_an_empty_gallery_says_what_to_do(page: WhyPage, answer: Answer) -> None:
    page.select_track(5)
    answer(5, explained(decided(None, float("-inf"), ""), scores=(), heat=np.zeros((7, 7), np.float32)))
    assert page.decision.text() == "Nobody is enrolled → Unknown"
    assert "Enrol somebody" in page.details.text()
    assert not page.bars.isVisible()
    assert not page.heat_box.isEnabled()
    assert not page.legend.isVisible()
    assert page.picture.isVisible()


@pytest.mark.parametrize(
    ("decision", "denied", "text"),
    [
        (decided("alex", 0.71, "alex"), "", "alex: margin +0.65 → named"),
        (decided(None, -0.02, "lin"), "", "Nearest is lin: margin −1.00 → Unknown"),
        (decided(None, float("-inf"), "", is_denied=True), "alex", "You said this is not alex → Unknown"),
        (
            decided("lin", 0.5, "lin", is_denied=True),
            "alex",
            "You said this is not alex; lin: margin +0.16 → named",
        ),
    ],
)
def test_every_decision_has_its_sentence(decision: Identification, denied: str, text: str) -> None:
    assert decision_text(explained(decision, denied=denied)) == text


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
@pytest.mark.parametrize("size", [(900, 200), (900, 240), (1500, 330)])
def test_nothing_is_cut_off_at_the_docks_sizes(
    page: WhyPage, answer: Answer, theme: Theme, mode: ThemeMode, size: tuple[int, int]
) -> None:
    theme.set_mode(mode)
    width, height = size
    page.resize(width, height)
    page.select_track(5)
    poor = tuple(QualityIssue)
    long = "A very long name that nobody can read in a narrow place, however hard they try"
    answer(5, explained(scores=((long, 0.71), ("lin", 0.31)), issues=poor))
    assert (page.width(), page.height()) == (width, height)
    assert page.minimumSizeHint().height() <= height
    assert page.minimumSizeHint().width() <= width
    assert page.picture.width() == pytest.approx(page.picture.height(), abs=12)
    shown = [widget for widget in (page.legend, page.looks) if widget.isVisible()]
    for widget in (page.picture, page.bars, page.near, page.quality, *shown):
        at = widget.mapTo(page, QPoint(0, 0))
        assert page.rect().contains(at)
        assert page.rect().contains(at + QPoint(widget.width() - 1, widget.height() - 1))
    assert not page.grab().isNull()


def test_the_looks_that_made_the_decision_are_shown_with_their_weights(
    page: WhyPage, answer: Answer, qtbot: QtBot
) -> None:
    page.resize(1500, 240)
    page.select_track(5)
    answer(5, explained(looks=4))
    assert page.looks.isVisible()
    assert [look.share for look in page.looks.looks] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.0])
    said = page.looks.accessibleDescription().splitlines()
    assert said[0] == "Look 1: weight 33% (quality 70%)"
    assert said[3] == "Look 4 was left out: it is unlike the others"
    qtbot.waitUntil(lambda: len(page.looks.tiles()) == 4)
    assert not any(a.intersects(b) for a, b in itertools.combinations(page.looks.tiles(), 2))
    page.explain_again()
    answer(5, explained(looks=1))
    assert not page.looks.isVisible(), "of one picture there is nothing to weigh"


def test_another_decision_is_explained_by_itself(page: WhyPage, engine: FakeEngine, say: Say, answer: Answer) -> None:
    """After "not this person", say: the page must not go on explaining a name that the picture does not show."""
    named = make_face(5, name="alex", person_id=1)
    say(make_result(named))
    page.select_track(5)
    say(make_result(named))
    answer(5, explained())
    say(make_result(named))
    assert len(engine.calls_of("studio.explain_track")) == 1, "nothing has changed"
    denied = replace(named, identification=replace(UNKNOWN, is_denied=True))
    for _ in range(3):
        say(make_result(denied))
    assert engine.calls_of("studio.explain_track") == [(5,), (5,)]
    answer(5, explained(decided(None, float("-inf"), "", is_denied=True), denied="alex"))
    assert page.decision.text() == "You said this is not alex → Unknown"
    page.hide()
    say(make_result(named))
    assert len(engine.calls_of("studio.explain_track")) == 2, "nobody sees it"
    page.show()
    assert len(engine.calls_of("studio.explain_track")) == 3


def test_nothing_is_kept_of_an_explanation_that_is_not_on_screen_any_more(
    page: WhyPage, engine: FakeEngine, say: Say, answer: Answer
) -> None:
    say(gallery(person(1, "alex"), person(2, "lin")))
    page.select_track(5)
    answer(5, explained())
    page.explain_again()
    answer(5, None)  # the face has left, and the note stands in place of the explanation
    say(gallery(person(2, "lin")))
    for widget in (page, page.decision, page.bars, page.near, page.picture, page.legend):
        assert holders(vars(widget), "alex", without=(engine,)) == []
        assert "alex" not in widget.toolTip() + widget.accessibleDescription()


def test_an_explanation_goes_with_whoever_it_names(page: WhyPage, engine: FakeEngine, say: Say, answer: Answer) -> None:
    say(gallery(person(1, "alex"), person(2, "lin")))
    page.select_track(5)
    answer(5, explained())
    assert "alex" in page.decision.text()
    say(gallery(person(2, "lin")))
    assert page.note.isVisible()
    for widget in (page, page.bars, page.near, page.picture, page.legend):
        assert holders(vars(widget), "alex", without=(engine,)) == []
        assert "alex" not in widget.toolTip() + widget.accessibleDescription()
    assert page.again_button.isEnabled(), "the face is still there, and may be asked about"
    answer(5, explained())  # an answer that was under way
    assert page.note.isVisible()
    assert engine.calls_of("studio.explain_track")[-1] == (5,)
