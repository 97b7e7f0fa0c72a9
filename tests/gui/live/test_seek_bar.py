"""Going elsewhere in a file that is played, by mouse and keyboard, and whether it begins again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.gui.live.seek_bar import SeekBar
from metaface_gui.gui.main_window import MainWindow
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_frame

CLIP = SourceChanged(SourceState.RUNNING, "clip.mp4", n_frames=1501, fps=25.0)


@pytest.fixture
def bar(window: MainWindow, say: Say) -> SeekBar:
    say(replace(CLIP, state=SourceState.OPENING, n_frames=0, fps=0.0))
    say(CLIP)
    return window.stage.video.seek_bar


def play(bar: SeekBar, index: int, segment: int = 0) -> None:
    bar.show_frame(replace(make_frame(64, 48, index=index), segment=segment))


def sought(engine: FakeEngine) -> list[object]:
    return [index for (index,) in engine.calls_of("source.seek")]


def test_a_file_shows_where_it_is_and_a_camera_has_no_bar(window: MainWindow, bar: SeekBar, say: Say) -> None:
    assert bar.isVisible()
    play(bar, 750)
    assert (bar.slider.value(), bar.time.text()) == (750, "0:30 / 1:00")
    say(replace(CLIP, state=SourceState.ENDED))
    assert bar.isVisible(), "what has ended can be wound back"
    assert bar.time.text() == "1:00 / 1:00"
    window.commands.present.setChecked(True)
    assert not bar.isVisible()
    window.commands.present.setChecked(False)
    say(SourceChanged(SourceState.RUNNING, "cam", is_mirrored=True))
    assert not bar.isVisible()
    assert not bar.back_action.isEnabled()


def test_a_click_goes_there_and_the_handle_can_be_dragged_on(engine: FakeEngine, bar: SeekBar) -> None:
    slider = bar.slider
    at = QPoint(slider.width() // 2, slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=at)
    assert sought(engine)[-1] == pytest.approx(750, abs=10)
    play(bar, 12)
    assert slider.value() == pytest.approx(750, abs=10), "the hand holds it"
    QTest.mouseMove(slider, at + QPoint(slider.width() // 4, 0))
    assert sought(engine)[-1] == pytest.approx(1125, abs=25)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at + QPoint(slider.width() // 4, 0))


def test_what_still_comes_from_before_does_not_pull_the_handle_back(bar: SeekBar) -> None:
    play(bar, 10)
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Qt.Key.Key_PageUp)
    assert bar.slider.value() == 260
    play(bar, 11)
    assert bar.slider.value() == 260
    play(bar, 261, segment=1)
    assert bar.slider.value() == 261


def test_keys_go_by_a_second_by_ten_and_by_five_from_anywhere(
    window: MainWindow, engine: FakeEngine, bar: SeekBar
) -> None:
    play(bar, 500)
    bar.slider.setFocus()
    for key, wanted in (
        (Qt.Key.Key_Right, 525),
        (Qt.Key.Key_Left, 500),
        (Qt.Key.Key_PageUp, 750),
        (Qt.Key.Key_End, 1500),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(bar.slider, key)
        assert sought(engine)[-1] == wanted
    window.live_view.setFocus()
    QTest.keyClick(window.live_view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert sought(engine)[-1] == 125
    QTest.keyClick(window.live_view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert sought(engine)[-1] == 0


def test_a_folder_is_counted_in_pictures(engine: FakeEngine, bar: SeekBar, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "people", n_frames=20, fps=1.0))
    play(bar, 4)
    assert bar.time.text() == "5 / 20"
    bar.forward_action.trigger()
    assert (sought(engine)[-1], bar.time.text()) == (5, "6 / 20")


def test_files_loop_by_a_switch_that_is_remembered(
    open_window: Callable[[], MainWindow], engine: FakeEngine, say: Say
) -> None:
    window = open_window()
    assert engine.calls_of("source.set_looping") == [(True,)], (
        "who enrols somebody from a clip needs longer than it lasts"
    )
    say(CLIP)
    QTest.mouseClick(window.stage.video.seek_bar.loop_button, Qt.MouseButton.LeftButton)
    assert engine.calls_of("source.set_looping")[-1] == (False,)
    again = open_window()
    assert engine.calls_of("source.set_looping")[-1] == (False,)
    QTest.keyClick(again.live_view, Qt.Key.Key_L)
    assert engine.calls_of("source.set_looping")[-1] == (True,)
    assert again.state.is_looping
