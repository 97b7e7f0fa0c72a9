"""A list of the people whose period is over or soon will be: keep them for the same time again, or delete them."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from metaface_gui.engine.people.retention import Due
from metaface_gui.gallery import Person
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.privacy.period_words import left_text
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.types import PersonId


class DueDialog(QDialog):
    """Initially ticks those whose period is over. `show_due` keeps it up to date, and closes it when nobody is left."""

    extend_wanted = Signal(list)
    """Ids of the people to keep for the same period again."""
    delete_wanted = Signal(list)
    """Ids of the people to delete."""

    def __init__(self, due: Due, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Retention periods"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        intro = QLabel(
            self.tr("These people agreed to be kept until a day that has come or is near. Ask them, then choose."),
            self,
        )
        intro.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("People whose period is over or ends soon"))
        self.list.setMinimumHeight(160)
        self.extend_button = QPushButton(self.tr("Keep for the same time again"), self)
        self.extend_button.setToolTip(self.tr("From the end of the period, or from now if it is over"))
        set_icon(self.extend_button, "refresh")
        self.delete_button = QPushButton(self.tr("Delete"), self)
        self.delete_button.setToolTip(self.tr("Delete them with all their shots; it can be undone for ten seconds"))
        set_icon(self.delete_button, "trash")
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setDefault(True)
        self.setLayout(
            column(
                intro,
                (self.list, 1),
                row(self.extend_button, self.delete_button, Stretch(), self.close_button),
                margins=(Space.XL, Space.XL, Space.XL, Space.L),
                spacing=Space.M,
            )
        )
        self.list.itemChanged.connect(self._show_buttons)
        self.extend_button.clicked.connect(lambda: self.extend_wanted.emit(self.chosen()))
        self.delete_button.clicked.connect(lambda: self.delete_wanted.emit(self.chosen()))
        self.close_button.clicked.connect(self.accept)
        self.resize(560, 380)
        self.show_due(due)
        self.list.setFocus()

    def chosen(self) -> list[PersonId]:
        """Return the ids of the people who are ticked."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked]

    def show_due(self, due: Due) -> None:
        """Show who is due now; ticks stay, and newly listed people whose period is over are ticked."""
        known = {self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())}
        ticked, now = set(self.chosen()), datetime.now(UTC)
        self.list.clear()
        for people, is_over in ((due.over, True), (due.soon, False)):
            for person in people:
                is_ticked = person.id in ticked or (is_over and person.id not in known)
                self.list.addItem(self._item(person, now, is_ticked=is_ticked))
        self._show_buttons()
        if not due:
            self.accept()

    def _item(self, person: Person, now: datetime, *, is_ticked: bool) -> QListWidgetItem:
        until = person.keep_until
        words = "" if until is None else left_text(until, now)
        item = QListWidgetItem(f"{shortened(person.name)}  ·  {words}")
        item.setToolTip(person.name)
        item.setData(Qt.ItemDataRole.UserRole, person.id)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
        return item

    def _show_buttons(self) -> None:
        count = len(self.chosen())
        self.extend_button.setEnabled(count > 0)
        self.delete_button.setEnabled(count > 0)
        self.delete_button.setText(self.tr("Delete {n}").format(n=count) if count > 1 else self.tr("Delete"))
