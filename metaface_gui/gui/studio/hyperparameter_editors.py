"""One editor per kind of hyper-parameter; the form knows them only by `changed` and `show_value`."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from metaface_gui.gui.theme import FontSize, Space, font
from metaface_gui.gui.widgets.layouts import row
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners.hyperparameters import Hyperparameter, HyperparameterKind, Value

EDITOR_STYLE = """
QAbstractSpinBox, QComboBox, QToolButton { min-height: 18px; padding-top: 2px; padding-bottom: 2px; }
QToolButton { padding-left: 8px; padding-right: 8px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
"""
"""Style sheet for the parent of the editors, set once: lower than elsewhere, so that they fit below a video; stepping
buttons stand beside a number, as on a stage they are easier to hit than arrows inside it."""
_SLIDER_STEPS = 100
_DIGITS = 3


class HyperparameterEditor(QWidget):
    """`changed` carries the new value when the user edits it, never after `show_value`."""

    changed = Signal(object)

    def __init__(self, knob: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.knob = knob
        """The input widget, which takes the focus."""
        self.setFocusProxy(knob)
        knob.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        knob.installEventFilter(_WheelGuard(knob))
        self._layout = row(knob)
        self.setLayout(self._layout)

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `changed`."""
        raise NotImplementedError


class _WheelGuard(QObject):
    """Makes the wheel scroll the page instead of changing a knob without focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class _SpinEditor(HyperparameterEditor):
    """A number field with step buttons; a typed number takes effect when editing is finished."""

    def __init__(self, box: QSpinBox | QDoubleSpinBox, parent: QWidget | None) -> None:
        super().__init__(box, parent)
        box.setKeyboardTracking(False)
        box.lineEdit().setTextMargins(Space.XS, 0, Space.XS, 0)
        box.valueChanged.connect(self.changed.emit)
        self._layout.setSpacing(Space.XS)
        self._layout.setStretchFactor(box, 1)
        self.less = self._stepper("−", self.tr("Less"), box.stepDown)
        self.more = self._stepper("+", self.tr("More"), box.stepUp)

    def _stepper(self, sign: str, name: str, step: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setAccessibleName(name)
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # in the box the arrow keys do the same
        button.clicked.connect(step)
        self._layout.addWidget(button)
        return button


class IntegerEditor(_SpinEditor):
    """A whole number."""

    def __init__(self, parameter: Hyperparameter, parent: QWidget | None = None) -> None:
        self.box = QSpinBox()
        self.box.setRange(round(parameter.low), round(parameter.high))
        super().__init__(self.box, parent)

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `changed`."""
        with QSignalBlocker(self.box):
            self.box.setValue(int(value))


class RealEditor(_SpinEditor):
    """A real number, with the decimals needed for about fifty steps over the range."""

    def __init__(self, parameter: Hyperparameter, parent: QWidget | None = None) -> None:
        self.box = QDoubleSpinBox()
        power = round(math.log10((parameter.high - parameter.low) / 50.0))
        self.box.setDecimals(max(0, -power))
        self.box.setSingleStep(10.0**power)
        self.box.setRange(parameter.low, parameter.high)
        super().__init__(self.box, parent)

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `changed`."""
        with QSignalBlocker(self.box):
            self.box.setValue(float(value))


class LogEditor(HyperparameterEditor):
    """A slider on a logarithmic scale, with the value beside it."""

    def __init__(self, parameter: Hyperparameter, parent: QWidget | None = None) -> None:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        super().__init__(self.slider, parent)
        self._low, self._high = parameter.low, parameter.high
        self.slider.setRange(0, _SLIDER_STEPS)
        self.slider.setPageStep(_SLIDER_STEPS // 10)
        self.slider.setFixedHeight(24)  # room for the handle, which is higher than the groove
        self.words = QLabel(self)
        self.words.setFont(font(FontSize.BODY, tabular=True))
        self.words.setMinimumWidth(QFontMetrics(self.words.font()).horizontalAdvance("0.0000"))
        self._layout.addWidget(self.words)
        self.slider.valueChanged.connect(self._on_moved)

    def value_at(self, step: int) -> float:
        """Return the value at a slider step, rounded to three digits as displayed; the ends are exact."""
        if step in (0, _SLIDER_STEPS):
            return self._low if step == 0 else self._high
        return float(f"{self._low * (self._high / self._low) ** (step / _SLIDER_STEPS):.{_DIGITS}g}")

    def show_value(self, value: Value) -> None:
        """Show exactly this value, with the slider at the nearest step."""
        share = math.log(max(float(value), self._low) / self._low) / math.log(self._high / self._low)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(share * _SLIDER_STEPS))
        self.words.setText(f"{float(value):.{_DIGITS}g}")

    def _on_moved(self, step: int) -> None:
        value = self.value_at(step)
        self.words.setText(f"{value:.{_DIGITS}g}")
        self.changed.emit(value)


class ChoiceEditor(HyperparameterEditor):
    """A drop-down list of the choices."""

    def __init__(self, parameter: Hyperparameter, parent: QWidget | None = None) -> None:
        self.combo = QComboBox()
        super().__init__(self.combo, parent)
        for choice in parameter.choices:
            self.combo.addItem(choice_title(parameter, choice), choice)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.activated.connect(lambda index: self.changed.emit(self.combo.itemData(index)))

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `changed`."""
        self.combo.setCurrentIndex(self.combo.findData(value))


class FlagEditor(HyperparameterEditor):
    """A check box."""

    def __init__(self, _parameter: Hyperparameter, parent: QWidget | None = None) -> None:
        self.check = QCheckBox()
        super().__init__(self.check, parent)
        self.check.clicked.connect(lambda: self.changed.emit(self.check.isChecked()))
        self._layout.addStretch(1)

    def show_value(self, value: Value) -> None:
        """Show a value without emitting `changed`."""
        self.check.setChecked(bool(value))


def choice_title(parameter: Hyperparameter, choice: str) -> str:
    """Return a choice's display name."""
    titles = dict(zip(parameter.choices, parameter.choice_titles, strict=False))
    return translate("Settings", titles.get(choice, choice))


def make_editor(parameter: Hyperparameter, parent: QWidget | None = None) -> HyperparameterEditor:
    """Return the editor for a hyper-parameter's kind."""
    if parameter.kind is HyperparameterKind.CHOICE:
        return ChoiceEditor(parameter, parent)
    if parameter.kind is HyperparameterKind.FLAG:
        return FlagEditor(parameter, parent)
    if parameter.is_logarithmic:
        return LogEditor(parameter, parent)
    if parameter.kind is HyperparameterKind.INTEGER:
        return IntegerEditor(parameter, parent)
    return RealEditor(parameter, parent)
