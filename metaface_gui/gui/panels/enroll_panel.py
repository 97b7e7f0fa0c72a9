"""Enrolment in two steps that are visible at once: shots, then name, consent and period on one card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QToolButton, QWidget

from metaface_gui.engine.api import EnrollmentApi
from metaface_gui.engine.events import (
    EnrollmentChanged,
    GalleryChanged,
    LooksEnrolled,
    RequestEnded,
    SourceChanged,
    SourceState,
)
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.errors import EnrollmentError
from metaface_gui.gallery import GallerySnapshot, Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.panels.consent import ConsentBox
from metaface_gui.gui.panels.name_field import NameField
from metaface_gui.gui.panels.record_button import RecordButton
from metaface_gui.gui.panels.refused_list import RefusedList
from metaface_gui.gui.panels.same_face_question import SameFaceQuestion
from metaface_gui.gui.panels.shot_grid import ShotGrid, TilePicture
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme
from metaface_gui.gui.who_left import somebody_left
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.file_dialogs import (
    PICTURES,
    VIDEOS,
    ask_for_files,
    ask_for_folder,
    file_filter,
    local_paths,
)
from metaface_gui.gui.widgets.layouts import Gap, Stretch, column, flow
from metaface_gui.gui.widgets.scrolling import scrolling
from metaface_gui.gui.widgets.step_heading import StepHeading
from metaface_gui.i18n import advice_text, error_text, issue_text, listed, turn_text
from metaface_gui.types import QualityIssue, RequestId

_NO_PICTURE = (SourceState.CLOSED, SourceState.OPENING, SourceState.FAILED, SourceState.ENDED, SourceState.PAUSED)
_NOTHING = EnrollmentChanged(is_recording=False, guidance=None, shots=(), wanted=0)


@dataclass(frozen=True, slots=True)
class UnfinishedSave:
    """A save without an answer yet (`saving`: the name, `request`), or the question that answered it (`doubt`)."""

    saving: str
    request: RequestId | None
    asked: Enrollee | None
    doubt: LooksEnrolled | None


class EnrollPanel(QWidget):
    """Record or choose shots, type a name, tick the consent, save. Esc discards the shots, Undo restores them.

    Pictures, folders and videos can be dropped anywhere on it. While it has the focus, holding Space records.
    """

    countdown_ticked = Signal(int)
    """Seconds left until recording starts; 0: no countdown is running."""
    countdown_toggled = Signal(bool)
    """The user switched the countdown on or off."""

    def __init__(self, enrollment: EnrollmentApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._enrollment = enrollment
        self._state = _NOTHING
        self._source_state: SourceState | None = None
        self._is_mirrored = False
        self._saving = ""
        self._request: RequestId | None = None
        self._asked: Enrollee | None = None
        self._doubt: LooksEnrolled | None = None
        self._discarded_name = ""
        self._is_drop_near = False
        self._trouble = ""
        self._saved = ""
        self._people: GallerySnapshot | None = None
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Enrol"))
        self._make_widgets(bridge)
        self._lay_out()
        self._connect(bridge)
        self._show_state()

    # For the window -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Prepare to record: focus the big button."""
        self.record_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start_for(self, person: Person) -> None:
        """Prepare to add shots to an enrolled person."""
        self.name_field.set_text(person.name)
        self.start()

    def set_countdown(self, is_on: bool) -> None:
        """Choose whether a click counts down before it records."""
        self.record_button.set_countdown(is_on)
        self.countdown_button.setChecked(is_on)
        self._show_state()

    def set_mirrored(self, mirrored: bool) -> None:
        """Set whether the video is shown mirrored."""
        self._is_mirrored = mirrored
        self._show_state()

    def add_files(self, paths: Sequence[Path]) -> None:
        """Take shots from pictures, folders and videos."""
        self._trouble = ""
        if paths:
            self._enrollment.add_files(list(paths))
            self.focus_name()  # the next keys typed are a name, not shortcuts of the window
        else:
            self._trouble = self.tr("Only files and folders on this computer can be used. Choose others.")
        self._show_state()

    @property
    def is_enrolling(self) -> bool:
        """Return whether an enrolment is in progress: visible, and recording, counting down or with unsaved shots."""
        is_begun = self._state.is_recording or self._state.shots or self.record_button.is_counting
        return self.isVisible() and bool(is_begun)

    @property
    def unfinished(self) -> UnfinishedSave | None:
        """The save under way or in question, for a window that replaces this one."""
        if self._request is None and self._doubt is None:
            return None
        return UnfinishedSave(self._saving, self._request, self._asked, self._doubt)

    def go_on_with(self, unfinished: UnfinishedSave) -> None:
        """Wait for the answer to a save of a former window, or ask its question again."""
        self._saving, self._request, self._asked = unfinished.saving, unfinished.request, unfinished.asked
        self._show_state()
        if unfinished.doubt is not None:
            self._ask(unfinished.doubt)

    def focus_name(self) -> None:
        """Move the focus to the name."""
        self.name_field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name_field.edit.selectAll()

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self, bridge: EngineBridge) -> None:
        self.shots_heading = StepHeading(1, self.tr("Shots"), self)
        self.record_button = RecordButton(self)
        self.guidance = MessageLine(2, self, tallest_px=FontSize.HEADING)
        self.grid = ShotGrid(self)
        self.refused = RefusedList(self)
        self.files_button = QToolButton(self)
        self.files_button.setText(self.tr("From files…"))
        self.files_button.setToolTip(self.tr("Take shots from pictures and videos; you can also drop them here"))
        self.files_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self.files_button)
        menu.addAction(self.tr("Choose files…"), self._ask_for_files)
        menu.addAction(self.tr("Choose a folder…"), self._ask_for_folder)
        self.files_button.setMenu(menu)
        self.countdown_button = QToolButton(self)
        self.countdown_button.setCheckable(True)
        self.countdown_button.setToolTip(self.tr("After a click, count down three seconds before recording"))
        self.countdown_button.setAccessibleName(self.tr("Countdown"))
        set_icon(self.countdown_button, "timer")
        self.undo_button = QPushButton(self.tr("Undo"), self)
        self.undo_button.setToolTip(self.tr("Bring back the shots removed last"))
        set_icon(self.undo_button, "undo")
        self.discard_button = QToolButton(self)
        self.discard_button.setToolTip(self.tr("Discard all shots (Esc)"))
        self.discard_button.setAccessibleName(self.tr("Discard all shots"))
        set_icon(self.discard_button, "trash")
        self.card_heading = StepHeading(2, self.tr("Name and consent"), self)
        self.name_field = NameField(bridge, self, lines=1)
        self.consent = ConsentBox(self)
        self.save_button = QPushButton(self)
        self.save_button.setProperty("kind", "primary")
        self.save_button.setMinimumHeight(36)
        self.missing = MessageLine(2, self)
        self.question = SameFaceQuestion(self)

    def _lay_out(self) -> None:
        form = QWidget(self)
        form.setLayout(
            column(
                self.shots_heading,
                self.record_button,
                self.guidance,
                self.grid,
                flow(self.files_button, self.undo_button, self.discard_button, self.countdown_button, spacing=6),
                self.refused,
                Gap(Space.S),
                self.card_heading,
                self._card(),
                Stretch(),
                margins=(Space.M, Space.M, Space.M, Space.S),
            )
        )
        # The save controls stay visible, however low the window is.
        footer = column(
            self.question,
            self.save_button,
            self.missing,
            margins=(Space.M, Space.S, Space.M, Space.M),
            spacing=Space.XS,
        )
        self.setLayout(column((scrolling(form, self), 1), footer, spacing=0))

    def _card(self) -> QFrame:
        """Build the card with name, consent and retention period: all questions at one glance."""
        card = QFrame(self)
        card.setProperty("card", True)
        margins = (Space.M, Space.M, Space.M, Space.S)
        card.setLayout(column(self.name_field, self.consent, margins=margins, spacing=Space.XS))
        return card

    def _connect(self, bridge: EngineBridge) -> None:
        self.record_button.start_requested.connect(self._start_recording)
        self.record_button.stop_requested.connect(self._stop_recording)
        self.record_button.ticked.connect(self.countdown_ticked)
        self.countdown_button.clicked.connect(self.set_countdown)
        self.countdown_button.clicked.connect(self.countdown_toggled)
        self.grid.remove_requested.connect(self._enrollment.remove)
        self.files_button.clicked.connect(self._ask_for_files)
        self.undo_button.clicked.connect(self._undo)
        self.discard_button.clicked.connect(self._discard)
        self.name_field.changed.connect(self._on_name)
        self.name_field.submitted.connect(self._submit)
        self.consent.changed.connect(self._show_state)
        self.consent.submitted.connect(self._submit)
        self.save_button.clicked.connect(self._submit)
        bridge.enrollment_changed.connect(self._on_enrollment)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.source_changed.connect(self._on_source)
        bridge.request_ended.connect(self._on_request_ended)
        bridge.looks_enrolled.connect(self._on_looks_enrolled)
        self.question.as_asked.connect(self._save_as_asked)
        self.question.to_other.connect(self._save_to)
        self.question.cancelled.connect(self._cancel)

    # What the user does ---------------------------------------------------------------------------------------------

    def _start_recording(self) -> None:
        self._trouble = self._saved = ""
        self._enrollment.start()

    def _stop_recording(self) -> None:
        is_over = not self._state.is_recording and 0 < self._state.wanted <= len(self._state.shots)
        self._enrollment.stop()
        if is_over and self.record_button.hasFocus():
            self.focus_name()  # the button was held longer than necessary

    def _ask_for_files(self) -> None:
        self.ask_for_files(self.add_files)

    def ask_for_files(self, take: Callable[[list[Path]], None]) -> None:
        """Have the user choose pictures and videos, and hand them to `take`."""
        patterns = (
            file_filter(self.tr("Pictures and videos"), (*PICTURES, *VIDEOS)),
            file_filter(self.tr("All files"), ("*",)),
        )
        ask_for_files(self, self.tr("Take shots from files"), patterns, take)

    def _ask_for_folder(self) -> None:
        ask_for_folder(self, self.tr("Take shots from a folder"), self.add_files)

    def _discard(self) -> None:
        self._discarded_name = self.name_field.text()
        self._trouble = ""
        self._withdraw_question()
        self._enrollment.discard()
        self.name_field.clear()
        self.consent.clear()
        self.start()

    def _undo(self) -> None:
        self._enrollment.undo()
        if not self.name_field.text() and not self._state.shots:
            self.name_field.set_text(self._discarded_name)

    def _on_name(self) -> None:
        if not self._saving:
            self._withdraw_question()
        self.consent.set_person(self.name_field.person())
        self._show_state()

    def _submit(self) -> None:
        if self._saving:
            return
        missing = self._missing()
        if missing:
            # Enter in one field moves on to the next incomplete one.
            missing[0][1].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        try:
            enrollee = self.consent.enrollee(self.name_field.name(), self.name_field.person())
        except EnrollmentError as error:
            self._trouble = error_text(error)
            self._show_state()
            return
        self._save(enrollee)

    def _save(self, enrollee: Enrollee) -> None:
        self._asked, self._doubt = (None if enrollee.is_sure else enrollee), None
        self._saving = enrollee.name
        self._trouble = ""
        self.question.withdraw()
        self._show_state()
        self._request = self._enrollment.save(enrollee)

    def _save_as_asked(self) -> None:
        if self._asked is not None:
            self._save(replace(self._asked, is_sure=True))

    def _save_to(self, person: Person) -> None:
        self.name_field.set_text(person.name)
        self._save(Enrollee(person.name, person.id, consent_given=True, is_sure=True))

    def _cancel(self) -> None:
        self._withdraw_question()
        self.focus_name()

    def _withdraw_question(self) -> None:
        self._asked = self._doubt = None
        self.question.withdraw()

    def _ask(self, doubt: LooksEnrolled) -> None:
        self._doubt = doubt
        self.question.ask(doubt)

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_looks_enrolled(self, event: LooksEnrolled) -> None:
        if event.request_id == self._request:
            self._saving, self._request = "", None
            self._show_state()
            self._ask(event)

    def _on_enrollment(self, event: EnrollmentChanged) -> None:
        before, self._state = self._state, event
        if [shot.id for shot in before.shots] != [shot.id for shot in event.shots]:
            self._withdraw_question()
        has_ended = before.is_recording and not event.is_recording
        is_new = len(event.shots) > 0 and len(event.shots) >= event.wanted
        if has_ended and is_new and self.record_button.hasFocus() and not self.record_button.is_held:
            self.focus_name()
        self._show_state()

    def _on_gallery(self, event: GalleryChanged) -> None:
        before, self._people = self._people, event.snapshot
        if somebody_left(before, event.snapshot):
            self._withdraw_question()
        if self._saved and somebody_left(before, event.snapshot):
            self._saved = ""  # the message may name somebody who was deleted
            self._show_state()

    def _finish_saving(self) -> None:
        self._saved = self.tr("{name} is saved and will be recognised from now on.").format(
            name=shortened(self._saving)
        )
        self._saving, self._request = "", None
        self._discarded_name = ""
        self.name_field.clear()
        self.consent.clear()
        self.start()

    def _on_source(self, event: SourceChanged) -> None:
        self._source_state = event.state
        self._show_state()

    def _on_request_ended(self, event: RequestEnded) -> None:
        if event.request_id != self._request:
            return
        if event.error is None and not event.is_cancelled:
            self._finish_saving()
        else:
            self._saving, self._request = "", None
            self._trouble = "" if event.error is None else error_text(event.error)
        self._show_state()

    # What is shown --------------------------------------------------------------------------------------------------

    def _missing(self) -> list[tuple[str, QWidget]]:
        """Return the remaining steps, in words, each with the widget to use."""
        missing: list[tuple[str, QWidget]] = []
        if not self._state.shots:
            missing.append((self.tr("record shots or choose files"), self.record_button))
        if self.name_field.problem():
            missing.append((self.tr("type a name"), self.name_field))
        if not self.consent.is_given():
            missing.append((self.tr("tick the consent"), self.consent))
        return missing

    def _show_state(self) -> None:
        state = self._state
        pictures = [self._tile(shot.id, shot.picture, shot.quality) for shot in state.shots]
        self.grid.show_pictures(pictures, wanted=state.wanted)
        self.refused.show_refused(state.refused)
        can_record = self._has_picture() and not self._saving
        self.record_button.setEnabled(can_record or state.is_recording)
        self.record_button.show_state(
            is_recording=state.is_recording,
            taken=len(state.shots),
            wanted=state.wanted,
            turns=state.turns,
            is_mirrored=self._is_mirrored,
        )
        self.guidance.say(*self._guidance())
        self.undo_button.setEnabled(state.can_undo and not self._saving)
        self.discard_button.setEnabled(bool(state.shots) and not self._saving)
        self.shots_heading.set_done(bool(state.shots))
        self.card_heading.set_done(not self.name_field.problem() and self.consent.is_given())
        self._show_saving()

    def _has_picture(self) -> bool:
        """Return whether a source is running; False until a source has reported its state."""
        return self._source_state is not None and self._source_state not in _NO_PICTURE

    def _tile(self, shot_id: int, picture: bytes, quality: float) -> TilePicture:
        return TilePicture(shot_id, picture, self.tr("Shot, quality {percent} %").format(percent=round(quality * 100)))

    def _guidance(self) -> tuple[str, str]:
        state, taken = self._state, len(self._state.shots)
        if state.refused and taken == 0 and not state.is_recording:
            return advice_text(issue for _, issue in state.refused), "heading"
        if self._source_state is SourceState.PAUSED:
            return self.tr("The picture is paused. Resume to record, or take shots from files."), "muted"
        if not self._has_picture():
            words = self.tr("There is no live picture. Choose a source in the settings, or take shots from files.")
            return words, "muted"
        if state.is_recording:
            is_good = state.guidance in (None, QualityIssue.TOO_SIMILAR) or 0 < state.wanted <= taken
            return (turn_text(state.turns) if is_good or not state.guidance else issue_text(state.guidance)), "heading"
        if taken == 0:
            held = self.tr("Look at the camera and hold the button for two seconds.")
            counted = self.tr("Click, look at the camera and turn your head a little.")
            return (counted if self.record_button.has_countdown else held), "muted"
        more = self.tr("Ready to save. A few more shots from other angles make it more reliable.")
        return (more if taken < state.wanted else self.tr("Enough shots. Now the name.")), "muted"

    def _show_saving(self) -> None:
        missing = [words for words, _ in self._missing()]
        person = self.name_field.person()
        text = self.tr("Save") if person is None else self.tr("Add shots")
        self.save_button.setText(self.tr("Saving…") if self._saving else text)
        self.save_button.setEnabled(not missing and not self._saving)
        words = self.tr("Still to do: {what}.").format(what=listed(missing)) if missing else ""
        if self._trouble:
            self.missing.say(self._trouble, role="error")
        elif self._saved and not self._state.shots:
            self.missing.say(self._saved, role="")
        else:
            self.missing.say(words or self.tr("Ready to save."))
        self.save_button.setToolTip(words or self.tr("Save, and recognise this person from now on (Enter)"))

    # Keys and drops -------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Discard on Esc; record on a Space that no other part of the panel handles."""
        if event.key() == Qt.Key.Key_Escape and self.record_button.is_counting:
            self.record_button.cancel()
        elif event.key() == Qt.Key.Key_Escape and (self._state.shots or self._state.is_recording) and not self._saving:
            self._discard()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.record_button.setFocus(Qt.FocusReason.ShortcutFocusReason)  # the name field comes next on Tab
                self.record_button.press()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Handle the release of a held Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.record_button.release()
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Release the button when the window loses focus, as the key release would go to another window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.record_button.release(is_click=False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop recording: a hidden panel must not record anybody."""
        super().hideEvent(event)
        self.record_button.cancel()
        if self._state.is_recording:
            self._enrollment.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept dragged files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._show_drop(is_near=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Remove the drop frame."""
        self._show_drop(is_near=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take shots from the dropped files."""
        self._show_drop(is_near=False)
        event.acceptProposedAction()
        self.add_files(local_paths(event.mimeData()))

    def _show_drop(self, *, is_near: bool) -> None:
        self._is_drop_near = is_near
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a frame while files are dragged over the panel."""
        if self._is_drop_near:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(Theme.current().color("accent"), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -3, -3), Radius.L, Radius.L)
