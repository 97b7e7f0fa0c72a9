"""The studio below the video: its pages in tabs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QWidget


class StudioDock(QTabWidget):
    """Holds the pages and opens the right one. `key_changed` carries the open page's key, for who remembers it.

    `pages` are each page's key, title and widget, in the order of the tabs.
    """

    key_changed = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str, QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("studio-dock")
        self.setDocumentMode(True)
        self.setUsesScrollButtons(False)
        self.tabBar().setExpanding(False)
        self.tabBar().setAccessibleName(self.tr("Studio"))
        self._keys = tuple(key for key, _title, _page in pages)
        for _key, title, page in pages:
            self.addTab(page, title)
        self.currentChanged.connect(lambda _index: self.key_changed.emit(self.key))

    @property
    def key(self) -> str:
        """The open page; empty while there is none."""
        return self._keys[self.currentIndex()] if self._keys else ""

    def open_key(self, key: str) -> None:
        """Open a page; a key that there is not changes nothing."""
        if key in self._keys:
            self.setCurrentIndex(self._keys.index(key))
