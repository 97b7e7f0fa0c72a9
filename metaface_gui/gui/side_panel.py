"""The side panel: people, enrolment, unknown faces and controls in tabs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import UnknownsChanged
from metaface_gui.gallery import Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.controls_panel import ControlsPanel
from metaface_gui.gui.panels.enroll_panel import EnrollPanel
from metaface_gui.gui.panels.people_panel import PeoplePanel
from metaface_gui.gui.panels.unknown_tray import UnknownTray
from metaface_gui.gui.source_menu import ListCameras
from metaface_gui.gui.widgets.file_dialogs import local_paths

_MIN_WIDTH = 330


class SidePanel(QTabWidget):
    """Holds the panels and opens the right one; the window's state stores a tab's `key`."""

    def __init__(
        self, engine: EngineApi, bridge: EngineBridge, list_cameras: ListCameras, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("side-panel")
        self.setDocumentMode(True)
        self.setMinimumWidth(_MIN_WIDTH)
        self.setUsesScrollButtons(False)
        self.setAcceptDrops(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)  # with large text, all tabs stay visible
        self.tabBar().setExpanding(False)
        self.tabBar().setAccessibleName(self.tr("Side panel"))
        self.people = PeoplePanel(engine.people, engine.privacy, bridge, self)
        self.enroll = EnrollPanel(engine.enrollment, bridge, self)
        self.unknown = UnknownTray(engine.faces, bridge, self)
        self.controls = ControlsPanel(engine, bridge, self, list_cameras=list_cameras)
        self._keys = ("people", "enroll", "unknown", "controls")
        titles = (self.tr("People"), self.tr("Enrol"), self.tr("Unknown"), self.tr("Controls"))
        for panel, title in zip(self.panels, titles, strict=True):
            self.addTab(panel, title)
            self.setTabToolTip(self.indexOf(panel), title)
        self.people.enroll_requested.connect(self.start_enrollment)
        self.people.add_shots_requested.connect(self.add_shots)
        bridge.unknowns_changed.connect(self._show_count)

    @property
    def panels(self) -> tuple[QWidget, ...]:
        """The tabs' contents in their order."""
        return (self.people, self.enroll, self.unknown, self.controls)

    @property
    def key(self) -> str:
        """The key of the open tab."""
        return self._keys[self.currentIndex()]

    @property
    def is_for_first_person(self) -> bool:
        """Whether the panel only says that nobody is enrolled yet."""
        return self.currentWidget() is self.people and self.people.has_nobody

    def open_key(self, key: str) -> None:
        """Open a tab; an unknown key changes nothing."""
        if key in self._keys:
            self.setCurrentIndex(self._keys.index(key))

    def start_enrollment(self) -> None:
        """Get ready to record somebody."""
        self.setCurrentWidget(self.enroll)
        self.enroll.start()

    def add_shots(self, person: Person) -> None:
        """Get ready to record somebody who is enrolled."""
        self.setCurrentWidget(self.enroll)
        self.enroll.start_for(person)

    def enroll_from(self, paths: Sequence[Path]) -> None:
        """Take shots from files."""
        self.setCurrentWidget(self.enroll)
        self.enroll.add_files(paths)

    def find_person(self) -> None:
        """Get ready to search for a name."""
        self.setCurrentWidget(self.people)
        self.people.focus_search()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files on every tab."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Enrol somebody from the dropped files."""
        event.acceptProposedAction()
        self.enroll_from(local_paths(event.mimeData()))

    def close_finder(self) -> None:
        """End the search for cameras, so that it does not outlive the window."""
        self.controls.close_finder()

    def _show_count(self, changed: UnknownsChanged) -> None:
        title, count = self.tr("Unknown"), len(changed.groups)
        self.setTabText(self.indexOf(self.unknown), f"{title} ({count})" if count else title)
