"""What is on screen while PyTorch loads, which takes longest: the window's own place, appearance and name.

May not import what imports torch, neither here nor further down: it would come too late.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QVBoxLayout, QWidget

from metaface_gui.deferred import uncollected
from metaface_gui.gui.icons import app_icon
from metaface_gui.gui.remembered import GEOMETRY, remembered_bytes, remembered_theme, window_settings
from metaface_gui.gui.screen_fit import place, space_of
from metaface_gui.gui.theme import FontSize, Space, Theme, font

_ICON = 72
_BAR = (160, 4)
_POLL_MS = 20


class StartingWindow(QWidget):
    """The application's icon, its name, and a bar that runs; where the main window will be.

    `is_wanted` until the user closes it.
    """

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        Theme.current().set_mode(remembered_theme(settings))
        self.is_wanted = True
        self.setWindowTitle("MetaFace")
        self.setWindowIcon(app_icon())
        place(self, remembered_bytes(settings, GEOMETRY), space_of(self))
        icon = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        icon.setPixmap(app_icon().pixmap(_ICON, _ICON))
        name = QLabel("MetaFace", self, alignment=Qt.AlignmentFlag.AlignCenter)
        name.setFont(font(FontSize.TITLE, bold=True))
        bar = QProgressBar(self, minimum=0, maximum=0, textVisible=False)
        bar.setFixedSize(*_BAR)
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.L)
        layout.addStretch()
        for widget in (icon, name, bar):
            layout.addWidget(widget, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember that the user wants no window; nothing can stop the loading."""
        self.is_wanted = False
        super().closeEvent(event)


def load_behind_window(load: Callable[[], object]) -> StartingWindow:
    """Show the window while `load` runs on a thread of its own, and return it: it is there for as long as it is kept.

    `close_starting_window` takes it away. `load` must leave widgets alone: they belong to this thread.
    """
    with uncollected():
        return _load_behind_window(load)


def _load_behind_window(load: Callable[[], object]) -> StartingWindow:
    window = StartingWindow(window_settings())
    window.show()
    loop, poll = QEventLoop(), QTimer(window, interval=_POLL_MS)
    loading = threading.Thread(target=load, name="loading")

    def look() -> None:
        if not loading.is_alive():
            loop.quit()

    poll.timeout.connect(look)
    # The thread holds Python for up to a second at a time: the window is to be painted before.
    QTimer.singleShot(_POLL_MS, loading.start)
    QTimer.singleShot(2 * _POLL_MS, poll.start)
    with _ending_on_ctrl_c():
        loop.exec()
        loading.join()
    return window


@contextmanager
def _ending_on_ctrl_c() -> Iterator[None]:
    """There is nothing to save yet, and nobody to take Python's exception: Ctrl+C ends the process, as SIGTERM does."""
    former = signal.getsignal(signal.SIGINT)
    if former is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


def close_starting_window(app: QApplication) -> None:
    """Take the window away, if there is one, now that another has its place."""
    for window in app.topLevelWidgets():
        if isinstance(window, StartingWindow):
            window.close()
            window.deleteLater()
