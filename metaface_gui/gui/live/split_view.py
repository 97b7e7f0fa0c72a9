"""The video once, or twice side by side: the deciding method's names beside another's, or before | after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from metaface_gui.engine.events import (
    ComparisonChanged,
    ModelsChanged,
    ResultReady,
    SidesChanged,
    SourceChanged,
    SourceState,
)
from metaface_gui.engine.studio.side import STOCK, Side
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.live.frame_picture import PreparedFrame
from metaface_gui.gui.live.live_view import LiveView
from metaface_gui.gui.live.projected_views import ProjectedViews
from metaface_gui.gui.live.seek_bar import SeekBar
from metaface_gui.gui.live.side_words import counts_text, differing_text, method_title, side_title
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.pipeline.learners import LEARNERS

_NARROW = (280, 200)
"""Minimum size of a view with another beside it: two must fit where one did."""
_ALONE = (480, 240)
_SMALL, _SMALL_OF_TWO = (320, 200), (170, 120)
"""The minimum sizes alone and of two while the studio takes the window."""


class SplitView(QWidget):
    """Shows the engine's events from the bridge; only frames must be passed in, with `show_frame`.

    It does not decide which methods run: the receiver of `second_wanted` runs that method and calls `set_second`.
    A view may show a side instead (`engine.studio.side`): a method that learned from less, or the published network.
    Then both views show sides, and `sides_wanted` carries them.
    """

    face_clicked = Signal(int, QPoint)
    """A face's track id and a point on the screen near it; of either view."""
    files_dropped = Signal(list)
    source_dropped = Signal(Path)
    pause_wanted = Signal()
    learner_wanted = Signal(str)
    """The method that the user chose for the left view, which is to decide."""
    second_wanted = Signal(str)
    """The method that the user chose for the right view; it may not be running yet."""
    sides_wanted = Signal(tuple)
    """The two sides to run, or ()."""
    mirrored_changed = Signal(bool)
    """Whether the picture is shown mirrored from now on."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: ModelsChanged | None = None
        self._source = SourceChanged(SourceState.CLOSED)
        self._mirrors_cameras, self._mirrors_others = True, False
        self._second_key: str | None = None
        self._is_presenting = False
        self._is_small = False
        # None: the deciding method on the left, the second method on the right, as they run.
        self._left: Side | None = None
        self._right: Side | None = None
        self._asked: tuple[Side, ...] = ()
        self._are_ready = False
        self._primary = LiveView(self)
        self._second = LiveView(self, beside=self._primary)
        self._second.hide()
        self._projected: ProjectedViews | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(2)
        self.seek_bar = SeekBar(self)
        self.setLayout(column((self._splitter, 1), self.seek_bar, spacing=0))
        self._short_titles = {key: learner_short_title(key) for key in LEARNERS}
        self._forgets = bridge.gallery_changed
        for view in self.views:
            self._splitter.addWidget(view)
            view.set_titles(self._short_titles)
            view.face_clicked.connect(self.face_clicked)
            view.files_dropped.connect(self.files_dropped)
            view.source_dropped.connect(self.source_dropped)
            view.pause_wanted.connect(self.pause_wanted)
            bridge.gallery_changed.connect(view.forget_names)
        self._primary.title.chosen.connect(self._on_left_chosen)
        self._second.title.chosen.connect(self._on_right_chosen)
        self._primary.title.toggled.connect(self._on_left_toggled)
        self._second.title.toggled.connect(self._on_right_toggled)
        bridge.result_ready.connect(self._on_result)
        bridge.source_changed.connect(self._on_source)
        bridge.models_changed.connect(self._on_models)
        bridge.sides_changed.connect(self._on_sides)
        bridge.comparison_changed.connect(self._on_comparison)
        bridge.stats.connect(self._primary.show_stats)
        bridge.enrollment_changed.connect(self._primary.show_enrollment)

    @property
    def primary(self) -> LiveView:
        """The left view, of the deciding method; messages are shown over it."""
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
    def sides(self) -> tuple[Side, ...]:
        """The sides being compared; () while both views show methods as they run."""
        return self._asked

    @property
    def chosen_sides(self) -> tuple[Side | None, Side | None]:
        """The sides last given to `show_sides`, while there are two views."""
        return self._left, self._right

    @property
    def views(self) -> tuple[LiveView, LiveView]:
        """Both views, whether the second is on screen or not."""
        return self._primary, self._second

    def projected(self) -> ProjectedViews:
        """Return a second copy of the views for another screen, created at the first call."""
        if self._projected is None:
            self._projected = ProjectedViews(self._primary)
            for view in self._projected.views:
                view.set_titles(self._short_titles)
                view.show_source(self._shown_source())
                view.set_deciding("" if self._models is None else self._models.learner)
                self._forgets.connect(view.forget_names)
            self._apply_sides()
        return self._projected

    def show_frame(self, prepared: PreparedFrame) -> None:
        """Show the newest camera frame; its array must not change afterwards."""
        self._primary.show_frame(prepared)
        self.seek_bar.show_frame(prepared.frame)
        self._refresh_others()

    def set_second(self, key: str | None) -> None:
        """Show this method's decisions in a view on the right; None: one view only."""
        was_split = self._second_key is not None
        self._second_key = key
        is_split = key is not None
        self._allow_sizes()
        for view in self.views:
            # Two views already are the comparison; strips would repeat it in half the space.
            view.set_verdicts_visible(not is_split)
        if is_split:
            self._second.show_source(self._shown_source())
        else:
            self._left = self._right = None
        self._second.setVisible(is_split)
        if self._projected is not None:
            self._projected.set_split(is_split)
        if is_split and not was_split:
            self._splitter.setSizes([self.width() // 2, self.width() - self.width() // 2])
        self._apply_sides()

    def show_sides(self, left: Side | None, right: Side | None) -> None:
        """Show these sides; None means the deciding method on the left, the second one on the right."""
        self._left, self._right = left, right
        self._apply_sides()

    def _apply_sides(self) -> None:
        sides = self._shown_sides()
        is_split = self._second_key is not None
        has_sides = is_split and any(side is not None for side in (self._left, self._right))
        wanted = sides if has_sides else ()
        left = sides[0].key if has_sides else None
        right = sides[1].key if has_sides else self._second_key
        if wanted != self._asked:
            self._are_ready = False
        # A side that is still adapting has no decisions yet, which is no difference to highlight.
        is_contrasted = is_split and (self._are_ready or not has_sides)
        for first, second in self._pairs():
            first.set_learner(left)
            if is_split:
                second.set_learner(right)
            first.set_contrast(right, is_on=is_contrasted)
            second.set_contrast(left, is_on=is_contrasted)
        if self._projected is not None:
            self._projected.set_split(is_split)
        for view in self.views:
            view.set_counts("")
        if wanted != self._asked:
            self._asked = wanted
            self.sides_wanted.emit(wanted)
        self._show_titles()

    def _shown_sides(self) -> tuple[Side, Side]:
        deciding = "" if self._models is None else self._models.learner
        return self._left or Side(deciding), self._right or Side(self._second_key or deciding)

    def _on_left_chosen(self, key: str) -> None:
        if self._left is None and key != STOCK:
            self.learner_wanted.emit(key)
        else:
            self._show_side(key, is_left=True)

    def _on_right_chosen(self, key: str) -> None:
        if self._right is None and key != STOCK:
            self.second_wanted.emit(key)
        else:
            self._show_side(key, is_left=False)

    def _on_left_toggled(self) -> None:
        self._show_side(self._shown_sides()[0].learner, is_left=True)

    def _on_right_toggled(self) -> None:
        self._show_side(self._shown_sides()[1].learner, is_left=False)

    def _show_side(self, learner: str, *, is_left: bool) -> None:
        """Show this method on one side, learned from what the switches there say; the other side stays."""
        title = (self._primary if is_left else self._second).title
        uses_room = title.uses_room or not title.room_switch.isEnabled()
        side = self._simplest(Side(learner, uses_room, title.is_one_shot), is_left=is_left)
        self.show_sides(side if is_left else self._left, self._right if is_left else side)

    def _simplest(self, side: Side, *, is_left: bool) -> Side | None:
        """Return `side`, or None if it is what the view would show anyway."""
        usual = ("" if self._models is None else self._models.learner) if is_left else self._second_key
        return None if side.is_plain and side.learner == usual else side

    def _on_sides(self, changed: SidesChanged) -> None:
        if not self._asked or changed.sides != self._asked:
            return
        if changed.is_ready != self._are_ready:
            self._are_ready = changed.is_ready
            self._apply_sides()
        tallies = {tally.learner: tally for tally in changed.tallies}
        for view, side in zip(self.views, changed.sides, strict=True):
            tally = tallies.get(side.key)
            if not changed.is_ready:
                view.set_counts(self.tr("Adapting…"))
            elif tally is not None:
                view.set_counts(counts_text(tally))
        if changed.is_ready and changed.tallies:
            text = f"{self._second.counts.title} · {differing_text(changed.tallies[0])}"
            self._second.set_counts(text)

    def _on_comparison(self, changed: ComparisonChanged) -> None:
        if self._asked or self._second_key is None:
            return
        tallies = {tally.learner: tally for tally in changed.tallies}
        for view, side in zip(self.views, self._shown_sides(), strict=True):
            tally = tallies.get(side.learner)
            view.set_counts("" if tally is None else counts_text(tally))

    def set_presenting(self, presenting: bool) -> None:
        """Show only boxes, large names and the methods' titles; or everything."""
        self._is_presenting = presenting
        for view in self.views:
            view.set_presenting(presenting)
        self.seek_bar.set_hidden(presenting)
        self._show_titles()

    def set_small(self, small: bool) -> None:
        """Allow small views, or require the size that a video needs when it is the main thing on screen."""
        self._is_small = small
        self._allow_sizes()

    def _allow_sizes(self) -> None:
        is_split = self._second_key is not None
        alone, of_two = (_SMALL, _SMALL_OF_TWO) if self._is_small else (_ALONE, _NARROW)
        for view in self.views:
            view.setMinimumSize(*(of_two if is_split else alone))

    def set_hud_visible(self, visible: bool) -> None:
        """Show or hide the HUD, which is the same for both views."""
        self._primary.set_hud_visible(visible)

    def _pairs(self) -> tuple[tuple[LiveView, LiveView], ...]:
        """Return the left and the right view of each screen."""
        return (self.views,) if self._projected is None else (self.views, self._projected.views)

    def _others(self) -> list[LiveView]:
        """Return the visible views that share the primary one's picture."""
        others = [self._second] if self._second_key is not None else []
        if self._projected is not None and self._projected.isVisible():
            others += self._projected.views if self._second_key is not None else self._projected.views[:1]
        return others

    def _refresh_others(self) -> None:
        for view in self._others():
            view.refresh()

    def _on_result(self, event: ResultReady) -> None:
        self._primary.show_result(event.result)
        if self._source.state is not SourceState.RUNNING:
            self._refresh_others()  # no frame will come to refresh them
        elif self._second_key is not None:
            self._second.refresh()  # projected views get it with the next frame, which saves a paint

    @property
    def is_mirrored(self) -> bool:
        """Whether the picture is shown mirrored; what is recognised and recorded never is."""
        return self._mirrors_cameras if self._source.is_mirrored else self._mirrors_others

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the picture mirrored or not: all cameras from now on, any other source until it is closed."""
        if self._source.is_mirrored:
            self._mirrors_cameras = mirrored
        else:
            self._mirrors_others = mirrored
        for view in (self._primary, *self._others()):
            view.set_mirrored(self.is_mirrored)
        self.mirrored_changed.emit(self.is_mirrored)

    def restore_mirror(self, *, mirrors_cameras: bool) -> None:
        """Restore whether the user mirrored cameras last time."""
        self._mirrors_cameras = mirrors_cameras

    @property
    def mirrors_cameras(self) -> bool:
        """Whether cameras are shown mirrored, which is the default."""
        return self._mirrors_cameras

    def _shown_source(self) -> SourceChanged:
        return replace(self._source, is_mirrored=self.is_mirrored)

    def _on_source(self, changed: SourceChanged) -> None:
        self._source = changed
        if changed.state in (SourceState.OPENING, SourceState.CLOSED):
            self._mirrors_others = False
        self._primary.show_source(self._shown_source())
        self.seek_bar.show_source(changed)
        for view in self._others():
            view.show_source(self._shown_source())
        self.mirrored_changed.emit(self.is_mirrored)

    def _on_models(self, changed: ModelsChanged) -> None:
        self._models = changed
        for pair in self._pairs():
            for view in pair:
                view.set_deciding(changed.learner)
        self._apply_sides()

    def _show_titles(self) -> None:
        is_comparing = self._models is not None and bool(self._models.compared)
        is_split = self._second_key is not None
        sides = self._shown_sides()
        has_title = bool(sides[0].learner) and (is_comparing or is_split or self._is_presenting)
        self._primary.set_title(side_title(sides[0]) if has_title else "")
        self._second.set_title(side_title(sides[1]) if is_split else "")
        if self._projected is not None:
            for view, side, is_shown in zip(self._projected.views, sides, (True, is_split), strict=True):
                view.set_title(side_title(side) if is_shown and side.learner else "")
        can_choose = is_split and not self._is_presenting
        for view, side in zip(self.views, sides, strict=True):
            keys = dict.fromkeys([STOCK, *LEARNERS, *([side.learner] if side.learner else [])]) if can_choose else ()
            view.title.set_choices([(each, method_title(each)) for each in keys], side.learner)
            view.title.show_switches(
                uses_room=side.uses_room, is_one_shot=side.is_one_shot, has_room=side.learner != STOCK
            )
            view.set_title(view.title.title)
