"""Words over the video while shots are taken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EnrollmentChanged, ShotCandidate
from metaface_gui.gui.live.guidance_banner import GuidanceBanner
from metaface_gui.i18n import issue_text, turn_text
from metaface_gui.types import HeadTurn, QualityIssue


def recording(guidance: QualityIssue | None, shots: int = 0) -> EnrollmentChanged:
    candidates = tuple(ShotCandidate(index, b"", 0.5) for index in range(shots))
    return EnrollmentChanged(True, guidance, candidates, 8)


@pytest.fixture
def banner(qtbot: QtBot) -> GuidanceBanner:
    made = GuidanceBanner()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("issue", QualityIssue)
def test_every_issue_is_said(banner: GuidanceBanner, issue: QualityIssue) -> None:
    banner.show_enrollment(recording(issue))
    assert banner.isVisible()
    assert banner.text == (turn_text(()) if issue is QualityIssue.TOO_SIMILAR else issue_text(issue))
    assert banner.accessibleDescription() == banner.text
    assert not banner.grab().isNull()


def test_it_is_there_only_while_recording(banner: GuidanceBanner) -> None:
    banner.show_enrollment(recording(None))
    assert banner.isVisible()
    banner.show_enrollment(EnrollmentChanged(False, None, (), 8))
    assert not banner.isVisible()
    assert banner.text == ""


def test_a_text_stays_long_enough_to_read_and_the_newest_follows(banner: GuidanceBanner, qtbot: QtBot) -> None:
    banner.show_enrollment(recording(QualityIssue.TOO_SMALL))
    for issue in (QualityIssue.BLURRED, QualityIssue.TOO_DARK):
        banner.show_enrollment(recording(issue))
    assert banner.text == issue_text(QualityIssue.TOO_SMALL)
    with qtbot.waitSignal(banner.geometry_wanted):
        pass
    assert banner.text == issue_text(QualityIssue.TOO_DARK)


def test_the_time_that_is_left_is_used_for_the_sides_that_are_missing(banner: GuidanceBanner) -> None:
    for turns, text in [
        (set[HeadTurn](), "left"),
        ({HeadTurn.LEFT}, "right"),
        ({HeadTurn.LEFT, HeadTurn.RIGHT, HeadTurn.DOWN}, "look up"),
        (set(HeadTurn), "all sides"),
    ]:
        banner.show_enrollment(EnrollmentChanged(False, None, (), 8))
        for shots in (3, 8):  # with enough shots, too
            banner.show_enrollment(replace(recording(None, shots), turns=frozenset(turns)))
            assert text in banner.text


@pytest.mark.parametrize("is_mirrored", [True, False])
def test_a_ring_shows_which_sides_there_are_as_the_video_shows_them(banner: GuidanceBanner, is_mirrored: bool) -> None:
    banner.set_mirrored(is_mirrored)
    banner.show_enrollment(recording(None, 1))
    before = banner.grab().toImage()
    banner.show_enrollment(replace(recording(None, 1), turns=frozenset({HeadTurn.LEFT})))
    after = banner.grab().toImage()
    middle, height = 32, banner.height() // 2
    changed = {x < middle for x in range(2 * middle) if before.pixel(x, height) != after.pixel(x, height)}
    assert changed == {is_mirrored}, "in a mirror, their left is on the left"


def test_nothing_wanted_divides_by_nothing(banner: GuidanceBanner) -> None:
    banner.show_enrollment(EnrollmentChanged(True, None, (), 0))
    assert not banner.grab().isNull()
