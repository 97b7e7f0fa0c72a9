"""Weights that are not on this computer: how large, where from, and the button without which nothing is fetched."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from metaface_gui.engine.events import JobChanged
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.panels.elided_label import set_role
from metaface_gui.gui.panels.flow_layout import FlowLayout
from metaface_gui.gui.theme import Space
from metaface_gui.gui.translation import error_text
from metaface_gui.pipeline.weights_store import WeightsEntry


class DownloadBox(QFrame):
    """Hidden until `offer`; afterwards it shows the download's progress."""

    download_requested = Signal(str)
    """The weights' name: the user wants them."""
    declined = Signal()
    cancel_requested = Signal(int)
    """The job to stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: WeightsEntry | None = None
        self._job_id: int | None = None
        self._is_asked_for = False
        self.setProperty("card", True)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Download"))
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.download_button = QPushButton(self)
        self.download_button.setProperty("kind", "primary")
        set_icon(self.download_button, "import", "on_primary")
        self.cancel_button = QPushButton(self.tr("Not now"), self)
        buttons = FlowLayout(spacing=6)
        buttons.addWidget(self.download_button)
        buttons.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        layout.setSpacing(Space.S)
        layout.addWidget(self.words)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)
        self.download_button.clicked.connect(self._on_download)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether the download was asked for and has not ended."""
        return self._is_asked_for

    @property
    def weights(self) -> WeightsEntry | None:
        """What is offered."""
        return self._entry

    def offer(self, entry: WeightsEntry, title: str) -> None:
        """Say what is missing, and offer to fetch it."""
        self._entry, self._job_id, self._is_asked_for = entry, None, False
        text = self.tr("{title} is not on this computer. It comes from {host}; licence: {license}.")
        host = urlsplit(entry.url or entry.source).hostname or ""
        set_role(self.words, "")
        self.words.setText(text.format(title=title, host=host, license=entry.license))
        self.download_button.setText(self.tr("Download ({n} MB)…").format(n=round(entry.size / 1e6)))
        self._show_state()
        self.show()

    def withdraw(self) -> None:
        """Offer nothing any more."""
        self._entry, self._job_id, self._is_asked_for = None, None, False
        self.hide()

    def show_job(self, event: JobChanged) -> None:
        """Show how far the download is, and why it failed if it did."""
        if not self._is_asked_for:
            return
        self._job_id = event.job_id
        if event.fraction is None:
            self.progress.setRange(0, 0)
        else:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(event.fraction * 1000))
        if event.is_finished:
            self._is_asked_for, self._job_id = False, None
            if event.error is not None:
                set_role(self.words, "error")
                self.words.setText(error_text(event.error))
        self._show_state()

    def _show_state(self) -> None:
        self.progress.setVisible(self._is_asked_for)
        self.download_button.setEnabled(not self._is_asked_for)
        self.cancel_button.setText(self.tr("Cancel") if self._is_asked_for else self.tr("Not now"))
        self.cancel_button.setEnabled(not self._is_asked_for or self._job_id is not None)

    def _on_download(self) -> None:
        if self._entry is None:
            return
        self._is_asked_for = True
        set_role(self.words, "")
        self.progress.setRange(0, 0)
        self._show_state()
        self.download_requested.emit(self._entry.name)

    def _on_cancel(self) -> None:
        if self._job_id is not None:
            self.cancel_requested.emit(self._job_id)
        elif not self._is_asked_for:
            self.withdraw()
            self.declined.emit()
