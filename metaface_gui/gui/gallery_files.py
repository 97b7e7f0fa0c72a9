"""Asks for files to enrol or import people from, or to export them to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.api import PeopleApi
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.people_files import PeopleFiles
from metaface_gui.gui.widgets.file_dialogs import PICTURES, VIDEOS, ask_for_files, file_filter


class GalleryFiles(QObject):
    """Opens dialogs over `window`; passes what was chosen to the engine, or to `enroll_from`."""

    def __init__(
        self, people: PeopleApi, bridge: EngineBridge, window: QWidget, enroll_from: Callable[[list[Path]], None]
    ) -> None:
        super().__init__(window)
        self._window, self._enroll_from = window, enroll_from
        self.people = PeopleFiles(people, bridge, window)

    def ask_for_shots(self) -> None:
        """Ask for pictures or videos to enrol somebody from."""
        filters = [file_filter(self.tr("Pictures and videos"), [*PICTURES, *VIDEOS])]
        ask_for_files(self._window, self.tr("Choose pictures or videos of one person"), filters, self._enroll_from)

    def ask_import(self) -> None:
        """Ask for an exported file, and add its people."""
        self.people.ask_import()

    def ask_export(self) -> None:
        """Ask for a file, and write everybody to it."""
        self.people.ask_export()
