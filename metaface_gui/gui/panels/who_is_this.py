"""The small popup "Who is this?": names a face of the live view or the unknown tray, or corrects a wrong name.

Nothing is learnt without the user: a name counts as right or wrong only because somebody says so here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from metaface_gui.engine.api import FacesApi
from metaface_gui.engine.events import (
    GalleryChanged,
    LooksEnrolled,
    RequestEnded,
    ResultReady,
    SourceChanged,
    SourceState,
)
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.errors import EnrollmentError
from metaface_gui.gallery import GallerySnapshot, Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.consent import ConsentBox, keep_on_screen
from metaface_gui.gui.panels.name_field import NameField
from metaface_gui.gui.panels.pictures import decode_square, rounded_pixmap
from metaface_gui.gui.panels.same_face_question import SameFaceQuestion
from metaface_gui.gui.panels.wording import breakable, shortened
from metaface_gui.gui.theme import Radius, Space
from metaface_gui.gui.who_left import somebody_left
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine, set_role
from metaface_gui.gui.widgets.layouts import Stretch, column, flow, row
from metaface_gui.gui.widgets.letter_keys import is_letter
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.gui.widgets.wrapped_button import WrappedButton
from metaface_gui.i18n import error_text, issue_text, listed
from metaface_gui.types import FrameResult, PersonId, RequestId, TrackedFace

_PICTURE_SIDE = 72
_MOST_LIKELY = 3
_FACE_MARGIN = 0.25
"""Margin around the box, as a fraction of its longer side."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A candidate for a face: the person it was recognised as, or one who was not near enough."""

    id: PersonId
    name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """How a face on screen or a tray group was to be saved; `not_id`: the person it was mistaken for."""

    track_id: int | None
    group_id: int | None
    enrollee: Enrollee
    not_id: PersonId | None


