"""The comparison: which methods run on the same faces, their results so far, and each one's current verdict."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from metaface_gui.engine.api import ModelsApi, StudioApi
from metaface_gui.engine.events import ComparisonChanged, GalleryChanged, ModelsChanged, ModelState, ResultReady
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.studio.compare_table import CompareTable
from metaface_gui.gui.studio.compare_table_model import CompareTableModel
from metaface_gui.gui.studio.compare_words import summary_text, table_tsv
from metaface_gui.gui.theme import Space
from metaface_gui.gui.who_left import somebody_left
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.layouts import column, row
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.rendering.verdicts import verdicts_of
from metaface_gui.types import TrackedFace

_INTERVAL_MS = 500
"""Minimum time between updates: numbers that change faster can't be read."""
_SMALL = "padding: 3px 10px; min-height: 18px;"
_WORDS_MS = 2500
"""How long a confirmation message stays."""


class ComparePage(QWidget):
    """Follows the engine. Check boxes show which methods run; a click on one sends a request to the engine.

    A hidden page only stores the newest event, and shows it when it becomes visible.
    """

    split_wanted = Signal(object)
    """The key of the method to show in a second view; None: no second view."""

    def __init__(
        self, models: ModelsApi, studio: StudioApi, bridge: EngineBridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Comparison of methods"))
        self._models, self._studio = models, studio
        self._deciding = ""
        self._compared: tuple[str, ...] = ()
        self._split_key: str | None = None
        self._has_split_run = False
        self._split_added = ""
        self._selected: int | None = None
        self._newest: ResultReady | None = None
        self._people: GallerySnapshot | None = None
        self._comparison: ComparisonChanged | None = None
        self._is_stale = False
        self._pace = QTimer(self, interval=_INTERVAL_MS, singleShot=True)
        self._pace.timeout.connect(self._on_pace)
        self._words_timer = QTimer(self, interval=_WORDS_MS, singleShot=True)
        self._words_timer.timeout.connect(self._update_now)
        self._make_widgets()
        self._lay_out()
        self._connect(bridge)
        self._show_running()

    def select_track(self, track_id: int | None) -> None:
        """Show the methods' verdicts on this face in the last column; None: on the only face, if there is just one."""
        self._selected = track_id
        self._want_update()

    def set_split(self, split: bool) -> None:
        """Open or close the second view, like a click on its button."""
        self.split_button.setChecked(split)

    @property
    def split_added(self) -> str:
        """Return the method that runs only for the second view; "" if there is none."""
        return self._split_added

    def show_second(self, key: str, *, was_added: str = "") -> None:
        """Show this method in the second view, and run it if needed; `was_added`: the value of `split_added` in
        another window."""
        self._split_key = key
        self._has_split_run = False
        self._split_added = self._split_added or was_added
        self._run_for_split(key)
        if self.split_button.isChecked():
            self.split_wanted.emit(key)
        else:
            self.split_button.setChecked(True)

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.all_button = QPushButton(self.tr("Compare all"), self)
        self.all_button.setToolTip(self.tr("Run all methods on the same faces"))
        self.none_button = QPushButton(self.tr("Compare none"), self)
        self.none_button.setToolTip(self.tr("Run only the method that decides the names"))
        self.reset_button = QPushButton(self.tr("Reset counts"), self)
        self.reset_button.setToolTip(self.tr("Start counting from zero"))
        set_icon(self.reset_button, "refresh")
        self.split_button = QPushButton(self.tr("Split view"), self)
        self.split_button.setCheckable(True)
        self.split_button.setToolTip(self.tr("Show the video twice, side by side, with the names of two methods (V)"))
        set_icon(self.split_button, "split")
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copy the table for a spreadsheet or a message (Ctrl+C)"))
        set_icon(self.copy_button, "copy")
        self.summary = ElidedLabel("", self)
        self.hint = ElidedLabel("", self, role="muted")
        self.model = CompareTableModel(self)
        self.table = CompareTable(self.model, self)
        self.note = EmptyNote(
            "learner",
            self.tr("Compare at least two methods"),
            self.tr("Press C to run all of them on the same faces, or tick some in the list."),
            self,
        )

        for button in (self.all_button, self.none_button, self.reset_button, self.split_button, self.copy_button):
            button.setStyleSheet(_SMALL)

    def _lay_out(self) -> None:
        bar = row(
            self.all_button,
            self.none_button,
            (column(self.summary, self.hint, spacing=0), 1),
            self.reset_button,
            self.split_button,
            self.copy_button,
            spacing=Space.XS,
        )
        below = row((self.table, 2), (self.note, 3), spacing=Space.M)
        self.setLayout(column(bar, (below, 1), margins=(Space.M, Space.S, Space.M, Space.XS)))

    def _connect(self, bridge: EngineBridge) -> None:
        self.all_button.clicked.connect(lambda: self._choose(tuple(LEARNERS)))
        self.none_button.clicked.connect(lambda: self._choose(()))
        self.reset_button.clicked.connect(self._studio.reset_comparison)
        self.split_button.toggled.connect(self._on_split)
        self.copy_button.clicked.connect(self._on_copy)
        self.model.compared_wanted.connect(self._on_ticked)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, context=within).activated.connect(self._on_copy)
        bridge.models_changed.connect(self._on_models)
        bridge.comparison_changed.connect(self._on_comparison)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.result_ready.connect(self._on_result)

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_ticked(self, key: str, is_on: bool) -> None:
        self._choose((*self._compared, key) if is_on else tuple(k for k in self._compared if k != key))

    def _choose(self, keys: Sequence[str]) -> None:
        """Run the methods chosen by the user; one that ran only for the second view now stays, too."""
        self._split_added = ""
        self._want_compared(keys)

    def _want_compared(self, keys: Sequence[str]) -> None:
        wanted = [key for key in dict.fromkeys((*LEARNERS, *keys)) if key in keys and key != self._deciding]
        # Stored before the engine answers, so that two quick clicks don't cancel each other.
        self._compared = tuple(wanted)
        self._models.set_compared(self._compared)
        self._show_running()

    def _on_split(self, is_on: bool) -> None:
        if not is_on:
            self.split_wanted.emit(None)
            self._stop_what_split_ran()
            return
        if self._split_key is None or self._split_key == self._deciding:
            others = (*self._compared, *(key for key in LEARNERS if key != self._deciding))
            self._split_key = others[0]
        self._run_for_split(self._split_key)
        self._has_split_run = False
        self.split_wanted.emit(self._split_key)

    def _run_for_split(self, key: str) -> None:
        """Run a method while the second view shows it, unless it runs anyway."""
        if key not in (self._deciding, *self._compared):
            others = [other for other in self._compared if other != self._split_added]
            self._want_compared((*others, key))
            self._split_added = key

    def _stop_what_split_ran(self) -> None:
        added, self._split_added = self._split_added, ""
        if added in self._compared:
            self._want_compared([key for key in self._compared if key != added])

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(table_tsv(self.table.rows()))
        self.hint.setText(self.tr("Copied the table in its current order."))
        self._words_timer.start()

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_models(self, changed: ModelsChanged) -> None:
        if changed.state is ModelState.LOADING:
            return
        if changed.compared != self._compared:
            self._split_added = ""  # the user chose what is to run, so nothing runs only for the second view now
        former, self._deciding, self._compared = self._deciding, changed.learner, changed.compared
        self._show_running()
        self._keep_split(former)

    def _keep_split(self, former: str) -> None:
        """Replace the second view's method once it decides or no longer runs; close the view if none is left."""
        if not self.split_button.isChecked() or self._split_key is None:
            return
        if self._split_key in self._compared:
            self._has_split_run = True
        elif self._has_split_run or self._split_key == self._deciding:
            # The two methods swapped roles, or the user stopped this one.
            self._split_key = former if former in self._compared else next(iter(self._compared), None)
            if self._split_key is None:
                self.split_button.setChecked(False)
            else:
                self.split_wanted.emit(self._split_key)

    def _on_comparison(self, changed: ComparisonChanged) -> None:
        self._comparison = changed
        self._want_update()

    def _on_gallery(self, event: GalleryChanged) -> None:
        before, self._people = self._people, event.snapshot
        if somebody_left(before, event.snapshot):
            self._newest = None  # it may name a deleted person; a hidden page would not draw the next result
            self._update_now()

    def _on_result(self, event: ResultReady) -> None:
        self._newest = event
        self._want_update()

    # Showing --------------------------------------------------------------------------------------------------------

    def _show_running(self) -> None:
        is_comparing = bool(self._compared)
        self.model.show_running(self._deciding, self._compared)
        self.table.set_numbers_visible(is_comparing)
        self.note.setVisible(not is_comparing)
        self.all_button.setEnabled(len(self._compared) < len(LEARNERS) - (self._deciding in LEARNERS))
        self.none_button.setEnabled(is_comparing)
        self.reset_button.setEnabled(is_comparing)
        self.copy_button.setEnabled(is_comparing)
        if not is_comparing:
            self._comparison = None
        self._update_now()

    def _want_update(self) -> None:
        """Update now if the last update is old enough, else when it is."""
        self._is_stale = True
        if self.isVisible() and not self._pace.isActive():
            self._on_pace()

    def _on_pace(self) -> None:
        if self._is_stale and self.isVisible():
            self._update_now()
            self._pace.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what arrived while the page was hidden."""
        super().showEvent(event)
        self._on_pace()

    def _update_now(self) -> None:
        self._is_stale = False
        comparison = self._comparison
        self.model.show_tallies(() if comparison is None else comparison.tallies)
        face = self._face()
        self.model.show_verdicts(() if face is None or not self._compared else verdicts_of(face, self._deciding))
        self.summary.setText(
            ""
            if comparison is None or not self._compared
            else summary_text(len(comparison.tallies), comparison.n_frames, comparison.seconds)
        )
        if not self._words_timer.isActive():
            self.hint.setText(self._hint(face))

    def _face(self) -> TrackedFace | None:
        """Return the selected face, else the only one."""
        faces = () if self._newest is None else self._newest.result.faces
        selected = next((face for face in faces if face.track_id == self._selected), None)
        return faces[0] if selected is None and len(faces) == 1 else selected

    def _hint(self, face: TrackedFace | None) -> str:
        if not self._compared:
            return ""
        if face is not None:
            return self.tr("“Now” is about face #{id}.").format(id=face.track_id)
        if self._newest is None or not self._newest.result.faces:
            return self.tr("No face in view.")
        return self.tr("Click a face to see what each method says about it.")
