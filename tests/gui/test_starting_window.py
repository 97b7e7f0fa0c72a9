from __future__ import annotations

import re
import subprocess
import sys
import threading

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QProgressBar
from pytestqt.qtbot import QtBot

from metaface_gui.cli import VERBS, opens_window
from metaface_gui.cli.main import build_parser
from metaface_gui.gui.remembered import GEOMETRY, THEME, window_settings
from metaface_gui.gui.starting_window import StartingWindow, close_starting_window, load_behind_window
from metaface_gui.gui.theme import Theme, ThemeMode
from tests.patience import PATIENCE_S


def windows() -> list[StartingWindow]:
    return [window for window in QApplication.topLevelWidgets() if isinstance(window, StartingWindow)]


def gone(app: QApplication) -> None:
    close_starting_window(app)
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not windows()


def test_it_is_on_screen_while_something_loads_and_until_it_is_taken_away(qapp: QApplication) -> None:
    seen: list[bool] = []
    threads: list[str] = []
    may_end = threading.Event()

    def load() -> None:
        threads.append(threading.current_thread().name)
        may_end.wait(PATIENCE_S)

    def look() -> None:
        seen.append(windows()[0].isVisible())
        may_end.set()

    QTimer.singleShot(100, qapp, look)
    window = load_behind_window(load)
    assert window.is_wanted
    assert (seen, threads) == ([True], ["loading"])
    assert window.isVisible(), "it stays until the main window has its place"
    gone(qapp)


def test_closing_it_says_that_no_window_is_wanted(qapp: QApplication) -> None:
    may_end = threading.Event()

    def close() -> None:
        windows()[0].close()
        may_end.set()

    QTimer.singleShot(100, qapp, close)
    window = load_behind_window(lambda: may_end.wait(PATIENCE_S))
    assert not window.is_wanted
    gone(qapp)


def test_it_has_the_remembered_place_and_look(qtbot: QtBot) -> None:
    settings = window_settings()
    before = StartingWindow(settings)
    qtbot.addWidget(before)
    before.resize(700, 500)
    settings.setValue(GEOMETRY, before.saveGeometry())
    settings.setValue(THEME, ThemeMode.LIGHT.value)
    window = StartingWindow(settings)
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == (700, 500)
    assert Theme.current().mode is ThemeMode.LIGHT
    bar = window.findChild(QProgressBar)
    assert bar is not None
    assert bar.maximum() == 0, "how long it takes is not known: the bar runs"
    settings.setValue(GEOMETRY, "nonsense")
    settings.setValue(THEME, "mauve")
    plain = StartingWindow(settings)
    qtbot.addWidget(plain)
    assert (plain.width(), plain.height()) == (1280, 800)
    assert Theme.current().mode is ThemeMode.SYSTEM


def test_neither_the_starting_window_nor_the_real_one_loads_what_takes_long() -> None:
    program = (
        "import sys, metaface_gui.__main__, metaface_gui.gui.starting_window; "
        "print(sorted({'torch', 'scipy', 'cv2', 'pyqtgraph'} & set(sys.modules))); "
        "import metaface_gui.app, metaface_gui.gui.main_window; "
        "print(sorted({'torch', 'scipy', 'matplotlib', 'openvino', 'pyqtgraph', 'PIL', 'pi_heif'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_the_verbs_are_those_of_the_parser() -> None:
    commands = build_parser().format_help().partition("commands:")[2]
    assert tuple(re.findall(r"^ {4}([a-z]+) ", commands, re.MULTILINE)) == tuple(VERBS)
    assert opens_window([])
    assert opens_window(["--source", "demo"])
    assert not opens_window(["demo"])
    assert not opens_window(["--fpir", "0.02", "recognize", "x"])
    assert not opens_window(["--help"])
