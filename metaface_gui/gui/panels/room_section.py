"""The use of the room's unlabelled faces: on or off, their number, and adaptation to them on demand."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from metaface_gui.engine.api import RoomApi
from metaface_gui.engine.events import ModelsChanged, RoomChanged
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.settings import RecognitionSettings


class RoomSection(QWidget):
    """Requests go to the engine; the display shows what the engine reports."""

    def __init__(self, room: RoomApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = RoomChanged(0, 0)
        self.switch = QCheckBox(self.tr("Use unlabelled faces of this room"), self)
        self.switch.setToolTip(
            self.tr(
                "Learns what faces look like in this room and light from those the camera showed earlier. They are "
                "kept in memory only and forgotten when the source closes."
            )
        )
        self.button = QPushButton(self.tr("Adapt to this room"), self)
        self.button.setToolTip(self.tr("Adapt now to the faces seen so far (Ctrl+R)"))
        self.status = MessageLine(2, self)
        self.setLayout(column(self.switch, self.button, self.status))
        self._show_use(use=True)
        self.switch.clicked.connect(room.set_used)
        self.button.clicked.connect(room.adapt)
        bridge.models_changed.connect(self._on_models)
        bridge.room_changed.connect(self._on_room)

    def show_settings(self, settings: RecognitionSettings) -> None:
        """Show the settings that the engine was started with."""
        self._show_use(use=settings.use_room)

    def _on_models(self, event: ModelsChanged) -> None:
        self._show_use(use=event.use_room)

    def _on_room(self, event: RoomChanged) -> None:
        self._room = event
        self._say()

    def _show_use(self, *, use: bool) -> None:
        self.switch.setChecked(use)
        self.button.setEnabled(use)
        self._say()

    def _say(self) -> None:
        if not self.switch.isChecked():
            self.status.say(self.tr("Adapted to the enrolled people alone."))
        else:
            self.status.say(
                self.tr("Faces of this room: {seen} seen, {used} adapted to.").format(
                    seen=self._room.n_faces, used=self._room.n_adapted_to
                )
            )
