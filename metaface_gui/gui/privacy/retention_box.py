"""How long a new person's data may be kept: a combo box, and a date field if a date is chosen."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QLabel, QWidget

from metaface_gui.engine.people.retention import MAX_DAYS, kept_for, kept_through
from metaface_gui.gallery import Retention
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox
from metaface_gui.gui.widgets.layouts import column, row

NO_LIMIT, UNTIL_DATE = "none", "date"
DEFAULT_CHOICE = "365"
"""A year, after which the user is asked; nothing is deleted by itself. Data that nobody asks about stays for ever."""


class RetentionBox(QWidget):
    """`choice`, as stored in the settings, is `none`, a number of days, or `date:` and the last day as YYYY-MM-DD."""

    changed = Signal(str)
    """The user chose another period; carries `choice`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = QLabel(self.tr("Keep for"), self)
        words = self.tr("How long this person agrees to be kept. MetaFace asks before it deletes anybody")
        self.combo = ElidingComboBox(self.tr("Keep for"), words, self)
        label.setBuddy(self.combo)
        for text, key in (
            (self.tr("No limit"), NO_LIMIT),
            (self.tr("1 day"), "1"),
            (self.tr("1 month"), "30"),
            (self.tr("1 year"), "365"),
            (self.tr("Until a date…"), UNTIL_DATE),
        ):
            self.combo.addItem(text, key)
        self.date = QDateEdit(self)
        self.date.setCalendarPopup(True)
        self.date.setAccessibleName(self.tr("Last day"))
        self.date.setToolTip(self.tr("The last day on which this person may be kept"))
        self.date.hide()
        self.choose(DEFAULT_CHOICE)
        self.setLayout(column(row(label, (self.combo, 1)), self.date, spacing=Space.XS))
        self.combo.activated.connect(self._on_chosen)
        self.date.dateChanged.connect(lambda _date: self.changed.emit(self.choice))

    @property
    def choice(self) -> str:
        """The chosen period, as stored in the settings."""
        key = str(self.combo.currentData())
        return key if key != UNTIL_DATE else f"{UNTIL_DATE}:{self.date.date().toString(Qt.DateFormat.ISODate)}"

    def choose(self, choice: str) -> None:
        """Select a stored `choice`; an invalid one, or a date in the past, selects the default."""
        key, _, day = choice.partition(":")
        last = QDate.fromString(day, Qt.DateFormat.ISODate)
        is_over = key == UNTIL_DATE and not (last.isValid() and last >= QDate.currentDate())
        index = self.combo.findData(DEFAULT_CHOICE if is_over else key)
        self.combo.setCurrentIndex(index if index >= 0 else self.combo.findData(DEFAULT_CHOICE))
        self._show_date(last)

    def retention(self, now: datetime) -> Retention | None:
        """Return the chosen period, beginning now; None: no limit.

        Raises:
            EnrollmentError: if the chosen day has passed in the meantime.
        """
        key = str(self.combo.currentData())
        if key == NO_LIMIT:
            return None
        if key == UNTIL_DATE:
            day = self.date.date()
            return kept_through(date(day.year(), day.month(), day.day()), now)
        return kept_for(int(key), now)

    def _on_chosen(self) -> None:
        self._show_date(QDate())
        if not self.date.isHidden():
            self.date.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit(self.choice)

    def _show_date(self, wanted: QDate) -> None:
        today = QDate.currentDate()
        self.date.blockSignals(True)
        self.date.setDateRange(today, today.addDays(MAX_DAYS))
        self.date.setDate(wanted if wanted.isValid() and wanted >= today else today.addMonths(3))
        self.date.blockSignals(False)
        self.date.setVisible(self.combo.currentData() == UNTIL_DATE)
