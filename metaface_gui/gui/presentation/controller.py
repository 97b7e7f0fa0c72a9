"""Carries out the presentation's actions: which parts are shown, in this window or on the projector."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMainWindow, QMenu

from metaface_gui.gui.main_actions import MainActions
from metaface_gui.gui.presentation.parts import Part
from metaface_gui.gui.presentation.presentation_bar import HidingBar, PresentationBar
from metaface_gui.gui.presentation.projector import IN_A_WINDOW, Projector
from metaface_gui.gui.presentation.screens import Screens
from metaface_gui.gui.stage import Stage
from metaface_gui.gui.window_state import WindowState


class PresentationController(QObject):
    """The same parts are shown in the window and on the projector, and are remembered. `message` carries a notice."""

    message = Signal(str)

    def __init__(
        self,
        commands: MainActions,
        stage: Stage,
        state: WindowState,
        window: QMainWindow,
        screens: Screens | None = None,
    ) -> None:
        super().__init__(window)
        self._commands, self._stage, self._state = commands, stage, state
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        self._screens = screens or Screens(app, self)
        self.projector = Projector(stage.projected_board, self._screens, window)
        self.projector.remember(state.projector)
        self._stop = QAction(self)
        self._stop.setToolTip(self.tr("Stop showing the audience (Ctrl+F11)"))
        self._stop.triggered.connect(self.projector.close)
        self._end = QAction(self)
        self._end.setToolTip(self.tr("End the presentation (Esc or F11)"))
        self._end.triggered.connect(lambda: commands.present.setChecked(False))
        words = {
            Part.CURVE: self.tr("Curve"),
            Part.MAP: self.tr("Map"),
            Part.COUNTS: self.tr("Counts"),
            Part.MARGINS: self.tr("Margins"),
        }
        parts = [(words[part], action) for part, action in commands.parts.items()]
        before_after = (self.tr("Before | after"), commands.before_after["room"])
        end = (self.tr("End  Esc"), self._end)
        titles = [view.title for view in stage.video.views]
        self.bar = HidingBar(
            self.tr("Presentation"), [*parts, before_after, end], stage.board, over=stage.splitter, beside=titles
        )
        self.row = PresentationBar(self.tr("Projector:"), [*parts, (self.tr("Stop"), self._stop)], window)
        self.row.hide()
        window.statusBar().addPermanentWidget(self.row)
        for part, action in commands.parts.items():
            action.setChecked(part in state.presented_parts)
            action.toggled.connect(self._on_parts)
        commands.present.toggled.connect(self._on_presenting)
        commands.projector.triggered.connect(self._on_projector)
        commands.projector_menu.aboutToShow.connect(lambda: self.fill(commands.projector_menu))
        self.projector.toggled.connect(self._on_toggled)
        self.projector.message.connect(self.message)
        self._on_parts()
        self._enable()

    def fill(self, menu: QMenu) -> None:
        """List the available screens, and a window."""
        menu.clear()
        group = QActionGroup(menu)
        names = [(screen.name, f"{screen.name} · {screen.size_text}") for screen in self._screens.present()]
        for name, words in [*names, (IN_A_WINDOW, self.tr("In a window of its own"))]:
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(self.projector.is_on and name == self.projector.screen)
            action.triggered.connect(lambda _checked=False, name=name: self.projector.open(name))
            group.addAction(action)

    def close(self) -> None:
        """Close the projector together with the main window."""
        self.projector.toggled.disconnect(self._on_toggled)
        self.projector.close()
        self.bar.set_active(False)

    def _on_parts(self) -> None:
        parts = frozenset(part for part, action in self._commands.parts.items() if action.isChecked())
        self._stage.board.set_parts(parts)
        self._stage.projected_board.set_parts(parts)
        self._state.presented_parts = parts

    def _on_presenting(self, presenting: bool) -> None:
        self._enable()
        self.bar.set_active(presenting)

    def _on_projector(self, wanted: bool) -> None:
        if wanted:
            self.projector.open()
        else:
            self.projector.close()

    def _on_toggled(self, is_on: bool) -> None:
        self._commands.projector.setChecked(is_on)
        self._stage.project(is_on)
        self.row.setVisible(is_on)
        if is_on:
            self._state.projector = self.projector.screen
        self._enable()

    def _enable(self) -> None:
        is_shown = self._commands.present.isChecked() or self.projector.is_on
        for action in self._commands.parts.values():
            action.setEnabled(is_shown)
