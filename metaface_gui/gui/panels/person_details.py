"""The strip below the people list: who is chosen, their shots, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from metaface_gui.engine.api import PeopleApi
from metaface_gui.engine.events import ShotsRead
from metaface_gui.engine.people.privacy_api import PrivacyApi
from metaface_gui.gallery import Person, Shot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.panels.shot_grid import TILE_SIDE, ShotGrid, TilePicture
from metaface_gui.gui.panels.wording import shortened, shots_text
from metaface_gui.gui.privacy.keeping_line import KeepingLine
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.widgets.flow_layout import FlowLayout
from metaface_gui.types import RequestId

MOST_SHOTS = 60
"""So many of the newest shots, and of the newest negatives, are shown; every one is a widget."""
_TITLE_HEIGHT = 24


class PersonDetails(QWidget):
    """Shows the people it is given; with one of them their shots, with several what joins them."""

    rename_requested = Signal()
    add_shots_requested = Signal(Person)
    delete_requested = Signal()
    merge_requested = Signal(object, list)
    """Whose name stays, and who goes into them."""

    def __init__(
        self, people: PeopleApi, privacy: PrivacyApi, bridge: EngineBridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._load_shots = people.load_shots
        self._people: tuple[Person, ...] = ()
        self._loaded_for: Person | None = None
        self._request: RequestId | None = None
        self.title = ElidedLabel("", self, role="heading")
        self.keeping = KeepingLine(privacy, bridge, self)
        self.note = MessageLine(2, self)
        self.grid = ShotGrid(self, holder=self)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.negatives_title = ElidedLabel("", self, role="muted")
        self.negatives = ShotGrid(self, holder=self)
        self._scroll.setWidget(self._pictures())
        self._scroll.setMinimumHeight(TILE_SIDE + 2)
        self.add_button = self._button(self.tr("Add shots"), "plus", self.tr("Record or choose more shots"))
        self.rename_button = self._button(self.tr("Rename"), "edit", self.tr("Give another name (F2)"))
        self.delete_button = self._button("", "trash", self.tr("Delete (Del); can be undone"))
        self.delete_button.setAccessibleName(self.tr("Delete"))
        self.merge_button = self._button(self.tr("Merge into…"), "merge", self.tr("Make one person of those chosen"))
        self.merge_menu = QMenu(self.merge_button)
        self.merge_button.setMenu(self.merge_menu)
        self._lay_out()
        bridge.shots_read.connect(self._on_shots)
        self.grid.remove_requested.connect(people.delete_shot)
        self.negatives.remove_requested.connect(people.delete_shot)
        self.add_button.clicked.connect(self._ask_for_shots)
        self.rename_button.clicked.connect(self.rename_requested)
        self.delete_button.clicked.connect(self.delete_requested)
        self.show_people(())

    @property
    def people(self) -> tuple[Person, ...]:
        """Who is shown."""
        return self._people

    def show_people(self, people: Sequence[Person]) -> None:
        """Show these; a single person's shots are read anew when they have changed."""
        self._people = tuple(people)
        only = self._people[0] if len(self._people) == 1 else None
        for button in (self.add_button, self.rename_button):
            button.setVisible(len(self._people) < 2)
            button.setEnabled(only is not None)
        self.merge_button.setVisible(len(self._people) > 1)
        self.delete_button.setEnabled(bool(self._people))
        self.keeping.show_person(only)
        if only is None:
            self._loaded_for = None
            self._clear_pictures()
            self._show_several()
        elif not _has_same_shots(only, self._loaded_for):
            is_another = self._loaded_for is None or self._loaded_for.id != only.id
            self._loaded_for = only
            if is_another:
                self._clear_pictures()
            self._request = self._load_shots(only.id)
        if only is not None:
            self.title.setText(only.name)
            self._show_single(only)

    def fill_merge_menu(self, menu: QMenu) -> None:
        """Put one entry for each chosen person into the menu: whose name stays."""
        menu.clear()
        for person in self._people:
            others = [other.id for other in self._people if other.id != person.id]
            # An ampersand would underline the next letter.
            words = self.tr("Keep “{name}”").format(name=shortened(person.name).replace("&", "&&"))
            menu.addAction(words, partial(self.merge_requested.emit, person.id, others))

    def say(self, text: str, role: str = "muted") -> None:
        """Show a message about what was just done."""
        self.note.say(text, role)

    def _ask_for_shots(self) -> None:
        if len(self._people) == 1:
            self.add_shots_requested.emit(self._people[0])

    def _show_single(self, person: Person) -> None:
        if person.shot_count == 0:
            self.note.say(
                self.tr("No shots: nobody is recognised as {name}. Add some.").format(name=shortened(person.name))
            )
        elif person.shot_count > MOST_SHOTS:
            text = self.tr("{shots}; the newest {n} are shown.")
            self.note.say(text.format(shots=shots_text(person.shot_count), n=MOST_SHOTS))
        elif person.negative_count:
            text = self.tr("{shots}, and {n} of “not {name}”. The × deletes one; it can be undone.")
            name = shortened(person.name)
            self.note.say(text.format(shots=shots_text(person.shot_count), n=person.negative_count, name=name))
        else:
            text = self.tr("{shots}. The × deletes one; it can be undone.")
            self.note.say(text.format(shots=shots_text(person.shot_count)))

    def _show_several(self) -> None:
        count = len(self._people)
        if count == 0:
            self.title.setText(self.tr("Select a person"))
            self.note.say(self.tr("Choose somebody to see their shots."))
            return
        self.title.setText(self.tr("{n} people chosen").format(n=count))
        self.note.say(self.tr("Are they the same person? Merge them, all their shots are kept."))
        self.fill_merge_menu(self.merge_menu)

    def _on_shots(self, answer: ShotsRead) -> None:
        if self._loaded_for is None or answer.request_id != self._request:
            return  # somebody else was chosen meanwhile, or it was asked by another
        shots = answer.shots
        own = self.tr("Shot of {day}, quality {percent} %")
        name = shortened(self._loaded_for.name)
        not_theirs = self.tr("Not {name}: face of {day}. It is not called {name} again unless you delete this.")
        self.grid.show_pictures(_tiles([shot for shot in shots if not shot.is_negative], own, name))
        self._show_negatives(_tiles([shot for shot in shots if shot.is_negative], not_theirs, name))

    def _show_negatives(self, tiles: Sequence[TilePicture]) -> None:
        count = 0 if self._loaded_for is None else max(self._loaded_for.negative_count, len(tiles))
        self.negatives_title.setText(self.tr("Not this person ({n})").format(n=count))
        self.negatives.show_pictures(tiles)
        self._make_room_for_negatives()

    def _make_room_for_negatives(self) -> None:
        # While their places are kept the shots above must not move down either.
        has_some = bool(self.negatives.tiles) or self.negatives.has_gaps
        for widget in (self.negatives_title, self.negatives):
            widget.setVisible(has_some)
        # A second line of tiles is in sight, so that one sees that there is something below the shots.
        self._scroll.setMinimumHeight(TILE_SIDE + 2 + (TILE_SIDE + _TITLE_HEIGHT if has_some else 0))

    def leaveEvent(self, event: QEvent) -> None:
        """Close the gaps that shots left: nothing can come under the pointer any more."""
        super().leaveEvent(event)
        self.grid.settle()
        self.negatives.settle()
        self._make_room_for_negatives()

    def _clear_pictures(self) -> None:
        for grid in (self.grid, self.negatives):
            grid.show_pictures(())
            grid.settle()
        self._show_negatives(())

    def _pictures(self) -> QWidget:
        """Put the shots and, below them, the negatives into what scrolls."""
        pictures = QWidget(self)
        layout = QVBoxLayout(pictures)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addWidget(self.grid)
        layout.addWidget(self.negatives_title)
        layout.addWidget(self.negatives)
        layout.addStretch(1)
        return pictures

    def _button(self, text: str, icon: str, words: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(words)
        set_icon(button, icon)
        return button

    def _lay_out(self) -> None:
        tools = FlowLayout(spacing=6)
        for button in (self.add_button, self.rename_button, self.merge_button, self.delete_button):
            tools.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        layout.setSpacing(Space.S)
        layout.addWidget(self.title)
        layout.addWidget(self.keeping)
        layout.addLayout(tools)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.note)


def _tiles(shots: Sequence[Shot], words: str, name: str) -> list[TilePicture]:
    newest = sorted(shots, key=lambda shot: (shot.taken_at, shot.id), reverse=True)[:MOST_SHOTS]
    return [
        TilePicture(
            shot.id,
            shot.chip,
            words.format(
                name=name, day=shot.taken_at.astimezone().date().isoformat(), percent=round(shot.quality * 100)
            ),
        )
        for shot in newest
    ]


def _has_same_shots(person: Person, before: Person | None) -> bool:
    if before is None or before.id != person.id:
        return False
    return (before.shot_count, before.negative_count, before.thumbnail) == (
        person.shot_count,
        person.negative_count,
        person.thumbnail,
    )
