"""The View menu's settings of the window's appearance: theme, language, text size."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from metaface_gui.gui.main_actions import TEXT_SIZES, MainActions
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.gui.window_state import WindowState


class Look(QObject):
    """Shows and stores what is chosen. A theme applies at once; language and text size need a new window."""

    new_window_wanted = Signal(str)
    """Carries the language's code, "" for the system's."""

    def __init__(self, commands: MainActions, state: WindowState, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        for mode, action in commands.themes.items():
            action.triggered.connect(partial(self._choose_theme, mode))
            action.setChecked(mode is state.theme)
        for code, action in commands.languages.items():
            action.triggered.connect(partial(self._choose_language, code))
            action.setChecked(code == state.language)
        for percent, action in commands.text_sizes.items():
            action.triggered.connect(partial(self._choose_text_size, percent))
            action.setChecked(percent == remembered_percent(state))

    def _choose_theme(self, mode: ThemeMode, _checked: bool = True) -> None:
        self._state.theme = mode
        Theme.current().set_mode(mode)

    def _choose_language(self, code: str, _checked: bool = True) -> None:
        self._state.language = code
        self.new_window_wanted.emit(code)

    def _choose_text_size(self, percent: int, _checked: bool = True) -> None:
        if percent != remembered_percent(self._state):
            self._state.text_percent = percent
            self.new_window_wanted.emit(self._state.language)


def remembered_percent(state: WindowState) -> int:
    """Return the text size in percent of the usual one, which is the default if none or an invalid one is stored."""
    return state.text_percent if state.text_percent in TEXT_SIZES else TEXT_SIZES[0]


def put_on(state: WindowState) -> None:
    """Apply the stored theme and text size; call this before any widgets are created."""
    Theme.current().set_mode(state.theme)
    Theme.current().set_text_scale(remembered_percent(state) / 100)
