"""The privacy page: what is stored, where and for how long, that nothing is sent anywhere, how to delete it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QLocale, QStringListModel, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from metaface_gui.engine.events import StorageRead
from metaface_gui.engine.people.privacy_api import PrivacyApi, Storage
from metaface_gui.engine.people.retention import Due, due
from metaface_gui.gallery import Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import icon_pixmap, set_icon
from metaface_gui.gui.panels.wording import shortened, shots_text
from metaface_gui.gui.privacy.period_words import left_text, names_text
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox
from metaface_gui.gui.widgets.layouts import Item, Stretch, column, row
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.gui.widgets.scrolling import scrolling
from metaface_gui.types import RequestId

_WIDTH, _HEIGHT = 640, 740


class PrivacyDialog(QDialog):
    """Updated by `show_people` while it is open; whoever opened it acts on its buttons' signals."""

    review_wanted = Signal()
    report_wanted = Signal(Person)
    forget_wanted = Signal()
    automatic_toggled = Signal(bool)

    def __init__(
        self,
        privacy: PrivacyApi,
        bridge: EngineBridge,
        people: Sequence[Person],
        recordings: Path,
        *,
        is_automatic: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Privacy"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._privacy = privacy
        self._people: tuple[Person, ...] = ()
        self._request: RequestId | None = None
        bridge.storage_read.connect(self._on_storage)
        self._make_widgets(recordings, is_automatic=is_automatic)
        self._lay_out()
        self.show_people(people)
        room = parent.height() if parent is not None else _HEIGHT
        self.resize(_WIDTH, max(min(room, _HEIGHT), 400))
        self.automatic.setFocus()

    def show_people(self, people: Sequence[Person]) -> None:
        """Update everything shown about the gallery, because it has changed."""
        chosen = self._chosen()
        self._people = tuple(sorted(people, key=lambda person: person.name.casefold()))
        self._names.setStringList([shortened(person.name) for person in self._people])
        ids = [person.id for person in self._people]
        if self._people:
            self.person.setCurrentIndex(ids.index(chosen.id) if chosen is not None and chosen.id in ids else 0)
        self.person.setEnabled(bool(self._people))
        self.report_button.setEnabled(bool(self._people))
        now = datetime.now(UTC)
        found = due(self._people, now)
        self.periods.setText(self._periods_text(found, now))
        self.review_button.setVisible(bool(found))
        self._request = self._privacy.load_storage()

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self, recordings: Path, *, is_automatic: bool) -> None:
        self.amount = plain_label(self)
        self.protection = plain_label(self, role="muted")
        self.path = QLineEdit(self)
        self.path.setReadOnly(True)
        self.path.setAccessibleName(self.tr("The gallery's file"))
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copy the path of the gallery"))
        set_icon(self.copy_button, "copy")
        self.recordings = plain_label(
            self,
            self.tr("Recordings and snapshots are made only when you ask for them: {where}").format(where=recordings),
            "muted",
        )
        self.periods = plain_label(self)
        self.review_button = QPushButton(self.tr("Review…"), self)
        self.automatic = QCheckBox(self.tr("Delete automatically when the period is over"), self)
        self.automatic.setChecked(is_automatic)
        self.person = ElidingComboBox(self.tr("Person"), self.tr("Person the report is about"), self)
        self._names = QStringListModel(self)
        self.person.setModel(self._names)
        self.report_button = QPushButton(self.tr("Report…"), self)
        self.report_button.setToolTip(self.tr("Write what is stored about this person to a file"))
        set_icon(self.report_button, "export")
        self.forget_button = QPushButton(self.tr("Forget everything…"), self)
        self.forget_button.setProperty("kind", "danger")
        set_icon(self.forget_button, "trash", "on_danger")
        for button in (self.copy_button, self.review_button, self.report_button, self.forget_button):
            button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy_path)
        self.review_button.clicked.connect(self.review_wanted)
        self.automatic.toggled.connect(self.automatic_toggled)
        self.report_button.clicked.connect(self._ask_report)
        self.forget_button.clicked.connect(self.forget_wanted)

    def _lay_out(self) -> None:
        hourly = self.tr(
            "Checked at the start and every hour; deletion is for good, and you are told who it was. Off: you "
            "are only reminded."
        )
        files = self.tr(
            "Their consent, shots and templates, as unencrypted files that anybody can read, to give to them."
        )
        everything = self.tr("Deletes everybody and everything derived from them. This cannot be undone.")
        cards = QWidget()
        cards.setLayout(
            column(
                self._head(),
                self._card(
                    self.tr("What is stored, and where"),
                    self.amount,
                    _beside(self.path, self.copy_button),
                    self.protection,
                    self.recordings,
                ),
                self._card(
                    self.tr("For how long"),
                    _beside(self.periods, self.review_button),
                    self.automatic,
                    plain_label(self, hourly, "muted"),
                ),
                self._card(
                    self.tr("What is stored about one person"),
                    plain_label(self, files, "muted"),
                    _beside(self.person, self.report_button),
                ),
                self._card(
                    self.tr("Start from scratch"),
                    _beside(plain_label(self, everything, "muted"), self.forget_button),
                ),
                Stretch(),
                margins=(Space.XL, Space.XL, Space.XL, Space.S),
                spacing=Space.M,
            )
        )
        scroll = scrolling(cards, self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        foot = row(buttons, margins=(Space.XL, Space.S, Space.XL, Space.L))
        self.setLayout(column((scroll, 1), foot, spacing=0))

    def _head(self) -> QHBoxLayout:
        shield = QLabel(self)
        shield.setPixmap(icon_pixmap("shield", 40, Theme.current().color("success"), self.devicePixelRatioF()))
        nothing_sent = self.tr(
            "Nothing is sent anywhere: no account, no cloud, no statistics. The network is used only for a "
            "camera address that you type, and for models that you ask to download."
        )
        words = column(
            plain_label(self, self.tr("Everything stays on this computer"), "title"),
            plain_label(self, nothing_sent, "muted"),
            spacing=Space.XS,
        )
        return row((shield, 0, Qt.AlignmentFlag.AlignTop), (words, 1), spacing=Space.L)

    def _card(self, title: str, *items: Item) -> QFrame:
        card = QFrame(self)
        card.setProperty("card", True)
        heading = plain_label(self, title, "heading")
        card.setLayout(column(heading, *items, margins=(Space.L, Space.M, Space.L, Space.M)))
        return card

    # What is shown and asked ----------------------------------------------------------------------------------------

    def _on_storage(self, answer: StorageRead) -> None:
        if answer.request_id == self._request:
            self._show_storage(answer.storage)

    def _show_storage(self, storage: Storage) -> None:
        if storage.path is None:
            self.path.setText(self.tr("in memory only, gone when the window closes"))
        else:
            self.path.setText(str(storage.path))
            self.path.setCursorPosition(0)
        self.path.setToolTip(self.path.text())
        self.copy_button.setEnabled(storage.path is not None)
        amount = self.tr("{who}, {shots}, {n} faces of “not this person”; {size} on the disk")
        people = self.tr("1 person") if storage.people == 1 else self.tr("{n} people").format(n=storage.people)
        size = self.locale().formattedDataSize(storage.size_bytes, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
        self.amount.setText(amount.format(who=people, shots=shots_text(storage.shots), n=storage.negatives, size=size))
        if storage.is_encrypted:
            text = self.tr(
                "Pictures and templates are encrypted in the file, with a key that this computer keeps elsewhere. "
                "Names, times and consents are not."
            )
        else:
            text = self.tr("It is not encrypted.")
        self.protection.setText(text)

    def _periods_text(self, found: Due, now: datetime) -> str:
        limited = [person for person in self._people if person.keep_until is not None]
        if not self._people:
            return self.tr("Nobody is enrolled.")
        if not limited:
            return self.tr("Everybody is kept without limit.")
        if found.over:
            return self.tr("{who}: the agreed time is over.").format(who=names_text(found.over))
        first = min(limited, key=lambda person: person.keep_until or now)
        text = self.tr("{n} with a period, {m} without limit. The first is {who}'s: it {when}.")
        when = left_text(first.keep_until or now, now)
        count = len(limited)
        return text.format(n=count, m=len(self._people) - count, who=shortened(first.name), when=when)

    def _chosen(self) -> Person | None:
        index = self.person.currentIndex()
        return self._people[index] if 0 <= index < len(self._people) else None

    def _ask_report(self) -> None:
        person = self._chosen()
        if person is not None:
            self.report_wanted.emit(person)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self.path.text())
        self.copy_button.setText(self.tr("Copied"))


def _beside(wide: QWidget, button: QPushButton) -> QHBoxLayout:
    middle = Qt.AlignmentFlag.AlignVCenter
    return row((wide, 1, middle), (button, 0, middle))
