from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from metaface_gui import app
from metaface_gui.demo.lesson_player import lesson_screenshots
from metaface_gui.demo.rooms import SHORT_ROOMS
from metaface_gui.demo.summary import DemoSummary
from metaface_gui.demo.tally import DemoTally, tally_frame
from metaface_gui.demo.walk import ROOM_SCREENSHOTS
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.live.source_controller import SourceController
from metaface_gui.errors import KnownError
from metaface_gui.gui import main_window
from metaface_gui.gui.application import draw_off_screen_without_display, is_seen, make_application
from metaface_gui.gui.live.frame_feeder import FrameFeeder
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import UNKNOWN, FaceTruth, Frame, FrameResult, Identification, TrackedFace
from tests.pipeline.samples import decided

pytestmark = pytest.mark.long


def test_a_remembered_key_that_is_no_more_becomes_the_default() -> None:
    odd = RecognitionSettings(detector="viola", embedder="arcface-9", device="cpu", learner="oracle", fpir=0.02)
    assert app.known_settings(odd) == RecognitionSettings(device="cpu", fpir=0.02)


@pytest.mark.usefixtures("qapp")
def test_the_source_is_opened_before_the_window_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class WindowMadeError(Exception):
        pass

    def make_window(*_given: object, **_named: object) -> None:
        raise WindowMadeError

    asked = list[SourceSpec]()
    monkeypatch.setattr(main_window, "MainWindow", make_window)
    monkeypatch.setattr(SourceController, "open", lambda _self, spec: asked.append(spec))
    monkeypatch.setattr(ModelLoader, "start", lambda _self: None)
    with pytest.raises(WindowMadeError):
        app.run_window(
            source=SourceSpec.demo(),
            gallery_path=tmp_path / "g.metaface",
            choose_settings=lambda settings: replace(settings, device="cpu"),
        )
    assert asked == [SourceSpec.demo()]


class MainWindowLike(MainWindow):
    """Its pictures alone."""

    def __init__(self) -> None:
        QMainWindow.__init__(self)
        self.feeder = FrameFeeder(LatestSlot())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()


