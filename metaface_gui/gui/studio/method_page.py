"""The page of the deciding method: its description, adaptation result, settings, and learning curves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QToolButton, QWidget

from metaface_gui.engine.api import ModelsApi
from metaface_gui.engine.events import AdaptationEvaluated, Adapted, AdaptStepTaken, ModelsChanged
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.learner_words import AUTO, learner_citation, learner_explanation, learner_title
from metaface_gui.gui.studio.adaptation_plot import AdaptationPlot
from metaface_gui.gui.studio.adaptation_runs import walks
from metaface_gui.gui.studio.adaptation_words import result_text
from metaface_gui.gui.studio.hyperparameter_form import HyperparameterForm
from metaface_gui.gui.studio.learner_legend import LearnerLegend
from metaface_gui.gui.studio.trial_bars import TrialBars
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.gui.widgets.scrolling import scrolling

_WORDS_WIDTH = 330
_NARROW_WORDS_WIDTH = 235
_FORM_WIDTH = 285
_BESIDE = 860
"""From this width the settings are beside the text instead of below it."""
_WIDE = 1150
"""From this width the text keeps its full width beside the settings."""
_SMALL = "QToolButton { padding: 1px 6px; min-height: 18px; } QToolButton:checked { background: transparent; }"
_NARROW = 700
"""Below this width the text is narrower, to leave room for the curves."""
_CAPTION_ROOM, _LEGEND_ROOM, _ROOM_FOR_BOTH = 520, 340, 620
"""Widths that the right half needs for the caption and legend above the curves, and for curves beside Auto's trials."""
_LEAST_WIDTH, _LEAST_HEIGHT = 520, 150


