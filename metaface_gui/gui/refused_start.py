"""The message when the window cannot open, for users who started MetaFace from a menu and see no terminal."""

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
    """Show the error in a dialog and wait until it is closed; do nothing if no window would be visible."""
    if not is_seen():
        return
    close_starting_window(app)
    dialog = refusal(error)
    with closing_on_signals(dialog.reject):
        dialog.exec()


def refusal(error: KnownError) -> QMessageBox:
    """Return the dialog, not shown yet."""
    dialog = QMessageBox(QMessageBox.Icon.Warning, "MetaFace", error_text(error), QMessageBox.StandardButton.Close)
    dialog.setTextFormat(Qt.TextFormat.PlainText)  # a path may look like markup
    dialog.setWindowIcon(app_icon())
    return dialog
