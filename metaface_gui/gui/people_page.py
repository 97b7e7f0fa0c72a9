"""The people over the whole window: the same panel, large, with a small video beside it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QSplitter

from metaface_gui.gui.main_actions import MainActions
from metaface_gui.gui.side_panel import SidePanel
from metaface_gui.gui.stage import Stage
from metaface_gui.gui.window_state import WindowState

_VIDEO_SHARE = 0.3
"""Share of the window's width."""


@dataclass(frozen=True, slots=True)
class _Narrow:
    """State of the side panel before it took over the window."""

    splitter: QByteArray
    shows_cards: bool


class PeoplePage(QObject):
    """Makes the people panel large, and restores everything; it ends when something else takes the room.

    `splitter` holds the stage and the side panel. `state` stores whether the narrow panel shows pictures.
    """

    def __init__(
        self, commands: MainActions, stage: Stage, side: SidePanel, splitter: QSplitter, state: WindowState
    ) -> None:
        super().__init__(splitter)
        self._commands, self._stage, self._side = commands, stage, side
        self._splitter, self._state = splitter, state
        self._before: _Narrow | None = None
        self._is_making_room = False
        side.people.show_cards(state.shows_people_as_pictures)
        side.people.offer_large(commands.people_page)
        side.people.cards_toggled.connect(self._remember_cards)
        commands.people_page.toggled.connect(self._set_large)
        side.currentChanged.connect(self._on_tab)
        stage.page_changed.connect(self.end)
        for action in (commands.full_screen, commands.present, commands.studio, commands.studio_large):
            action.toggled.connect(self.end)
        commands.panel.toggled.connect(self._on_panel)

    @property
    def splitter_state(self) -> QByteArray:
        """The splitter's state with the side panel's width, or that from before it took over the window."""
        return self._splitter.saveState() if self._before is None else self._before.splitter

    def end(self) -> None:
        """Return the panel to its usual place."""
        if not self._is_making_room:
            self._commands.people_page.setChecked(False)

    def _set_large(self, large: bool) -> None:
        people = self._side.people
        if large:
            self._is_making_room = True
            self._commands.studio_large.setChecked(False)
            self._commands.panel.setChecked(True)
            self._side.setCurrentWidget(people)
            self._is_making_room = False
            self._before = _Narrow(self._splitter.saveState(), people.shows_cards)
            self._stage.set_aside(True)
            people.show_cards(True)
            width = self._splitter.width()
            video = round(_VIDEO_SHARE * width)
            self._splitter.setSizes([video, width - video])
            people.list.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._before is not None:
            before, self._before = self._before, None
            self._stage.set_aside(False)
            people.show_cards(before.shows_cards)
            self._splitter.restoreState(before.splitter)

    def _remember_cards(self, cards: bool) -> None:
        if self._before is None:
            self._state.shows_people_as_pictures = cards

    def _on_tab(self) -> None:
        if self._side.currentWidget() is not self._side.people:
            self.end()

    def _on_panel(self, visible: bool) -> None:
        if not visible:
            self.end()
