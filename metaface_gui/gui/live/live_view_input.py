"""Mouse and keyboard input of the live view: clicking faces and tabbing through them. Knows no video."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.live.overlay_painter import PlacedFace
from metaface_gui.i18n import listed


class FaceInput(QWidget):
    """Activates a face on a click, or on Tab and Enter. Subclasses place and paint the faces."""

    face_clicked = Signal(int, QPoint)
    """A face's track id and a point on the screen near it."""
    pause_wanted = Signal()
    """Space was pressed: pause, or resume."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placed: tuple[PlacedFace, ...] = ()
        self._hovered: int | None = None
        self._focused: int | None = None
        self._pressed: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def faces(self) -> tuple[PlacedFace, ...]:
        """The faces on screen, by track id."""
        return self._placed

    @property
    def focused_track(self) -> int | None:
        """The face that Enter would activate."""
        return self._focused

    def _set_placed(self, placed: tuple[PlacedFace, ...]) -> None:
        """Take the faces to paint; a face that has gone loses hover and focus."""
        self._placed = placed
        if self._focused not in {face.track_id for face in placed}:
            self._focused = None
        self._hover(QPointF(self.mapFromGlobal(self.cursor().pos())) if self.underMouse() else None)
        self._describe()
        self.update()

    def _describe(self) -> None:
        names = listed(face.name for face in self._placed)
        if self._focused is not None:
            face = next(face for face in self._placed if face.track_id == self._focused)
            text = self.tr("{name}. Press Enter to say who this is.").format(name=face.name)
        elif names:
            text = self.tr("Faces: {names}").format(names=names)
        else:
            text = self.tr("No face")
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _verdict_lines(self, face: PlacedFace) -> Sequence[str]:  # noqa: ARG002 - for subclasses with methods
        """Return a face's verdicts for its tooltip, below the line on what a click does."""
        return ()

    # Pointing -------------------------------------------------------------------------------------------------------

    def face_at(self, point: QPointF) -> PlacedFace | None:
        """Return the smallest face whose box, label or strip is under the point."""
        under = [face for face in self._placed if face.contains(point)]
        return min(under, key=lambda face: face.box.width() * face.box.height(), default=None)

    def _hover(self, point: QPointF | None) -> None:
        face = None if point is None else self.face_at(point)
        hovered = None if face is None else face.track_id
        if hovered == self._hovered:
            return
        self._hovered = hovered
        if face is None:
            self.unsetCursor()
            self.setToolTip("")
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip(self._tip(face))
        self.update()

    def _tip(self, face: PlacedFace) -> str:
        action = (
            self.tr("Click to correct the name")
            if face.item.name
            else self.tr("Who is this? Click to give the face a name")
        )
        # Qt renders a tooltip that looks like HTML as HTML; a name must never be rendered so.
        verdicts = self._verdict_lines(face)
        if not verdicts and face.item.raw_text:
            # The method's raw score; the overlay shows all methods' scores on one scale.
            verdicts = [self.tr("Score {score}").format(score=face.item.raw_text)]
        return "\n".join([action, *verdicts]).replace("<", "‹")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the face under the pointer."""
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Clear the highlight."""
        super().leaveEvent(event)
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the face: faces move, and the button may be released elsewhere."""
        face = self.face_at(event.position())
        is_on_face = face is not None and event.button() is Qt.MouseButton.LeftButton
        self._pressed = face.track_id if face is not None and is_on_face else None
        event.setAccepted(is_on_face)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Activate the face that was pressed, if it is still on screen and the pointer has not left it."""
        pressed, self._pressed = self._pressed, None
        face = self.face_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and face is not None and face.track_id == pressed:
            self.face_clicked.emit(face.track_id, event.globalPosition().toPoint())

    # Keyboard -------------------------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move Tab through the faces before it leaves the view."""
        if self.hasFocus() and self._step_focus(forward):
            return True
        self._focused = None
        self.update()
        return super().focusNextPrevChild(forward)

    def _step_focus(self, forward: bool) -> bool:
        ids: Sequence[int] = [face.track_id for face in self._placed]
        if self._focused in ids:
            index = ids.index(self._focused) + (1 if forward else -1)
        else:
            index = 0 if forward else len(ids) - 1
        if not 0 <= index < len(ids):
            return False
        self._focused = ids[index]
        self._describe()
        self.update()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate the focused face on Enter, unfocus it on Escape, pause on Space."""
        if self._focused is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            face = next(face for face in self._placed if face.track_id == self._focused)
            self.face_clicked.emit(face.track_id, self.mapToGlobal(face.box.bottomLeft().toPoint()))
        elif self._focused is not None and event.key() == Qt.Key.Key_Escape:
            self._focused = None
            self._describe()
            self.update()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.pause_wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Unfocus the face, unless the focus went into a popup about it."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._focused = None
        self._describe()
        self.update()
