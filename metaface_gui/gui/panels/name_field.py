"""A field for a person's name: suggests enrolled people, and says what is wrong with an invalid name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from metaface_gui.engine.events import GalleryChanged
from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Person
from metaface_gui.gallery.names import clean_name, name_key
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.people_delegate import PeopleDelegate
from metaface_gui.gui.panels.people_model import PeopleModel, SortedPeople
from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.panels.wording import shortened, shots_text
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.i18n import error_text


class NameField(QWidget):
    """The line edit, its completions and its message. An existing name refers to the person who has it."""

    changed = Signal()
    """The name, or the person it refers to, has changed."""
    submitted = Signal()
    """Enter was pressed."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None, *, lines: int = 2) -> None:
        super().__init__(parent)
        self._people = PeopleModel(self)
        self._edit = QLineEdit(self)
        self._edit.setPlaceholderText(self.tr("Name"))
        self._edit.setAccessibleName(self.tr("Name of the person"))
        self._edit.setClearButtonEnabled(True)
        self._edit.setAcceptDrops(False)  # files dropped here belong to the panel
        self._edit.setCompleter(self._make_completer())
        self._message = MessageLine(lines, self)
        self.setLayout(column(self._edit, self._message, spacing=Space.XS))
        self.setFocusProxy(self._edit)
        self._edit.textEdited.connect(self._sort_people)
        self._edit.textChanged.connect(self._on_changed)
        self._edit.returnPressed.connect(self._on_enter)
        bridge.gallery_changed.connect(self._on_gallery)
        self._on_changed()

    @property
    def edit(self) -> QLineEdit:
        """Return the line edit itself."""
        return self._edit

    @property
    def message(self) -> str:
        """Return the message below the line."""
        return self._message.text()

    def text(self) -> str:
        """Return the typed text."""
        return self._edit.text()

    def problem(self) -> str:
        """Return why the name is invalid, in the user's language; empty if it is valid."""
        try:
            clean_name(self.text())
        except GalleryError as error:
            return error_text(error)
        return ""

    def name(self) -> str:
        """Return the name as it will be stored; call it only while `problem` is empty."""
        return clean_name(self.text())

    def person(self) -> Person | None:
        """Return the person who already has this name."""
        if self.problem():
            return None
        key = name_key(self.name())
        return next((person for person in self._people.people() if name_key(person.name) == key), None)

    def set_text(self, text: str) -> None:
        """Set the name."""
        self._edit.setText(text)  # only typed letters open the completions

    def clear(self) -> None:
        """Clear the line; an untouched empty line shows no error."""
        self._edit.clear()
        self._edit.setModified(False)
        self._on_changed()

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(6)
        proposals = QListView()
        proposals.setUniformItemSizes(True)
        proposals.setAccessibleName(self.tr("People with a similar name"))
        completer.setPopup(proposals)
        pictures = PictureLoader(proposals)
        pictures.loaded.connect(proposals.viewport().update)
        delegate = PeopleDelegate(pictures, proposals, picture_side=32)
        proposals.setItemDelegate(delegate)  # must follow setPopup, which installs Qt's own delegate
        return completer

    def _sort_people(self) -> None:
        """Build the completions when the first letter is typed, so that an unused field costs nothing."""
        completer = self._edit.completer()
        if completer.model() is None:
            completer.setModel(SortedPeople(self._people, completer))

    def _on_enter(self) -> None:
        # Qt sends Enter to the line even when it picks a completion; that must not submit the whole form.
        proposals = self._edit.completer().popup()
        if proposals is None or not proposals.isVisible() or not proposals.currentIndex().isValid():
            self.submitted.emit()

    def _on_gallery(self, event: GalleryChanged) -> None:
        self._people.show_snapshot(event.snapshot)
        self._on_changed()

    def _on_changed(self) -> None:
        person, problem = self.person(), self.problem()
        # An untouched field shows no error.
        is_wrong = bool(problem) and bool(self.text())
        if is_wrong:
            self._message.say(problem, role="error")
        elif person is not None:
            words = self.tr("Adds the shots to {name}, who has {shots}.")
            self._message.say(words.format(name=shortened(person.name), shots=shots_text(person.shot_count)))
        elif self.text():
            self._message.say(self.tr("A new person."))
        else:
            self._message.say(self.tr("Somebody new, or somebody enrolled already."))
        self._show_invalid(is_wrong)
        self.changed.emit()

    def _show_invalid(self, is_wrong: bool) -> None:
        if self._edit.property("invalid") != is_wrong:
            self._edit.setProperty("invalid", is_wrong)
            self._edit.style().unpolish(self._edit)
            self._edit.style().polish(self._edit)
