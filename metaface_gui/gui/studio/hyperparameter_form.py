"""The hyper-parameters of one method: one row each, changed values marked, with buttons to reset one or all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.learner_words import learner_title
from metaface_gui.gui.studio.hyperparameter_editors import EDITOR_STYLE, HyperparameterEditor, choice_title, make_editor
from metaface_gui.gui.theme import FontSize, Space, font
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import Stretch, column
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners import ALL_LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import (
    Hyperparameter,
    HyperparameterKind,
    Value,
    hyperparameters_of,
    with_value,
)

_SETTLE_MS = 150
"""While a knob is turned, the form asks the engine only after it rests this long."""


class HyperparameterForm(QWidget):
    """Shows a method's settings; `settled` carries its key and the user's settings, None for the defaults.

    Each method's rows are created when first visible, and kept. The owner of the form places the button `reset_all`
    where there is room.
    """

    settled = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setStyleSheet(EDITOR_STYLE)
        self._key = ""
        self._settings: object | None = None
        self._parameters: tuple[Hyperparameter, ...] = ()
        self._pages: dict[str, _Page] = {}
        self.nothing = ElidedLabel("", self, role="muted")
        self.reset_all = QToolButton(self)
        self.reset_all.setText(self.tr("Reset all"))
        self.reset_all.setProperty("kind", "quiet")
        self.reset_all.setToolTip(self.tr("Reset every setting of this method to its default"))
        self.reset_all.clicked.connect(self._reset_all)
        self._column = column(self.nothing, Stretch(), spacing=0)
        self.setLayout(self._column)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell)

    @property
    def key(self) -> str:
        """Return the key of the method shown."""
        return self._key

    @property
    def rows(self) -> dict[str, HyperparameterRow]:
        """Return the shown method's rows by hyper-parameter name; empty until they are first visible."""
        return self._pages[self._key].rows if self._key in self._pages else {}

    def show_settings(self, key: str, settings: object | None) -> None:
        """Show the engine's settings, None for the defaults; a knob that the user is turning is left alone."""
        if key != self._key:
            self._flush()
            self._key = key
            self._parameters = hyperparameters_of(key) if key in ALL_LEARNERS else ()
            self.nothing.setText(self.tr("{method} has no settings.").format(method=learner_title(key)))
            self.nothing.setVisible(not self._parameters)
        elif self._settle.isActive():
            return
        self._settings = settings
        self._show_values()

    def showEvent(self, event: QShowEvent) -> None:
        """Create the rows that were not needed before."""
        super().showEvent(event)
        self._show_values()

    # What the user does ---------------------------------------------------------------------------------------------

    def _turn(self, name: str, value: Value) -> None:
        self._settings = with_value(self._key, self._settings, name, value)
        self._show_values()
        self._settle.start()

    def _reset_all(self) -> None:
        self._settings = None
        self._show_values()
        self._settle.start()

    def _flush(self) -> None:
        """Emit a pending change at once."""
        if self._settle.isActive():
            self._settle.stop()
            self._tell()

    def _tell(self) -> None:
        self.settled.emit(self._key, self._settings if self._is_changed() else None)

    # Showing --------------------------------------------------------------------------------------------------------

    def _is_changed(self) -> bool:
        return any(value_of(self._settings, parameter) != parameter.default for parameter in self._parameters)

    def _show_values(self) -> None:
        self.reset_all.setEnabled(self._is_changed())
        if self.isVisible() and self._key not in self._pages:
            self._pages[self._key] = page = _Page(self._parameters, self._turn, self)
            self._column.insertWidget(0, page)
        for key, page in self._pages.items():
            page.setVisible(key == self._key)
        for row in self.rows.values():
            row.show_value(value_of(self._settings, row.parameter))


class _Page(QWidget):
    """One method's rows."""

    def __init__(
        self, parameters: Sequence[Hyperparameter], turn: Callable[[str, Value], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        self.rows = {parameter.name: HyperparameterRow(parameter, self) for parameter in parameters}
        for number, row in enumerate(self.rows.values()):
            for place, widget in enumerate((row.label, row.editor, row.reset)):
                grid.addWidget(widget, number, place)
            row.editor.changed.connect(lambda value, name=row.parameter.name: turn(name, value))
            row.reset.clicked.connect(lambda _checked=False, each=row.parameter: turn(each.name, each.default))


class HyperparameterRow:
    """The label, editor and reset button of one hyper-parameter."""

    def __init__(self, parameter: Hyperparameter, parent: QWidget) -> None:
        self.parameter = parameter
        self._title = translate("Settings", parameter.title)
        self.label = QLabel(self._title, parent)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.editor: HyperparameterEditor = make_editor(parameter, parent)
        self.reset = QToolButton(parent)
        self.reset.setProperty("kind", "quiet")
        self.reset.setToolTip(
            translate("Settings", "Back to {default}", default=value_text(parameter, parameter.default))
        )
        self.reset.setAccessibleName(translate("Settings", "Reset {title}", title=self._title))
        set_icon(self.reset, "undo")
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.label.setBuddy(self.editor.knob)
        self.editor.knob.setAccessibleName(self._title)
        for widget in (self.label, self.editor.knob):
            widget.setToolTip(self._tooltip())

    def show_value(self, value: Value) -> None:
        """Show a value; one that differs from the default is marked and can be reset."""
        is_changed = value != self.parameter.default
        self.editor.show_value(value)
        self.label.setText(f"{self._title} •" if is_changed else self._title)
        self.label.setFont(font(FontSize.BODY, bold=is_changed))
        self.editor.knob.setAccessibleDescription(translate("Settings", "changed") if is_changed else "")
        if self.reset.hasFocus() and not is_changed:
            self.editor.setFocus()  # before the button disappears, so that the focus doesn't jump elsewhere
        self.reset.setVisible(is_changed)

    def _tooltip(self) -> str:
        parameter, words = self.parameter, translate("Settings", self.parameter.explanation)
        default = value_text(parameter, parameter.default)
        if parameter.kind in (HyperparameterKind.INTEGER, HyperparameterKind.REAL):
            low, high = f"{parameter.low:g}", f"{parameter.high:g}"
            about = translate("Settings", "{low} to {high}, usually {default}", low=low, high=high, default=default)
        else:
            about = translate("Settings", "Usually {default}", default=default)
        return f"{words}\n{about}"


def value_of(settings: object | None, parameter: Hyperparameter) -> Value:
    """Return a hyper-parameter's value in these settings; None means the defaults."""
    value: Value = parameter.default if settings is None else getattr(settings, parameter.name)
    return value


def value_text(parameter: Hyperparameter, value: Value) -> str:
    """Return a hyper-parameter's value as text."""
    if isinstance(value, bool):
        return translate("Settings", "on") if value else translate("Settings", "off")
    return choice_title(parameter, value) if isinstance(value, str) else f"{value:g}"
