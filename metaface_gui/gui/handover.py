"""What a window hands over to its successor: what is on screen but neither stored nor known to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint

from metaface_gui.engine.events import Undoable
from metaface_gui.engine.studio.side import Side
from metaface_gui.gui.live.frame_picture import PictureBuffers
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.panels.enroll_panel import UnfinishedSave
from metaface_gui.gui.panels.people_files import Unanswered
from metaface_gui.gui.panels.people_model import PeopleOrder
from metaface_gui.gui.panels.who_is_this import Wish
from metaface_gui.types import Frame, PersonId, RequestId


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """Taken with `of` before the previous window is closed, and handed over in two steps.

    First `give_picture`; then, once the new window has received the engine's state, `give_rest`. Consent is not handed
    over, because it was given for the form as it stood, which has been created again; a save under way is.
    """

    frame: Frame | None
    is_full_screen: bool
    is_presenting: bool
    is_projecting: bool
    second_learner: str | None
    split_added: str
    sides: tuple[Side | None, Side | None]
    search: str
    order: PeopleOrder
    chosen: tuple[PersonId, ...]
    typed_name: str
    saving: UnfinishedSave | None
    naming: tuple[tuple[QPoint, Mapping[RequestId, Wish]], ...]
    files: tuple[Unanswered, ...]
    map_learner: str
    explained: int | None
    testing: RequestId | None
    undoable: tuple[Undoable, ...]
    lesson: tuple[int, int] | None

    @classmethod
    def of(cls, window: MainWindow) -> Handover:
        """Record what this window shows."""
        people, stage = window.side.people, window.stage
        return cls(
            frame=window.live_view.frame,
            is_full_screen=window.commands.full_screen.isChecked(),
            is_presenting=window.commands.present.isChecked(),
            is_projecting=window.presentation.projector.is_on,
            second_learner=stage.video.second_key,
            split_added=stage.compare.split_added,
            sides=stage.video.chosen_sides,
            search=people.search.text(),
            order=people.order.currentData(),
            chosen=tuple(person.id for person in people.chosen()),
            typed_name=window.side.enroll.name_field.text(),
            saving=window.side.enroll.unfinished,
            naming=(window.who_is_this.unanswered, window.side.unknown.popup.unanswered),
            files=(window.files.unanswered, people.files.unanswered),
            map_learner=stage.map.chosen,
            explained=stage.why.track_id,
            testing=stage.report.request,
            undoable=window.undos.offers,
            lesson=window.help.lessons.place,
        )

    def give_picture(self, window: MainWindow, looked_at: Frame | None) -> None:
        """Show the same frame, because a paused source sends no other.

        `looked_at` is the frame of the newest result, whose faces would otherwise be attributed to a previous source.
        """
        if self.frame is not None:
            for frame in (looked_at or self.frame, self.frame):
                window.live_view.show_frame(PictureBuffers().prepare(frame, frozenset()))

    def give_rest(self, window: MainWindow) -> None:
        """Restore what was open, chosen and typed."""
        people, stage = window.side.people, window.stage
        people.search.setText(self.search)
        people.order.setCurrentIndex(people.order.findData(self.order))
        people.sorted_people.set_order(self.order)
        if self.chosen:
            people.choose(self.chosen[0])
        if self.typed_name:
            window.side.enroll.name_field.set_text(self.typed_name)
        self._give_unanswered(window)
        stage.map.choose(self.map_learner)
        if self.explained is not None:
            stage.why.select_track(self.explained)
        if self.testing is not None:
            stage.report.follow(self.testing)
        if self.second_learner is not None:
            stage.compare.show_second(self.second_learner, was_added=self.split_added)
            stage.video.show_sides(*self.sides)
        for offer in self.undoable:
            window.undos.add(offer)
        if self.lesson is not None:
            window.help.lessons.open(*self.lesson)
        if self.is_projecting:
            window.presentation.projector.open(window.state.projector)
        if self.is_presenting:
            window.commands.present.setChecked(True)
        elif self.is_full_screen:
            window.commands.full_screen.setChecked(True)

    def _give_unanswered(self, window: MainWindow) -> None:
        """Have the answers to what the former window asked for shown by this one."""
        if self.saving is not None:
            window.side.enroll.go_on_with(self.saving)
        for popup, naming in zip((window.who_is_this, window.side.unknown.popup), self.naming, strict=True):
            popup.wait_for(naming)
        for files, asked in zip((window.files, window.side.people.files), self.files, strict=True):
            files.wait_for(asked)
