"""The dialog about an internal error: a calm message, and what is needed to get it fixed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from metaface_gui.gui.icons import icon_pixmap, set_icon
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.widgets.elided_label import ElidedLabel, set_role
from metaface_gui.gui.widgets.layouts import Stretch, row
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.i18n import translate

_ICON = 32
_WIDTH = 480
_DETAILS_HEIGHT = 220
_COPIED_MS = 2000


class ErrorDialog(QDialog):
    """Reports that something failed inside MetaFace, and offers `details` to copy. Does not stop what is running."""

    log_wanted = Signal()

    def __init__(self, cause: str, details: str, log: Path, parent: QWidget | None = None) -> None:
        """`cause` is a sentence in the user's language; `details` must contain no names."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.details = details
        symbol = QLabel(self)
        symbol.setPixmap(icon_pixmap("alert", _ICON, Theme.current().color("warning"), self.devicePixelRatioF()))
        title = QLabel(self.tr("Something went wrong inside MetaFace"), self)
        set_role(title, "title")
        title.setWordWrap(True)
        calm = self.tr(
            "MetaFace keeps running, and what was saved is safe. If it happens again, send the details to whoever "
            "maintains MetaFace: they contain no names and no pictures."
        )
        words = plain_label(self, f"{cause}\n\n{calm}")
        place = ElidedLabel(translate("Trouble", "Log: {path}", path=log), self, role="muted")
        self.text = QPlainTextEdit(details, self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Details"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(_DETAILS_HEIGHT)
        self.text.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.M)
        grid.setColumnStretch(1, 1)
        grid.addWidget(symbol, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(title, 0, 1)
        grid.addWidget(words, 1, 1)
        grid.addWidget(place, 2, 1)
        grid.addWidget(self.text, 3, 0, 1, 2)
        grid.setRowStretch(3, 1)
        grid.addLayout(self._make_buttons(), 4, 0, 1, 2)
        grid.setColumnMinimumWidth(1, _WIDTH)
        self.setAccessibleDescription(words.text())
        self.close_button.setFocus()

    def _make_buttons(self) -> QHBoxLayout:
        self.show_button = QPushButton(self.tr("Show details"), self)
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(self._show_details)
        self.copy_button = QPushButton(self.tr("Copy details"), self)
        set_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(self._copy)
        self.log_button = QPushButton(self.tr("Open log folder"), self)
        set_icon(self.log_button, "folder")
        self.log_button.clicked.connect(self.log_wanted)
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setProperty("kind", "primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        for button in (self.show_button, self.copy_button, self.log_button):
            button.setAutoDefault(False)
        self._copied = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._copied.timeout.connect(lambda: self.copy_button.setText(self.tr("Copy details")))
        return row(self.show_button, self.copy_button, self.log_button, Stretch(0), self.close_button)

    def _show_details(self, shown: bool) -> None:
        self.text.setVisible(shown)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the height to the text, once its fonts have settled."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(self.width(), layout.totalMinimumSize().width())
            self.resize(width, layout.totalHeightForWidth(width))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)
        self.copy_button.setText(self.tr("Copied"))
        self._copied.start()
