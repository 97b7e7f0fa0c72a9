"""The room: what the camera is made to see, and what adapting to it does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.environment_dial import EnvironmentDial
from metaface_gui.gui.studio.room_adaptation import RoomAdaptation
from metaface_gui.gui.theme import Space


class RoomPage(QWidget):
    """The environment dial on the left, adapting to what it made of the room on the right."""

    def __init__(self, engine: EngineApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Room"))
        self.dial = EnvironmentDial(engine, bridge, self)
        self.adaptation = RoomAdaptation(engine, bridge, self)
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(Space.XL)
        row.addWidget(self.dial, 3)
        row.addWidget(self.adaptation, 2)
        # It scrolls, or all pages would have to be as high as this one.
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(both)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
