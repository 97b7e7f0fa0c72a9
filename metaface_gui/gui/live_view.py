"""The live view: the newest camera frame with the newest result's faces, the HUD, guidance and empty states over it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.engine.events import EngineStats, EnrollmentChanged, SourceChanged, SourceState
from metaface_gui.gui.drop_zones import DropZones, dropped_paths
from metaface_gui.gui.empty_states import EmptyState
from metaface_gui.gui.face_scene import FaceScene
from metaface_gui.gui.guidance_banner import GuidanceBanner
from metaface_gui.gui.hud import Hud
from metaface_gui.gui.overlay_painter import OverlayPainter, PlacedFace
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.view_geometry import VideoGeometry
from metaface_gui.types import Frame, FrameResult

_SMOOTH_PIXELS = 2_600_000
"""Larger pictures on screen (4K) are scaled without smoothing: at 3840 × 2160 that takes a third of the time."""


class LiveView(QWidget):
    """Paints video and faces. A face is activated by a click, or by Tab and Enter; files may be dropped."""

    face_clicked = Signal(int, QPoint)
    """A face's track id and a point on the screen near it."""
    files_dropped = Signal(list)
    """Paths to enrol somebody from."""
    source_dropped = Signal(Path)
    """A file or folder to show."""
    pause_wanted = Signal()
    """Space: freeze, or go on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = FaceScene()
        self._overlay = OverlayPainter()
        self._image = QImage()
        self._placed: tuple[PlacedFace, ...] = ()
        self._is_mirrored = False
        self._source = SourceChanged(SourceState.CLOSED)
        self._bottom_inset = 0
        self._is_hud_wanted = True
        self._hovered: int | None = None
        self._focused: int | None = None
        self._pressed: int | None = None
        self.setObjectName("live-view")
        self.setAccessibleName(self.tr("Live video"))
        self.setMinimumSize(480, 320)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.empty_state = EmptyState(self)
        self.hud = Hud(self)
        self.banner = GuidanceBanner(self)
        self.banner.geometry_wanted.connect(self._arrange)
        self.drop_zones = DropZones(self)
        self.drop_zones.enroll_dropped.connect(self.files_dropped)
        self.drop_zones.source_dropped.connect(self.source_dropped)
        self._show_hud()
        Theme.current().changed.connect(self.update)

    @property
    def faces(self) -> tuple[PlacedFace, ...]:
        """The faces on screen, by track id."""
        return self._placed

    @property
    def focused_track(self) -> int | None:
        """The face that Enter would activate."""
        return self._focused

    def show_frame(self, frame: Frame) -> None:
        """Show the newest camera frame; the array must not change any more."""
        self._scene.show_frame(frame)
        height, width = frame.image_bgr.shape[:2]
        if self._image.width() != width or self._image.height() != height:
            self._image = QImage(width, height, QImage.Format.Format_RGB32)
        # One conversion into memory that is used again (0.3 ms at 720p) makes every scaled painting three times as fast
        # as painting Format_BGR888 over the frame's own memory, which Qt converts line by line (1.9 against 5.5 ms).
        pixels = np.frombuffer(self._image.bits(), np.uint8).reshape(height, width, 4)
        cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2BGRA, dst=pixels)
        if not self.empty_state.isHidden() and self._source.state is SourceState.RUNNING:
            self.empty_state.show_source(self._source, has_picture=True)
        self._show_hud()
        self._place_faces()

    def show_result(self, result: FrameResult) -> None:
        """Show the newest result's faces."""
        self._scene.show_result(result)
        self._place_faces()

    def show_source(self, changed: SourceChanged) -> None:
        """Follow the source: another picture, or words about why there is none."""
        self._source = changed
        self._is_mirrored = changed.is_mirrored
        if changed.state in (SourceState.OPENING, SourceState.CLOSED, SourceState.FAILED):
            self._scene.clear()
            self._image = QImage()
        has_picture = not self._image.isNull()
        self.empty_state.show_source(changed, has_picture=has_picture)
        if changed.state is not SourceState.RUNNING:
            self.hud.show_stats(None)
        self._show_hud()
        self._place_faces()

    def show_stats(self, stats: EngineStats) -> None:
        """Show how fast the engine is."""
        self.hud.show_stats(stats)

    def show_enrollment(self, enrollment: EnrollmentChanged) -> None:
        """Show or hide the guidance of a recording."""
        self.banner.show_enrollment(enrollment)
        self._arrange()

    def set_hud_visible(self, visible: bool) -> None:
        """Show or hide the HUD."""
        self._is_hud_wanted = visible
        self._show_hud()

    def _show_hud(self) -> None:
        has_live_picture = self._source.state is SourceState.RUNNING and not self._image.isNull()
        self.hud.setVisible(self._is_hud_wanted and has_live_picture)

    def set_bottom_inset(self, pixels: int) -> None:
        """Keep the guidance this far above the view's bottom: a message is there."""
        self._bottom_inset = pixels
        self._arrange()

    def geometry_of_video(self) -> VideoGeometry | None:
        """Where the video is in the view; None without a picture."""
        if self._image.isNull():
            return None
        return VideoGeometry.fit(
            self._image.width(), self._image.height(), QRectF(self.rect()), is_mirrored=self._is_mirrored
        )

    # Painting -------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Stage, picture, faces."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("stage"))
        geometry = self.geometry_of_video()
        if geometry is not None:
            self._paint_picture(painter, geometry)
            self._overlay.paint(painter, self._placed, hovered=self._hovered, focused=self._focused)
        painter.end()

    def _paint_picture(self, painter: QPainter, geometry: VideoGeometry) -> None:
        target, ratio = geometry.target, self.devicePixelRatioF()
        is_small = target.width() * target.height() * ratio * ratio <= _SMOOTH_PIXELS
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_small)
        if geometry.is_mirrored:
            painter.save()
            painter.translate(2 * target.center().x(), 0)
            painter.scale(-1, 1)
            painter.drawImage(target, self._image)
            painter.restore()
        else:
            painter.drawImage(target, self._image)

    def _place_faces(self) -> None:
        geometry = self.geometry_of_video()
        self._placed = () if geometry is None else self._overlay.place(self._scene.items, geometry)
        ids = {face.track_id for face in self._placed}
        if self._focused not in ids:
            self._focused = None
        self._hover(QPointF(self.mapFromGlobal(self.cursor().pos())) if self.underMouse() else None)
        self._describe()
        self.update()

    def _describe(self) -> None:
        names = ", ".join(face.name for face in self._placed)
        if self._focused is not None:
            face = next(face for face in self._placed if face.track_id == self._focused)
            text = self.tr("{name}. Press Enter to say who this is.").format(name=face.name)
        elif names:
            text = self.tr("Faces: {names}").format(names=names)
        else:
            text = self.tr("No face")
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    # Placing what lies over the video -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in its place."""
        super().resizeEvent(event)
        self._arrange()
        self._place_faces()

    def _arrange(self) -> None:
        self.empty_state.place(self.rect(), self._bottom_inset)
        self.drop_zones.setGeometry(self.rect())
        self.hud.move(Space.M, Space.M)
        size = self.banner.sizeHint()
        width = min(size.width(), self.width() - 2 * Space.M)
        bottom = self.height() - Space.XL - self._bottom_inset
        self.banner.setGeometry((self.width() - width) // 2, bottom - size.height(), width, size.height())

    # Dropping files -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Bring up the drop zones, which lie over the view and take everything from here on."""
        paths = dropped_paths(event.mimeData())
        if paths:
            self.drop_zones.begin(paths)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take them away again if the pointer left the view and did not just enter the zones."""
        event.accept()
        if not self.rect().contains(self.mapFromGlobal(self.cursor().pos())):
            self.drop_zones.end()

    def dropEvent(self, event: QDropEvent) -> None:
        """A drop so quick that the zones have not seen the pointer."""
        self.drop_zones.dropEvent(event)

    # Pointing at faces ----------------------------------------------------------------------------------------------

    def face_at(self, point: QPointF) -> PlacedFace | None:
        """The smallest face whose box or label is under the point."""
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
            self.setToolTip(
                self.tr("Click to correct the name")
                if face.item.name
                else self.tr("Who is this? Click to give the face a name")
            )
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the face under the pointer."""
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Light up nothing."""
        super().leaveEvent(event)
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the face: faces move, and the button may come up elsewhere."""
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
        """Tab walks over the faces before it leaves the view."""
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
        """Enter activates the focused face, Escape lets go of it, Space pauses."""
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
        """Let go of the focused face, unless the focus went into a popup about it."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._focused = None
        self._describe()
        self.update()
