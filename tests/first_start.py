"""How long a first start takes until the window says one's name: by the mouse, with the demo scene as the camera.

    uv run python -m tests.first_start

The real window and engine, an empty gallery, no settings. Clicks and letters follow each other at once, so that the
time is the program's own: counting down, recording, saving, adapting. It counts from the first click, beside it from
the window's being made.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from metaface_gui.app import Parts, running
from metaface_gui.engine.events import ResultReady
from metaface_gui.gallery import FileKeys, Gallery
from metaface_gui.gui.application import make_application
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.window_state import WindowState
from metaface_gui.pipeline.capture.devices import CameraDevice
from metaface_gui.pipeline.capture.specification import SourceSpec, parse_source
from metaface_gui.settings import RecognitionSettings

NAME = "Ada"
_LIMIT_MS = 30_000


class FirstStart:
    """A user who knows where to click."""

    def __init__(self, app: QApplication, parts: Parts, window: MainWindow) -> None:
        self._app, self._window = app, window
        self._began = self._first_click = time.perf_counter()
        self.steps: list[str] = []
        self.clicks = 0
        self._names: list[str | None] = []
        parts.bridge.result_ready.connect(self._on_result)

    def play(self) -> float:
        """Open the camera, be recorded, say who one is, be known; return seconds since the first click.

        Raises:
            TimeoutError: if the window waits for something else.
        """
        enroll = self._window.side.enroll
        camera = self._window.live_view.empty_state._retry
        self._wait(camera.isVisible)
        self._note("window")
        self._first_click = time.perf_counter()
        self._click(camera, "camera")
        self._wait(lambda: enroll.isVisible() and enroll.record_button.isEnabled())
        self._wait(lambda: len(self._names) == 1)
        self._note("one face in the picture")
        self._click(enroll.record_button, "record")
        self._wait(enroll.name_field.edit.hasFocus)
        self._note("recorded")
        QTest.keyClicks(enroll.name_field.edit, NAME)
        self._click(enroll.consent.check, "consent", QPoint(8, 8))
        self._wait(enroll.save_button.isEnabled)
        self._click(enroll.save_button, "save")
        self._wait(lambda: NAME in self._names)
        self._note("known")
        return time.perf_counter() - self._first_click

    def _on_result(self, event: ResultReady) -> None:
        self._names = [face.identification.name for face in event.result.faces]

    def _click(self, widget: QWidget, what: str, place: QPoint | None = None) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or widget.rect().center())
        self.clicks += 1
        self._note(f"click {self.clicks}: {what}")

    def _note(self, what: str) -> None:
        now = time.perf_counter()
        self.steps.append(f"{now - self._began:6.2f} s  {what}")

    def _wait(self, is_there: Callable[[], bool]) -> None:
        deadline = QDeadlineTimer(_LIMIT_MS)
        while not is_there():
            if deadline.hasExpired():
                raise TimeoutError("\n".join(self.steps))
            self._app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def main() -> int:
    """Play it once and print it."""
    app = make_application()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        gallery = Gallery.open(folder / "people.metaface", keys=FileKeys(folder / "keys"))
        with running(app, gallery, RecognitionSettings()) as parts:
            state = WindowState(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
            cameras = (CameraDevice(0, "Camera", ""),)
            open_source = parts.engine.source.open

            def open_the_scene(_camera: SourceSpec) -> None:
                open_source(parse_source("demo"))

            window = MainWindow(parts.engine, parts.bridge, state, list_cameras=lambda: cameras)
            window.resize(1280, 800)
            with patch.object(type(parts.engine.source), "open", lambda _source, spec: open_the_scene(spec)):
                window.show()
                window.activateWindow()
                user = FirstStart(app, parts, window)
                parts.engine.on_window()
                busy = time.process_time()
                seconds = user.play()
                busy = time.process_time() - busy
            window.close()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    result = f"{user.clicks} clicks, {seconds:.1f} s from the first click to the name"
    steps = "\n".join(user.steps)
    sys.stdout.write(f"{steps}\n{result}; {busy:.1f} s of processor time, load {load}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
