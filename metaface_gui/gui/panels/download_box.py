"""Missing weights: their size, their origin, and the only button that starts a download."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from metaface_gui.engine.events import JobChanged, RequestEnded
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import set_role
from metaface_gui.gui.widgets.layouts import column, flow
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.i18n import error_text
from metaface_gui.types import RequestId
from metaface_gui.weights.store import WeightsEntry


class DownloadBox(QFrame):
    """Hidden until `offer` is called; shows the progress once a download runs."""

    download_requested = Signal(str)
    """The user wants to download the weights of this name."""
    declined = Signal()
    cancel_requested = Signal(int)
    """The id of the job to cancel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: WeightsEntry | None = None
        self._request: RequestId | None = None
        self.setProperty("card", True)
        self.words = plain_label(self)
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
        buttons = flow(self.download_button, self.cancel_button, spacing=6)
        self.setLayout(column(self.words, self.progress, buttons, margins=Space.M))
        self.download_button.clicked.connect(self._on_download)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Return whether a download has been requested and has not ended."""
        return self._request is not None

    @property
    def weights(self) -> WeightsEntry | None:
        """Return the weights on offer."""
        return self._entry

    def offer(self, entry: WeightsEntry, title: str) -> None:
        """Say which weights are missing, and offer to download them."""
        self._entry, self._request = entry, None
        text = self.tr("{title} is not on this computer. It comes from {host}; licence: {license}.")
        host = urlsplit(entry.url or entry.source).hostname or ""
        set_role(self.words, "")
        self.words.setText(text.format(title=title, host=host, license=entry.license))
        self.download_button.setText(self.tr("Download ({n} MB)…").format(n=round(entry.size / 1e6)))
        self._show_state()
        self.show()

    def withdraw(self) -> None:
        """Withdraw the offer and hide."""
        self._entry, self._request = None, None
        self.hide()

    def follow(self, request: RequestId) -> None:
        """Show the progress of the download with this request id."""
        self._request = request
        set_role(self.words, "")
        self.progress.setRange(0, 0)
        self._show_state()

    def show_job(self, event: JobChanged) -> None:
        """Show the job's progress if it is this download."""
        if event.job_id != self._request:
            return
        if event.fraction is None:
            self.progress.setRange(0, 0)
        else:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(event.fraction * 1000))

    def show_end(self, event: RequestEnded) -> bool:
        """Show the error if this download failed; return whether the ended request was this download."""
        if event.request_id != self._request:
            return False
        self._request = None
        if event.error is not None:
            set_role(self.words, "error")
            self.words.setText(error_text(event.error))
        self._show_state()
        return True

    def _show_state(self) -> None:
        self.progress.setVisible(self.is_busy)
        self.download_button.setEnabled(not self.is_busy)
        self.cancel_button.setText(self.tr("Cancel") if self.is_busy else self.tr("Not now"))

    def _on_download(self) -> None:
        if self._entry is not None:
            self.download_requested.emit(self._entry.name)

    def _on_cancel(self) -> None:
        if self._request is not None:
            self.cancel_requested.emit(self._request)
        else:
            self.withdraw()
            self.declined.emit()
