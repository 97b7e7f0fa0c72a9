"""The strip below the people list: the selected people, their shots, and the actions on them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QStackedWidget, QWidget

from metaface_gui.engine.api import PeopleApi
from metaface_gui.engine.events import Adapted, ModelsChanged, RequestEnded, ShotsRead, ShotWeighed, Undoable
from metaface_gui.engine.people.findings import ShotEffect
from metaface_gui.engine.people.privacy_api import PrivacyApi
from metaface_gui.gallery import Person, Shot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.panels.shot_effect_box import ShotEffectBox
from metaface_gui.gui.panels.shot_grid import TILE_SIDE, ShotGrid, TilePicture
from metaface_gui.gui.panels.wording import hidden_text, shortened, shots_text
from metaface_gui.gui.privacy.keeping_line import KeepingLine
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.widgets.layouts import Stretch, column, flow
from metaface_gui.gui.widgets.scrolling import scrolling
from metaface_gui.types import RequestId

MOST_SHOTS = 60
"""At most this many of the newest shots, and of the newest negatives, are shown, as each is a widget."""
_TITLE_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class _Removal:
    """A removed shot, the request that removed it, and its undo token once known."""

    shot_id: int
    request_id: RequestId
    token: int | None = None


class PersonDetails(QWidget):
    """Shows the given people: for a single one their shots, for several the merge action."""

    rename_requested = Signal()
    add_shots_requested = Signal(Person)
    delete_requested = Signal()
    merge_requested = Signal(object, list)
    """The person whose name is kept, and those merged into them."""
    hide_requested = Signal()
    """Hide the people shown, or recognise them again."""
    undo_requested = Signal(int)
    """Restore the shot that was removed last: the token of its `Undoable`."""
    left = Signal()
    """Esc was pressed among the shots: return to the list."""

    def __init__(
        self, people: PeopleApi, privacy: PrivacyApi, bridge: EngineBridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._people_api = people
        self._people: tuple[Person, ...] = ()
        self._loaded_for: Person | None = None
        self._request: RequestId | None = None
        self._chosen_id: int | None = None
        self._effects: dict[int, ShotEffect | None] = {}
        self._weighing: RequestId | None = None
        self._measured_with: tuple[float, dict[str, object]] | None = None
        self._removal: _Removal | None = None
        self._newest_undo: tuple[int, int] | None = None  # token and end; not the name, which may be a deleted person's
        self._undo_end = QTimer(self)
        self._undo_end.setSingleShot(True)
        self._undo_end.timeout.connect(self._end_undo)
        self.title = ElidedLabel("", self, role="heading")
        self.keeping = KeepingLine(privacy, bridge, self)
        self.note = MessageLine(2, self)
        self.effect = ShotEffectBox(self)
        self.below = QStackedWidget(self)
        self.below.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.grid = ShotGrid(self, holder=self)
        self.negatives_title = ElidedLabel("", self, role="muted")
        self.negatives = ShotGrid(self, holder=self)
        self._scroll = scrolling(self._pictures(), self)
        self._scroll.setMinimumHeight(TILE_SIDE + 2)
        self.add_button = self._button(self.tr("Add shots"), "plus", self.tr("Record or choose more shots"))
        self.rename_button = self._button(self.tr("Rename"), "edit", self.tr("Give another name (F2)"))
        self.hide_button = self._button("", "eye-off", "")
        self.delete_button = self._button("", "trash", self.tr("Delete (Del); can be undone"))
        self.delete_button.setAccessibleName(self.tr("Delete"))
        self.merge_button = self._button(self.tr("Merge into…"), "merge", self.tr("Merge the chosen people into one"))
        self.merge_menu = QMenu(self.merge_button)
        self.merge_button.setMenu(self.merge_menu)
        self._lay_out()
        self._connect(people, bridge)
        self.show_people(())

    @property
    def people(self) -> tuple[Person, ...]:
        """Return the people shown."""
        return self._people

    def show_people(self, people: Sequence[Person]) -> None:
        """Show these people; a single person's shots are reread if they have changed."""
        self._people = tuple(people)
        only = self._people[0] if len(self._people) == 1 else None
        # Without a selection there are no actions.
        for widget in (self.add_button, self.rename_button, self._scroll):
            widget.setVisible(only is not None)
        self.merge_button.setVisible(len(self._people) > 1)
        for button in (self.hide_button, self.delete_button):
            button.setVisible(bool(self._people))
        self.keeping.show_person(only)
        self._show_hiding()
        # Reserve space for the effect box as soon as there are shots, so that nothing moves when one is chosen.
        kept = QSizePolicy.Policy.Ignored if only is None else QSizePolicy.Policy.Preferred
        self.effect.setSizePolicy(QSizePolicy.Policy.Preferred, kept)
        if only is None:
            self._loaded_for = None
            self._forget_shot()
            self._clear_pictures()
            self._show_several()
        elif not _has_same_shots(only, self._loaded_for):
            is_another = self._loaded_for is None or self._loaded_for.id != only.id
            self._loaded_for = only
            if is_another:
                self._forget_shot()
                self._clear_pictures()
            self._request = self._people_api.load_shots(only.id)
        if only is not None:
            self.title.setText(only.name)
            self._show_single(only)
            self._mark()

    def fill_merge_menu(self, menu: QMenu) -> None:
        """Fill the menu with one entry per selected person: whose name to keep."""
        menu.clear()
        for person in self._people:
            others = [other.id for other in self._people if other.id != person.id]
            # An ampersand would underline the next letter.
            words = self.tr("Keep “{name}”").format(name=shortened(person.name).replace("&", "&&"))
            menu.addAction(words, partial(self.merge_requested.emit, person.id, others))

    def say(self, text: str, role: str = "muted") -> None:
        """Show a message about the last action."""
        self.note.say(text, role)
        self.below.setCurrentWidget(self._note_page)

    def focus_shots(self) -> None:
        """Move the focus to the first shot."""
        if self.grid.tiles:
            self.grid.tiles[0].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return to the list on Esc."""
        if event.key() == Qt.Key.Key_Escape and self.grid.isAncestorOf(self.focusWidget()):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _connect(self, people: PeopleApi, bridge: EngineBridge) -> None:
        bridge.shots_read.connect(self._on_shots)
        bridge.shot_weighed.connect(self._on_weighed)
        bridge.adapted.connect(self._on_adapted)
        bridge.models_changed.connect(self._on_models)
        bridge.undoable.connect(self._on_undoable)
        bridge.request_ended.connect(self._on_request_ended)
        self.grid.remove_requested.connect(self._remove_shot)
        self.grid.chosen.connect(self._choose_shot)
        self.negatives.remove_requested.connect(people.delete_shot)
        self.effect.cover_requested.connect(self._set_cover)
        self.effect.undo_requested.connect(self._undo_removal)
        self.hide_button.clicked.connect(self.hide_requested)
        self.add_button.clicked.connect(self._ask_for_shots)
        self.rename_button.clicked.connect(self.rename_requested)
        self.delete_button.clicked.connect(self.delete_requested)

    # One shot -------------------------------------------------------------------------------------------------------

    def _choose_shot(self, shot_id: int) -> None:
        self._chosen_id, self._removal = shot_id, None
        self._mark()
        self.effect.show_shot(is_cover=self._cover_id == shot_id)
        self.below.setCurrentWidget(self.effect)
        if shot_id in self._effects:
            self.effect.show_effect(self._effects[shot_id])
        else:
            self._weighing = self._people_api.weigh_shot(shot_id)

    def _remove_shot(self, shot_id: int) -> None:
        is_weighed = shot_id in self._effects or (self._chosen_id == shot_id and self._weighing is not None)
        if not is_weighed:
            self._choose_shot(shot_id)  # measure its effect in the gallery that still contains it
        self._removal = _Removal(shot_id, self._people_api.delete_shot(shot_id))
        self._show_removal()

    def _show_removal(self) -> None:
        if self._removal is None:
            return
        self._chosen_id = None
        self.effect.show_removed(can_undo=self._removal.token is not None)
        if self._removal.shot_id in self._effects:
            self.effect.show_effect(self._effects[self._removal.shot_id])
        self.below.setCurrentWidget(self.effect)

    def _on_weighed(self, answer: ShotWeighed) -> None:
        if answer.request_id != self._weighing:
            return
        self._weighing = None
        self._effects[answer.shot_id] = answer.effect
        if answer.shot_id == self._chosen_id or (self._removal and answer.shot_id == self._removal.shot_id):
            self.effect.show_effect(answer.effect)

    def _on_adapted(self, event: Adapted) -> None:
        if event.is_primary:
            self._measure_again()  # somebody else may have been added or removed

    def _on_models(self, event: ModelsChanged) -> None:
        former, self._measured_with = self._measured_with, (event.fpir, dict(event.hyperparameters))
        if former is not None and former != self._measured_with:
            self._measure_again()

    def _measure_again(self) -> None:
        """Remeasure: a shot's effect depends on all shots and the threshold; a removed shot keeps its measurement."""
        self._effects.clear()
        if self._chosen_id is not None and self.isVisible():
            self._weighing = self._people_api.weigh_shot(self._chosen_id)
        elif self._chosen_id is not None:
            self._forget_shot()

    def _on_undoable(self, event: Undoable) -> None:
        self._newest_undo = event.token, event.expires_ns

    def _on_request_ended(self, event: RequestEnded) -> None:
        if self._removal is None or event.request_id != self._removal.request_id:
            return
        if event.error is not None:
            self._forget_shot()
            return
        if self._newest_undo is not None:  # `Undoable` arrives before the end of the request that caused it
            token, expires_ns = self._newest_undo
            self._removal = replace(self._removal, token=token)
            self._undo_end.start(max(0, (expires_ns - time.monotonic_ns()) // 1_000_000))
        self._show_removal()

    def _end_undo(self) -> None:
        if self._removal is not None:
            self._removal = replace(self._removal, token=None)
            self._show_removal()

    def _undo_removal(self) -> None:
        if self._removal is not None and self._removal.token is not None:
            token = self._removal.token
            self._forget_shot()
            self.undo_requested.emit(token)

    def _set_cover(self) -> None:
        if self._chosen_id is not None:
            self._people_api.set_cover(self._chosen_id)

    @property
    def _cover_id(self) -> int | None:
        return self._people[0].cover_id if len(self._people) == 1 else None

    def _mark(self) -> None:
        self.grid.mark(chosen_id=self._chosen_id, cover_id=self._cover_id)
        self.effect.set_cover(self._chosen_id == self._cover_id)

    def _forget_shot(self) -> None:
        """Deselect the shot and drop this person's measurements, which are then repeated on demand."""
        self._chosen_id = self._removal = self._weighing = None
        self._effects.clear()
        self._mark()
        self.below.setCurrentWidget(self._note_page)

    # ----------------------------------------------------------------------------------------------------------------

    def _ask_for_shots(self) -> None:
        if len(self._people) == 1:
            self.add_shots_requested.emit(self._people[0])

    def _show_hiding(self) -> None:
        are_hidden = bool(self._people) and all(person.is_hidden for person in self._people)
        words = self.tr("Recognise again") if are_hidden else self.tr("Hide")
        set_icon(self.hide_button, "eye" if are_hidden else "eye-off")
        self.hide_button.setAccessibleName(words)
        self.hide_button.setToolTip(f"{words}\n{hidden_text()}\n{self.tr('Can be undone.')}")

    def _show_single(self, person: Person) -> None:
        if person.is_hidden:
            self.note.say(hidden_text())
        elif person.shot_count == 0:
            self.note.say(
                self.tr("No shots: nobody is recognised as {name}. Add some.").format(name=shortened(person.name))
            )
        elif person.shot_count > MOST_SHOTS:
            text = self.tr("{shots}; the newest {n} are shown.")
            self.note.say(text.format(shots=shots_text(person.shot_count), n=MOST_SHOTS))
        elif person.negative_count:
            text = self.tr("{shots}, and {n} of “not {name}”. The × deletes one, which can be undone.")
            name = shortened(person.name)
            self.note.say(text.format(shots=shots_text(person.shot_count), n=person.negative_count, name=name))
        else:
            text = self.tr("{shots}. Choose one to see how much it helps; the × deletes it, which can be undone.")
            self.note.say(text.format(shots=shots_text(person.shot_count)))

    def _show_several(self) -> None:
        count = len(self._people)
        if count == 0:
            self.title.setText(self.tr("Select a person"))
            self.note.say(self.tr("Choose somebody to see their shots."))
            return
        self.title.setText(self.tr("{n} people chosen").format(n=count))
        self.note.say(self.tr("Are they the same person? Merge them: all their shots are kept."))
        self.fill_merge_menu(self.merge_menu)

    def _on_shots(self, answer: ShotsRead) -> None:
        if self._loaded_for is None or answer.request_id != self._request:
            return  # another person was chosen meanwhile, or the request was made elsewhere
        shots = answer.shots
        own = self.tr("Shot of {day}, quality {percent} %")
        name = shortened(self._loaded_for.name)
        not_theirs = self.tr("Not {name}: face of {day}. It will not be called {name} again unless you delete this.")
        self._effects.clear()  # the gallery has changed
        self.grid.show_pictures(_tiles([shot for shot in shots if not shot.is_negative], own, name))
        shown = {tile.shot_id for tile in self.grid.tiles}
        if self._removal is not None and self._removal.shot_id in shown and self._removal.token is not None:
            self._forget_shot()  # the removal was undone
        elif self._chosen_id is not None and self._chosen_id not in shown:
            self._forget_shot()
        self._show_negatives(_tiles([shot for shot in shots if shot.is_negative], not_theirs, name))

    def _show_negatives(self, tiles: Sequence[TilePicture]) -> None:
        count = 0 if self._loaded_for is None else max(self._loaded_for.negative_count, len(tiles))
        self.negatives_title.setText(self.tr("Not this person ({n})").format(n=count))
        self.negatives.show_pictures(tiles)
        self._make_room_for_negatives()

    def _make_room_for_negatives(self) -> None:
        # While gaps are kept open, the shots above must not move down either.
        has_some = bool(self.negatives.tiles) or self.negatives.has_gaps
        for widget in (self.negatives_title, self.negatives):
            widget.setVisible(has_some)
        # Keep part of the next section visible, to show that something follows below the shots.
        self._scroll.setMinimumHeight(TILE_SIDE + 2 + (TILE_SIDE + _TITLE_HEIGHT if has_some else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Refit the area of the shots, so that the effect box follows them, however many lines they take."""
        super().resizeEvent(event)
        self._fit_shots()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Refit when the shots are laid out again."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit_shots()
        return super().eventFilter(watched, event)

    def _fit_shots(self) -> None:
        pictures = self._scroll.widget()
        layout = None if pictures is None else pictures.layout()
        if layout is not None:
            self._scroll.setMaximumHeight(max(layout.heightForWidth(self._scroll.viewport().width()), TILE_SIDE) + 2)

    def leaveEvent(self, event: QEvent) -> None:
        """Close the gaps that removed shots left: nothing can move under the pointer any more."""
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
        """Build the scrolled area with the shots and, below them, the negatives."""
        pictures = QWidget(self)
        pictures.installEventFilter(self)
        pictures.setLayout(column(self.grid, self.negatives_title, self.negatives, Stretch(), spacing=Space.XS))
        return pictures

    def _button(self, text: str, icon: str, words: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(words)
        set_icon(button, icon)
        return button

    def _lay_out(self) -> None:
        self._note_page = QWidget(self.below)
        self._note_page.setLayout(column(self.note, Stretch()))
        self.below.addWidget(self._note_page)
        self.below.addWidget(self.effect)
        buttons = (self.add_button, self.rename_button, self.merge_button, self.hide_button, self.delete_button)
        self.setLayout(
            column(
                self.title,
                self.keeping,
                flow(*buttons, spacing=6),
                (self._scroll, 1),
                self.below,
                Stretch(0),
                margins=(Space.M, Space.S, Space.M, Space.S),
            )
        )


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
