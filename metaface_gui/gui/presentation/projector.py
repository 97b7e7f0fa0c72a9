"""The projector: the presentation on another screen, while the operator keeps the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.presentation.projector_window import ProjectorWindow
from metaface_gui.gui.presentation.screens import ScreenInfo, Screens, name_of

IN_A_WINDOW = ""
"""Used in place of a screen's name for a movable window."""


class Projector(QObject):
    """Shows `board` on a screen chosen by name, and follows that screen: when it is unplugged the board is hidden, and
    it returns when the screen is plugged in again.

    `toggled`: the projector was opened or closed, by any means. `message`: what happened to its screen.
    """

    toggled = Signal(bool)
    message = Signal(str)

    def __init__(self, board: QWidget, screens: Screens, operator: QWidget) -> None:
        super().__init__(operator)
        self._screens, self._operator = screens, operator
        self._is_on = False
        self._screen = IN_A_WINDOW
        self.window = ProjectorWindow(board, operator)
        self.window.closed.connect(self.close)
        screens.changed.connect(self._follow)

    @property
    def is_on(self) -> bool:
        """Return whether the audience sees something, or would if the screen were connected."""
        return self._is_on

    @property
    def screen(self) -> str:
        """Return the name of the screen chosen last, or `IN_A_WINDOW`."""
        return self._screen

    def open(self, screen: str | None = None) -> None:
        """Show the board on `screen`; None: on the last screen used, else on one that the operator isn't using."""
        self._screen = self._usual() if screen is None else screen
        was_on, self._is_on = self._is_on, True
        # The operator's shortcuts work whichever window has the focus.
        self.window.addActions([action for action in self._operator.actions() if action not in self.window.actions()])
        self._show()
        if not was_on:
            self.toggled.emit(True)

    def remember(self, screen: str) -> None:
        """Set the last screen used, unless the projector is on."""
        if not self._is_on:
            self._screen = screen

    def close(self) -> None:
        """Stop showing the board."""
        if self._is_on:
            self._is_on = False
            self.window.close()
            self.toggled.emit(False)

    def _usual(self) -> str:
        present = self._screens.present()
        if self._screen and any(screen.name == self._screen for screen in present):
            return self._screen
        own = name_of(self._operator.screen())
        return next((screen.name for screen in present if screen.name != own), IN_A_WINDOW)

    def _chosen(self) -> ScreenInfo | None:
        return next((screen for screen in self._screens.present() if screen.name == self._screen), None)

    def _show(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.window.show_on(chosen.geometry)
        elif self._screen == IN_A_WINDOW:
            self.window.show_on(None)
        else:
            self.window.hide()

    def _follow(self) -> None:
        if not self._is_on or self._screen == IN_A_WINDOW:
            return
        was_there, chosen = self.window.isVisible(), self._chosen()
        if chosen is None and was_there:
            self.window.hide()
            self.message.emit(self.tr("The projector’s screen is gone. The presentation returns when the screen does."))
        elif chosen is not None and (not was_there or self.window.geometry() != chosen.geometry):
            self._show()
            if not was_there:
                self.message.emit(self.tr("The projector’s screen is back, and so is the presentation."))
