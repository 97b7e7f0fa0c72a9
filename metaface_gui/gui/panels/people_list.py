"""The list of people as rows or as a grid of pictures: one view of one model in either form."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from metaface_gui.gui.panels.people_delegate import PeopleDelegate, PersonCardDelegate
from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.theme import Theme

_CELL, _LARGE_CELL = 104, 148
"""Minimum width of a picture's cell; the larger one applies if four of them fit."""


class PeopleList(QListView):
    """Delete asks to delete, Enter to open, and a drop means "this is the same person"; Qt handles the arrow keys."""

    delete_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = PictureLoader(self)
        self._rows, self._cards = PeopleDelegate(self.pictures, self), PersonCardDelegate(self.pictures, self)
        self._shows_cards = False
        self.setItemDelegate(self._rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.EditKeyPressed | trigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(True)  # drop onto a person, never between two
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("People"))
        self.pictures.loaded.connect(self.viewport().update)
        # Cards always reserve the scroll bar's space; it is disabled (no handle) while everybody fits.
        bar = self.verticalScrollBar()
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda _least, most: bar.setEnabled(most > 0))
        Theme.current().changed.connect(self._fit_cells)  # the letters may have grown

    @property
    def shows_cards(self) -> bool:
        """Return whether people are shown as cards rather than rows."""
        return self._shows_cards

    def show_cards(self, cards: bool) -> None:
        """Show people as pictures in a grid, or as rows."""
        if cards == self._shows_cards:
            return
        self._shows_cards = cards
        # Not Qt's icon mode, where a drop moves the picture instead of targeting the person below it.
        self.setFlow(QListView.Flow.LeftToRight if cards else QListView.Flow.TopToBottom)
        self.setWrapping(cards)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn if cards else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self.setItemDelegate(self._cards if cards else self._rows)
        self._fit_cells()
        self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Delete and Enter; Qt does the rest."""
        is_editing = self.state() is QAbstractItemView.State.EditingState
        if event.key() == Qt.Key.Key_Delete or event.matches(QKeySequence.StandardKey.Delete):
            self.delete_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_editing:
            self.open_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width with as many pictures as fit."""
        self._fit_cells()
        super().resizeEvent(event)

    def _fit_cells(self) -> None:
        if not self._shows_cards:
            self.setGridSize(QSize())
            return
        width = self.viewport().width() - 1
        least = _LARGE_CELL if width >= 4 * _LARGE_CELL else _CELL
        self._cards.set_cell(width // max(1, width // least))
        self.setGridSize(self._cards.cell)
