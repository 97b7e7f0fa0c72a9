from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from metaface_gui import app
from metaface_gui.errors import KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.gui import refused_start
from metaface_gui.gui.refused_start import tell_refused_start


def while_open(act: Callable[[QMessageBox], None]) -> None:
    """Do something with the dialog once it is on the screen."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QMessageBox)
        act(dialog)

    QTimer.singleShot(0, look)


def test_a_second_start_says_in_a_dialog_that_the_gallery_is_open(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_start, "is_seen", lambda: True)
    monkeypatch.setattr(app, "start_log", lambda **_: None)
    path = tmp_path / "<b>g</b>.metaface"
    said: list[str] = []

    def read(dialog: QMessageBox) -> None:
        said.append(dialog.text())
        dialog.reject()

    with Gallery.open(path):
        while_open(read)
        with pytest.raises(KnownError, match="is open in another window"):
            app.run_window(source=None, gallery_path=path, choose_settings=lambda settings: settings)
    assert said == [f"The gallery {path} is open in another window or command. Close that, or open this one read-only."]


def test_where_nobody_sees_it_there_is_no_dialog(qapp: QApplication) -> None:
    tell_refused_start(qapp, KnownError("x"))  # it would wait for ever


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_closes_the_dialog(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_start, "is_seen", lambda: True)
    while_open(lambda _dialog: os.kill(os.getpid(), signal.SIGTERM))
    tell_refused_start(qapp, KnownError("x"))
