"""Asks whether two people who look alike are the same person; never merges by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QWidget

from metaface_gui.engine.people.findings import LikelyPair
from metaface_gui.gallery import Person
from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.panels.pictures import paint_initials
from metaface_gui.gui.theme import Radius, Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.types import PersonId

_SIDE = 52
_WIDE = 520
"""From this width everything fits on one line."""


class _Cover(QWidget):
    """A person's cover picture."""

    def __init__(self, pictures: PictureLoader, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._person: Person | None = None
        self.setFixedSize(_SIDE, _SIDE)
        pictures.loaded.connect(self.update)

    def show_person(self, person: Person | None) -> None:
        self._person = person
        self.setToolTip("" if person is None else person.name.replace("<", "‹"))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._person is None:
            return
        painter = QPainter(self)
        pixmap = self._pictures.get(self._person.thumbnail, _SIDE, self.devicePixelRatioF(), Radius.M)
        if pixmap is None:
            paint_initials(painter, QRectF(self.rect()), self._person.name, self.palette(), Radius.M)
        else:
            painter.drawPixmap(0, 0, pixmap)


class SamePersonStrip(QFrame):
    """Shows one pair after the other; hidden if there is none.

    Nothing below it may move under the pointer: while the pointer is over its parent, the strip neither appears nor
    disappears. When the pointer has left, the parent calls `settle`.
    """

    merge_requested = Signal(object, list)
    """The person whose name is kept, and those merged into them."""
    apart_requested = Signal(object, object)
    """These two are different people."""

    def __init__(self, pictures: PictureLoader, parent: QWidget) -> None:
        super().__init__(parent)
        self._people: Mapping[PersonId, Person] = {}
        self._pairs: tuple[LikelyPair, ...] = ()
        self._has_room = True
        self.setProperty("card", True)
        self.covers = (_Cover(pictures, self), _Cover(pictures, self))
        self.title = ElidedLabel("", self, role="heading")
        self.names = ElidedLabel("", self)
        self.words = ElidedLabel("", self, role="muted")
        self.merge_button = QPushButton(self.tr("Merge"), self)
        self.merge_button.setProperty("kind", "primary")
        self.apart_button = QPushButton(self.tr("Different people"), self)
        self.apart_button.setToolTip(self.tr("Do not ask about these two again; can be undone"))
        self._lay_out()
        self.merge_button.clicked.connect(self._merge)
        self.apart_button.clicked.connect(self._tell_apart)
        self.hide()

    @property
    def pair(self) -> LikelyPair | None:
        """Return the pair asked about."""
        return self._pairs[0] if self._pairs else None

    def show_people(self, people: Sequence[Person]) -> None:
        """Follow the gallery: pairs with deleted or hidden people are dropped."""
        self._people = {person.id: person for person in people if not person.is_hidden}
        self.show_pairs(self._pairs)

    def show_pairs(self, pairs: Sequence[LikelyPair]) -> None:
        """Ask about these pairs, in order."""
        self._pairs = tuple(pair for pair in pairs if {pair.one_id, pair.other_id} <= self._people.keys())
        if self.pair is None or self.isVisible():
            self._show()
        self.settle()

    def set_room(self, has_room: bool) -> None:
        """Set whether there is room for the strip; without room it hides at once."""
        self._has_room = has_room
        if not has_room:
            self.hide()
        self.settle()

    def settle(self) -> None:
        """Show or hide the strip, unless that would move something under the pointer."""
        parent = self.parentWidget()
        if parent is not None and not (parent.isVisible() and parent.underMouse()):
            self._show()
            self.setVisible(self._has_room and self.pair is not None)

    def _show(self) -> None:
        pair = self.pair
        for widget in (*self.covers, self.merge_button, self.apart_button):
            widget.setEnabled(pair is not None)
        if pair is None:
            self.title.setText(self.tr("Nobody else looks like the same person"))
            # Clear the names and pictures, which may be those of deleted people.
            for label in (self.names, self.words):
                label.setText("")
            for cover in self.covers:
                cover.show_person(None)
            self.merge_button.setToolTip("")
            self.setAccessibleName(self.title.text())
            return
        one, other = self._people[pair.one_id], self._people[pair.other_id]
        for cover, person in zip(self.covers, (one, other), strict=True):
            cover.show_person(person)
        self.title.setText(self.tr("The same person?"))
        if len(self._pairs) > 1:
            self.title.setText(self.tr("The same person? (1 of {n})").format(n=len(self._pairs)))
        self.names.setText(f"{one.name} · {other.name}")
        self.words.setText(self._reason(pair))
        self.merge_button.setToolTip(
            self.tr("One person: all shots go to {name}, whose name stays; can be undone").format(name=one.name)
        )
        self.setAccessibleName(f"{self.title.text()} {self.names.text()}")

    def _reason(self, pair: LikelyPair) -> str:
        taken = pair.one_as_other.n_taken + pair.other_as_one.n_taken
        n_shots = pair.one_as_other.n_shots + pair.other_as_one.n_shots
        return self.tr("{n} of {all} shots pass for the other").format(n=taken, all=n_shots)

    def _merge(self) -> None:
        if (pair := self._take()) is not None:
            self.merge_requested.emit(pair.one_id, [pair.other_id])

    def _tell_apart(self) -> None:
        if (pair := self._take()) is not None:
            self.apart_requested.emit(pair.one_id, pair.other_id)

    def _take(self) -> LikelyPair | None:
        """Return the current pair and move on to the next one."""
        pair = self.pair
        self._pairs = self._pairs[1:]
        self._show()
        return pair

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons beside the text if there is room."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.LeftToRight if self.width() >= _WIDE else direction.TopToBottom)

    def _lay_out(self) -> None:
        words = column(self.title, self.names, self.words, spacing=0)
        self._layout: QBoxLayout = column(
            (row(*self.covers, (words, 1)), 1),
            row(self.merge_button, self.apart_button, Stretch()),
            margins=Space.S,
        )
        self.setLayout(self._layout)
