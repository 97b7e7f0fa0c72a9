"""The window for the audience: a board in full screen, or in a window if there is only one screen."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from metaface_gui.gui.icons import app_icon

_USUAL = (1280, 720)


class ProjectorWindow(QWidget):
    """Shows `board`. Escape closes it, as its own button does; `closed` says so."""

    closed = Signal()

    def __init__(self, board: QWidget, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("projector")
        self.setWindowTitle(self.tr("MetaFace: for the audience"))
        self.setWindowIcon(app_icon())
        # The operator goes on typing in the window that has the focus.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(board)
        board.show()
        self.resize(*_USUAL)

    def show_on(self, screen: QRect | None) -> None:
        """Cover this screen, or be a window that can be moved."""
        if screen is None:
            self.unsetCursor()
            self.showNormal()
            return
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.showNormal()  # a window that is full screen stays where it is
        self.setGeometry(screen)
        self.showFullScreen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so."""
        super().closeEvent(event)
        self.closed.emit()
