"""Ctrl+C and its like close the window and the demo in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.gallery import Gallery
from metaface_gui.gui.interruption import closing_on_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

_INTERRUPTED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from metaface_gui.gui.main_window import MainWindow
show, number = MainWindow.showEvent, int(sys.argv[1])
def show_and_interrupt(self, event):
    show(self, event)
    QTimer.singleShot(0, lambda: os.kill(os.getpid(), number))
MainWindow.showEvent = show_and_interrupt
from metaface_gui.__main__ import main
sys.argv[1:] = sys.argv[2:]
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_heard_in_the_event_loop(qtbot: QtBot, number: signal.Signals) -> None:
    closed: list[bool] = []
    former = signal.getsignal(number)
    with closing_on_signals(lambda: closed.append(True)) as interruption:
        assert interruption.exit_code == 0
        os.kill(os.getpid(), number)
        qtbot.waitUntil(lambda: bool(closed))
        assert signal.getsignal(number) is former  # a second one does what it always does
    assert interruption.exit_code == 128 + number
    assert signal.getsignal(number) is former


_WITH_A_LONG_LOAD = """
import atexit, threading
from metaface_gui.engine.live import model_loader as model_loader
from metaface_gui.engine.engine import Engine
model_loader.load_in_background = threading.Event().wait
stop = Engine.stop
Engine.stop = lambda self: stop(self, timeout_s=0.2)
atexit.register(print, "Python was taken apart")
"""


def interrupted(number: int, *arguments: object, before: str = "") -> subprocess.CompletedProcess[str]:
    """A command whose window gets a signal as soon as it is shown; `before` is Python that runs first."""
    command = [sys.executable, "-c", before + _INTERRUPTED, str(int(number)), *map(str, arguments)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_window_closes_in_order(tmp_path: Path, number: signal.Signals) -> None:
    gallery = tmp_path / "g.metaface"
    done = interrupted(number, "--gallery", gallery)
    assert (done.returncode, "Traceback" in done.stderr) == (128 + number, False), done.stderr
    with Gallery.open(gallery):  # nobody has it open
        pass
    assert not gallery.with_name("g.metaface-wal").exists()


def test_the_window_closes_while_pytorch_is_loading(tmp_path: Path) -> None:
    done = interrupted(signal.SIGTERM, "--gallery", tmp_path / "g.metaface", before=_WITH_A_LONG_LOAD)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (143, "", False), done.stderr


def test_the_demo_closes_in_order(tmp_path: Path) -> None:
    done = interrupted(signal.SIGINT, "demo", "--out", tmp_path / "out")
    assert (done.returncode, "Traceback" in done.stderr) == (128 + signal.SIGINT, False), done.stderr
