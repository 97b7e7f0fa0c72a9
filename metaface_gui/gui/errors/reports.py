"""Shows every error: as a message, or as a dialog if it is an internal error."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from functools import partial

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from metaface_gui.engine.events import ModelsChanged, SourceChanged
from metaface_gui.errors import QT_TRANSLATE_NOOP, InternalError, KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.errors.details import details_text
from metaface_gui.gui.errors.dialog import ErrorDialog
from metaface_gui.gui.errors.unexpected import UnexpectedError, UnexpectedErrors
from metaface_gui.gui.widgets.toast import Toast, ToastBar, ToastKind, error_toast
from metaface_gui.i18n import error_text
from metaface_gui.program_log import log_dir, log_path, nameless

_log = logging.getLogger(__name__)


class ErrorReports(QObject):
    """Shows errors over `window` and writes them to the log; copies their details.

    At most one dialog is open at a time, and each bug opens at most one; from then on, it appears as a message.
    """

    def __init__(self, bridge: EngineBridge, toasts: ToastBar, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._toasts = window, toasts
        self._models: ModelsChanged | None = None
        self._dialog: ErrorDialog | None = None
        self._reported: set[str] = set()
        self._source_error = ""
        self._unexpected = UnexpectedErrors(self)
        self._unexpected.caught.connect(self.show_unexpected)
        bridge.models_changed.connect(self._remember_models)
        bridge.source_changed.connect(self._on_source)
        toasts.copy_clicked.connect(self.copy_details)

    def catching(self) -> AbstractContextManager[None]:
        """Return a context manager that also shows uncaught exceptions, on any thread."""
        return self._unexpected.catching()

    def show_error(self, error: KnownError, kind: ToastKind = ToastKind.ERROR) -> None:
        """Log and show an error."""
        _log.warning("%s", error)
        self._show(error, kind)

    def show_unexpected(self, unexpected: UnexpectedError) -> None:
        """Report a bug; `UnexpectedErrors` has already logged it."""
        text = QT_TRANSLATE_NOOP("Errors", "MetaFace had an internal error ({kind}). The log file has the details.")
        self._show(InternalError(text, kind=unexpected.words), ToastKind.WARNING)

    def copy_details(self, error: KnownError) -> None:
        """Copy to the clipboard what somebody who helps needs to know."""
        QGuiApplication.clipboard().setText(details_text(nameless(error), self._models))
        text = self.tr("The details are copied. They contain no names and no pictures.")
        self._toasts.show_toast(Toast(ToastKind.SUCCESS, text))

    def open_log_folder(self) -> None:
        """Open the log's folder in the desktop's file manager; if that fails, say where it is."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir()))):
            text = self.tr("The log is in {folder}").format(folder=log_dir())
            self._toasts.show_toast(Toast(ToastKind.INFO, text))

    def _show(self, error: KnownError, kind: ToastKind) -> None:
        if not (isinstance(error, InternalError) and self._is_shown_in_dialog(error)):
            self._toasts.show_toast(error_toast(error, kind))

    def _is_shown_in_dialog(self, error: InternalError) -> bool:
        """Open a dialog for an error not shown before, unless one is open, which says enough; False: show a message."""
        if self._dialog is not None:
            return True
        if error.template in self._reported:
            return False
        self._reported.add(error.template)
        # On top of any modal dialog, which would otherwise block this one's buttons.
        parent = QApplication.activeModalWidget() or self._window
        details = details_text(nameless(error), self._models)
        dialog = ErrorDialog(error_text(error), details, log_path(), parent)
        dialog.log_wanted.connect(self.open_log_folder)
        forget = partial(self._forget_dialog, dialog)
        dialog.finished.connect(forget)
        dialog.destroyed.connect(forget)  # together with its parent dialog
        self._dialog = dialog
        dialog.open()
        return True

    def _forget_dialog(self, dialog: ErrorDialog, *_: object) -> None:
        if self._dialog is dialog:
            self._dialog = None

    def _remember_models(self, changed: ModelsChanged) -> None:
        self._models = changed

    def _on_source(self, changed: SourceChanged) -> None:
        """Log a source's error once while it lasts; the video area shows it, and a dialog too if it is internal."""
        words = "" if changed.error is None else nameless(changed.error)
        if words == self._source_error:
            return
        self._source_error = words
        if changed.error is None:
            return
        _log.warning("%s: %s", changed.state.name, changed.error)
        if isinstance(changed.error, InternalError):
            self._is_shown_in_dialog(changed.error)
