"""Keeps a main window on screen, and puts another in its place when the user chooses another language.

Words are read when a widget is made, in some sixty classes; a window that is rebuilt is wholly in the new language.
The engine goes on meanwhile: no frame that it looks at, no recording and no job is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.handover import Handover
from metaface_gui.gui.latest_events import LatestEvents
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.theme import Theme
from metaface_gui.i18n import install_translation, spoken_language


class WindowController(QObject):
    """Has one window at a time, made by `make_window`; `window` is the present one, hidden at first.

    Make it before the bridge has delivered anything, so that it has heard all that a later window must know.
    """

    def __init__(self, app: QApplication, bridge: EngineBridge, make_window: Callable[[], MainWindow]) -> None:
        super().__init__()
        self._app = app
        self._events = LatestEvents(bridge, self)
        self._make_window = make_window
        self._catching = ExitStack()
        self._is_catching = False
        self._window = self._made()

    @property
    def window(self) -> MainWindow:
        """The window that is there now."""
        return self._window

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Have whichever window is there show also the errors that nobody catches, while this is entered."""
        self._is_catching = True
        self._catch()
        try:
            yield
        finally:
            self._is_catching = False
            self._catching.close()

    def speak(self, language: str) -> None:
        """Put a window that speaks `language` (a code; empty: the system's) in the place of the present one."""
        former, handover = self._window, Handover.of(self._window)
        cover = _cover(former)
        quits = self._app.quitOnLastWindowClosed()
        self._app.setQuitOnLastWindowClosed(False)
        former.close()  # it remembers its place, and ends its searches
        self._app.setQuitOnLastWindowClosed(quits)
        self._catching.close()
        former.deleteLater()
        # Now, or it would hear again what is repeated for its successor.
        QCoreApplication.sendPostedEvents(former, QEvent.Type.DeferredDelete)
        install_translation(self._app, language)
        self._window = self._made()
        self._catch()
        handover.give_picture(self._window, self._events.frame)
        self._events.repeat()
        self._window.show()
        self._window.activateWindow()  # the desktop may have given the focus to another program's window
        handover.give_rest(self._window)
        if cover is not None:
            cover.close()

    def _made(self) -> MainWindow:
        Theme.current().set_language(spoken_language(self._app))
        window = self._make_window()
        # Queued: the window goes while its own menu is still saying what was chosen.
        window.language_chosen.connect(self.speak, Qt.ConnectionType.QueuedConnection)
        return window

    def _catch(self) -> None:
        if self._is_catching:
            self._catching.enter_context(self._window.reports.catching())


def _cover(window: MainWindow) -> QLabel | None:
    """The window's picture in its place, for the moment in which there is none: a screen without it would flash."""
    if not window.isVisible():
        return None
    cover = QLabel(None, Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
    cover.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    cover.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    cover.setPixmap(window.grab())
    cover.setGeometry(window.geometry())
    cover.show()
    cover.repaint()
    return cover