class MethodPage(QWidget):
    """Follows the engine. `settings_toggled`: the user opened or closed the settings, so that it can be remembered."""

    settings_toggled = Signal(bool)

    def __init__(self, models: ModelsApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Method"))
        self._learner = ""
        self._has_trials = self._has_room_for_both = False
        self._adapted: dict[str, Adapted] = {}
        self._evaluated: dict[str, AdaptationEvaluated] = {}
        self._make_words()
        self._make_pictures()
        self._lay_out()
        self.form.settled.connect(models.set_hyperparameters)
        self.fold.toggled.connect(self._on_fold)
        self.clear_button.clicked.connect(self._clear)
        bridge.models_changed.connect(self._on_models)
        bridge.adapt_step_taken.connect(self._on_step)
        bridge.adapted.connect(self._on_adapted)
        bridge.adaptation_evaluated.connect(self._on_evaluated)
        self._on_fold(False)
        self._show()

    @property
    def is_settings_open(self) -> bool:
        """Return whether the settings are expanded."""
        return self.fold.isChecked()

    def set_settings_open(self, is_open: bool) -> None:
        """Expand or collapse the settings."""
        self.fold.setChecked(is_open)

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_words(self) -> None:
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("role", "heading")
        self.citation = ElidedLabel("", self, role="muted")
        self.explanation = MessageLine(3, self)
        self.result = MessageLine(3, self)
        self.fold = QToolButton(self)
        self.fold.setText(self.tr("Settings"))
        self.fold.setCheckable(True)
        self.fold.setProperty("kind", "quiet")
        self.fold.setStyleSheet(_SMALL)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold.setToolTip(self.tr("Show or hide this method's settings"))
        self.form = HyperparameterForm(self)
        self.form.reset_all.setStyleSheet(_SMALL)

    def _make_pictures(self) -> None:
        self.curves = QWidget(self)
        self.caption = ElidedLabel("", self.curves, role="muted")
        self.clear_button = QToolButton(self)
        set_icon(self.clear_button, "trash", "muted")
        self.clear_button.setAccessibleName(self.tr("Clear the curves"))
        self.clear_button.setProperty("kind", "quiet")
        self.clear_button.setStyleSheet(_SMALL)
        self.clear_button.setToolTip(self.tr("Clear these curves; the next adaptation draws new ones"))
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.legend = LearnerLegend(self)
        self.trials = TrialBars(self)
        self.plot = AdaptationPlot(self)
        self.note = EmptyNote("learner", "", "", self)

    def _lay_out(self) -> None:
        self.words = QWidget(self)
        self.words.setLayout(
            column(
                row(self.title, (self.citation, 1)),
                self.explanation,
                self.result,
                row(self.fold, self.form.reset_all, Stretch(), spacing=Space.XS),
                Stretch(),
                spacing=Space.XS,
            )
        )
        left = QWidget(self)
        self._left = QBoxLayout(QBoxLayout.Direction.TopToBottom, left)
        self._left.setContentsMargins(0, 0, Space.S, 0)
        self._left.setSpacing(Space.XS)
        self._left.addWidget(self.words)
        self._left.addWidget(self.form)
        self._scroll = scrolling(left, self)
        heading = row(self.legend, (self.caption, 1), Stretch(0), self.clear_button)
        self.curves.setLayout(column(heading, (self.plot, 1), spacing=Space.XS))
        self.setLayout(
            row(
                self._scroll,
                (self.trials, 2),
                (self.curves, 3),
                (self.note, 3),
                margins=(Space.M, Space.S, Space.M, Space.S),
                spacing=Space.L,
            )
        )
        # The layout's own minimum depends on the current arrangement, and would keep a wide window wide.
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the settings beside the text if there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_beside = self.is_settings_open and self.width() >= _BESIDE
        self._left.setDirection(QBoxLayout.Direction.LeftToRight if is_beside else QBoxLayout.Direction.TopToBottom)
        self._left.setSpacing(Space.L if is_beside else Space.XS)
        words = _WORDS_WIDTH
        if is_beside and self.width() < _WIDE:
            words = _NARROW_WORDS_WIDTH
        elif self.width() < _NARROW:
            words = _FORM_WIDTH if self.is_settings_open else _NARROW_WORDS_WIDTH
        left = words + (Space.L + _FORM_WIDTH if is_beside else 0) + 2 * Space.S + Space.XS
        self.words.setFixedWidth(words)
        self.form.setFixedWidth(_FORM_WIDTH)
        self._scroll.setFixedWidth(left)
        room = self.width() - left
        self.caption.setVisible(room >= _CAPTION_ROOM)
        self.legend.setVisible(room >= _LEGEND_ROOM)
        self._has_room_for_both = room >= _ROOM_FOR_BOTH
        self._show_curves()

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_fold(self, is_open: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.form.setVisible(is_open)
        self.form.reset_all.setVisible(is_open)
        self._arrange()
        self.settings_toggled.emit(is_open)

    def _clear(self) -> None:
        self.plot.clear()
        self._show_pictures()

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_models(self, event: ModelsChanged) -> None:
        self._learner = event.learner
        running = {event.learner, *event.compared}
        self._adapted = {key: adapted for key, adapted in self._adapted.items() if key in running}
        self.form.show_settings(event.learner, event.hyperparameters.get(event.learner))
        self._show()

    def _on_step(self, event: AdaptStepTaken) -> None:
        self.plot.take_step(event)
        self._show_pictures()

    def _on_adapted(self, event: Adapted) -> None:
        self._adapted[event.learner] = event
        self._evaluated.pop(event.learner, None)
        self.plot.take_adapted(event)
        self._show()

    def _on_evaluated(self, event: AdaptationEvaluated) -> None:
        self._evaluated[event.learner] = event
        self._show()

    # Showing --------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.title.setText(learner_title(self._learner))
        self.citation.setText(learner_citation(self._learner))
        self.explanation.say(learner_explanation(self._learner))
        self.result.say(result_text(self._adapted.get(self._learner), self._evaluated.get(self._learner)))
        self._show_pictures()

    def _show_pictures(self) -> None:
        adapted = self._adapted.get(self._learner)
        trials = adapted.trials if adapted is not None else ()
        self.trials.show_trials(trials, adapted.chosen if adapted is not None else None)
        self.trials.setVisible(bool(trials))
        self._has_trials = bool(trials)
        self._show_curves()
        self.legend.show_keys(self.plot.runs.learners)
        self.note.setVisible(not trials and self.plot.is_empty)
        self.caption.setText(self._caption())
        self.note.say(*self._note_words(adapted))

    def _show_curves(self) -> None:
        """Hide the curves if there is no room for them beside Auto's trials, which matter more."""
        self.curves.setVisible(not self.plot.is_empty and (self._has_room_for_both or not self._has_trials))

    def _caption(self) -> str:
        if walks(self._learner) or self._learner == AUTO:
            return self.tr("On the enrolled shots, after each step; faint: the previous run")
        method = learner_title(self._learner)
        return self.tr("{method} needs no steps, see the map; the curves show other methods").format(method=method)

    def _note_words(self, adapted: Adapted | None) -> tuple[str, str]:
        """Return what will be shown and what to do for it: title and next step."""
        if adapted is None:
            return result_text(None, None), self.tr("The result is shown here.")
        if adapted.n_people == 0:
            return self.tr("Nobody is enrolled yet"), self.tr("Enrol somebody (E) and see here how it is learned.")
        if walks(self._learner) or self._learner == AUTO:
            return self.tr("Nothing to show yet"), self.tr("Change a setting or add a shot: it adapts again.")
        title = self.tr("{method} needs no steps").format(method=learner_title(self._learner))
        return title, self.tr("It learns everybody in one go: see the map. MAML (4) is a method that takes steps.")
