"""The presentation board: the video, a column of panels beside it and the counts below, all in large letters."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from metaface_gui.engine.api import PeopleApi, StudioApi
from metaface_gui.engine.events import (
    Adapted,
    AdaptStepTaken,
    ComparisonChanged,
    GalleryChanged,
    ModelsChanged,
    ResultReady,
    SidesChanged,
)
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import learner_title
from metaface_gui.gui.live.side_words import side_title
from metaface_gui.gui.presentation.count_cards import CountCards
from metaface_gui.gui.presentation.parts import Part
from metaface_gui.gui.presentation.people_margins import PeopleMargins
from metaface_gui.gui.studio.adaptation_plot import AdaptationPlot
from metaface_gui.gui.studio.learner_legend import LearnerLegend
from metaface_gui.gui.studio.map_page import MapPage, MapWishes
from metaface_gui.gui.studio.score_bars import ScoreBars
from metaface_gui.gui.theme import Radius, Space, Theme, font
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.layouts import column, row

_LETTERS_SHARE, _SMALLEST, _LARGEST = 0.022, 15, 44
"""Letter height as a share of the board's height (24 pixels on a Full HD screen), and its limits in pixels."""
_COLUMN_SHARE = 0.4
_HEIGHTS = {Part.MARGINS: 3, Part.MAP: 5, Part.CURVE: 4}
"""Relative heights of the panels in the column."""


