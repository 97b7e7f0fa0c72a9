"""Keeps a main window on screen, and replaces it when the user chooses another language or text size.

Some sixty widget classes read their text when they are created; a rebuilt window is entirely in the new language. The
engine keeps running meanwhile: no analysed frame, no recording and no job is lost.
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
from metaface_gui.gui.widgets.toast import Toast, ToastKind
from metaface_gui.i18n import install_translation, spoken_language

_NO_CHINESE_FONT = (
    "No installed font has Chinese characters, so texts stay blank. Install one, such as Noto Sans CJK (Debian: "
    "fonts-noto-cjk), or start with “metaface --lang en”."
)
"""In English only, because nothing else could be read."""


class WindowController(QObject):
    """Owns one window at a time, made by `make_window`; `window` is the current one, hidden at first.

    Create it before the bridge delivers anything, so that it receives everything that a later window must know.
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
        """The current window."""
        return self._window

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Make the current window, whichever it is, also show uncaught exceptions while this context is active."""
        self._is_catching = True
        self._catch()
        try:
            yield
        finally:
            self._is_catching = False
            self._catching.close()

    def speak(self, language: str) -> None:
        """Replace the current window with one in `language` (a code; empty: the system's)."""
        former, handover = self._window, Handover.of(self._window)
        cover = _cover(former)
        quits = self._app.quitOnLastWindowClosed()
        self._app.setQuitOnLastWindowClosed(False)
        former.close()  # stores its place, and ends its camera searches
        self._app.setQuitOnLastWindowClosed(quits)
        self._catching.close()
        former.deleteLater()
        # Now, or the former window would receive what is repeated for its successor.
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
        # Queued, because the window is deleted while its own menu is still emitting the choice.
        window.language_chosen.connect(self.speak, Qt.ConnectionType.QueuedConnection)
        if not Theme.current().can_write(spoken_language(self._app)):
            window.toasts.show_toast(Toast(ToastKind.WARNING, _NO_CHINESE_FONT))
        return window

    def _catch(self) -> None:
        if self._is_catching:
            self._catching.enter_context(self._window.reports.catching())


def _cover(window: MainWindow) -> QLabel | None:
    """Show a picture of the window in its place while there is no window, to avoid a flash; None if it is hidden."""
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
