"""Adaptation to this room: start it, see its effect on the strangers let through, undo it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from metaface_gui.engine.api import RoomApi
from metaface_gui.engine.events import ModelsChanged, RoomChanged, RoomEvaluated
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.studio.strangers_bars import StrangersBars, percent
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.widgets.layouts import Stretch, column, flow

_SMALL = "padding: 3px 10px; min-height: 18px;"


class RoomAdaptation(QWidget):
    """Requests go to the engine; the display shows what the engine reports."""

    def __init__(self, room: RoomApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Adapting to this room"))
        self._fpir = 0.01
        self._is_used = True
        self._room = RoomChanged(0, 0)
        self._evaluated: RoomEvaluated | None = None
        self.button = QPushButton(self.tr("Adapt to this room"), self)
        self.button.setToolTip(self.tr("Adapt now to the faces seen so far (Ctrl+R)"))
        self.undo_button = QPushButton(self.tr("Undo"), self)
        self.undo_button.setToolTip(self.tr("Undo the last adaptation to this room (Ctrl+Shift+R)"))
        set_icon(self.undo_button, "undo")
        self.switch = QCheckBox(self.tr("Use this room’s faces"), self)
        self.switch.setToolTip(
            self.tr("Adapt automatically to unlabelled faces, which are kept in memory only; off: forget them")
        )
        for button in (self.button, self.undo_button):
            button.setStyleSheet(_SMALL)
        self.heading = ElidedLabel(self.tr("Strangers let through here, per hundred"), self)
        self.bars = StrangersBars(self)
        self.words = MessageLine(3, self)
        controls = flow(self.button, self.undo_button, self.switch)
        self.setLayout(column(controls, self.heading, self.bars, self.words, Stretch(), spacing=Space.XS))
        self.button.clicked.connect(room.adapt)
        self.undo_button.clicked.connect(room.undo)
        self.switch.clicked.connect(room.set_used)
        bridge.models_changed.connect(self._on_models)
        bridge.room_changed.connect(self._on_room)
        bridge.room_evaluated.connect(self._on_evaluated)
        self._show()

    def _on_models(self, event: ModelsChanged) -> None:
        self._is_used, self._fpir = event.use_room, event.fpir
        self._show()

    def _on_room(self, event: RoomChanged) -> None:
        self._room = event
        self._show()

    def _on_evaluated(self, event: RoomEvaluated) -> None:
        self._evaluated = event
        self._show()

    def _show(self) -> None:
        self.switch.setChecked(self._is_used)
        self.button.setEnabled(self._is_used and self._room.n_faces > 0)
        self.undo_button.setEnabled(self._room.can_undo)
        self.bars.show_evaluation(self._evaluated, self._fpir)
        self.words.say(" ".join(self._sentences()))

    def _sentences(self) -> list[str]:
        evaluated = self._evaluated
        if evaluated is None or evaluated.now is None:
            if evaluated is not None and evaluated.n_people:
                return [self.tr("No estimate for strangers here: none were sampled for this embedder.")]
            return [self.tr("Enrol somebody: strangers here are measured against the people enrolled.")]
        said = []
        now = evaluated.now.let_through
        if evaluated.before is not None:
            text = self.tr("About {before} before, about {now} now ({low} to {high} with 90 % certainty).")
            before = percent(evaluated.before.let_through.expected)
        else:
            text, before = self.tr("About {now} ({low} to {high} with 90 % certainty)."), ""
        said.append(text.format(before=before, now=percent(now.expected), low=percent(now.low), high=percent(now.high)))
        said.append(
            self.tr("Based on {people} enrolled and {faces} unlabelled faces; {seen} seen.").format(
                people=evaluated.n_people, faces=evaluated.n_unlabelled, seen=self._room.n_faces
            )
        )
        if self._room.is_held:
            said.append(self.tr("Undone: no automatic adaptation until you ask for it."))
        elif not self._is_used:
            said.append(self.tr("Faces of this room are not used."))
        return said