class _Picture(QWidget):
    """The face in question; a null image leaves the place empty."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self.setFixedSize(_PICTURE_SIDE, _PICTURE_SIDE)

    def show_image(self, image: QImage) -> None:
        self._pixmap = QPixmap()
        if not image.isNull():
            self._pixmap = rounded_pixmap(image, _PICTURE_SIDE, self.devicePixelRatioF(), Radius.M)
        self.setVisible(not image.isNull())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._pixmap.isNull():
            QPainter(self).drawPixmap(0, 0, self._pixmap)


class WhoIsThisPopup(QFrame):
    """Yes or no to the displayed name; else a name field with likely names, the consent, and Save.

    It reopens with a question if the face to be saved looks enrolled already.

    Enter activates the focused answer, saves, or leads to what is missing. Typed letters go to the name, wherever the
    focus is. Esc or a click outside closes the popup; after it reopened with a question, Esc first dismisses that.
    """

    WIDTH = 320

    why_wanted = Signal(int)
    """The user asks why the face with this track id has its name."""

    def __init__(self, faces: FacesApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._faces = faces
        self._track_id: int | None = None
        self._group_id: int | None = None
        self._suspect: _Suspect | None = None
        self._likely: tuple[_Suspect, ...] = ()
        self._is_denied = False
        self._poor_face: TrackedFace | None = None
        self._is_paused = False
        self._rejected: dict[RequestId, tuple[int, PersonId]] = {}
        self._newest: FrameResult | None = None
        self._people: GallerySnapshot | None = None
        self._wishes: dict[RequestId, Wish] = {}
        self._waiting: list[tuple[LooksEnrolled, Wish]] = []
        self._asked: Wish | None = None
        self._position = QPoint()
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("Who is this?"))
        self.setFixedWidth(self.WIDTH)
        self._picture = _Picture(self)
        self.title = ElidedLabel(self.tr("Who is this?"), self, role="heading")
        self.hint = plain_label(self, role="muted")
        self.yes_button = WrappedButton(self.WIDTH - 2 * Space.L - 2, self)
        self.yes_button.setProperty("kind", "primary")
        self.no_button = WrappedButton(self.WIDTH - 2 * Space.L - 2, self)
        self.name_field = NameField(bridge, self)
        self.chips = tuple(WrappedButton(self.WIDTH - 2 * Space.L - 2, self) for _ in range(_MOST_LIKELY))
        self.consent = ConsentBox(self)
        self.question = SameFaceQuestion(self)
        self.missing = MessageLine(1, self)
        self.save_button = QPushButton(self.tr("Save"), self)
        self.save_button.setProperty("kind", "primary")
        self.save_button.setAutoDefault(False)
        self.why_button = QPushButton(self.tr("Why this name?"), self)
        self.why_button.setProperty("kind", "quiet")
        self.why_button.setAutoDefault(False)
        self.why_button.setToolTip(self.tr("Show who is near, and which parts of the face matter"))
        self._lay_out()
        self._connect(bridge)

    def open_for(self, track_id: int, global_pos: QPoint) -> None:
        """Ask who the face with this track id is, in a popup at `global_pos` or as near as the screen allows."""
        face = self._face(track_id)
        self._track_id, self._group_id = track_id, None
        # Who was just rejected: the video may be paused, or not show the change yet.
        rejected = {person_id for track, person_id in self._rejected.values() if track == track_id}
        self._suspect = None if face is None else _recognised(face, rejected)
        self._likely = () if face is None or self._suspect is not None else _likely(face, rejected)
        self._is_denied = bool(rejected) or (face is not None and face.identification.is_denied)
        self._poor_face = None if face is None or face.has_shots else face
        self._picture.show_image(self._cut_out(face) if face is not None else QImage())
        self._open(global_pos)

    def open_for_group(self, group_id: int, picture: bytes, global_pos: QPoint) -> None:
        """Ask who a group of the unknown tray is; `picture` is encoded."""
        self._track_id, self._group_id = None, group_id
        self._suspect, self._likely, self._is_denied, self._poor_face = None, (), False, None
        self._picture.show_image(decode_square(picture, 2 * _PICTURE_SIDE))
        self._open(global_pos)

    @property
    def unanswered(self) -> tuple[QPoint, Mapping[RequestId, Wish]]:
        """Where it was opened last, and the saves without an answer yet, for a window that replaces this one."""
        return self._position, dict(self._wishes)

    def wait_for(self, unanswered: tuple[QPoint, Mapping[RequestId, Wish]]) -> None:
        """Wait for the answers to the saves of a former window's popup."""
        self._position, wishes = unanswered
        self._wishes |= wishes

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Cancel or close on Esc; start typing the name on letters."""
        edit = self.name_field.edit
        if event.key() == Qt.Key.Key_Escape:
            self._cancel() if self._asked is not None else self.close()
        elif is_letter(event) and edit.isEnabled() and not edit.hasFocus():
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
            QCoreApplication.sendEvent(edit, event)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Withdraw the question and its names, then ask the next waiting one."""
        super().hideEvent(event)
        self._asked = None
        self.question.withdraw()
        if self._waiting:
            QTimer.singleShot(0, self, self._ask_next)

    def _lay_out(self) -> None:
        words = column(self.title, self.hint, Stretch(), spacing=Space.XS)
        self._rows = column(
            row((self._picture, 0, Qt.AlignmentFlag.AlignTop), (words, 1), spacing=Space.M),
            flow(self.yes_button, self.no_button),
            self.name_field,
            flow(*self.chips, spacing=Space.XS),
            self.consent,
            self.question,
            self.save_button,
            self.missing,
            self.why_button,
            margins=(Space.L, Space.L, Space.L, Space.M),
        )
        self.setLayout(self._rows)

    def _open(self, global_pos: QPoint) -> None:
        self.name_field.clear()
        self.consent.clear()
        self._position = global_pos
        self._show_question()
        self._show_state()
        self._fit()
        self.show()
        first = self.name_field.edit if self._suspect is None else self.yes_button
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def _connect(self, bridge: EngineBridge) -> None:
        self.why_button.clicked.connect(self._ask_why)
        self.yes_button.clicked.connect(self._confirm)
        self.no_button.clicked.connect(self._reject)
        for number, chip in enumerate(self.chips):
            chip.clicked.connect(lambda _checked=False, number=number: self._confirm_likely(number))
        self.name_field.changed.connect(self._on_name)
        self.name_field.submitted.connect(self._submit)
        self.consent.changed.connect(self._show_state)
        self.consent.submitted.connect(self._submit)
        self.save_button.clicked.connect(self._submit)
        self.question.as_asked.connect(self._save_as_asked)
        self.question.to_other.connect(self._save_to)
        self.question.cancelled.connect(self._cancel)
        bridge.looks_enrolled.connect(self._on_looks_enrolled)
        bridge.request_ended.connect(self._on_request_ended)
        bridge.result_ready.connect(self._on_result)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.source_changed.connect(self._on_source)

    def _fit(self) -> None:
        self._rows.invalidate()
        self._rows.activate()  # makes the nested layouts drop their cached heights, too
        # Qt itself would limit the window to two thirds of the screen's height.
        self.setFixedHeight(self._rows.totalHeightForWidth(self.WIDTH))
        keep_on_screen(self, self._position)

    def _show_question(self) -> None:
        suspect, is_asked = self._suspect, self._asked is not None
        self.why_button.setVisible(self._track_id is not None and not is_asked)
        for widget in (self.hint, self.save_button, self.missing):
            widget.setVisible(not is_asked)
        if is_asked:
            for button in (self.yes_button, self.no_button, *self.chips):
                button.hide()
            return
        self._show_likely()
        for button in (self.yes_button, self.no_button):
            button.setVisible(suspect is not None)
        if suspect is None:
            self.hint.setText(self._hint())
            return
        name = shortened(suspect.name)
        self.hint.setText(self.tr("Recognised as {name}. Is that right?").format(name=breakable(name)))
        self.yes_button.say(self.tr("Yes, it is {name}").format(name=name))
        self.no_button.say(self.tr("Not {name}").format(name=name))
        yes = self._yes_words()
        no = self.tr(
            "Remembers a picture of this face, on this computer, as “not {name}”: no method will give it that name "
            "again. It can be undone."
        )
        for button, words in ((self.yes_button, yes), (self.no_button, no)):
            button.setToolTip(words.format(name=name))
            button.setAccessibleDescription(words.format(name=suspect.name))

    def _hint(self) -> str:
        if self._is_denied:
            return self.tr("You said who this is not. Who is it?")
        if self._likely:
            return self.tr("Not recognised. Who is it?")
        return self.tr("The shots are taken from what was seen of this face.")

    def _yes_words(self) -> str:
        return self.tr("Adds the best picture of this face to the shots of {name}. It can be undone.")

    def _show_likely(self) -> None:
        """Offer candidates that were not near enough: each is only a guess."""
        for number, chip in enumerate(self.chips):
            chip.setVisible(number < len(self._likely))
            if number < len(self._likely):
                name = self._likely[number].name
                chip.say(self.tr("{name}?").format(name=shortened(name)))
                chip.setToolTip(self._yes_words().format(name=shortened(name)))
                chip.setAccessibleDescription(self._yes_words().format(name=name))

    def _confirm(self) -> None:
        if self._track_id is not None and self._suspect is not None:
            self._faces.confirm_track(self._track_id, self._suspect.id)
        self.close()

    def _confirm_likely(self, number: int) -> None:
        if self._track_id is not None and number < len(self._likely):
            self._faces.confirm_track(self._track_id, self._likely[number].id)
        self.close()

    def _reject(self) -> None:
        if self._track_id is not None and self._suspect is not None:
            request = self._faces.reject_track(self._track_id, self._suspect.id)
            self._rejected[request] = (self._track_id, self._suspect.id)
        self.close()

    def _wrong_name(self) -> _Suspect | None:
        """Return the person the face was recognised as, if the user has entered another name."""
        person = self.name_field.person()
        is_corrected = self._suspect is not None and not self.name_field.problem()
        if not is_corrected or (person is not None and self._suspect is not None and person.id == self._suspect.id):
            return None
        return self._suspect

    def _ask_why(self) -> None:
        if self._track_id is not None:
            self.close()
            self.why_wanted.emit(self._track_id)

    def _on_name(self) -> None:
        if self._asked is not None and (
            self.name_field.problem() or self.name_field.name() != self._asked.enrollee.name
        ):
            self._withdraw_question()
        self.consent.set_person(self.name_field.person())
        self._show_state()

    def _refusal(self) -> str:
        """Return why this face can't be enrolled from what was seen so far; empty if it can."""
        if self._poor_face is None:
            return ""
        issues = self._poor_face.quality.issues
        advice = issue_text(issues[0]) if issues else self.tr("have them look at the camera for a moment")
        words = self.tr("Not seen well enough to learn from: {advice}.").format(advice=advice)
        return f"{words} {self.tr('Resume the video first (P).')}" if self._is_paused else words

    def _missing(self) -> list[tuple[str, QWidget]]:
        missing: list[tuple[str, QWidget]] = []
        if self.name_field.problem():
            missing.append((self.tr("type a name"), self.name_field))
        if not self.consent.is_given():
            missing.append((self.tr("tick the consent"), self.consent))
        return missing

    def _show_state(self) -> None:
        refusal = self._refusal()
        for button in (self.yes_button, *self.chips):
            button.setEnabled(not refusal)
        for field in (self.name_field, self.consent):
            field.setEnabled(not refusal)
        set_role(self.hint, "error" if refusal else "muted")
        if refusal:
            self.hint.setText(refusal)
            self.missing.say("")
            self.save_button.setEnabled(False)
            self.save_button.setToolTip(refusal)
            return
        missing = listed(words for words, _ in self._missing())
        words = self.tr("Still to do: {what}.").format(what=missing) if missing else ""
        is_answered_by_a_click = self._suspect is not None and not self.name_field.text()
        self.missing.say("" if is_answered_by_a_click else words)
        self.save_button.setEnabled(not missing)
        wrong = self._wrong_name()
        if wrong is not None and not words:
            words = self.tr(
                "Save, recognise this person from now on, and remember that this face is not {name} (Enter)"
            ).format(name=shortened(wrong.name))
        self.save_button.setToolTip(words or self.tr("Save, and recognise this person from now on (Enter)"))

    def _submit(self) -> None:
        missing = self._missing()
        if self._refusal():
            return
        if missing:
            missing[0][1].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        try:
            enrollee = self.consent.enrollee(self.name_field.name(), self.name_field.person())
        except EnrollmentError as error:
            self.missing.say(error_text(error), role="error")
            return
        wrong = self._wrong_name()
        self._save(Wish(self._track_id, self._group_id, enrollee, None if wrong is None else wrong.id))

    def _save(self, wish: Wish) -> None:
        request_id: RequestId | None = None
        if wish.track_id is not None:
            request_id = self._faces.name_track(wish.track_id, wish.enrollee, not_id=wish.not_id)
        elif wish.group_id is not None:
            request_id = self._faces.name_unknown(wish.group_id, wish.enrollee)
        if request_id is not None:
            self._wishes[request_id] = wish
        self.close()

    def _save_as_asked(self) -> None:
        if self._asked is not None:
            self._save(replace(self._asked, enrollee=replace(self._asked.enrollee, is_sure=True)))

    def _save_to(self, person: Person) -> None:
        if self._asked is not None:
            not_id = None if self._asked.not_id == person.id else self._asked.not_id
            enrollee = Enrollee(person.name, person.id, consent_given=True, is_sure=True)
            self._save(replace(self._asked, enrollee=enrollee, not_id=not_id))

    def _cancel(self) -> None:
        self._withdraw_question()
        self.name_field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _withdraw_question(self) -> None:
        self._asked = None
        self.question.withdraw()
        self._show_question()
        self._show_state()
        self._fit()

    def _on_looks_enrolled(self, event: LooksEnrolled) -> None:
        wish = self._wishes.get(event.request_id)  # None: the save was requested elsewhere
        if wish is not None:
            self._waiting.append((event, wish))
            if not self.isVisible():
                self._ask_next()

    def _on_request_ended(self, event: RequestEnded) -> None:
        wish = self._wishes.pop(event.request_id, None)
        if wish is not None and event.error is not None and not self.isVisible():
            self._come_back(wish)
            self._show_question()
            self._show_state()
            self.missing.say(error_text(event.error), role="error")
            self._fit()
            self.show()
            self.name_field.edit.setFocus(Qt.FocusReason.PopupFocusReason)
        if event.error is not None or event.is_cancelled:
            self._rejected.pop(event.request_id, None)

    def _ask_next(self) -> None:
        """Reopen as it was left or, if another face was opened meanwhile, with the name entered for this one."""
        if self.isVisible() or not self._waiting:
            return
        event, wish = self._waiting.pop(0)
        self._come_back(wish)
        self._asked = wish
        self.question.ask(event)
        self._show_question()
        self._fit()
        self.show()
        self.question.take_focus()

    def _come_back(self, wish: Wish) -> None:
        """Restore the face and the name of an earlier request."""
        if (wish.track_id, wish.group_id) != (self._track_id, self._group_id):
            self._track_id, self._group_id = wish.track_id, wish.group_id
            self._suspect, self._likely, self._is_denied, self._poor_face = None, (), False, None
            self._picture.show_image(QImage())
            self.consent.clear()
        self.name_field.set_text(wish.enrollee.name)

    def _on_gallery(self, event: GalleryChanged) -> None:
        before, self._people = self._people, event.snapshot
        if not somebody_left(before, event.snapshot):
            return
        self._wishes.clear()
        self._waiting.clear()
        if self._asked is not None:
            self._withdraw_question()
        if not self.isVisible():
            self._newest = None  # it may name a deleted person; for a still picture the engine sends the result again

    def _on_result(self, event: ResultReady) -> None:
        # While it is open, keep the result that the user clicked on.
        if not self.isVisible():
            self._newest = event.result
        elif self._poor_face is not None:
            self._follow_poor_face(event.result)
        named = {(face.track_id, face.identification.person_id) for face in event.result.faces}
        self._rejected = {request: said for request, said in self._rejected.items() if said in named}

    def _follow_poor_face(self, result: FrameResult) -> None:
        """Drop the quality warning as soon as the face is seen well enough; else update its reason."""
        now = next((face for face in result.faces if face.track_id == self._track_id), None)
        if now is not None:
            self._poor_face = None if now.has_shots else now
            self._show_question()
            self._show_state()
            self._fit()
            if now.has_shots and self._suspect is None:
                self.name_field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_source(self, event: SourceChanged) -> None:
        self._is_paused = event.state is SourceState.PAUSED

    def _face(self, track_id: int) -> TrackedFace | None:
        faces = () if self._newest is None else self._newest.faces
        return next((face for face in faces if face.track_id == track_id), None)

    def _cut_out(self, face: TrackedFace) -> QImage:
        """Return a square crop of the face, with a margin, from the frame in which it was found."""
        if self._newest is None:
            return QImage()
        frame = self._newest.frame.image_bgr
        height, width = frame.shape[:2]
        x1, y1, x2, y2 = (float(value) for value in face.box_xyxy)
        side = min(round(max(x2 - x1, y2 - y1) * (1 + 2 * _FACE_MARGIN)), width, height)
        left = min(max(round((x1 + x2 - side) / 2), 0), width - side)
        top = min(max(round((y1 + y2 - side) / 2), 0), height - side)
        if side < 1:
            return QImage()
        crop = frame[top : top + side, left : left + side].copy()
        whole = QImage(crop.data, side, side, 3 * side, QImage.Format.Format_BGR888).copy()
        wanted = QSize(2 * _PICTURE_SIDE, 2 * _PICTURE_SIDE)
        keep = QRect(0, 0, wanted.width(), wanted.height())
        return whole.scaled(wanted, mode=Qt.TransformationMode.SmoothTransformation).copy(keep)


def _recognised(face: TrackedFace, rejected: Collection[PersonId]) -> _Suspect | None:
    """Return the person a face was recognised as, None if unknown or rejected."""
    decision = face.identification
    if decision.person_id is None or decision.person_id in rejected:
        return None
    return _Suspect(decision.person_id, decision.name or "")


def _likely(face: TrackedFace, rejected: Collection[PersonId]) -> tuple[_Suspect, ...]:
    """Return near misses and the people whom other methods name, without those whom the user denied."""
    denied = {*rejected, *(face.template.denied if face.template is not None else ())}
    nearest = [(face.identification.nearest_id, face.identification.nearest_name)]
    named = [(decision.person_id, decision.name) for decision in face.per_learner.values()]
    found = {person_id: name for person_id, name in [*nearest, *named] if person_id is not None}
    likely = [_Suspect(person_id, name or "") for person_id, name in found.items() if person_id not in denied]
    return tuple(likely[:_MOST_LIKELY])
