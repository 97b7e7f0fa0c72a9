"""The window for the audience: a board in full screen, or in a normal window if there is only one screen."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.icons import app_icon
from metaface_gui.gui.widgets.layouts import column

_USUAL = (1280, 720)


class ProjectorWindow(QWidget):
    """Shows `board`. Escape or its close button closes it; it then emits `closed`."""

    closed = Signal()

    def __init__(self, board: QWidget, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("projector")
        self.setWindowTitle(self.tr("MetaFace: for the audience"))
        self.setWindowIcon(app_icon())
        # The focus stays in the window that the operator is typing in.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setLayout(column(board))
        board.show()
        self.resize(*_USUAL)

    def show_on(self, screen: QRect | None) -> None:
        """Cover this screen, or become a movable window if it is None."""
        if screen is None:
            self.unsetCursor()
            self.showNormal()
            return
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.showNormal()  # a full-screen window can't move to another screen
        self.setGeometry(screen)
        self.showFullScreen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Emit `closed`."""
        super().closeEvent(event)
        self.closed.emit()
