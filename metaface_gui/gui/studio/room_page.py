"""The Room page: the simulated environment, and the effect of adapting to it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from metaface_gui.engine.api import RoomApi, SourceApi
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.environment_dial import EnvironmentDial
from metaface_gui.gui.studio.room_adaptation import RoomAdaptation
from metaface_gui.gui.theme import Space, text_scale
from metaface_gui.gui.widgets.layouts import column

_BESIDE, _WIDE = 560, 740
"""From the first width the two parts are side by side, so that both are visible below a low video; from the second,
the dial with its many buttons gets the larger share."""


class _Both(QWidget):
    """The scrolled contents: only as high as needed at their width, not as if every button had a line of its own."""

    def minimumSizeHint(self) -> QSize:
        """Return the width of the widest part."""
        return QSize(super().minimumSizeHint().width(), 0)


class RoomPage(QWidget):
    """The environment dial on the left, adaptation to the simulated room on the right, or below it if narrow."""

    def __init__(self, source: SourceApi, room: RoomApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Room"))
        self.dial = EnvironmentDial(source, bridge, self)
        self.adaptation = RoomAdaptation(room, bridge, self)
        both = _Both(self)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, both)
        self._both.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self._both.addWidget(self.dial)
        self._both.addWidget(self.adaptation)
        # It scrolls, as otherwise all pages would have to be as high as this one.
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(both)
        self.setLayout(column(scroll))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the two parts side by side if there is room."""
        super().resizeEvent(event)
        is_beside, is_wide = self.width() >= _BESIDE, self.width() >= _WIDE * text_scale()
        directions = QBoxLayout.Direction
        self._both.setDirection(directions.LeftToRight if is_beside else directions.TopToBottom)
        self._both.setSpacing(Space.XL if is_wide else Space.M)
        for index, share in enumerate((3, 2) if is_wide else (1, 1)):
            self._both.setStretch(index, share if is_beside else 0)
