from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.probe_quality import ProbeQuality, quality_lines
from metaface_gui.types import FaceQuality, QualityIssue


def test_each_measure_has_a_verdict() -> None:
    lines = quality_lines(FaceQuality(212.0, 128.0, 0.40, 0.9, 0.9))
    assert [(line.name, line.words) for line in lines] == [
        ("Size", "212 px · good"),
        ("Light", "50% · good"),
        ("Sharpness", "0.40 · fair"),
        ("Frontality", "90% · good"),
    ]
    assert not any(line.is_poor for line in lines)


def test_what_is_poor_says_why() -> None:
    issues = (
        QualityIssue.CUT_OFF,
        QualityIssue.TOO_SMALL,
        QualityIssue.TOO_DARK,
        QualityIssue.TURNED_AWAY,
        QualityIssue.BLURRED,
    )
    lines = quality_lines(FaceQuality(40.0, 20.0, 0.2, 0.1, 0.1, issues))
    assert [line.words.split(" · ")[-1] for line in lines] == [
        "too small",
        "too dark",
        "blurred",
        "turned away",
        "cuts off the face",
    ]
    assert all(line.is_poor for line in lines)
    bright = quality_lines(FaceQuality(140.0, 230.0, 0.5, 0.9, 0.1, (QualityIssue.TOO_BRIGHT,)))
    assert [line.name for line in bright if line.is_poor] == ["Light"]


def test_a_line_that_is_not_needed_is_not_shown(qtbot: QtBot) -> None:
    widget = ProbeQuality()
    qtbot.addWidget(widget)
    widget.show()
    widget.show_quality(FaceQuality(40.0, 20.0, 0.2, 0.1, 0.1, (QualityIssue.CUT_OFF,)))
    assert widget.accessibleDescription().count("\n") == 4
    shown = [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]
    assert "cuts off the face" in shown
    widget.show_quality(FaceQuality(212.0, 128.0, 0.5, 0.9, 0.9))
    shown = [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]
    assert "cuts off the face" not in shown
    assert "212 px · good" in shown