class BoardPanel(QWidget):
    """A panel with a title in large letters and an optional widget `beside` it, above its contents."""

    def __init__(
        self, title: str, inside: QWidget, parent: QWidget | None = None, *, beside: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(title, self)
        self.inside = inside
        head = row((self.title, 1), spacing=Space.M)
        if beside is not None:
            head.addWidget(beside)
        self.setLayout(column(head, (inside, 1), margins=(Space.L, Space.S, Space.L, Space.M), spacing=Space.XS))

    def set_letters(self, letters_px: int) -> None:
        """Set the title's letter height."""
        # The application's style sheet sets the size of every label; only the label's own sheet overrides it.
        self.title.setStyleSheet(f"font-size: {font(letters_px).pixelSize()}px; font-weight: 600;")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the panel's background."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Theme.current().color("surface"))
        painter.drawRoundedRect(self.rect(), Radius.M, Radius.M)


class PresentationBoard(QWidget):
    """Lays out a video alone or with the chosen parts. Follows the bridge; hidden parts are not drawn.

    Of boards that share `wishes`, the one shown last determines whose map is drawn.
    """

    def __init__(
        self,
        studio: StudioApi,
        people: PeopleApi,
        bridge: EngineBridge,
        wishes: MapWishes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts: frozenset[Part] = frozenset()
        self._is_presenting = False
        self._deciding = ""
        self._sides_asked = False
        self._letters_px = 0
        self._people = PeopleMargins()
        self.plot = AdaptationPlot(self)
        self.map = MapPage(studio, people, bridge, self, wishes=wishes)
        self.bars = ScoreBars(self)
        self.bars.setAccessibleName(self.tr("Margins of everybody enrolled"))
        self.legend = LearnerLegend(self)
        self.cards = CountCards(self)
        self.panels = {
            Part.MARGINS: BoardPanel(self.tr("Margins"), self.bars, self),
            Part.MAP: BoardPanel(self.tr("Map"), self.map, self),
            Part.CURVE: BoardPanel(self.tr("Learning"), self._curves(), self, beside=self.legend),
        }
        self.column = QWidget(self)
        self.column.setLayout(column(*((panel, _HEIGHTS[part]) for part, panel in self.panels.items())))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.addWidget(self.column, 0, 1)
        self._grid.addWidget(self.cards, 1, 0, 1, 2)
        self._grid.setRowStretch(0, 1)
        self._grid.setColumnStretch(0, 1)
        self.map.map_shown.connect(self._name_map)
        self._connect(bridge)
        self._arrange()

    @property
    def parts(self) -> frozenset[Part]:
        """Return the parts chosen to stand beside the video while presenting."""
        return self._parts

    def set_video(self, video: QWidget) -> None:
        """Show the video; before this call there is none."""
        self._grid.addWidget(video, 0, 0)

    def set_parts(self, parts: Collection[Part]) -> None:
        """Choose the parts beside the video."""
        self._parts = frozenset(parts)
        self._arrange()

    def set_presenting(self, presenting: bool) -> None:
        """Show the chosen parts, or the video alone."""
        self._is_presenting = presenting
        self._arrange()

    def _curves(self) -> QWidget:
        """Return the curves, or a note about which methods have curves."""
        self.note = EmptyNote(
            "learner",
            self.tr("No steps yet"),
            self.tr("MAML, Reptile and the learned optimizer (4, 5, 8) learn step by step."),
            self,
        )
        curves = QWidget(self)
        self._curves_stack = QStackedLayout(curves)
        self._curves_stack.addWidget(self.note)
        self._curves_stack.addWidget(self.plot)
        return curves

    def _connect(self, bridge: EngineBridge) -> None:
        bridge.models_changed.connect(self._on_models)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.adapt_step_taken.connect(self._on_step)
        bridge.adapted.connect(self._on_adapted)
        bridge.comparison_changed.connect(self._on_comparison)
        bridge.sides_changed.connect(self._on_sides)
        bridge.result_ready.connect(self._on_result)

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_models(self, changed: ModelsChanged) -> None:
        self._deciding = changed.learner
        title = self.tr("Margins · {method}").format(method=learner_title(changed.learner))
        self.panels[Part.MARGINS].title.setText(title)

    def _on_gallery(self, changed: GalleryChanged) -> None:
        self._people.set_people({person.id: person.name for person in changed.snapshot.recognised})
        self._show_margins()

    def _on_step(self, event: AdaptStepTaken) -> None:
        self.plot.take_step(event)
        self._name_curves()

    def _on_adapted(self, event: Adapted) -> None:
        self.plot.take_adapted(event)
        self._name_curves()

    def _name_curves(self) -> None:
        if not self.plot.is_empty:
            self.legend.show_keys(self.plot.runs.learners)
            self._curves_stack.setCurrentWidget(self.plot)

    def _name_map(self, learner: str) -> None:
        words = self.tr("Map · {method}").format(method=learner_title(learner)) if learner else self.tr("Map")
        self.panels[Part.MAP].title.setText(words)

    def _on_comparison(self, changed: ComparisonChanged) -> None:
        if not self._sides_asked:
            deciding = [("", tally) for tally in changed.tallies if tally.learner == self._deciding]
            self.cards.show_tallies(deciding[:1])

    def _on_sides(self, changed: SidesChanged) -> None:
        self._sides_asked = bool(changed.sides)
        tallies = {tally.learner: tally for tally in changed.tallies}
        counted = [(side_title(side), tallies[side.key]) for side in changed.sides if side.key in tallies]
        if counted:
            self.cards.show_tallies(counted)

    def _on_result(self, ready: ResultReady) -> None:
        self._people.take(ready.result.faces)
        if self.bars.isVisible():
            self._show_margins()

    def _show_margins(self) -> None:
        self.bars.show_margins(self._people.rows(self.bars.most_rows))

    # Laying out -----------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        shown = self._parts if self._is_presenting else frozenset()
        beside = shown & self.panels.keys()
        for part, panel in self.panels.items():
            panel.setVisible(part in beside)
        self.column.setVisible(bool(beside))
        self.cards.setVisible(Part.COUNTS in shown)
        margin = Space.S if shown else 0
        self._grid.setContentsMargins(margin, margin, margin, margin)
        self._grid.setSpacing(margin)
        self._scale()

    def _scale(self) -> None:
        if not self._is_presenting:
            return
        self.column.setFixedWidth(round(_COLUMN_SHARE * self.width()))
        letters = round(min(max(_LETTERS_SHARE * self.height(), _SMALLEST), _LARGEST))
        if letters == self._letters_px:
            return
        self._letters_px = letters
        self.plot.set_letters(letters)
        self.legend.set_letters(letters)
        self.note.set_letters(letters)
        self.map.note.set_letters(letters)
        self.map.set_letters(letters)
        self.bars.set_letters(letters)
        self.cards.set_letters(letters)
        for panel in self.panels.values():
            panel.set_letters(letters)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale the letters with the board."""
        super().resizeEvent(event)
        self._scale()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the background with the stage's colour."""
        if self._is_presenting:
            QPainter(self).fillRect(self.rect(), Theme.current().color("stage"))
