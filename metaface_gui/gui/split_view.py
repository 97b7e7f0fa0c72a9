"""The video, once or twice side by side: the names of the method that decides, and of another one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from metaface_gui.engine.events import ModelsChanged, ResultReady, SourceChanged, SourceState
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import learner_short_title, learner_title
from metaface_gui.gui.live_view import LiveView
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.types import Frame

_NARROW = (280, 200)
"""Least size of a view that has another beside it: two must fit where one did."""
_ALONE = (480, 320)


class SplitView(QWidget):
    """Shows what the engine sends: follows the bridge by itself, but for frames, which are given to `show_frame`.

    Which methods run is not its affair: who is asked with `second_wanted` makes that method run and calls `set_second`.
    """

    face_clicked = Signal(int, QPoint)
    """A face's track id and a point on the screen near it; of either view."""
    files_dropped = Signal(list)
    source_dropped = Signal(Path)
    pause_wanted = Signal()
    learner_wanted = Signal(str)
    """The method that the user chose for the left view: it is to decide."""
    second_wanted = Signal(str)
    """The method that the user chose for the right view; it may not run yet."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: ModelsChanged | None = None
        self._source = SourceChanged(SourceState.CLOSED)
        self._second_key: str | None = None
        self._is_presenting = False
        self._primary = LiveView(self)
        self._second = LiveView(self, beside=self._primary)
        self._second.hide()
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        titles = {key: learner_short_title(key) for key in LEARNERS}
        for view in self.views:
            self._splitter.addWidget(view)
            view.set_titles(titles)
            view.face_clicked.connect(self.face_clicked)
            view.files_dropped.connect(self.files_dropped)
            view.source_dropped.connect(self.source_dropped)
            view.pause_wanted.connect(self.pause_wanted)
            bridge.gallery_changed.connect(view.forget_names)
        self._primary.title.chosen.connect(self.learner_wanted)
        self._second.title.chosen.connect(self.second_wanted)
        bridge.result_ready.connect(self._on_result)
        bridge.source_changed.connect(self._on_source)
        bridge.models_changed.connect(self._on_models)
        bridge.stats.connect(self._primary.show_stats)
        bridge.enrollment_changed.connect(self._primary.show_enrollment)

    @property
    def primary(self) -> LiveView:
        """The left view, of the deciding method; messages lie on it."""
        return self._primary

    @property
    def second(self) -> LiveView | None:
        """The right view; None while there is one view only."""
        return None if self._second_key is None else self._second

    @property
    def second_key(self) -> str | None:
        """The right view's method."""
        return self._second_key

    @property
    def views(self) -> tuple[LiveView, LiveView]:
        """Both views, whether the second is on screen or not."""
        return self._primary, self._second

    def show_frame(self, frame: Frame) -> None:
        """Show the newest camera frame; the array must not change any more."""
        self._primary.show_frame(frame)
        self._refresh_second()

    def set_second(self, key: str | None) -> None:
        """Show this method's decisions in a view on the right; None: one view only."""
        was_split = self._second_key is not None
        self._second_key = key
        is_split = key is not None
        for view in self.views:
            view.setMinimumSize(*(_NARROW if is_split else _ALONE))
            # Two views are the comparison; strips would say the same once more, in half the room.
            view.set_verdicts_visible(not is_split)
        if is_split:
            self._second.set_learner(key)
            self._second.show_source(self._source)
        self._second.setVisible(is_split)
        if is_split and not was_split:
            self._splitter.setSizes([self.width() // 2, self.width() - self.width() // 2])
        self._show_titles()

    def set_presenting(self, presenting: bool) -> None:
        """Show only boxes, large names and the methods' titles; or everything."""
        self._is_presenting = presenting
        for view in self.views:
            view.set_presenting(presenting)
        self._show_titles()

    def set_hud_visible(self, visible: bool) -> None:
        """Show or hide the speed, which is the same for both."""
        self._primary.set_hud_visible(visible)

    def _refresh_second(self) -> None:
        if self._second_key is not None:
            self._second.refresh()

    def _on_result(self, event: ResultReady) -> None:
        self._primary.show_result(event.result)
        self._refresh_second()

    def _on_source(self, changed: SourceChanged) -> None:
        self._source = changed
        self._primary.show_source(changed)
        if self._second_key is not None:
            self._second.show_source(changed)

    def _on_models(self, changed: ModelsChanged) -> None:
        self._models = changed
        self._show_titles()

    def _show_titles(self) -> None:
        deciding = "" if self._models is None else self._models.learner
        is_comparing = self._models is not None and bool(self._models.compared)
        is_split = self._second_key is not None
        has_title = bool(deciding) and (is_comparing or is_split or self._is_presenting)
        self._primary.set_title(learner_title(deciding) if has_title else "")
        self._second.set_title(learner_title(self._second_key or ""))
        can_choose = is_split and not self._is_presenting
        for view, key in ((self._primary, deciding), (self._second, self._second_key or "")):
            keys = dict.fromkeys([*LEARNERS, *([key] if key else [])]) if can_choose else ()
            view.title.set_choices([(each, learner_title(each)) for each in keys], key)
            view.set_title(view.title.title)
