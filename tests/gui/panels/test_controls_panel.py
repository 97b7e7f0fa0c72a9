"""Source, strictness and models, driven as a user does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import JobChanged, ModelState, RequestEnded, RoomChanged, SourceChanged, SourceState
from metaface_gui.errors import DeviceError, SourceError, WeightsError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.controls_panel import ControlsPanel
from metaface_gui.pipeline.capture.devices import CameraDevice
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.resources import weights_dir
from metaface_gui.settings import DEMO, RecognitionSettings
from metaface_gui.weights.store import WeightsStore
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, child_of, models
from tests.patience import PATIENCE_S

LEFT = Qt.MouseButton.LeftButton
CAMERAS = (CameraDevice(0, "Desk camera", "/dev/video0"), CameraDevice(2, "Door camera", "/dev/video2"))
CASIA = "facenet-casia"


@pytest.fixture
def user_dir(tmp_path: Path) -> Path:
    return tmp_path / "weights"


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, user_dir: Path) -> ControlsPanel:
    made = ControlsPanel(engine, bridge, store=WeightsStore(weights_dir(), user_dir), list_cameras=lambda: CAMERAS)
    qtbot.addWidget(made)
    made.resize(320, 760)
    made.show()
    qtbot.waitUntil(lambda: made.source.combo.findText("Desk camera") >= 0)
    return made


def pick(combo: QComboBox, key: object) -> None:
    """What a user does with the mouse: the entry is shown, then `activated` is emitted."""
    index = [combo.itemData(row) for row in range(combo.count())].index(key)
    combo.setCurrentIndex(index)
    combo.activated.emit(index)


def entries(combo: QComboBox) -> list[str]:
    return [combo.itemText(index) for index in range(combo.count())]


# Source -----------------------------------------------------------------------------------------------------------


def test_cameras_are_listed_by_name_before_the_demo(panel: ControlsPanel) -> None:
    assert entries(panel.source.combo) == ["Desk camera", "Door camera", "Demo scene"]


def test_no_camera_is_said(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge) -> None:
    panel = ControlsPanel(engine, bridge, list_cameras=lambda: ())
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: "No camera found" in entries(panel.source.combo))


def test_choosing_a_camera_and_the_demo(qtbot: QtBot, panel: ControlsPanel) -> None:
    camera = SourceSpec(SourceKind.WEBCAM, "2")
    with qtbot.waitSignal(panel.source_chosen) as chosen:
        pick(panel.source.combo, camera)
    assert chosen.args == [camera]
    with qtbot.waitSignal(panel.source_chosen) as chosen:
        pick(panel.source.combo, SourceSpec(SourceKind.DEMO, DEMO))
    assert chosen.args == [SourceSpec(SourceKind.DEMO, DEMO)]


def test_a_file_chosen_in_the_dialog(qtbot: QtBot, panel: ControlsPanel, tmp_path: Path, say: Say) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x")
    QTest.mouseClick(panel.source.file_button, LEFT)
    dialog = child_of(panel, QFileDialog)
    with qtbot.waitSignal(panel.source_chosen) as chosen:
        dialog.filesSelected.emit([str(clip)])
    dialog.close()
    assert chosen.args == [SourceSpec(SourceKind.VIDEO, str(clip))]
    say(SourceChanged(SourceState.OPENING, "clip.mp4"))
    assert panel.source.combo.currentIndex() == -1
    assert panel.source.combo.placeholderText() == "clip.mp4"


def test_a_url(qtbot: QtBot, panel: ControlsPanel) -> None:
    assert not panel.source.url.isVisible()
    QTest.mouseClick(panel.source.url_button, LEFT)
    QTest.keyClicks(panel.source.url, "camera.local")
    with qtbot.assertNotEmitted(panel.source_chosen):
        QTest.keyClick(panel.source.url, Qt.Key.Key_Return)
    assert "rtsp://" in panel.source.status.text()
    panel.source.url.setText(" rtsp://camera.local/1 ")
    with qtbot.waitSignal(panel.source_chosen) as chosen:
        QTest.keyClick(panel.source.url, Qt.Key.Key_Return)
    assert chosen.args == [SourceSpec(SourceKind.URL, "rtsp://camera.local/1")]
    assert not panel.source.url.isVisible()


def test_a_path_that_is_gone_is_said_and_not_opened(qtbot: QtBot, panel: ControlsPanel, tmp_path: Path) -> None:
    with qtbot.assertNotEmitted(panel.source_chosen):
        panel.source._choose_text(str(tmp_path / "gone.mp4"))
    assert "There is nothing at" in panel.source.status.text()


def test_a_source_opened_elsewhere_is_shown(panel: ControlsPanel, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "Camera 2"))
    assert panel.source.combo.currentText() == "Door camera"
    say(SourceChanged(SourceState.RUNNING, "holiday.mp4"))
    assert panel.source.combo.currentIndex() == -1
    say(SourceChanged(SourceState.CLOSED))
    assert "No source is open" in panel.source.status.text()


def test_a_failure_is_said_where_it_was_chosen(panel: ControlsPanel, say: Say) -> None:
    error = SourceError("Camera 2 is used by another program. Close that.")
    say(SourceChanged(SourceState.FAILED, "Camera 2", error=error))
    assert panel.source.status.text() == "Camera 2 is used by another program. Close that."
    assert panel.source.status.property("role") == "error"
    say(SourceChanged(SourceState.RUNNING, "Camera 2"))
    assert panel.source.status.property("role") == "muted"


@pytest.mark.parametrize("state", list(SourceState))
def test_every_state_has_words_and_moves_nothing(panel: ControlsPanel, say: Say, state: SourceState) -> None:
    before = panel.models.pos()
    say(SourceChanged(state, "a very long name of a file that goes on and on.mp4"))
    assert panel.source.status.text()
    assert panel.models.pos() == before
    assert panel.source.pause_button.isEnabled() == (state in (SourceState.RUNNING, SourceState.PAUSED))


def test_pausing(panel: ControlsPanel, engine: FakeEngine, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "Camera 0"))
    QTest.mouseClick(panel.source.pause_button, LEFT)
    say(SourceChanged(SourceState.PAUSED, "Camera 0"))
    assert panel.source.pause_button.isChecked()
    QTest.mouseClick(panel.source.pause_button, LEFT)
    assert engine.calls_of("source.set_paused") == [(True,), (False,)]


def test_looking_again_keeps_what_is_chosen(qtbot: QtBot, panel: ControlsPanel, say: Say) -> None:
    pick(panel.source.combo, SourceSpec(SourceKind.WEBCAM, "2"))
    QTest.mouseClick(panel.source.refresh_button, LEFT)
    qtbot.waitUntil(panel.source.refresh_button.isEnabled)
    assert panel.source.combo.currentText() == "Door camera"


def test_a_slow_search_neither_blocks_nor_outlives_the_panel(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge
) -> None:
    go_on = threading.Event()

    def slow() -> tuple[CameraDevice, ...]:
        go_on.wait(PATIENCE_S)
        return CAMERAS

    panel = ControlsPanel(engine, bridge, list_cameras=slow)
    qtbot.addWidget(panel)
    panel.show()
    assert entries(panel.source.combo) == ["Demo scene"]
    assert not panel.source.refresh_button.isEnabled()
    go_on.set()
    panel.close_finder()
    assert not [thread for thread in threading.enumerate() if thread.name == "cameras"]


# Strangers --------------------------------------------------------------------------------------------------------


def test_the_slider_speaks_plainly_and_asks_once_when_it_rests(
    qtbot: QtBot, panel: ControlsPanel, engine: FakeEngine, say: Say
) -> None:
    say(models(fpir=0.01))
    fpir = panel.models.fpir
    assert fpir.words.text().startswith("1 in 100 strangers")
    fpir.slider.setFocus()
    for _ in range(3):
        QTest.keyClick(fpir.slider, Qt.Key.Key_PageDown)
    assert fpir.words.text().startswith("1 in 1,000 strangers") or fpir.words.text().startswith("1 in 1000 strangers")
    qtbot.waitUntil(lambda: bool(engine.calls_of("models.set_fpir")))
    assert engine.calls_of("models.set_fpir") == [(0.001,)]


def test_what_the_engine_uses_is_shown_exactly_and_not_sent_back(
    qtbot: QtBot, panel: ControlsPanel, engine: FakeEngine, say: Say
) -> None:
    say(models(fpir=0.37))
    assert panel.models.fpir.fpir == 0.37
    with qtbot.assertNotEmitted(panel.models.fpir.chosen, wait=200):
        pass
    assert engine.calls == []


# Models -----------------------------------------------------------------------------------------------------------


def test_every_choice_asks_the_engine(panel: ControlsPanel, engine: FakeEngine, say: Say) -> None:
    say(models())
    pick(panel.models.detector, "mtcnn")
    pick(panel.models.device, "cpu")
    pick(panel.models.learner, "prototypical")
    pick(panel.models.embedder, "sface")
    names = [(call.name, call.args) for call in engine.calls]
    assert names == [
        ("models.set_detector", ("mtcnn",)),
        ("models.set_device", ("cpu",)),
        ("models.set_learner", ("prototypical",)),
        ("models.set_embedder", ("sface",)),
    ]


def test_while_loading_nothing_can_be_chosen(panel: ControlsPanel, say: Say) -> None:
    say(models(state=ModelState.LOADING, detector="mtcnn"))
    assert panel.models.busy.isVisible()
    assert not panel.models.detector.isEnabled()
    before = panel.models.status.pos()
    say(models(detector="mtcnn"))
    assert not panel.models.busy.isVisible()
    assert panel.models.detector.isEnabled()
    assert panel.models.status.pos() == before
    assert panel.models.detector.currentData() == "mtcnn"


def test_a_failure_is_said_and_the_former_choice_comes_back(panel: ControlsPanel, say: Say) -> None:
    say(models())
    pick(panel.models.detector, "mtcnn")
    other = next(key for key in ("cuda", "mps") if panel.models.device.findData(key) >= 0)
    pick(panel.models.device, other)
    say(models(state=ModelState.FAILED, error=DeviceError("There is no such device. Choose “cpu”.")))
    assert panel.models.status.text() == "There is no such device. Choose “cpu”."
    assert panel.models.detector.currentData() == "yunet"
    assert panel.models.device.currentData() == "auto"
    say(models())
    assert panel.models.status.text() == "Runs on CPU."


def test_the_device_of_the_settings_is_shown(panel: ControlsPanel, say: Say) -> None:
    panel.show_settings(RecognitionSettings(device="cpu"))
    say(models())
    assert panel.models.device.currentData() == "cpu"


def test_missing_weights_are_fetched_only_after_a_click(
    panel: ControlsPanel, engine: FakeEngine, user_dir: Path, say: Say
) -> None:
    say(models())
    box = panel.models.download
    pick(panel.models.embedder, CASIA)
    assert box.isVisible()
    assert "not on this computer" in box.words.text()
    assert box.download_button.text() == "Download (116 MB)…"
    assert engine.calls == []
    QTest.mouseClick(box.download_button, LEFT)
    assert engine.calls_of("models.fetch_weights") == [("facenet-casia-webface",)]
    request = engine.request_of("models.fetch_weights")
    say(JobChanged(4711, "Downloading weights", 0.9))  # another's
    assert box.progress.maximum() == 0
    say(JobChanged(request, "Downloading weights", 0.25))
    assert box.progress.value() == 250
    assert panel.models.embedder.currentData() == CASIA
    user_dir.mkdir()
    (user_dir / "20180408-102900-casia-webface.pt").write_bytes(b"x")
    say(RequestEnded(request))
    assert engine.calls_of("models.set_embedder") == [(CASIA,)]
    assert not box.isVisible()


def test_a_download_that_fails_says_why_and_can_be_tried_again(
    panel: ControlsPanel, engine: FakeEngine, say: Say
) -> None:
    say(models())
    pick(panel.models.embedder, CASIA)
    QTest.mouseClick(panel.models.download.download_button, LEFT)
    error = WeightsError("There is no network. Connect, then try again.")
    say(RequestEnded(engine.request_of("models.fetch_weights"), error))
    assert panel.models.download.words.text() == "There is no network. Connect, then try again."
    assert engine.calls_of("models.set_embedder") == []
    QTest.mouseClick(panel.models.download.download_button, LEFT)
    assert len(engine.calls_of("models.fetch_weights")) == 2


def test_a_download_is_cancelled(panel: ControlsPanel, engine: FakeEngine, say: Say) -> None:
    say(models())
    pick(panel.models.embedder, CASIA)
    box = panel.models.download
    QTest.mouseClick(box.download_button, LEFT)
    QTest.mouseClick(box.cancel_button, LEFT)
    assert engine.calls_of("jobs.cancel") == [(engine.request_of("models.fetch_weights"),)]
    say(RequestEnded(engine.request_of("models.fetch_weights"), is_cancelled=True))
    assert box.download_button.isEnabled()
    QTest.mouseClick(box.cancel_button, LEFT)  # now it says "Not now"
    assert not box.isVisible()
    assert panel.models.embedder.currentData() == "sface"


def test_an_embedder_that_is_there_needs_no_download(panel: ControlsPanel, engine: FakeEngine, say: Say) -> None:
    say(models())
    pick(panel.models.embedder, CASIA)
    pick(panel.models.embedder, "sface")
    assert not panel.models.download.isVisible()
    assert engine.calls_of("models.set_embedder") == [("sface",)]


@pytest.mark.parametrize("width", [300, 400, 1600])
def test_it_fits_any_width(panel: ControlsPanel, width: int) -> None:
    panel.resize(width, 760)
    for part in (panel.source.refresh_button, panel.source.url_button, panel.models.embedder):
        right = part.mapTo(panel, part.rect().topRight()).x()
        assert right < width


# This room ----------------------------------------------------------------------------------------------------------


def test_the_room_is_switched_by_mouse_and_key(panel: ControlsPanel, engine: FakeEngine, say: Say) -> None:
    switch = panel.room.switch
    assert switch.isChecked(), "used unless somebody says otherwise"
    panel.room.show_settings(RecognitionSettings(use_room=False))
    assert not switch.isChecked()
    QTest.mouseClick(switch, LEFT, pos=QPoint(8, switch.height() // 2))
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert engine.calls_of("room.set_used") == [(True,), (False,)]
    say(models(use_room=True))
    assert switch.isChecked(), "what the engine says counts"


def test_adapting_to_the_room_is_asked_by_mouse_and_key_unless_it_is_off(
    panel: ControlsPanel, engine: FakeEngine, say: Say
) -> None:
    QTest.mouseClick(panel.room.button, LEFT)
    QTest.keyClick(panel.room.button, Qt.Key.Key_Space)
    assert len(engine.calls_of("room.adapt")) == 2
    say(models(use_room=False))
    QTest.mouseClick(panel.room.button, LEFT)
    assert len(engine.calls_of("room.adapt")) == 2
    assert "alone" in panel.room.status.text()


def test_how_many_faces_of_the_room_there_are_is_said(panel: ControlsPanel, say: Say) -> None:
    say(RoomChanged(9, 8))
    assert "9 seen, 8 adapted to" in panel.room.status.text()
