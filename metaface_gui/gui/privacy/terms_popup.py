"""A small popup to read and change the wording of a consent: its purpose, and who agreed and how."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, CONSENT_PURPOSE, CONSENT_TEXT_VERSION
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import Gap, column
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.i18n import translate

MAX_TEXT = 2000


def default_purpose() -> str:
    """Return the default purpose of enrolment, in the user's language."""
    return translate("Consent", CONSENT_PURPOSE)


def default_given_by() -> str:
    """Return the default for who agreed and how, in the user's language."""
    return translate("Consent", CONSENT_ON_SCREEN)


def usable_text(text: str, default: str) -> str:
    """Return the part of a typed or pasted text that a record can hold; the default if nothing is left."""
    kept = "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")
    return kept.strip()[:MAX_TEXT] or default


class TermsPopup(QFrame):
    """Two fields whose contents when the popup closes are used; an empty field means its default."""

    WIDTH = 320

    changed = Signal()
    """The popup was closed with a changed text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("What the person agrees to"))
        self.setFixedWidth(self.WIDTH)
        self.purpose_edit = QPlainTextEdit(self)
        self.purpose_edit.setTabChangesFocus(True)
        self.purpose_edit.setFixedHeight(84)
        self.purpose_edit.setAccessibleName(self.tr("Purpose"))
        self.given_by_edit = QLineEdit(self)
        self.given_by_edit.setMaxLength(MAX_TEXT)
        self.given_by_edit.setAccessibleName(self.tr("Who agreed, and how"))
        self.default_button = QPushButton(self.tr("Standard wording"), self)
        note = self.tr("Both are kept with the consent, as are its date and the version of this wording ({no}).")
        self.setLayout(
            column(
                plain_label(self, self.tr("Purpose"), "heading"),
                self.purpose_edit,
                Gap(Space.S),
                plain_label(self, self.tr("Who agreed, and how"), "heading"),
                self.given_by_edit,
                plain_label(self, note.format(no=CONSENT_TEXT_VERSION), "muted"),
                Gap(Space.S),
                self.default_button,
                margins=(Space.L, Space.M, Space.L, Space.L),
                spacing=Space.XS,
            )
        )
        self._shown = ("", "")
        self.default_button.clicked.connect(self._use_default)
        self.given_by_edit.returnPressed.connect(self.close)
        self._use_default()
        self._shown = self._words()

    @property
    def purpose(self) -> str:
        """What the person is enrolled for."""
        return usable_text(self.purpose_edit.toPlainText(), default_purpose())

    @property
    def given_by(self) -> str:
        """Who agreed, and how."""
        return usable_text(self.given_by_edit.text(), default_given_by())

    def set_purpose(self, purpose: str) -> None:
        """Start with this purpose; an empty one means the default."""
        self.purpose_edit.setPlainText(usable_text(purpose, default_purpose()))
        self._shown = self._words()

    def reset_given_by(self) -> None:
        """Reset who agreed to the default, because the next person agrees for themselves."""
        self._set_given_by(default_given_by())
        self._shown = self._words()

    def open_at(self, global_pos: QPoint) -> None:
        """Show the popup there; the caller keeps it on the screen."""
        self.move(global_pos)
        self.show()
        self.purpose_edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Use what was typed, however the popup was closed."""
        super().hideEvent(event)
        words = self._words()
        self.purpose_edit.setPlainText(self.purpose)
        self._set_given_by(self.given_by)
        if words != self._shown:
            self._shown = words
            self.changed.emit()

    def _set_given_by(self, text: str) -> None:
        self.given_by_edit.setText(text)
        self.given_by_edit.setCursorPosition(0)  # a long text is read from its beginning

    def _words(self) -> tuple[str, str]:
        return self.purpose, self.given_by

    def _use_default(self) -> None:
        self.purpose_edit.setPlainText(default_purpose())
        self._set_given_by(default_given_by())
