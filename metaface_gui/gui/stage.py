"""The window's middle: the methods to choose from, the video, and the studio that shows what they do."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.studio.side import Side
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.live.live_view import LiveView
from metaface_gui.gui.live.split_view import SplitView
from metaface_gui.gui.presentation.board import PresentationBoard
from metaface_gui.gui.studio.compare_page import ComparePage
from metaface_gui.gui.studio.map_page import MapPage, MapWishes
from metaface_gui.gui.studio.method_bar import MethodBar
from metaface_gui.gui.studio.method_page import MethodPage
from metaface_gui.gui.studio.pages import PAGES, PageParts
from metaface_gui.gui.studio.report_page import ReportPage
from metaface_gui.gui.studio.room_page import RoomPage
from metaface_gui.gui.studio.studio_dock import StudioDock
from metaface_gui.gui.studio.why_page import WhyPage
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.i18n import translate

_STUDIO_HEIGHT, _STUDIO_SHARE = 340, 0.36
"""The studio's height until the user chooses one: nine rows of a table, or more if the window is tall."""
_LEAST_ASIDE = 320
"""Minimum width of the video beside something large."""
_BESIDE_SHARE = 0.34
"""The video's share of the width while the studio is large."""


class Stage(QWidget):
    """Method bar, video and studio, one above the other; while presenting, the video alone.

    `studio_shown`: a page was opened while the studio was hidden, so what stores its visibility must follow.
    `page_changed`: another page is open, or the studio was opened, closed, enlarged or shrunk.
    """

    studio_shown = Signal(bool)
    page_changed = Signal()
    split_changed = Signal(bool)
    refused = Signal(KnownError)

    def __init__(self, engine: EngineApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_presenting = False
        self._is_studio_wanted = False
        self._is_height_chosen = False
        self._height: QByteArray | None = None
        self.methods = MethodBar(engine.models, bridge, self)
        # Large parts are created where they stay: reparenting would make Qt restyle everything in them.
        wishes = MapWishes(engine.studio)
        self.board = PresentationBoard(engine.studio, engine.people, bridge, wishes, self)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self.board)
        self.splitter.setChildrenCollapsible(False)
        self.video = SplitView(bridge, self.splitter)
        parts = PageParts(engine, bridge, wishes, self)
        pages = [(page.key, translate("StudioPages", page.title), page.make(parts)) for page in PAGES]
        self.studio = StudioDock(pages, self.splitter)
        self.method, self.compare = self.studio.page(MethodPage), self.studio.page(ComparePage)
        self.map, self.why = self.studio.page(MapPage), self.studio.page(WhyPage)
        self.report, self.room = self.studio.page(ReportPage), self.studio.page(RoomPage)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([10_000, _STUDIO_HEIGHT])
        self.splitter.splitterMoved.connect(self._on_moved)
        self.board.set_video(self.splitter)
        self.projected_board = PresentationBoard(engine.studio, engine.people, bridge, wishes, self)
        self.projected_board.hide()
        self._column = column(self.methods, (self.board, 1), spacing=0)
        self.setLayout(self._column)
        self.compare.split_wanted.connect(self._set_split)
        self.video.learner_wanted.connect(engine.models.set_learner)
        self.video.second_wanted.connect(self.compare.show_second)
        self.video.sides_wanted.connect(engine.sides.want)
        self.video.face_clicked.connect(self.compare.select_track)
        self.video.face_clicked.connect(self.why.select_track)
        self.report.refused.connect(self.refused)
        self.studio.key_changed.connect(lambda _key: self.page_changed.emit())
        self.studio.hide()

    @property
    def live_view(self) -> LiveView:
        """The deciding method's view, over which messages are shown."""
        return self.video.primary

    @property
    def is_studio_visible(self) -> bool:
        """Whether the studio is open, even while a presentation hides it."""
        return self._is_studio_wanted

    def add_banner(self, banner: QWidget) -> None:
        """Put a banner above everything else; it shows and hides itself."""
        self._column.insertWidget(0, banner)

    @property
    def is_studio_large(self) -> bool:
        """Whether the studio fills most of the window, with the video small beside it."""
        return self.splitter.orientation() is Qt.Orientation.Horizontal

    def set_studio_large(self, large: bool) -> None:
        """Give the studio the whole height and most of the width, or its place below the video."""
        if large == self.is_studio_large:
            return
        if large:
            self._height = self.save_state()
        self.video.set_small(large)
        self.splitter.setOrientation(Qt.Orientation.Horizontal if large else Qt.Orientation.Vertical)
        self.splitter.setStretchFactor(1, 2 if large else 0)  # beside the video, it grows with the window
        if large:
            video = round(_BESIDE_SHARE * self.splitter.width())
            self.splitter.setSizes([video, self.splitter.width() - video])
        elif self._height is not None:
            self.splitter.restoreState(self._height)
            self._height = None
        self.page_changed.emit()

    def set_studio_visible(self, visible: bool) -> None:
        """Open or close the studio."""
        self._is_studio_wanted = visible
        self.studio.setVisible(visible and not self._is_presenting)
        if visible and not self._is_height_chosen and not self.is_studio_large:
            # Only now, because a splitter accepts no size for a hidden widget.
            wanted = max(_STUDIO_HEIGHT, round(_STUDIO_SHARE * self.splitter.height()))
            self.splitter.setSizes([max(self.splitter.height() - wanted, 1), wanted])
        self.page_changed.emit()

    def open_page(self, key: str) -> None:
        """Open this page of the studio, and the studio if it is closed."""
        self.studio.open_key(key)
        self.page_changed.emit()
        if not self._is_studio_wanted:
            self.set_studio_visible(True)
            self.studio_shown.emit(True)

    def explain(self, track_id: int) -> None:
        """Open the page that explains why this face has its name."""
        self.why.select_track(track_id)
        self.open_page("why")

    def set_split(self, split: bool) -> None:
        """Show a second view with another method, or only the first."""
        self.compare.set_split(split)

    def show_before_after(self, before: Side) -> None:
        """Show a side on the left and the deciding method as it runs on the right; a second call undoes it.

        A side whose learner is "" is one of the deciding method.
        """
        deciding = self.methods.learner
        left = before if before.learner else replace(before, learner=deciding)
        if self.video.sides[:1] == (left,):
            self.compare.set_split(False)
            return
        self.compare.set_split(True)
        self.video.show_sides(left, Side(deciding))

    def set_aside(self, aside: bool) -> None:
        """Show only the video, small, beside something large; or everything again."""
        self.methods.setVisible(not aside)
        self.studio.setVisible(self._is_studio_wanted and not aside)
        self.video.set_small(aside)
        self.setMinimumWidth(_LEAST_ASIDE if aside else 0)

    def set_presenting(self, presenting: bool) -> None:
        """Show only the video, with large names; or everything again."""
        self._is_presenting = presenting
        self.methods.setVisible(not presenting)
        self.studio.setVisible(self._is_studio_wanted and not presenting)
        self.board.set_presenting(presenting)
        self.video.set_presenting(presenting)

    def project(self, is_on: bool) -> None:
        """Fill the board for another screen, or stop doing so."""
        if is_on:
            self.projected_board.set_video(self.video.projected())
            self.video.projected().show()
        self.projected_board.set_presenting(is_on)

    def save_state(self) -> QByteArray:
        """Return the studio's height, for `restore_state`."""
        return self.splitter.saveState() if self._height is None else self._height

    def restore_state(self, state: QByteArray) -> None:
        """Restore the studio's height; an invalid `state` changes nothing."""
        self._is_height_chosen = self.splitter.restoreState(state)

    def _on_moved(self) -> None:
        self._is_height_chosen = True

    def _set_split(self, key: str | None) -> None:
        self.video.set_second(key)
        self.split_changed.emit(key is not None)
