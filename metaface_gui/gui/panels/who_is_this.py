"""The small popup "Who is this?": names a face of the live view or of the unknown tray, or corrects a wrong name.

Nothing is learnt by itself: a name counts as right, or as wrong, because somebody says so here.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import GalleryChanged, ResultReady
from metaface_gui.errors import EnrollmentError
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.consent import ConsentBox, keep_on_screen
from metaface_gui.gui.panels.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.panels.flow_layout import FlowLayout
from metaface_gui.gui.panels.name_field import NameField
from metaface_gui.gui.panels.pictures import decode_square, rounded_pixmap
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.panels.wrapped_button import WrappedButton
from metaface_gui.gui.theme import Radius, Space
from metaface_gui.gui.translation import error_text, listed
from metaface_gui.gui.who_left import somebody_left
from metaface_gui.types import FrameResult, PersonId, TrackedFace

_PICTURE_SIDE = 72
_LONG_WORD = 16
_FACE_MARGIN = 0.25
"""How much of the box's side is shown around it."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    """Whom a face may be: the person it was recognised as, or the nearest one who was not near enough."""

    id: PersonId
    name: str
    is_recognised: bool


class _Picture(QWidget):
    """The face in question; an empty image leaves the place empty."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self.setFixedSize(_PICTURE_SIDE, _PICTURE_SIDE)

    def sizeHint(self) -> QSize:
        return QSize(_PICTURE_SIDE, _PICTURE_SIDE)

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
    """Yes or no to the name that was shown; else a name field, the consent, and Save.

    Enter answers what has the keyboard, saves, or leads to what is missing. Typing goes to the name, wherever the
    keyboard is. Esc or a click outside closes.
    """

    WIDTH = 320

    why_wanted = Signal(int)
    """The user asks why the face with this track id has its name."""

    def __init__(self, engine: EngineApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._engine = engine
        self._track_id: int | None = None
        self._group_id: int | None = None
        self._suspect: _Suspect | None = None
        self._is_denied = False
        self._newest: FrameResult | None = None
        self._people: GallerySnapshot | None = None
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("Who is this?"))
        self.setFixedWidth(self.WIDTH)
        self._rows = QVBoxLayout(self)
        self._picture = _Picture(self)
        self.title = ElidedLabel(self.tr("Who is this?"), self, role="heading")
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "muted")
        self.yes_button = WrappedButton(self.WIDTH - 2 * Space.L - 2, self)
        self.yes_button.setProperty("kind", "primary")
        self.no_button = WrappedButton(self.WIDTH - 2 * Space.L - 2, self)
        self.name_field = NameField(bridge, self)
        self.consent = ConsentBox(self)
        self.missing = MessageLine(1, self)
        self.save_button = QPushButton(self.tr("Save"), self)
        self.save_button.setProperty("kind", "primary")
        self.save_button.setAutoDefault(False)
        self.why_button = QPushButton(self.tr("Why this name?"), self)
        self.why_button.setProperty("kind", "quiet")
        self.why_button.setAutoDefault(False)
        self.why_button.setToolTip(self.tr("Show who is near, and which parts of the face matter"))
        self._lay_out()
        self.why_button.clicked.connect(self._ask_why)
        self.yes_button.clicked.connect(self._confirm)
        self.no_button.clicked.connect(self._reject)
        self.name_field.changed.connect(self._on_name)
        self.name_field.submitted.connect(self._submit)
        self.consent.changed.connect(self._show_state)
        self.consent.submitted.connect(self._submit)
        self.save_button.clicked.connect(self._submit)
        bridge.result_ready.connect(self._on_result)
        bridge.gallery_changed.connect(self._on_gallery)

    def open_for(self, track_id: int, global_pos: QPoint) -> None:
        """Ask who the face with this track id is, in a popup at `global_pos` or as near as the screen allows."""
        face = self._face(track_id)
        self._track_id, self._group_id = track_id, None
        self._suspect = None if face is None else _suspect(face)
        self._is_denied = face is not None and face.identification.is_denied
        self._picture.show_image(self._cut_out(face) if face is not None else QImage())
        self._open(global_pos)

    def open_for_group(self, group_id: int, picture: bytes, global_pos: QPoint) -> None:
        """Ask who a group of the unknown tray is; `picture` is encoded."""
        self._track_id, self._group_id = None, group_id
        self._suspect, self._is_denied = None, False
        self._picture.show_image(decode_square(picture, 2 * _PICTURE_SIDE))
        self._open(global_pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; letters begin the name."""
        edit = self.name_field.edit
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.text().isprintable() and event.text().strip() and not edit.hasFocus():
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
            QCoreApplication.sendEvent(edit, event)
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addWidget(self.title)
        words.addWidget(self.hint)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        answers = FlowLayout(spacing=Space.S)
        answers.addWidget(self.yes_button)
        answers.addWidget(self.no_button)
        layout = self._rows
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        layout.setSpacing(Space.S)
        layout.addLayout(head)
        layout.addLayout(answers)
        for widget in (self.name_field, self.consent, self.save_button, self.missing, self.why_button):
            layout.addWidget(widget)

    def _open(self, global_pos: QPoint) -> None:
        self.name_field.clear()
        self.consent.clear()
        self._show_question()
        self._show_state()
        self._rows.invalidate()
        self._rows.activate()  # so that the layouts within forget their heights, too
        # Qt would give a window no more than two thirds of the screen's height.
        self.setFixedHeight(self._rows.totalHeightForWidth(self.WIDTH))
        keep_on_screen(self, global_pos)
        self.show()
        first = self.name_field.edit if self._suspect is None else self.yes_button
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show_question(self) -> None:
        suspect = self._suspect
        self.why_button.setVisible(self._track_id is not None)
        for button in (self.yes_button, self.no_button):
            button.setVisible(suspect is not None)
        if suspect is None:
            self.hint.setText(
                self.tr("You said who this is not. Who is it?")
                if self._is_denied
                else self.tr("The shots come from what was seen of this face.")
            )
            return
        name = shortened(suspect.name)
        recognised, unknown = self.tr("Recognised as {name}. Is that right?"), self.tr("Not recognised. Is it {name}?")
        self.hint.setText((recognised if suspect.is_recognised else unknown).format(name=_breakable(name)))
        self.yes_button.say(self.tr("Yes, it is {name}").format(name=name))
        self.no_button.say(self.tr("Not {name}").format(name=name))
        yes = self.tr("Adds the best picture of this face to the shots of {name}. It can be undone.")
        no = self.tr(
            "Remembers a picture of this face, on this computer, as “not {name}”: no method gives it that name again. "
            "It can be undone."
        )
        for button, words in ((self.yes_button, yes), (self.no_button, no)):
            button.setToolTip(words.format(name=name))
            button.setAccessibleDescription(words.format(name=suspect.name))

    def _confirm(self) -> None:
        if self._track_id is not None and self._suspect is not None:
            self._engine.confirm_track(self._track_id, self._suspect.id)
        self.close()

    def _reject(self) -> None:
        if self._track_id is not None and self._suspect is not None:
            self._engine.reject_track(self._track_id, self._suspect.id)
        self.close()

    def _wrong_name(self) -> _Suspect | None:
        """Whom the face was recognised as, if the name that was given is somebody else's."""
        person = self.name_field.person()
        is_corrected = self._suspect is not None and self._suspect.is_recognised and not self.name_field.problem()
        if not is_corrected or (person is not None and self._suspect is not None and person.id == self._suspect.id):
            return None
        return self._suspect

    def _ask_why(self) -> None:
        if self._track_id is not None:
            self.close()
            self.why_wanted.emit(self._track_id)

    def _on_name(self) -> None:
        self.consent.set_person(self.name_field.person())
        self._show_state()

    def _missing(self) -> list[tuple[str, QWidget]]:
        missing: list[tuple[str, QWidget]] = []
        if self.name_field.problem():
            missing.append((self.tr("type a name"), self.name_field))
        if not self.consent.is_given():
            missing.append((self.tr("tick the consent"), self.consent))
        return missing

    def _show_state(self) -> None:
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
        if missing:
            missing[0][1].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        person = self.name_field.person()
        person_id, name = (None if person is None else person.id), self.name_field.name()
        consent_given, wrong = self.consent.is_given(), self._wrong_name()
        try:
            terms = None if person is not None else self.consent.terms()
        except EnrollmentError as error:
            self.missing.say(error_text(error), role="error")
            return
        if self._track_id is not None:
            if wrong is not None:
                # First, so that the name that was given is the last word on this face.
                self._engine.reject_track(self._track_id, wrong.id)
            self._engine.name_track(self._track_id, name, person_id=person_id, consent_given=consent_given, terms=terms)
        elif self._group_id is not None:
            self._engine.name_unknown(
                self._group_id, name, person_id=person_id, consent_given=consent_given, terms=terms
            )
        self.close()

    def _on_gallery(self, event: GalleryChanged) -> None:
        before, self._people = self._people, event.snapshot
        if somebody_left(before, event.snapshot) and not self.isVisible():
            self._newest = None  # it may name them; of a picture that stands still, the engine says it anew

    def _on_result(self, event: ResultReady) -> None:
        # While it is open, the result stays the one that was clicked on.
        if not self.isVisible():
            self._newest = event.result

    def _face(self, track_id: int) -> TrackedFace | None:
        faces = () if self._newest is None else self._newest.faces
        return next((face for face in faces if face.track_id == track_id), None)

    def _cut_out(self, face: TrackedFace) -> QImage:
        """Cut the face with some margin, as a square, out of the frame that it was found in."""
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


def _breakable(name: str) -> str:
    """Let a line break also inside of a word that is too long for one: the hint is 200 pixels wide."""
    words = (word if len(word) <= _LONG_WORD else "\u200b".join(word) for word in name.split(" "))
    return " ".join(words)


def _suspect(face: TrackedFace) -> _Suspect | None:
    """Whom to ask about; nobody, if nobody is enrolled, or of all who are the user has said that it is not they."""
    decision = face.identification
    if decision.person_id is not None:
        return _Suspect(decision.person_id, decision.name or "", is_recognised=True)
    if decision.nearest_id is not None:
        return _Suspect(decision.nearest_id, decision.nearest_name or "", is_recognised=False)
    return None
