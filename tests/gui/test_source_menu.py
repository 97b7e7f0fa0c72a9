"""Choosing what to look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.gui.source_menu import CameraFinder, SourceMenu, source_title
from metaface_gui.pipeline.capture.devices import CameraDevice
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from tests.patience import PATIENCE_S

CAMERAS = (CameraDevice(0, "Front & back", "/dev/video0"), CameraDevice(2, "USB camera", "/dev/video2"))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def menu(window: QWidget) -> Iterator[SourceMenu]:
    made = SourceMenu(window, lambda: CAMERAS)
    yield made
    made.close_finder()


def named(menu: SourceMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if text in action.text())


def test_cameras_are_listed_by_name_once_found(menu: SourceMenu, qtbot: QtBot) -> None:
    assert not named(menu, "Looking for cameras").isEnabled()
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: "USB camera" in [action.text() for action in menu.actions()])
    assert not any("Looking" in action.text() for action in menu.actions())
    with qtbot.waitSignal(menu.source_chosen) as chosen:
        named(menu, "USB camera").trigger()
    assert chosen.args == [SourceSpec(SourceKind.WEBCAM, "2")]
    assert named(menu, "Front").text() == "Front && back"


def test_no_camera_is_said(window: QWidget, qtbot: QtBot) -> None:
    menu = SourceMenu(window, lambda: ())
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: any("No camera found" in action.text() for action in menu.actions()))
    menu.close_finder()


def test_cameras_are_looked_for_again_each_time(window: QWidget, qtbot: QtBot) -> None:
    lists: list[tuple[CameraDevice, ...]] = [(), CAMERAS]
    menu = SourceMenu(window, lambda: lists.pop(0))
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: any("No camera" in action.text() for action in menu.actions()))
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: any("USB" in action.text() for action in menu.actions()))
    menu.close_finder()


def test_a_slow_driver_holds_up_nobody(qtbot: QtBot) -> None:
    release = threading.Event()
    calls: list[int] = []

    def slow() -> tuple[CameraDevice, ...]:
        calls.append(1)
        release.wait(PATIENCE_S)
        return CAMERAS

    finder = CameraFinder(list_cameras=slow)
    found: list[object] = []
    finder.found.connect(found.append)
    finder.start()
    finder.start()  # one search at a time
    release.set()
    finder.close()
    qtbot.wait(1)
    assert len(calls) == 1
    assert found == []  # closed before it was delivered


def test_a_system_without_device_files_has_no_cameras(qtbot: QtBot) -> None:
    def broken() -> tuple[CameraDevice, ...]:
        raise OSError("no such folder")

    finder = CameraFinder(list_cameras=broken)
    with qtbot.waitSignal(finder.found) as found:
        finder.start()
    assert found.args == [()]
    finder.close()


@pytest.mark.parametrize(("text", "kind"), [("Video", SourceKind.VIDEO), ("Folder", SourceKind.FOLDER)])
def test_files_and_folders_are_chosen_in_a_dialog(
    menu: SourceMenu, qtbot: QtBot, tmp_path: Path, text: str, kind: SourceKind
) -> None:
    path = tmp_path / "clip.mp4" if kind is SourceKind.VIDEO else tmp_path
    if kind is SourceKind.VIDEO:
        path.write_bytes(b"x")
    named(menu, text).trigger()
    parent = menu.parentWidget()
    assert parent is not None
    (dialog,) = parent.findChildren(QFileDialog)
    with qtbot.waitSignal(menu.source_chosen) as chosen:
        dialog.filesSelected.emit([str(path)])
    assert chosen.args == [SourceSpec(kind, str(path))]
    dialog.reject()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  http://10.0.0.5/video ", SourceSpec(SourceKind.URL, "http://10.0.0.5/video")),
        ("", None),
        ("   ", None),
    ],
)
def test_an_address_is_typed(menu: SourceMenu, window: QWidget, typed: str, expected: SourceSpec | None) -> None:
    chosen: list[SourceSpec] = []
    menu.source_chosen.connect(chosen.append)
    named(menu, "address").trigger()
    (dialog,) = window.findChildren(QInputDialog)
    dialog.setTextValue(typed)
    dialog.accept()
    assert chosen == ([] if expected is None else [expected])


def test_what_is_no_address_is_refused(menu: SourceMenu, window: QWidget, qtbot: QtBot) -> None:
    named(menu, "address").trigger()
    (dialog,) = window.findChildren(QInputDialog)
    dialog.setTextValue("no such thing")
    with qtbot.waitSignal(menu.refused) as refused, qtbot.assertNotEmitted(menu.source_chosen):
        dialog.accept()
    assert refused.args is not None
    assert "no such thing" in str(refused.args[0])


def test_the_demo_needs_no_dialog(menu: SourceMenu, qtbot: QtBot) -> None:
    with qtbot.waitSignal(menu.source_chosen) as chosen:
        named(menu, "Demo").trigger()
    assert chosen.args == [SourceSpec(SourceKind.DEMO, "demo")]


def test_titles_of_sources_hide_passwords(tmp_path: Path) -> None:
    assert source_title(SourceSpec(SourceKind.WEBCAM, "1")) == "Camera 1"
    assert source_title(SourceSpec(SourceKind.URL, "rtsp://me:secret@door.local/1")) == "door.local"
    assert source_title(SourceSpec(SourceKind.VIDEO, str(tmp_path / "clip.mp4"))) == "clip.mp4"
    assert source_title(SourceSpec(SourceKind.DEMO, "demo")) == "the demo"
