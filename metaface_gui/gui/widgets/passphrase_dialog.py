"""Asks for an export's passphrase: a new one to protect the file, or the known one to import it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPushButton, QWidget

from metaface_gui.gallery import MAX_PASSPHRASE
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.gui.widgets.plain_label import plain_label

_WIDTH = 440
_FAIR, _STRONG = 12, 20
"""Number of characters from which a passphrase is fair, or strong. Length matters most: NIST SP 800-63B, appendix A."""


class _PassphraseDialog(QDialog):
    """The common part of both dialogs: fields masked until the box is ticked. Emits the typed passphrase and closes."""

    entered = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.explanation, self.note = plain_label(self), plain_label(self)
        self._form = QFormLayout()
        self._form.setSpacing(Space.S)
        self.passphrase = self._add_field(self.tr("Passphrase"))
        self.show_it = QCheckBox(self.tr("Show what I type"), self)
        self.show_it.toggled.connect(self._show_or_hide)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.setLayout(
            column(
                self.explanation,
                self._form,
                self.show_it,
                self.note,
                self._buttons,
                margins=(Space.XL, Space.L, Space.XL, Space.L),
                spacing=Space.M,
            )
        )
        self.setMinimumWidth(_WIDTH)
        self.accepted.connect(lambda: self.entered.emit(self.passphrase.text()))

    def _add_field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setMaxLength(MAX_PASSPHRASE)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        self._form.addRow(name, field)
        return field

    def _add_confirm(self, words: str) -> QPushButton:
        button = self._buttons.addButton(words, QDialogButtonBox.ButtonRole.AcceptRole)
        button.setProperty("kind", "primary")
        button.setDefault(True)
        return button

    def _show_or_hide(self, is_shown: bool) -> None:
        for field in self.findChildren(QLineEdit):
            field.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)


class NewPassphraseDialog(_PassphraseDialog):
    """For an export: typed twice, or left empty for an unencrypted file. `entered` carries the passphrase, or ""."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Protect the file"))
        self.explanation.setText(
            self.tr(
                "With a passphrase, only those who know it can see the faces in the file. It cannot be recovered: "
                "keep it somewhere safe."
            )
        )
        self.again = self._add_field(self.tr("Repeat it"))
        self.setTabOrder(self.passphrase, self.again)
        self.setTabOrder(self.again, self.show_it)
        self.confirm = self._add_confirm(self.tr("Export"))
        self.setTabOrder(self.show_it, self.confirm)
        for field in (self.passphrase, self.again):
            field.textChanged.connect(self._say)
        self._say()

    def _say(self) -> None:
        typed, again = self.passphrase.text(), self.again.text()
        self.confirm.setEnabled(typed == again)
        is_weak = typed != again or len(typed) < _FAIR
        self.note.setProperty("role", "error" if is_weak else "muted")
        self.note.style().polish(self.note)
        self.note.setText(self._verdict(typed, again))

    def _verdict(self, typed: str, again: str) -> str:
        if not typed and not again:
            return self.tr(
                "Without a passphrase the file is not encrypted: anyone who gets it can see every face in it."
            )
        if typed != again:
            return self.tr("The two do not match yet.")
        if len(typed) < _FAIR:
            return self.tr("Weak: a program can guess a passphrase this short. Four or five words are better.")
        if len(typed) < _STRONG:
            return self.tr("Fair: a word or two more would make it strong.")
        return self.tr("Strong, unless it is a saying or a line from a song.")


class KnownPassphraseDialog(_PassphraseDialog):
    """For an import: asks for the passphrase of the export. `refused` says why the previous attempt failed."""

    def __init__(self, parent: QWidget, refused: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("The file has a passphrase"))
        self.explanation.setText(self.tr("Type the passphrase that these people were exported with."))
        self.note.setProperty("role", "error")
        self.note.setText(refused)
        self.note.setVisible(bool(refused))
        self.confirm = self._add_confirm(self.tr("Import"))
        self.confirm.setEnabled(False)
        self.passphrase.textChanged.connect(lambda typed: self.confirm.setEnabled(bool(typed)))
