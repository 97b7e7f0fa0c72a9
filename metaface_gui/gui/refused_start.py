"""The message when a window cannot open: somebody who started it from a menu sees no terminal."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from metaface_gui.errors import KnownError
from metaface_gui.gui.application import is_seen
from metaface_gui.gui.icons import app_icon
from metaface_gui.gui.interruption import closing_on_signals
from metaface_gui.gui.starting_window import close_starting_window
from metaface_gui.i18n import error_text


def tell_refused_start(app: QApplication, error: KnownError) -> None:
    """Say it in a dialog in place of the window, and wait until it is closed; nothing where nobody would see it."""
    if not is_seen():
        return
    close_starting_window(app)
    dialog = refusal(error)
    with closing_on_signals(dialog.reject):
        dialog.exec()


def refusal(error: KnownError) -> QMessageBox:
    """The dialog, not shown yet."""
    dialog = QMessageBox(QMessageBox.Icon.Warning, "MetaFace", error_text(error), QMessageBox.StandardButton.Close)
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a path may hold what looks like markup
    dialog.setWindowIcon(app_icon())
    return dialog
