"""Connects the privacy features to the window: menus, banner, dialogs, reminders, remembered choices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from metaface_gui.engine.api import PeopleApi
from metaface_gui.engine.events import EverythingForgotten, ExpiredDeleted, GalleryChanged, ReportWritten, StorageRead
from metaface_gui.engine.people.person_report import suggested_name
from metaface_gui.engine.people.privacy_api import PrivacyApi
from metaface_gui.engine.people.retention import Due, due
from metaface_gui.gallery import Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.live.recording_controls import RecordingControls
from metaface_gui.gui.panels.consent import ConsentBox
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.privacy.due_banner import DueBanner
from metaface_gui.gui.privacy.due_dialog import DueDialog
from metaface_gui.gui.privacy.forget_dialog import ForgetDialog
from metaface_gui.gui.privacy.privacy_dialog import PrivacyDialog
from metaface_gui.gui.privacy.terms_popup import default_purpose
from metaface_gui.gui.undo_list import UndoList
from metaface_gui.gui.widgets.file_dialogs import ask_where_to_save, file_filter
from metaface_gui.gui.widgets.toast import Toast, ToastBar, ToastKind
from metaface_gui.gui.window_state import WindowState
from metaface_gui.types import PersonId, RequestId

CHECK_EVERY_MS = 3_600_000


class PrivacyController(QObject):
    """Opens the privacy dialogs over `window`, asks the engine and reports what it did; the owner places `banner`.

    It checks whose period is over whenever the gallery changes and once an hour. Nobody is deleted automatically
    unless the user has switched that on.
    """

    def __init__(
        self,
        people: PeopleApi,
        privacy: PrivacyApi,
        bridge: EngineBridge,
        window: QWidget,
        *,
        state: WindowState,
        toasts: ToastBar,
        undos: UndoList,
        recording: RecordingControls,
    ) -> None:
        super().__init__(window)
        self._delete_one, self._privacy = people.delete, privacy
        self._bridge, self._window, self._state = bridge, window, state
        self._toasts, self._undos, self._recording = toasts, undos, recording
        self._people: tuple[Person, ...] = ()
        self._due = Due()
        self._asked_to_delete: set[PersonId] = set()
        self.banner = DueBanner(window)
        self.dialog: PrivacyDialog | None = None
        self.review_dialog: DueDialog | None = None
        self.forget_dialog: ForgetDialog | None = None
        self._request: RequestId | None = None
        bridge.storage_read.connect(self._confirm_forgetting)
        self._hourly = QTimer(self, interval=CHECK_EVERY_MS)
        self._hourly.timeout.connect(self.check)
        self._hourly.start()
        self.banner.review_clicked.connect(self.review)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.report_written.connect(self._on_report)
        bridge.expired_deleted.connect(self._on_expired)
        bridge.everything_forgotten.connect(self._on_forgotten)

    def check(self) -> None:
        """Check whose period is over by now, show them, and delete them if the user has switched that on."""
        self._due = due(self._people, datetime.now(UTC))
        over = {person.id for person in self._due.over}
        if self._state.is_deleting_expired and over - self._asked_to_delete:
            self._asked_to_delete |= over
            self._privacy.delete_expired()
        self.banner.show_due(self._due, is_automatic=self._state.is_deleting_expired)
        if self.review_dialog is not None:
            self.review_dialog.show_due(self._due)

    # What the user asks for -----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the privacy page."""
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        dialog = PrivacyDialog(
            self._privacy,
            self._bridge,
            self._people,
            self._recording.folder,
            is_automatic=self._state.is_deleting_expired,
            parent=self._window,
        )
        dialog.review_wanted.connect(self.review)
        dialog.report_wanted.connect(self.ask_report)
        dialog.forget_wanted.connect(self.ask_to_forget)
        dialog.automatic_toggled.connect(self._set_automatic)
        dialog.finished.connect(lambda _result: setattr(self, "dialog", None))
        self.dialog = dialog
        dialog.open()

    def review(self) -> None:
        """Show whose period is over or ends soon, so that the user can keep or delete them."""
        if self.review_dialog is not None or not self._due:
            return
        dialog = DueDialog(self._due, self.dialog or self._window)
        dialog.extend_wanted.connect(self._privacy.extend)
        dialog.delete_wanted.connect(self._delete)
        dialog.finished.connect(lambda _result: setattr(self, "review_dialog", None))
        self.review_dialog = dialog
        dialog.open()

    def ask_report(self, person: Person) -> QFileDialog:
        """Ask where to save the report on a person."""
        archive = file_filter(self.tr("Archive"), ["*.zip"])
        folder = file_filter(self.tr("Folder of files"), ["*"])
        dialog = ask_where_to_save(
            self.dialog or self._window,
            self.tr("What is stored about {name}").format(name=shortened(person.name)),
            [archive, folder],
            suggested_name(person.name),
            lambda paths: self._write_report(person.id, paths[0]),
        )
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("zip" if chosen == archive else ""))
        return dialog

    def ask_to_forget(self) -> None:
        """Ask whether to forget everything, once the engine has answered how much that is."""
        if self.forget_dialog is None:
            self._request = self._privacy.load_storage()

    def _confirm_forgetting(self, answer: StorageRead) -> None:
        if self.forget_dialog is not None or answer.request_id != self._request:
            return
        dialog = ForgetDialog(answer.storage, self._recording.folder, self.dialog or self._window)
        dialog.accepted.connect(self._privacy.forget_everything)
        dialog.finished.connect(lambda _result: setattr(self, "forget_dialog", None))
        self.forget_dialog = dialog
        dialog.open()

    def _write_report(self, person_id: PersonId, path: Path) -> None:
        # The file dialog has already asked whether to replace an archive.
        self._privacy.write_report(person_id, path, may_replace=True)

    def _delete(self, person_ids: list[PersonId]) -> None:
        for person_id in person_ids:
            self._delete_one(person_id)

    def follow(self, boxes: list[ConsentBox]) -> None:
        """Start each box with the period and the purpose of last time, and remember what is chosen in any of them."""
        for box in boxes:
            box.retention.choose(self._state.keep_choice)
            box.wording.set_purpose(self._state.consent_purpose)
            others = [other for other in boxes if other is not box]
            box.retention.changed.connect(lambda choice, others=others: self._remember_period(choice, others))
            box.wording_changed.connect(lambda box=box, others=others: self._remember_purpose(box, others))

    def _set_automatic(self, is_on: bool) -> None:
        self._state.is_deleting_expired = is_on
        self._asked_to_delete.clear()
        self.check()

    def _remember_period(self, choice: str, others: list[ConsentBox]) -> None:
        self._state.keep_choice = choice
        for box in others:
            box.retention.choose(choice)

    def _remember_purpose(self, box: ConsentBox, others: list[ConsentBox]) -> None:
        purpose = box.wording.purpose
        # The default is not stored, so that it follows whichever language is chosen later.
        self._state.consent_purpose = "" if purpose == default_purpose() else purpose
        for other in others:
            other.wording.set_purpose(purpose)

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_gallery(self, event: GalleryChanged) -> None:
        self._people = event.snapshot.people
        self.check()
        if self.dialog is not None:
            self.dialog.show_people(self._people)

    def _on_report(self, event: ReportWritten) -> None:
        text = self.tr(
            "The report is in {where}. Its files are not encrypted: give them to the person, or keep them safe."
        )
        self._say(ToastKind.SUCCESS, text.format(where=event.path))

    def _on_expired(self, event: ExpiredDeleted) -> None:
        names = ", ".join(shortened(name) for name in event.names[:3])
        if len(event.names) > 3:
            names = self.tr("{who} and {n} more").format(who=names, n=len(event.names) - 3)
        self._say(ToastKind.WARNING, self.tr("Period over, deleted for good: {who}.").format(who=names))

    def _on_forgotten(self, event: EverythingForgotten) -> None:
        for offer in self._undos.offers:
            self._undos.remove(offer.token)
        self._toasts.clear()
        text = self.tr(
            "Everything is deleted: {n} people and all that was derived from them. Recordings stay in {where}"
        )
        self._say(ToastKind.SUCCESS, text.format(n=event.n_people, where=self._recording.folder))

    def _say(self, kind: ToastKind, text: str) -> None:
        self._toasts.show_toast(Toast(kind, text))
