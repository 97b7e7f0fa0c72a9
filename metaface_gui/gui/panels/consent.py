"""The consent checkbox, and the explanation of what is stored that belongs to it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate, QLocale, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QVBoxLayout, QWidget

from metaface_gui.engine.people.gallery_editor import Enrollee, Terms
from metaface_gui.gallery import Person
from metaface_gui.gui.privacy.period_words import until_text
from metaface_gui.gui.privacy.retention_box import RetentionBox
from metaface_gui.gui.privacy.terms_popup import TermsPopup
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.layouts import column, flow
from metaface_gui.gui.widgets.link_label import LinkLabel
from metaface_gui.gui.widgets.plain_label import plain_label


def keep_on_screen(widget: QWidget, wanted: QPoint) -> None:
    """Move a popup's upper left corner to `wanted` (global), or as near to it as the screen allows."""
    widget.adjustSize()
    screen = widget.screen()
    for other in screen.virtualSiblings():
        if other.geometry().contains(wanted):
            screen = other
    room = screen.availableGeometry()
    place = QRect(wanted, widget.size())
    place.moveRight(min(place.right(), room.right()))
    place.moveBottom(min(place.bottom(), room.bottom()))
    place.moveLeft(max(place.left(), room.left()))
    place.moveTop(max(place.top(), room.top()))
    widget.move(place.topLeft())


class StoredInfo(QFrame):
    """A small popup that says what is stored, where, and how to delete it."""

    WIDTH = 300

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("What is stored?"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        layout.setSpacing(Space.XS)
        paragraphs = (
            (
                self.tr("What is stored"),
                self.tr(
                    "The shots you see here (the face and a little around it), numbers computed from them that "
                    "recognise the face, the name, when the person was last seen, and this consent with its date."
                ),
            ),
            (
                self.tr("Where"),
                self.tr("In one gallery file on this computer. None of it is sent anywhere."),
            ),
            (
                self.tr("How to delete it"),
                self.tr(
                    "Choose the person under People and press Delete. It can be undone for ten seconds; then "
                    "everything about them is overwritten in the file. Files that you exported are yours to delete."
                ),
            ),
        )
        for heading, text in paragraphs:
            for words, role in ((heading, "heading"), (text, "")):
                label = plain_label(self, words, role)
                label.setFixedWidth(self.WIDTH)
                layout.addWidget(label)
            layout.addSpacing(Space.S)

    def open_at(self, global_pos: QPoint) -> None:
        """Show the popup with its upper left corner at `global_pos`, or as near to it as the screen allows."""
        keep_on_screen(self, global_pos)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)


class ConsentBox(QWidget):
    """The checkbox with its text; it is ticked for an enrolled person, who gave consent at enrolment."""

    changed = Signal()
    """The consent state has changed."""
    submitted = Signal()
    """Enter was pressed on the checkbox."""
    wording_changed = Signal()
    """The consent wording has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_ticked = False
        self._person: Person | None = None
        self._check = QCheckBox(self.tr("This person has agreed"), self)
        self._check.setToolTip(self.tr("Ask the person before you save their face"))
        self._text = MessageLine(2, self)
        self.retention = RetentionBox(self)
        self._link = LinkLabel(self.tr("What is stored?"), "#open", self)
        self.purpose_link = LinkLabel(self.tr("Purpose…"), "#open", self)
        self.purpose_link.setToolTip(self.tr("Read or change what the person agrees to, and who agreed"))
        self.wording = TermsPopup(self)
        self._info: StoredInfo | None = None
        # Two lines, unless letters are large: consent and its explanation; retention period and purpose.
        agreed = flow(self._check, self._link, spacing=Space.M)
        kept = flow(self.retention, self.purpose_link, spacing=Space.M)
        self.setLayout(column(agreed, kept, self._text, spacing=Space.XS))
        self.setFocusProxy(self._check)
        self._check.clicked.connect(self._on_clicked)
        self._link.linkActivated.connect(self._show_info)
        self.purpose_link.linkActivated.connect(self._show_wording)
        self.wording.changed.connect(self.wording_changed)
        self._show()

    @property
    def check(self) -> QCheckBox:
        """Return the checkbox itself."""
        return self._check

    @property
    def link(self) -> QLabel:
        """Return the link that opens the explanation of what is stored."""
        return self._link

    @property
    def info(self) -> StoredInfo | None:
        """Return the popup, None until it is first opened."""
        return self._info

    def is_given(self) -> bool:
        """Return whether the person has agreed, now or when they were enrolled."""
        return self._person is not None or self._is_ticked

    def terms(self) -> Terms:
        """Return the terms that a new person agrees to now.

        Raises:
            EnrollmentError: if the chosen last day of retention is already past.
        """
        return Terms(self.wording.purpose, self.wording.given_by, self.retention.retention(datetime.now(UTC)))

    def enrollee(self, name: str, person: Person | None) -> Enrollee:
        """Return whom to save shots for: `person`, or a new one called `name` who agrees to `terms` (same `Raises`)."""
        if person is not None:
            return Enrollee(name, person.id, consent_given=True)
        return Enrollee(name, consent_given=self._is_ticked, terms=self.terms())

    def set_person(self, person: Person | None) -> None:
        """Set the person that the name refers to; a new person (None) must still consent."""
        self._person = person
        self._show()

    def clear(self) -> None:
        """Reset consent for the next person."""
        self._is_ticked = False
        self._person = None
        self.wording.reset_given_by()
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Submit the form on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self._check.setEnabled(self._person is None)
        self._check.setChecked(self.is_given())
        self.retention.setEnabled(self._person is None)
        self.purpose_link.setVisible(self._person is None)
        if self._person is None:
            self._text.say(self.tr("Face pictures and numbers computed from them are kept on this computer only."))
        else:
            agreed = self._person.created_at.astimezone()
            day = self.locale().toString(QDate(agreed.year, agreed.month, agreed.day), QLocale.FormatType.LongFormat)
            until = until_text(self._person.retention, datetime.now(UTC), self.locale())
            text = self.tr("Agreed when enrolled, on {day}; {end}.")
            self._text.say(text.format(day=day, end=until))

    def _on_clicked(self, ticked: bool) -> None:
        self._is_ticked = ticked
        self.changed.emit()

    def _show_info(self, _target: str) -> None:
        if self._info is None:
            self._info = StoredInfo(self)
        self._info.open_at(self._link.mapToGlobal(QPoint(0, self._link.height() + Space.XS)))

    def _show_wording(self, _target: str) -> None:
        below = self.purpose_link.mapToGlobal(QPoint(0, self.purpose_link.height() + Space.XS))
        keep_on_screen(self.wording, below)
        self.wording.open_at(self.wording.pos())
