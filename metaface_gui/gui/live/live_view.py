"""The live view: the newest camera frame with the newest result's faces, the HUD, guidance and empty states over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.engine.events import EngineStats, EnrollmentChanged, SourceChanged, SourceState
from metaface_gui.gui.environment_words import label_words
from metaface_gui.gui.live.countdown_disc import CountdownDisc
from metaface_gui.gui.live.drop_zones import DropZones
from metaface_gui.gui.live.empty_states import EmptyState
from metaface_gui.gui.live.face_scene import FaceScene
from metaface_gui.gui.live.frame_picture import FramePicture, PreparedFrame, Scale
from metaface_gui.gui.live.guidance_banner import GuidanceBanner
from metaface_gui.gui.live.hud import Hud
from metaface_gui.gui.live.live_view_input import FaceInput
from metaface_gui.gui.live.overlay_painter import OverlayPainter, PlacedFace
from metaface_gui.gui.live.shot_strip import ShotStrip
from metaface_gui.gui.live.title_badge import TitleBadge
from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.gui.theme import FontSize, Space, Theme
from metaface_gui.gui.widgets.file_dialogs import local_paths
from metaface_gui.types import Frame, FrameResult

_NAME_SHARE, _TITLE_SHARE = 0.065, 0.045
"""Font sizes of a presentation as shares of the picture's height: 70 and 49 pixels on a Full HD screen. A lower-case
letter is about half as high as its font. From nine picture heights away, those of names span 0.2 degrees, the smallest
size read at full speed (Legge and Bigelow 2011, "Does print size matter for reading?")."""
_SMALLEST_NAME, _SMALLEST_TITLE = 22, 18


class LiveView(FaceInput):
    """Paints video and faces. A face is activated by a click, or by Tab and Enter; files may be dropped.

    With `beside`, it shows that view's video and results with another learner's decisions. It then converts no frames
    itself and has no HUD, guidance or empty state; call `refresh` to update it.
    """

    files_dropped = Signal(list)
    """Paths to enrol somebody from."""
    source_dropped = Signal(Path)
    """A file or folder to show."""

    def __init__(self, parent: QWidget | None = None, *, beside: LiveView | None = None) -> None:
        super().__init__(parent)
        self._scene: FaceScene = FaceScene() if beside is None else beside._scene
        self._picture: FramePicture = FramePicture() if beside is None else beside._picture
        self._is_second = beside is not None
        self._overlay = OverlayPainter()
        self._learner: str | None = None
        self._deciding = ""
        self._contrast: tuple[str | None] | None = None
        self._is_mirrored = False
        self._is_presenting = False
        self._source = SourceChanged(SourceState.CLOSED)
        self._enrollment: EnrollmentChanged | None = None
        self._message = QRect()
        self._is_hud_wanted = not self._is_second
        self._names_environment = not self._is_second
        self.setObjectName("second-view" if self._is_second else "live-view")
        self.setAccessibleName(self.tr("Live video"))
        self.setMinimumSize(480, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.empty_state = EmptyState(self)
        self.empty_state.setHidden(self._is_second)
        self.hud = Hud(self)
        self.title = TitleBadge(self)
        self.environment = TitleBadge(self)
        self.counts = TitleBadge(self)
        self.banner = GuidanceBanner(self)
        self.banner.geometry_wanted.connect(self._arrange)
        self.shots = ShotStrip(self)
        self.countdown = CountdownDisc(self)
        self.drop_zones = DropZones(self)
        self.drop_zones.enroll_dropped.connect(self.files_dropped)
        self.drop_zones.source_dropped.connect(self.source_dropped)
        self._show_hud()
        Theme.current().changed.connect(self.update)

    @property
    def frame(self) -> Frame | None:
        """The camera frame on screen."""
        return self._scene.frame

    def show_frame(self, prepared: PreparedFrame) -> None:
        """Show the newest camera frame; its array must not change afterwards."""
        self._picture.show(prepared)
        self._scene.show_frame(prepared.frame)
        if not self.empty_state.isHidden() and self._source.state is SourceState.RUNNING:
            self.empty_state.show_source(self._source, has_picture=True)
        self._show_hud()
        self.refresh()

    @property
    def wanted_scales(self) -> frozenset[Scale]:
        """The scales at which this view and those that share its picture need the next frame."""
        return self._picture.wanted

    def show_result(self, result: FrameResult) -> None:
        """Show the newest result's faces."""
        self._scene.show_result(result)
        self.refresh()

    def show_source(self, changed: SourceChanged) -> None:
        """Show a change of the source: its picture, or a message about why there is none."""
        self._source = changed
        self.set_mirrored(changed.is_mirrored)
        if not self._is_second:
            if changed.state in (SourceState.OPENING, SourceState.CLOSED, SourceState.FAILED):
                self._scene.clear()
                self._picture.clear()
            self.empty_state.show_source(changed, has_picture=not self._picture.is_empty)
        if changed.state is not SourceState.RUNNING:
            self.hud.show_stats(None)
        self._show_hud()
        self._arrange()
        self.refresh()

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the picture mirrored or not; text over it never is."""
        self._is_mirrored = mirrored
        self.banner.set_mirrored(mirrored)
        self.refresh()

    def show_stats(self, stats: EngineStats) -> None:
        """Show how fast the engine is."""
        self.hud.show_stats(stats)

    def show_enrollment(self, enrollment: EnrollmentChanged) -> None:
        """Show or hide the guidance of a recording; a presentation has none."""
        self._enrollment = enrollment
        self.banner.show_enrollment(enrollment)
        self.shots.show_enrollment(enrollment)
        if self._is_presenting:
            self.banner.hide()
            self.shots.hide()
        self._arrange()

    # How it is shown ------------------------------------------------------------------------------------------------

    def set_learner(self, key: str | None) -> None:
        """Draw this learner's decisions; None: the deciding learner's."""
        self._learner = key
        self.refresh()

    def set_deciding(self, key: str) -> None:
        """Set the learner that is to decide; until its results come, another's are drawn in grey without scores."""
        self._deciding = key
        self.refresh()

    def set_contrast(self, key: str | None, *, is_on: bool = True) -> None:
        """Highlight the faces that this learner (None: the deciding one) names differently."""
        self._contrast = (key,) if is_on else None
        self.refresh()

    def set_counts(self, text: str) -> None:
        """Show this view's counts at the bottom; "" hides them."""
        if text != self.counts.title:
            self.counts.show_title(text, FontSize.BODY)
            self._arrange()

    def forget_names(self) -> None:
        """Clear cached drawings and measurements that may name a deleted person; what is on screen is drawn again."""
        self._overlay.forget_names()

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Set the methods' names in the verdict strips: keys to short names, in their order on screen."""
        self._overlay.set_titles(titles)
        self.refresh()

    def set_verdicts_visible(self, visible: bool) -> None:
        """Show each method's verdict on each face, or only the names."""
        self._overlay.set_strips_visible(visible)
        self.refresh()

    def set_title(self, title: str) -> None:
        """Show the method's title in the upper right corner; "" hides it."""
        self.title.show_title(title, self._letters(_TITLE_SHARE, _SMALLEST_TITLE, FontSize.HEADING))
        self._arrange()
        self.refresh()

    def set_presenting(self, presenting: bool) -> None:
        """Show only boxes, large names and a large title; or everything."""
        self._is_presenting = presenting
        if presenting:
            self.banner.hide()
            self.shots.hide()
        elif self._enrollment is not None:
            self.banner.show_enrollment(self._enrollment)
            self.shots.show_enrollment(self._enrollment)
        self._show_hud()
        self._scale_letters()

    def set_hud_visible(self, visible: bool) -> None:
        """Show or hide the HUD."""
        self._is_hud_wanted = visible
        self._show_hud()

    def _show_hud(self) -> None:
        has_live_picture = self._source.state is SourceState.RUNNING and not self._picture.is_empty
        self.hud.setVisible(self._is_hud_wanted and has_live_picture and not self._is_presenting)

    def name_environment(self) -> None:
        """Label simulated environments in this second view too, because it is on another screen."""
        self._names_environment = True
        self.refresh()

    def _show_environment(self) -> None:
        """Show a label for as long as the picture is not what the camera sees."""
        frame = self._scene.frame
        words = "" if frame is None or not self._names_environment else label_words(frame.environment)
        if words != self.environment.title:
            self.environment.show_title(words, self._letters(_TITLE_SHARE, _SMALLEST_TITLE, FontSize.BODY))
            self._arrange()

    def set_message_place(self, place: QRect) -> None:
        """Set where a message lies, null for none: text that is not clickable makes room, clickable items stay."""
        self._message = place
        self._arrange()
        self.refresh()

    @property
    def _bottom_inset(self) -> int:
        """The height that a message takes at the lower edge."""
        is_low = not self._message.isNull() and self._message.center().y() > self.height() / 2
        return self.height() - self._message.top() if is_low else 0

    def geometry_of_video(self) -> VideoGeometry | None:
        """Return where the video is in the view; None without a picture."""
        if self._picture.is_empty:
            return None
        width, height = self._picture.size
        return VideoGeometry.fit(width, height, QRectF(self.rect()), is_mirrored=self._is_mirrored)

    def refresh(self) -> None:
        """Show the scene's current content."""
        self._show_environment()
        geometry = self.geometry_of_video()
        if geometry is None:
            self._set_placed(())
            return
        over = [
            QRectF(widget.geometry())
            for widget in (self.hud, self.title, self.environment, self.counts)
            if not widget.isHidden()
        ]
        if not self._message.isNull():
            over.append(QRectF(self._message))
        items = self._scene.items(self._learner)
        if self._learner is None and self._deciding and self._scene.learner not in ("", self._deciding):
            items = tuple(replace(item, is_former=True, score_text="", raw_text="", fill=0.0) for item in items)
        if self._contrast is not None:
            others = {item.track_id: item.name for item in self._scene.items(self._contrast[0])}
            items = tuple(replace(item, differs=others.get(item.track_id, item.name) != item.name) for item in items)
        self._set_placed(self._overlay.place(items, geometry, QRectF(self.rect()), over))

    def _verdict_lines(self, face: PlacedFace) -> Sequence[str]:
        return self._overlay.verdict_lines(face)

    # Painting -------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the stage, the picture and the faces."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("stage"))
        geometry = self.geometry_of_video()
        if geometry is not None:
            self._picture.paint(painter, geometry)
            self._overlay.paint(painter, self._placed, hovered=self._hovered, focused=self._focused)
        painter.end()

    # Placing what lies over the video -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything for the new size."""
        super().resizeEvent(event)
        self._scale_letters()

    def _scale_letters(self) -> None:
        name_px = self._letters(_NAME_SHARE, _SMALLEST_NAME, 0)
        self._overlay.set_presenting(name_px or None)
        self.set_title(self.title.title)

    def _letters(self, share: float, smallest: int, usual: int) -> int:
        """Return the font size: `usual`, or in a presentation one that grows with the picture, whatever its shape."""
        if not self._is_presenting:
            return usual
        return max(smallest, round(share * min(self.height(), self.width() * 9 / 16)))

    def _arrange(self) -> None:
        self.empty_state.place(self.rect())
        self.drop_zones.setGeometry(self.rect())
        self.hud.move(Space.M, Space.M)
        taken = 0 if self.hud.isHidden() else self.hud.width() + Space.M
        self.title.fit(self.width() - Space.M, Space.M, self.width() - 2 * Space.M - taken)
        bottom = self.height() - Space.M - self._bottom_inset
        words_top = self.empty_state.y()
        if not self.empty_state.isHidden() and words_top > self.height() / 2:  # a bar at the bottom, e.g. while paused
            bottom = min(bottom, words_top - Space.XS)
        for badge in (self.counts, self.environment):
            if not badge.isHidden():
                wanted, widest = badge.sizeHint(), self.width() - 2 * Space.M
                bottom -= wanted.height()
                badge.fit(Space.M + min(wanted.width(), widest), bottom, widest)
                bottom -= Space.XS
        size = self.banner.sizeHint()
        width = min(size.width(), self.width() - 2 * Space.M)
        bottom = self.height() - Space.XL - self._bottom_inset
        self.banner.setGeometry((self.width() - width) // 2, bottom - size.height(), width, size.height())
        strip, disc = self.shots.sizeHint(), self.countdown.sizeHint()
        top = self.banner.y() - Space.S - strip.height()
        self.shots.setGeometry((self.width() - strip.width()) // 2, top, strip.width(), strip.height())
        centre = self.rect().center()
        self.countdown.setGeometry(
            centre.x() - disc.width() // 2, centre.y() - disc.height() // 2, disc.width(), disc.height()
        )

    # Dropping files -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show the drop zones, which cover the view and receive the drag from here on."""
        paths = local_paths(event.mimeData())
        if paths:
            self.drop_zones.begin(paths)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Hide the drop zones if the pointer left the view rather than entered the zones."""
        event.accept()
        if not self.rect().contains(self.mapFromGlobal(self.cursor().pos())):
            self.drop_zones.end()

    def dropEvent(self, event: QDropEvent) -> None:
        """Forward a drop so quick that the drop zones have not received the drag."""
        self.drop_zones.dropEvent(event)
