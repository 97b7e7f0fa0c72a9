"""The studio below the video: its pages in tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabWidget, QToolButton, QWidget

from metaface_gui.i18n import plain

Page = TypeVar("Page", bound=QWidget)
_SMALL = "QToolButton { padding: 2px 8px; min-height: 18px; }"


class StudioDock(QTabWidget):
    """Holds the pages and opens the requested one. `key_changed` carries the open page's key, to be remembered.

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
        self.large_button = QToolButton(self)
        self.large_button.setProperty("kind", "quiet")
        self.large_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.large_button.setStyleSheet(_SMALL)
        self.large_button.hide()
        self.setCornerWidget(self.large_button, Qt.Corner.TopRightCorner)
        self.currentChanged.connect(lambda _index: self.key_changed.emit(self.key))

    def offer_large(self, action: QAction) -> None:
        """Add a button for this action, which enlarges the studio, beside the tabs."""
        self.large_button.setDefaultAction(action)
        self.large_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.large_button.setAccessibleName(plain(action.text()))
        self.large_button.show()

    @property
    def key(self) -> str:
        """Return the open page's key; "" while there is none."""
        return self._keys[self.currentIndex()] if self._keys else ""

    def page(self, kind: type[Page]) -> Page:
        """Return the page of this class.

        Raises:
            StopIteration: if there is none.
        """
        return next(page for page in map(self.widget, range(self.count())) if isinstance(page, kind))

    def open_key(self, key: str) -> None:
        """Open a page; an unknown key changes nothing."""
        if key in self._keys:
            self.setCurrentIndex(self._keys.index(key))
