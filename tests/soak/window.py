"""The whole window before the engine, off screen: what it counts, and what the visitor does in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from metaface_gui.engine.engine import Engine
from metaface_gui.gui.application import make_application
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.studio.pages import PAGES
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.gui.window_state import WindowState
from tests.soak.gauges import Gauge
from tests.soak.use import Plan, Use, in_use
from tests.soak.visitor import Deed
from tests.soak.watch import Watch

_STEP_MS = 10
_TABS = ("people", "enroll", "unknown", "controls")


class Handler:
    """What is done with the window: pages, tabs, sizes, themes, modes."""

    def __init__(self, window: MainWindow, watch: Watch, random: np.random.Generator) -> None:
        self._window, self._watch, self._random = window, watch, random

    def deeds(self) -> Mapping[Callable[[], Deed], float]:
        """Deeds with their weights."""
        return {
            self._page: 5,
            self._tab: 4,
            self._size: 1,
            self._theme: 1,
            self._split: 2,
            self._present: 1,
            self._why: 3,
            self._presses_undo: 1,
        }

    def _page(self) -> Deed:
        self._window.stage.open_page(PAGES[self._random.integers(len(PAGES))].key)
        yield 60

    def _tab(self) -> Deed:
        self._window.side.open_key(_TABS[self._random.integers(len(_TABS))])
        yield 60

    def _size(self) -> Deed:
        self._window.resize(int(self._random.integers(1024, 1920)), int(self._random.integers(700, 1080)))
        yield 30

    def _theme(self) -> Deed:
        modes = list(ThemeMode)
        Theme.current().set_mode(modes[self._random.integers(len(modes))])
        yield 30

    def _split(self) -> Deed:
        self._window.stage.set_split(bool(self._random.integers(2)))
        yield 60

    def _present(self) -> Deed:
        self._window.commands.present.setChecked(True)
        yield 60
        self._window.commands.present.setChecked(False)
        yield 20

    def _why(self) -> Deed:
        result = self._watch.result
        for face in result.faces[:1] if result else ():
            self._window.stage.explain(face.track_id)
        yield 60

    def _presses_undo(self) -> Deed:
        self._window._undo()
        yield 20


def gauges_of(window: MainWindow) -> Mapping[str, Gauge]:
    """Count the window's objects and those of their timers that run."""
    return {
        "qt_objects": lambda: len(window.findChildren(QObject)) + len(QApplication.topLevelWidgets()),
        "qt_timers": lambda: sum(timer.isActive() for timer in window.findChildren(QTimer)),
    }


def use_in_window(plan: Plan, on_step: Callable[[Use], None]) -> Use:
    """Run a use with the window until there were frames enough.

    Raises:
        TimeoutError: if the engine stands still.
    """
    app = make_application()
    bridge = EngineBridge()
    state = WindowState(QSettings(str(plan.folder / "window.ini"), QSettings.Format.IniFormat))
    windows: list[MainWindow] = []
    failures: list[TimeoutError] = []

    def furnish(engine: Engine, watch: Watch) -> tuple[Mapping[str, Gauge], Mapping[Callable[[], Deed], float]]:
        window = MainWindow(engine, bridge, state)
        window.resize(1280, 800)
        window.show()
        windows.append(window)
        return gauges_of(window), Handler(window, watch, np.random.default_rng([plan.seed, 5])).deeds()

    with in_use(plan, also=bridge, furnish=furnish) as use:

        def step() -> None:
            try:
                goes_on = use.step()
            except TimeoutError as error:
                failures.append(error)
                goes_on = False
            on_step(use)
            if not goes_on:
                timer.stop()
                app.quit()

        timer = QTimer(interval=_STEP_MS)
        timer.timeout.connect(step)
        timer.start()
        # A real event loop: only in one are objects destroyed that were to be destroyed later.
        app.exec()
        windows[0].close()
    bridge.close()
    if failures:
        raise failures[0]
    return use
