"""Words over the video while shots are taken."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EnrollmentChanged, ShotCandidate
from metaface_gui.gui.live.guidance_banner import GuidanceBanner
from metaface_gui.i18n import issue_text
from metaface_gui.types import QualityIssue


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
    assert banner.text == issue_text(issue)
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


def test_enough_is_enough(banner: GuidanceBanner) -> None:
    banner.show_enrollment(recording(QualityIssue.TOO_SIMILAR, shots=8))
    assert banner.text.startswith("Done")


def test_nothing_wanted_divides_by_nothing(banner: GuidanceBanner) -> None:
    banner.show_enrollment(EnrollmentChanged(True, None, (), 0))
    assert not banner.grab().isNull()
