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
from metaface_gui.gui.live.drop_zones import DropZones, dropped_paths
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
from metaface_gui.types import Frame, FrameResult

_NAME_SHARE, _TITLE_SHARE = 0.065, 0.045
"""Height of a presentation's letters as a share of the picture's: 70 and 49 pixels on a Full HD screen. A lower-case
letter is about half as high as its font: those of names span 0.2 degrees, the least that is read at full speed (Legge
and Bigelow 2011, "Does print size matter for reading?"), from nine times the picture's height away."""
_SMALLEST_NAME, _SMALLEST_TITLE = 22, 18


class LiveView(FaceInput):
    """Paints video and faces. A face is activated by a click, or by Tab and Enter; files may be dropped.

    With `beside`, another view, it shows the same video and the same results with another learner's decisions: no
    conversion of its own, no HUD, guidance or words about a missing picture. It follows with `refresh`.
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
        """The camera frame that is shown."""
        return self._scene.frame

    def show_frame(self, prepared: PreparedFrame) -> None:
        """Show the newest camera frame; its array must not change any more."""
        self._picture.show(prepared)
        self._scene.show_frame(prepared.frame)
        if not self.empty_state.isHidden() and self._source.state is SourceState.RUNNING:
            self.empty_state.show_source(self._source, has_picture=True)
        self._show_hud()
        self.refresh()

    @property
    def wanted_scales(self) -> frozenset[Scale]:
        """How this view, and those that share its picture, want the next frame scaled."""
        return self._picture.wanted

    def show_result(self, result: FrameResult) -> None:
        """Show the newest result's faces."""
        self._scene.show_result(result)
        self.refresh()

    def show_source(self, changed: SourceChanged) -> None:
        """Follow the source: another picture, or words about why there is none."""
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
        """Show the picture as in a mirror, or as it is; words over it are never mirrored."""
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
        """Draw this learner's decisions; None: those that decide."""
        self._learner = key
        self.refresh()

    def set_deciding(self, key: str) -> None:
        """Say who is to decide: until it does, what another one said is shown in grey and without its numbers."""
        self._deciding = key
        self.refresh()

    def set_contrast(self, key: str | None, *, is_on: bool = True) -> None:
        """Light the faces up that have another name where this learner decides, None being the deciding one."""
        self._contrast = (key,) if is_on else None
        self.refresh()

    def set_counts(self, text: str) -> None:
        """Say at the bottom what this view came to; "": nothing."""
        if text != self.counts.title:
            self.counts.show_title(text, FontSize.BODY)
            self._arrange()

    def forget_names(self) -> None:
        """Keep nothing drawn or measured that may name somebody who was deleted; what is on screen is drawn again."""
        self._overlay.forget_names()

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Call methods so beside faces that several of them name: keys to short names, in their order on screen."""
        self._overlay.set_titles(titles)
        self.refresh()

    def set_verdicts_visible(self, visible: bool) -> None:
        """Show what each method says of each face, or only the names."""
        self._overlay.set_strips_visible(visible)
        self.refresh()

    def set_title(self, title: str) -> None:
        """Name the method in the right upper corner; "": nobody."""
        self.title.show_title(title, self._letters(_TITLE_SHARE, _SMALLEST_TITLE, FontSize.HEADING))
        self._arrange()
        self.refresh()

    def set_presenting(self, presenting: bool) -> None:
        """Show only boxes and large names, and the title large; or everything."""
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
        """Say of this view, too, that its picture is not what the camera sees: it stands on another screen."""
        self._names_environment = True
        self.refresh()

    def _show_environment(self) -> None:
        """Say for as long as it is so that this is not what the camera sees."""
        frame = self._scene.frame
        words = "" if frame is None or not self._names_environment else label_words(frame.environment)
        if words != self.environment.title:
            self.environment.show_title(words, self._letters(_TITLE_SHARE, _SMALLEST_TITLE, FontSize.BODY))
            self._arrange()

    def set_message_place(self, place: QRect) -> None:
        """A message lies there, null: none. What can be clicked stays where it is; words that cannot make room."""
        self._message = place
        self._arrange()
        self.refresh()

    @property
    def _bottom_inset(self) -> int:
        """How much of the lower edge a message takes."""
        is_low = not self._message.isNull() and self._message.center().y() > self.height() / 2
        return self.height() - self._message.top() if is_low else 0

    def geometry_of_video(self) -> VideoGeometry | None:
        """Where the video is in the view; None without a picture."""
        if self._picture.is_empty:
            return None
        width, height = self._picture.size
        return VideoGeometry.fit(width, height, QRectF(self.rect()), is_mirrored=self._is_mirrored)

    def refresh(self) -> None:
        """Show what the scene now holds."""
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
        """Stage, picture, faces."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("stage"))
        geometry = self.geometry_of_video()
        if geometry is not None:
            self._picture.paint(painter, geometry)
            self._overlay.paint(painter, self._placed, hovered=self._hovered, focused=self._focused)
        painter.end()

    # Placing what lies over the video -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in its place."""
        super().resizeEvent(event)
        self._scale_letters()

    def _scale_letters(self) -> None:
        name_px = self._letters(_NAME_SHARE, _SMALLEST_NAME, 0)
        self._overlay.set_presenting(name_px or None)
        self.set_title(self.title.title)

    def _letters(self, share: float, smallest: int, usual: int) -> int:
        """How high letters are: a presentation's grow with the picture, whatever the shape of the view."""
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
        if not self.empty_state.isHidden() and words_top > self.height() / 2:  # a line at the bottom, as while paused
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
