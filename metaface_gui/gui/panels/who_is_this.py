"""The small popup "Who is this?": names a face of the live view or of the unknown tray, or corrects a wrong name."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import ResultReady
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.consent import ConsentBox, keep_on_screen
from metaface_gui.gui.panels.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.panels.name_field import NameField
from metaface_gui.gui.panels.pictures import decode_square, rounded_pixmap
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.theme import Radius, Space
from metaface_gui.types import FrameResult, TrackedFace

_PICTURE_SIDE = 72
_FACE_MARGIN = 0.25
"""How much of the box's side is shown around it."""


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
    """A name field, the consent, and Save. Enter saves or leads to what is missing; Esc or a click outside closes."""

    WIDTH = 320

    def __init__(self, engine: EngineApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._engine = engine
        self._track_id: int | None = None
        self._group_id: int | None = None
        self._newest: FrameResult | None = None
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("Who is this?"))
        self.setFixedWidth(self.WIDTH)
        self._picture = _Picture(self)
        self.title = ElidedLabel(self.tr("Who is this?"), self, role="heading")
        self.hint = MessageLine(2, self)
        self.name_field = NameField(bridge, self)
        self.consent = ConsentBox(self)
        self.missing = MessageLine(1, self)
        self.save_button = QPushButton(self.tr("Save"), self)
        self.save_button.setProperty("kind", "primary")
        self.save_button.setAutoDefault(False)
        self._lay_out()
        self.name_field.changed.connect(self._on_name)
        self.name_field.submitted.connect(self._submit)
        self.consent.changed.connect(self._show_state)
        self.consent.submitted.connect(self._submit)
        self.save_button.clicked.connect(self._submit)
        bridge.result_ready.connect(self._on_result)

    def open_for(self, track_id: int, global_pos: QPoint) -> None:
        """Ask who the face with this track id is, in a popup at `global_pos` or as near as the screen allows."""
        face = self._face(track_id)
        self._track_id, self._group_id = track_id, None
        wrong = face.identification.name if face is not None else None
        self.title.setText(self.tr("Who is this?"))
        if wrong is None:
            self.hint.say(self.tr("The shots come from what was seen of this face."))
        else:
            self.hint.say(self.tr("Recognised as {name}. Give the right name.").format(name=shortened(wrong)))
        self._picture.show_image(self._cut_out(face) if face is not None else QImage())
        self._open(global_pos)

    def open_for_group(self, group_id: int, picture: bytes, global_pos: QPoint) -> None:
        """Ask who a group of the unknown tray is; `picture` is encoded."""
        self._track_id, self._group_id = None, group_id
        self.hint.say(self.tr("The shots come from what was seen of this face."))
        self._picture.show_image(decode_square(picture, 2 * _PICTURE_SIDE))
        self._open(global_pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
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
        head.addWidget(self._picture)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        layout.setSpacing(Space.S)
        layout.addLayout(head)
        for widget in (self.name_field, self.consent, self.save_button, self.missing):
            layout.addWidget(widget)

    def _open(self, global_pos: QPoint) -> None:
        self.name_field.clear()
        self.consent.clear()
        self._show_state()
        keep_on_screen(self, global_pos)
        self.show()
        self.name_field.edit.setFocus(Qt.FocusReason.PopupFocusReason)

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
        missing = ", ".join(words for words, _ in self._missing())
        words = self.tr("Still to do: {what}.").format(what=missing) if missing else ""
        self.missing.say(words)
        self.save_button.setEnabled(not missing)
        self.save_button.setToolTip(words or self.tr("Save, and recognise this person from now on (Enter)"))

    def _submit(self) -> None:
        missing = self._missing()
        if missing:
            missing[0][1].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        person = self.name_field.person()
        person_id, name = (None if person is None else person.id), self.name_field.name()
        consent_given = self.consent.is_given()
        if self._track_id is not None:
            self._engine.name_track(self._track_id, name, person_id=person_id, consent_given=consent_given)
        elif self._group_id is not None:
            self._engine.name_unknown(self._group_id, name, person_id=person_id, consent_given=consent_given)
        self.close()

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
