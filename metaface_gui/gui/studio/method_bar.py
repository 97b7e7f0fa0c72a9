"""The row of methods above the video: which one decides, which are compared with it, each one key away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import NamedTuple

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetrics, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from metaface_gui.engine.api import ModelsApi
from metaface_gui.engine.events import ModelsChanged, ModelState
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import (
    AUTO,
    learner_citation,
    learner_explanation,
    learner_short_title,
    learner_title,
)
from metaface_gui.gui.studio.method_button import HEIGHT, MethodButton
from metaface_gui.gui.theme import FontSize, Space, font
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.pipeline.learners import LEARNERS

_GAP = 3
_DIGITS = 9
"""Number of methods with a digit key; 0 resets the environment dial instead."""
_LOW_HEIGHT = 28
"""Height of buttons in two rows."""


class MethodBar(QWidget):
    """Shows what the engine runs, and requests what the user clicks or presses.

    The owner adds `actions_for_window` to the window: a digit makes that method decide, Shift+digit compares it, A is
    Auto, C compares all or none. Keys typed into a text field stay there. From the tenth method on there is no digit,
    only the mouse.
    """

    def __init__(self, models: ModelsApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Methods"))
        self._models = models
        self._shown: ModelsChanged | None = None
        # The latest requests, perhaps not answered yet, so that two quick key presses add up.
        self._learner = ""
        self._compared: tuple[str, ...] = ()
        self.row = _Row(self)
        self.buttons = {button.key: button for button in self.row.buttons}
        for button in self.row.buttons:
            button.clicked.connect(lambda _checked=False, key=button.key: self._choose(key))
            button.compare_toggled.connect(lambda key=button.key: self._toggle(key))
            button.setAccessibleName(learner_title(button.key))
            button.setToolTip(self._tooltip(button.key))
        self.all_button = self.row.all_button
        self.all_button.clicked.connect(self._toggle_all)
        self.explanation = ElidedLabel("", self, role="muted")
        margins = (Space.S, Space.S, Space.S, Space.XS)
        self.setLayout(column(self.row, self.explanation, margins=margins, spacing=Space.XS))
        self._choosing = [self._choose_action(key, number) for number, key in enumerate(LEARNERS, start=1)]
        self._comparing = [self._compare_action(key, number) for number, key in enumerate(LEARNERS, start=1)]
        self._all_action = self._action(self.tr("Compare &all methods, or none"), ["C"], self._toggle_all)
        self._show()
        bridge.models_changed.connect(self._on_models)

    def actions_for_window(self) -> list[QAction]:
        """Return this bar's key actions for the window, which knows when keys are typed into a text field."""
        return [*self._choosing, *self._comparing, self._all_action]

    @property
    def learner(self) -> str:
        """Return the method that decides or was requested to; "" before the engine reports."""
        return self._learner

    @property
    def choosing_actions(self) -> list[QAction]:
        """Return one action per method that makes it decide."""
        return list(self._choosing)

    @property
    def comparing_actions(self) -> list[QAction]:
        """Return one action per method, and one for all, that compares it with the deciding one."""
        return [*self._comparing, self._all_action]

    # Making ---------------------------------------------------------------------------------------------------------

    def _choose_action(self, key: str, number: int) -> QAction:
        return self._action(_literal(learner_title(key)), _keys(key, number), lambda: self._choose(key))

    def _compare_action(self, key: str, number: int) -> QAction:
        text = self.tr("Compare {method}").format(method=_literal(learner_title(key)))
        keys = [f"Shift+{number}"] if number <= _DIGITS else []
        return self._action(text, keys, lambda: self._toggle(key))

    def _action(self, text: str, keys: list[str], act: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(False)
        action.setCheckable(True)
        # Runs before `act`: the check marks must follow the engine, not the click.
        action.triggered.connect(self._show_checked)
        action.triggered.connect(lambda _checked=False: act())
        return action

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_models(self, event: ModelsChanged) -> None:
        self._shown = event
        self._learner, self._compared = event.learner, event.compared
        self._show()

    def _show(self) -> None:
        shown = self._shown
        is_loading = shown is None or shown.state is ModelState.LOADING
        for widget in (*self.buttons.values(), self.all_button):
            widget.setEnabled(not is_loading)
        for action in self.actions_for_window():
            action.setEnabled(not is_loading)
        self._show_checked()
        words = "" if shown is None else learner_explanation(shown.learner)
        if is_loading:
            words = self.tr("Loading models …")
        elif shown is not None and words:
            title, paper = learner_title(shown.learner), learner_citation(shown.learner)
            words = self.tr("{method} ({paper}): {explanation}").format(method=title, paper=paper, explanation=words)
        self.explanation.setText(words)

    def _show_checked(self) -> None:
        """Show what runs, undoing check marks that a click or key has set."""
        learner, running = ("", ()) if self._shown is None else (self._shown.learner, self._shown.compared)
        for (key, button), choosing, comparing in zip(
            self.buttons.items(), self._choosing, self._comparing, strict=True
        ):
            decides, compared = key == learner, key in running
            button.show_state(decides=decides, compared=compared)
            button.setAccessibleDescription(self._state_words(decides=decides, compared=compared))
            choosing.setChecked(decides)
            comparing.setChecked(compared)
            comparing.setEnabled(choosing.isEnabled() and not decides)
        all_are = bool(learner) and {*LEARNERS} <= {learner, *running}
        self.all_button.setChecked(all_are)
        self._all_action.setChecked(all_are)

    def _state_words(self, *, decides: bool, compared: bool) -> str:
        if decides:
            return self.tr("decides the names")
        return self.tr("compared on the same frames") if compared else ""

    def _tooltip(self, key: str) -> str:
        number = list(LEARNERS).index(key) + 1
        heading = f"<b>{escape(learner_title(key))}</b> · {escape(learner_citation(key))}"
        decide, compare = self.tr("Click: let it decide the names"), self.tr("Ctrl+click or the corner: compare it")
        if keys := _keys(key, number):
            decide = self.tr("{keys} or click: let it decide the names").format(keys=", ".join(keys))
        if number <= _DIGITS:
            compare = self.tr("Shift+{number}, Ctrl+click or the corner: compare it").format(number=number)
        words = escape(learner_explanation(key))
        return f"<p>{heading}<br>{words}</p><p>{escape(decide)}<br>{escape(compare)}</p>"

    # What the user asks for -----------------------------------------------------------------------------------------

    def _others(self) -> list[str]:
        return [key for key in LEARNERS if key != self._learner]

    def _choose(self, key: str) -> None:
        if key == self._learner:
            return
        # As in the engine: a compared method that becomes the deciding one swaps roles with it.
        self._compared = tuple(self._learner if other == key else other for other in self._compared)
        self._learner = key
        self._models.set_learner(key)

    def _toggle(self, key: str) -> None:
        if key != self._learner:
            self._compare(other for other in self._others() if (other in self._compared) != (other == key))

    def _toggle_all(self) -> None:
        others = self._others()
        self._compare([] if {*others} <= {*self._compared} else others)
        self._show_checked()

    def _compare(self, keys: Iterable[str]) -> None:
        self._compared = tuple(keys)
        self._models.set_compared(self._compared)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer in a menu what the keys and the corner do."""
        button = self.row.childAt(self.row.mapFrom(self, event.pos()))
        if isinstance(button, MethodButton) and button.isEnabled():
            where = event.globalPos()
            if event.reason() is QContextMenuEvent.Reason.Keyboard:
                where = button.mapToGlobal(QPoint(0, button.height()))
            self.menu_for(button.key).popup(where)

    def menu_for(self, key: str) -> QMenu:
        """Return the context menu of a method's button; it deletes itself when closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        decide = menu.addAction(self.tr("&Decide by this method"), lambda: self._choose(key))
        compare = menu.addAction(self.tr("&Compare it"), lambda: self._toggle(key))
        compare.setCheckable(True)
        compare.setChecked(key in self._compared)
        for action in (decide, compare):
            action.setEnabled(key != self._learner)
        only = menu.addAction(self.tr("Compare &only it"), lambda: self._compare([key]))
        only.setEnabled(key != self._learner)
        return menu


class _Form(NamedTuple):
    """The buttons' texts and number of rows."""

    names: list[str]
    all_words: str
    is_compact: bool = False
    n_rows: int = 1


class _Row(QWidget):
    """One button per method and one for all, at any width: full names, short names, two rows of those, or numbers.

    Names are never elided, as two names that start alike would become indistinguishable.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons = [MethodButton(key, number, self) for number, key in enumerate(LEARNERS, start=1)]
        self.all_button = QToolButton(self)
        self.all_button.setCheckable(True)
        self.all_button.setStyleSheet(f"QToolButton {{ padding: 2px {Space.M}px; }}")  # low enough for two rows
        self.all_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all_button.setAccessibleName(self.tr("Compare all"))
        self.all_button.setToolTip(self.tr("Run all methods on the same frames, or only the one that decides (C)"))
        self.setFixedHeight(HEIGHT)
        short = [learner_short_title(button.key) for button in self.buttons]
        whole, brief = self.tr("Compare all"), self.tr("All")
        self._forms = (
            _Form([learner_title(button.key) for button in self.buttons], whole),
            _Form(short, whole),
            _Form(short, brief),
            _Form(short, brief, is_compact=True),
            _Form(short, brief, n_rows=2),
            _Form(short, brief, is_compact=True, n_rows=2),
            _Form([""] * len(short), brief, is_compact=True),
        )

    def minimumSizeHint(self) -> QSize:
        """Return room for the numbers."""
        return QSize(self._width_of(self._forms[-1]), HEIGHT)

    def sizeHint(self) -> QSize:
        """Return room for the short names."""
        return QSize(self._width_of(self._forms[1]), HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the longest form that fits, and place the buttons."""
        super().resizeEvent(event)
        form = next((form for form in self._forms if self._width_of(form) <= self.width()), self._forms[-1])
        height = HEIGHT if form.n_rows == 1 else _LOW_HEIGHT
        top = 0
        for row in self._rows(form):
            x = 0
            for button, name in row:
                button.show_text(name, is_compact=form.is_compact)
                button.setGeometry(x, top, button.sizeHint().width(), height)
                x += button.width() + _GAP
            self.all_button.setGeometry(x + Space.XS, top, _all_width(form.all_words), height)  # after the last row
            top += height + _GAP
        self.all_button.setText(form.all_words)
        self.setFixedHeight(top - _GAP)

    def _rows(self, form: _Form) -> list[list[tuple[MethodButton, str]]]:
        named = list(zip(self.buttons, form.names, strict=True))
        most = -(-len(named) // form.n_rows)
        return [named[begin : begin + most] for begin in range(0, len(named), most)]

    def _width_of(self, form: _Form) -> int:
        widths = [
            sum(button.width_for(name, is_compact=form.is_compact) + _GAP for button, name in row)
            for row in self._rows(form)
        ]
        widths[-1] += Space.XS + _all_width(form.all_words)
        return max(widths)


def _all_width(words: str) -> int:
    """Return the width of the last button: its text, plus the style sheet's padding and border."""
    return QFontMetrics(font(FontSize.BODY)).horizontalAdvance(words) + 2 * (Space.M + 1) + 2


def _keys(key: str, number: int) -> list[str]:
    """Return the keys that choose a method."""
    return [*([str(number)] if number <= _DIGITS else []), *(["A"] if key == AUTO else [])]


def _literal(text: str) -> str:
    """Return the text escaped for a menu, where & underlines the next letter."""
    return text.replace("&", "&&")
