"""The window shown while PyTorch loads, which takes longest: same place, appearance and name as the main window.

Must not import torch, directly or indirectly: the window would come too late.
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
    """Shows the application's icon, name and a busy bar where the main window will be.

    `is_wanted` is True until the user closes it.
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
        """Note that the user wants no window; the loading cannot be stopped."""
        self.is_wanted = False
        super().closeEvent(event)


def load_behind_window(load: Callable[[], object]) -> StartingWindow:
    """Show the window while `load` runs on its own thread, and return it; keep the reference to keep it on screen.

    `close_starting_window` closes it. `load` must not touch widgets, which belong to the calling thread.
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
    # Imports hold the GIL for up to a second at a time, so the window must be painted first.
    QTimer.singleShot(_POLL_MS, loading.start)
    QTimer.singleShot(2 * _POLL_MS, poll.start)
    with _ending_on_ctrl_c():
        loop.exec()
        loading.join()
    return window


@contextmanager
def _ending_on_ctrl_c() -> Iterator[None]:
    """Let Ctrl+C end the process as SIGTERM does: nothing needs saving, and nothing would catch `KeyboardInterrupt`."""
    former = signal.getsignal(signal.SIGINT)
    if former is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


def close_starting_window(app: QApplication) -> None:
    """Close the starting window, if there is one, now that another window replaces it."""
    for window in app.topLevelWidgets():
        if isinstance(window, StartingWindow):
            window.close()
            window.deleteLater()
