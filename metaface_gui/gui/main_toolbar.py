"""The tool bar: the source, enrolment, and which learner knows how many people."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from metaface_gui.engine.events import Adapted, ModelsChanged, ModelState, SourceChanged, SourceState
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.learner_words import learner_short_title, learner_title
from metaface_gui.gui.main_actions import MainActions
from metaface_gui.gui.source_menu import SourceMenu
from metaface_gui.gui.theme import text_scale
from metaface_gui.i18n import listed, plain, shown_title

_SOURCE_WIDTH, _LEAST_SOURCE_WIDTH = 200, 130
_LEARNER_MIN, _LEARNER_MAX = 60, 220
_WIDE = 1500
"""With this width or more, the buttons that switch views have text."""
_SPACING = 8
"""Pixels between buttons, as in the style sheet."""
_BESIDE_LEARNER = 90
"""Width of the learner button's icon and padding, and of the bar's own padding."""


class MainToolBar(QToolBar):
    """The main tool bar; buttons keep their place whatever their text, so that nothing jumps under the pointer."""

    learner_clicked = Signal()

    def __init__(self, source_menu: SourceMenu, actions: MainActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("main-toolbar")
        self.setWindowTitle(self.tr("Tool bar"))
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(18, 18))
        self._adapted: dict[str, Adapted] = {}
        self._people = 0
        self._learner_text = ""
        self._models: ModelsChanged | None = None
        self.source_button = self._button(self.tr("Choose a source"), "camera", _SOURCE_WIDTH)
        self.source_button.setMenu(source_menu)
        self.source_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pause_button = self._for_action(actions.pause)
        # Not the action's own button: a changed action (its icon follows the theme) would restore its longer text.
        self.enroll_button = self._button(self.tr("Enrol"), "user-plus", None)
        self.enroll_button.setProperty("kind", "primary")
        self.enroll_button.setToolTip(actions.enroll.toolTip())
        self.enroll_button.clicked.connect(actions.enroll.trigger)
        set_icon(self.enroll_button, "user-plus", "on_primary")
        space = QWidget(self)
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._space_action = self.addWidget(space)
        self.learner_button = self._button("", "learner", None)
        self.learner_button.setProperty("kind", "quiet")
        self.learner_button.clicked.connect(self.learner_clicked)
        self.addSeparator()
        views = (actions.studio, actions.panel, actions.hud, actions.present)
        self._view_buttons = [self._for_action(action) for action in views]
        for button in self._view_buttons:
            button.setProperty("kind", "quiet")
        self.show_source(SourceChanged(SourceState.CLOSED))
        self._show_learner()

    def add_recording(self, controls: QWidget) -> None:
        """Put the buttons that record the session beside the one for enrolment."""
        self.insertWidget(self._space_action, controls)

    def squeeze(self) -> None:
        """Make do with less room: on this screen, not all buttons fit beside a long source name."""
        self.source_button.setFixedWidth(_LEAST_SOURCE_WIDTH)
        self.show_source(self._source)

    def show_source(self, changed: SourceChanged) -> None:
        """Show the source's name."""
        self._source = changed
        none = self.tr("Choose a source")
        is_open = changed.state is not SourceState.CLOSED
        title = shown_title(changed.title) if is_open and changed.title else none
        metrics = QFontMetrics(self.source_button.font())
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, self.source_button.minimumWidth() - 76)
        self.source_button.setText(shown.replace("&", "&&"))
        self.source_button.setToolTip(self.tr("Source: {title}").format(title=title) if is_open else none)
        self.source_button.setAccessibleName(self.source_button.toolTip())

    def show_models(self, changed: ModelsChanged) -> None:
        """Show that models are loading, or which learner decides."""
        running = {changed.learner, *changed.compared}
        self._adapted = {key: adapted for key, adapted in self._adapted.items() if key in running}
        self._models = changed
        self._show_learner()

    def show_adapted(self, adapted: Adapted) -> None:
        """Show how many people the learner knows, if it is the deciding one, or once it is."""
        self._adapted[adapted.learner] = adapted
        self._people = adapted.n_people
        self._show_learner()

    def _show_learner(self) -> None:
        models = self._models
        adapted = None if models is None else self._adapted.get(models.learner)
        if models is None or models.state is ModelState.LOADING:
            text, tip = self.tr("Loading models…"), self.tr("The models are being loaded.")
        elif adapted is None:
            text = self._names(models) if not self._people else f"{self._names(models)} · {self._people_text()}"
            tip = self.tr("It is adapting.")
        elif adapted.n_people == 0:
            text, tip = self._names(models), self.tr("Nobody is enrolled yet.")
        else:
            people = self._people_text()
            text = f"{self._names(models)} · {people}"
            tip = self.tr("{name}: adapted to {people} from {shots} shots in {ms} ms").format(
                name=learner_title(adapted.learner), people=people, shots=adapted.n_shots, ms=round(adapted.adapt_ms)
            )
        if models is not None and models.compared:
            others = listed(learner_short_title(key) for key in models.compared)
            tip = "\n".join([tip, self.tr("Compared with it: {others}").format(others=others)])
        self._learner_text = text
        self._fit_learner()
        self.learner_button.setToolTip(tip)
        self.learner_button.setAccessibleName(self.tr("Learner: {text}").format(text=text))

    def _people_text(self) -> str:
        return self.tr("1 person") if self._people == 1 else self.tr("{n} people").format(n=self._people)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the learner's name the room that the buttons leave, so that none is pushed out of the bar."""
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonTextBesideIcon if self.width() >= _WIDE * text_scale() else styles.ToolButtonIconOnly
        for button in self._view_buttons:
            button.setToolButtonStyle(style)
        self._fit_learner()

    def _fit_learner(self) -> None:
        widgets = [self.widgetForAction(action) for action in self.actions()]
        others = [widget for widget in widgets if widget is not self.learner_button]
        taken = sum(max(widget.sizeHint().width(), widget.minimumWidth()) + _SPACING for widget in others)
        room = self.width() - taken - _BESIDE_LEARNER
        metrics = QFontMetrics(self.learner_button.font())
        shown = metrics.elidedText(self._learner_text, Qt.TextElideMode.ElideRight, min(room, _LEARNER_MAX))
        styles = Qt.ToolButtonStyle
        has_words = room >= _LEARNER_MIN
        self.learner_button.setText(shown if has_words else "")
        style = styles.ToolButtonTextBesideIcon if has_words else styles.ToolButtonIconOnly
        self.learner_button.setToolButtonStyle(style)

    def _names(self, models: ModelsChanged) -> str:
        name = learner_short_title(models.learner)
        return self.tr("{name} +{n}").format(name=name, n=len(models.compared)) if models.compared else name

    def _button(self, text: str, icon: str, width: int | None) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if width is not None:
            button.setFixedWidth(width)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(button, icon)
        self.addWidget(button)
        return button

    def _for_action(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(plain(action.text()))
        self.addWidget(button)
        return button
