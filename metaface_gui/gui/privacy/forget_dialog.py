"""The confirmation before everything is deleted: what goes, what stays, and a number to type, as there is no undo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget

from metaface_gui.engine.people.privacy_api import Storage
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import Gap, Stretch, column, row
from metaface_gui.gui.widgets.plain_label import plain_label


class ForgetDialog(QDialog):
    """Emits `accepted` only once the number of people has been typed and the button pressed."""

    def __init__(self, storage: Storage, recordings: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Forget everything"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._people = storage.people
        title = plain_label(self, self.tr("Forget everything, for good?"), "title")
        goes = self.tr(
            "This deletes all {n} people in this gallery, with their {shots} shots, “not this person” faces, consents "
            "and templates; the copies beside the gallery, its key, the undo history, and the unknown faces of the "
            "last few minutes. The gallery stays open, empty."
        ).format(n=storage.people, shots=storage.shots)
        stays = self.tr(
            "Exports, reports and recordings stay; delete them yourself if you need to. Recordings are in {where}"
        ).format(where=recordings)
        self.field = QLineEdit(self)
        self.field.setAccessibleName(self.tr("Number of people"))
        self.field.setMaximumWidth(120)
        words = plain_label(self, self.tr("To confirm, type the number of people, {n}:").format(n=storage.people))
        words.setWordWrap(False)
        self.forget_button = QPushButton(self.tr("Forget everything for good"), self)
        self.forget_button.setProperty("kind", "danger")
        self.forget_button.setEnabled(False)
        set_icon(self.forget_button, "trash", "on_danger")
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setAutoDefault(False)
        self.setLayout(
            column(
                title,
                plain_label(self, goes),
                plain_label(self, stays, "muted"),
                plain_label(self, self.tr("This cannot be undone."), "error"),
                row(words, self.field, Stretch(), spacing=Space.M),
                Gap(Space.S),
                row(Stretch(), self.cancel_button, self.forget_button, spacing=Space.M),
                margins=(Space.XL, Space.XL, Space.XL, Space.L),
                spacing=Space.M,
            )
        )
        self.setFixedWidth(520)
        self.field.textChanged.connect(self._on_text)
        self.cancel_button.clicked.connect(self.reject)
        self.forget_button.clicked.connect(self.accept)
        self.field.setFocus()

    def _on_text(self, text: str) -> None:
        self.forget_button.setEnabled(text.strip() == str(self._people))
