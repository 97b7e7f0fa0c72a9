"""Asks before an enrolled face is saved again, under another name or as the same picture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from metaface_gui.engine.events import LooksEnrolled
from metaface_gui.gallery import Person
from metaface_gui.gui.panels.wording import breakable, shortened
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.gui.widgets.wrapped_button import WrappedButton
from metaface_gui.i18n import translate

_WIDEST = 272
"""Maximum width in pixels, that of the narrowest panel."""


class SameFaceQuestion(QFrame):
    """Hidden until it asks; a button answers it, and any change of what it asked about withdraws it."""

    as_asked = Signal()
    """Save it nevertheless."""
    to_other = Signal(Person)
    """Add the shots to this person, whom the face resembles."""
    cancelled = Signal()
    """Save nothing, but keep the input."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._other: Person | None = None
        self.words = plain_label(self)
        self.add_button = WrappedButton(_WIDEST, self)
        self.save_button = WrappedButton(_WIDEST, self)
        self.cancel_button = WrappedButton(_WIDEST, self)
        self.cancel_button.say(translate("SameFace", "Cancel"))
        self.setLayout(column(self.words, self.add_button, self.save_button, self.cancel_button, spacing=Space.XS))
        self.add_button.clicked.connect(self._on_add)
        self.save_button.clicked.connect(self.as_asked)
        self.cancel_button.clicked.connect(self.cancelled)
        self.hide()

    def ask(self, event: LooksEnrolled) -> None:
        """Ask about this match, before anything is saved."""
        self._other = other = event.alike[0]
        name, other_name = shortened(event.name), shortened(other.name)
        if event.is_same_picture:
            words = translate("SameFace", "{name} already has shots like these.", name=breakable(other_name))
            save = translate("SameFace", "Add them anyway")
        else:
            words = translate(
                "SameFace", "This looks like {name}, who is already enrolled. Same person?", name=breakable(other_name)
            )
            save = translate("SameFace", "Two people: save as {name}", name=name)
        self.words.setText(words)
        self.add_button.say(translate("SameFace", "One person: add to {name}", name=other_name))
        self.add_button.setVisible(not event.is_same_picture)
        self.save_button.say(save)
        self.setAccessibleName(words.replace("\u200b", ""))
        self.show()
        self.take_focus()

    def take_focus(self) -> None:
        """Focus the first answer; call it again if the window is shown later."""
        first = self.save_button if self.add_button.isHidden() else self.add_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def withdraw(self) -> None:
        """Withdraw the question and forget the names."""
        self._other = None
        self.hide()
        self.words.clear()
        for button in (self.add_button, self.save_button):
            button.say("")
        self.setAccessibleName("")

    def _on_add(self) -> None:
        if self._other is not None:
            self.to_other.emit(self._other)
