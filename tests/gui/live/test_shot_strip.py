"""The strip of a recording's shots: pictures in their places, outlines of those still wanted, nothing kept."""

from __future__ import annotations

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EnrollmentChanged, ShotCandidate
from metaface_gui.gui.live.shot_strip import ShotStrip
from tests.gui.panels.samples import picture


def recording(*shots: ShotCandidate, is_recording: bool = True) -> EnrollmentChanged:
    return EnrollmentChanged(is_recording, None, shots, wanted=2)


def test_a_shot_is_painted_in_its_place_once_it_is_decoded(qtbot: QtBot) -> None:
    strip = ShotStrip()
    qtbot.addWidget(strip)
    shot = ShotCandidate(1, picture(10), 0.8)
    strip.show_enrollment(recording(shot))
    strip.resize(strip.sizeHint())

    def in_the_middle_of(place: int) -> QColor:
        return strip.grab().toImage().pixelColor(8 + place * 58 + 26, 34)

    empty = in_the_middle_of(1)
    qtbot.waitUntil(lambda: in_the_middle_of(0) != empty)
    assert in_the_middle_of(0).value() > empty.value() + 100, "a face in the light"
    assert in_the_middle_of(1) == empty
    strip.show_enrollment(recording(shot, is_recording=False))
    assert (strip.isVisible(), strip.shots) == (False, ())
    strip.show_enrollment(recording(shot))
    assert in_the_middle_of(0) == empty, "decoded anew: nothing of a recording is kept"
    qtbot.waitUntil(lambda: in_the_middle_of(0) != empty)