def test_models_are_loaded_after_the_first_picture_or_soon(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading them halts the window; a camera that takes seconds to open must not hold them back."""
    engine, window = MagicMock(), MainWindowLike()
    loaded = engine.on_window
    app.load_after_window(engine, window, has_source=False)
    qtbot.waitUntil(lambda: loaded.called)

    loaded.reset_mock()
    monkeypatch.setattr(app, "_PICTURE_PATIENCE_MS", 10**6)
    app.load_after_window(engine, window, has_source=True)
    QCoreApplication.processEvents()
    loaded.assert_not_called()
    window.feeder.ready.emit()
    qtbot.waitUntil(lambda: loaded.called)

    loaded.reset_mock()
    monkeypatch.setattr(app, "_PICTURE_PATIENCE_MS", 1)
    app.load_after_window(engine, window, has_source=True)
    qtbot.waitUntil(lambda: loaded.called)
    window.feeder.close()


def test_no_display_is_said_before_qt_aborts(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not is_seen()
    with pytest.raises(KnownError, match="no display"):
        make_application()
    monkeypatch.setenv("QT_QPA_PLATFORM", "xbc")
    with pytest.raises(KnownError, match="no platform named “xbc”"):
        make_application()


def test_the_demo_draws_off_screen_only_where_no_window_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DISPLAY", ":997")  # set, as over a lost connection, and nobody there
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.setattr(sys, "platform", "linux")
    assert is_seen()
    draw_off_screen_without_display()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert not is_seen()
    monkeypatch.setenv("QT_QPA_PLATFORM", "minimal")
    draw_off_screen_without_display()
    assert os.environ["QT_QPA_PLATFORM"] == "minimal"


def test_settings_refuse_a_share_that_is_none() -> None:
    with pytest.raises(ValueError, match="fpir"):
        RecognitionSettings(fpir=0.0)


Box = tuple[float, float, float, float]


def known(name: str) -> Identification:
    return Identification(1, name, 0.9, 0.4, 1, name)


def looked_at(truths: dict[Box, str | None], *faces: TrackedFace) -> FrameResult:
    import numpy as np

    truth = tuple(FaceTruth(np.array(box, np.float32), person) for box, person in truths.items())
    return FrameResult(Frame(np.zeros((9, 9, 3), np.uint8), 0, 0.0, 0, truth), faces, 0)


def test_every_face_is_counted_once_against_the_truth() -> None:
    left, middle, right, far = (0, 0, 50, 50), (100, 0, 150, 50), (200, 0, 250, 50), (300, 0, 350, 50)
    tally = tally_frame(
        DemoTally(),
        looked_at(
            {left: "Anna", middle: "Boris", right: None, far: "Carla"},
            decided(1, (2, 0, 52, 50), known("Anna")),
            decided(2, (98, 0, 148, 50), known("Anna")),
            decided(3, (200, 5, 250, 55), UNKNOWN),
            decided(4, (500, 0, 550, 50), UNKNOWN),
        ),
    )
    assert tally == DemoTally(frames=1, right=1, wrong=1, strangers_unknown=1, missed=1, extra=1)
    named_stranger = looked_at(
        {left: None, middle: "Anna"}, decided(1, left, known("Anna")), decided(2, middle, UNKNOWN)
    )
    assert tally_frame(DemoTally(), named_stranger) == DemoTally(frames=1, strangers_named=1, unknown=1)


def play(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`metaface demo` in a process of its own, without a display."""
    display = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return subprocess.run(
        [sys.executable, "-m", "metaface_gui", "demo", *options, "--out", str(out)],
        env={key: value for key, value in os.environ.items() if key not in display},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_lesson_in_which_names_are_lost_and_come_back_plays_to_its_end(tmp_path: Path) -> None:
    """A step goes on only once what it says was seen: this gets stuck where no name is lost, or none comes back."""
    done = play(tmp_path, "--lesson", "4")
    assert done.returncode == 0, done.stderr
    pictures = [tmp_path / f"{name}.png" for name in lesson_screenshots(4)]
    assert done.stdout.split("screenshot: ")[1:] == [f"{path}\n" for path in pictures]
    assert all(path.stat().st_size > 20_000 for path in pictures)


def test_the_demo_runs_without_a_display_and_names_nobody_wrongly(tmp_path: Path) -> None:
    """The README's command; `.ci/package` runs it with Qt told to draw off screen."""
    done = play(tmp_path / "out", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    assert "right name" in done.stdout
    wrong = next(line for line in done.stdout.splitlines() if "wrong name" in line)
    assert wrong.split()[2] == "0"
    pictures = {path.name for path in (tmp_path / "out").iterdir()}
    steps = (
        "1-empty",
        "2-enrolling",
        "3-recognised",
        "6-map",
        "7-why",
        "8-compare",
        "9-corrected",
        "10-guest",
        "11-report",
        *ROOM_SCREENSHOTS,
    )
    assert {f"{step}.png" for step in steps} <= pictures
    for learner in LEARNERS.values():
        assert done.stdout.count(learner.short_title) >= 1 + SHORT_ROOMS, "in the methods' table and in each room"
    assert all((tmp_path / "out" / name).stat().st_size > 20_000 for name in pictures)


def test_the_demo_says_where_it_cannot_write(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    told: list[DemoSummary] = []
    with pytest.raises(KnownError, match="--out"):
        app.run_demo(settings=RecognitionSettings(), watch_s=1.0, out_dir=blocked / "out", tell=told.append)
    assert not told


def test_the_manifest_names_the_files_that_ship() -> None:
    from metaface_gui.resources import weights_dir

    manifest = json.loads((weights_dir() / "manifest.json").read_text(encoding="utf-8"))
    shipped = {entry["file"] for entry in manifest["weights"] if entry["url"] is None}
    assert shipped <= {path.name for path in weights_dir().iterdir()}
