"""The running jobs in the status bar: the job, its progress, and a button to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QToolButton, QWidget

from metaface_gui.engine.events import JobChanged
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import row
from metaface_gui.i18n import translate

_DELAY_MS = 250
"""Jobs shorter than this, such as adapting to a new shot, finish without flashing in the status bar."""


class JobsBar(QWidget):
    """Shows the current job, and further ones as a number. Hidden while nothing runs."""

    cancel_clicked = Signal(int)
    """The id of the job to cancel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[int, JobChanged] = {}
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._more = QLabel(self)
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(150)
        self._percent = QLabel(self)
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self._cancel = QToolButton(self)
        self._cancel.setProperty("kind", "quiet")
        self._cancel.setFixedSize(24, 24)
        self._cancel.setStyleSheet("padding: 0;")
        set_icon(self._cancel, "close", "muted")
        self._cancel.clicked.connect(self._on_cancel)
        shown = (self._more, self._title, self._progress, self._percent, self._cancel)
        self.setLayout(row(*shown, margins=(Space.M, 0, Space.S, 0)))
        self._delay = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._delay.timeout.connect(self._refresh)
        self.hide()

    @property
    def running(self) -> tuple[JobChanged, ...]:
        """Return the running jobs, the displayed one first."""
        return tuple(self._jobs.values())

    def show_job(self, job: JobChanged) -> None:
        """Update the bar from a job event."""
        if job.is_finished:
            self._jobs.pop(job.job_id, None)
        else:
            self._jobs[job.job_id] = job
        if self.isVisible() or not self._jobs:
            self._refresh()
        elif not self._delay.isActive():
            self._delay.start()

    def _refresh(self) -> None:
        if not self._jobs:
            self._delay.stop()
            self.hide()
            return
        job = next(iter(self._jobs.values()))
        title = translate("Jobs", job.title)
        self._title.setText(title)
        others = len(self._jobs) - 1
        self._more.setText(self.tr("{n} waiting").format(n=others) if others else "")
        self._more.setVisible(others > 0)
        self._progress.setAccessibleName(title)
        if job.fraction is None:
            self._progress.setRange(0, 0)
            self._percent.clear()
        else:
            self._progress.setRange(0, 1000)
            self._progress.setValue(round(1000 * min(max(job.fraction, 0.0), 1.0)))
            self._percent.setText(f"{100 * job.fraction:.0f} %")
        self._cancel.setToolTip(self.tr("Stop: {title}").format(title=title))
        self._cancel.setAccessibleName(self._cancel.toolTip())
        self.show()

    def _on_cancel(self) -> None:
        if self._jobs:
            self.cancel_clicked.emit(next(iter(self._jobs)))
