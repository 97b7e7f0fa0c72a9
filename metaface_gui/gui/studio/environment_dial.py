"""The environment dial: alters the camera's picture, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QSlider, QToolButton, QWidget

from metaface_gui.engine.api import SourceApi
from metaface_gui.engine.events import EnvironmentChanged
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.environment_words import effect_explanation, effect_title, setting_words
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.layouts import Stretch, column, flow, row
from metaface_gui.metalearning.frame_effects import EFFECTS
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting, surprise

_USUAL_STRENGTH = 0.7
_STEP = 10
"""Percent by which a key changes the strength."""
_LEAST = 5
_SMALL = "padding: 3px 10px; min-height: 18px;"
_SETTLE_MS = 40
"""A dragged slider sends no more often than this, as each setting recomputes its fields."""


class EnvironmentDial(QWidget):
    """Shows the engine's environment setting, and requests what the user clicks or presses.

    The owner adds `dial_actions` to the window. “Surprise me” may combine several effects; a preset is a single one.
    """

    def __init__(self, source: SourceApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Environment dial"))
        self._source = source
        self._setting = ROOM_AS_IT_IS
        self._surprises = 0
        self.buttons = {name: self._preset_button(name) for name in EFFECTS}
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(_LEAST, 100)
        self.slider.setPageStep(_STEP)
        self.slider.setMinimumHeight(24)  # room for the handle, which is higher than the groove
        self.slider.setValue(round(100 * _USUAL_STRENGTH))
        self.slider.setAccessibleName(self.tr("Strength"))
        self.slider.setToolTip(self.tr("Strength of the effect ([ weaker, ] stronger)"))
        self.percent = QLabel(self)
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance("100\u00a0% ") + Space.XS)
        self.surprise_button = QPushButton(self.tr("Surprise me"), self)
        self.surprise_button.setToolTip(self.tr("One or two effects at random (X)"))
        self.back_button = QPushButton(self.tr("Back to normal"), self)
        self.back_button.setToolTip(self.tr("Show the picture as the camera gives it (0)"))
        set_icon(self.back_button, "undo")
        for button in (self.surprise_button, self.back_button):
            button.setStyleSheet(_SMALL)
        self.words = MessageLine(2, self)
        self._lay_out()
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._ask_for_strength)
        self.slider.valueChanged.connect(self._on_slider)
        self.surprise_button.clicked.connect(self.surprise)
        self.back_button.clicked.connect(self.bring_back)
        self.dial_actions = self._make_actions()
        bridge.environment_changed.connect(self._on_changed)
        self._show()

    def _preset_button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(effect_title(name))
        button.setCheckable(True)
        button.setStyleSheet(_SMALL)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(effect_explanation(name))
        button.clicked.connect(lambda _checked=False: self.choose(name))
        return button

    def _lay_out(self) -> None:
        presets = QWidget(self)
        presets.setLayout(flow(*self.buttons.values(), spacing=Space.XS))
        policy = presets.sizePolicy()
        policy.setHeightForWidth(True)
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        presets.setSizePolicy(policy)
        self.setLayout(
            column(
                # At the top: below the many presets it would be out of view in a low studio with large letters.
                row(QLabel(self.tr("Strength"), self), (self.slider, 1), self.percent),
                presets,
                row(self.back_button, self.surprise_button, Stretch()),
                self.words,
                Stretch(),
                spacing=Space.XS,
            )
        )

    def _make_actions(self) -> list[QAction]:
        return [
            self._action(self.tr("&Back to normal"), ["0"], self.bring_back),
            self._action(self.tr("Next &environment"), ["D"], lambda: self._step(1)),
            self._action(self.tr("&Previous environment"), ["Shift+D"], lambda: self._step(-1)),
            self._action(self.tr("&Weaker"), ["["], lambda: self._turn(-_STEP)),
            self._action(self.tr("&Stronger"), ["]"], lambda: self._turn(_STEP)),
            self._action(self.tr("Surprise &me"), ["X"], self.surprise),
        ]

    def _action(self, text: str, keys: list[str], act: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.triggered.connect(lambda _checked=False: act())
        return action

    # What the user asks for -----------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Apply this environment alone, at the slider's strength; if it is on, turn it off."""
        if [name] == [each for each, _strength in self._setting.effects]:
            self.bring_back()
        else:
            self._ask(EnvironmentSetting(((name, self.slider.value() / 100),), self._setting.seed))

    def surprise(self) -> None:
        """Request a random setting, a different one each time."""
        self._surprises += 1
        self._ask(surprise(self._surprises))

    def bring_back(self) -> None:
        """Request the unaltered camera picture."""
        self._ask(ROOM_AS_IT_IS)

    def _step(self, by: int) -> None:
        """Move by `by` presets; after the last one comes the unaltered picture."""
        places = ["", *EFFECTS]
        now = next((name for name, _strength in self._setting.effects), "")
        following = places[(places.index(now) + by) % len(places)]
        if following:
            self._ask(EnvironmentSetting(((following, self.slider.value() / 100),), self._setting.seed))
        else:
            self.bring_back()

    def _turn(self, by: int) -> None:
        self.slider.setValue(self.slider.value() + by)

    def _on_slider(self) -> None:
        self._show_percent()
        if not self._setting.is_off:
            self._settle.start()

    def _ask_for_strength(self) -> None:
        strength = self.slider.value() / 100
        effects = tuple((name, strength) for name, _former in self._setting.effects)
        self._ask(EnvironmentSetting(effects, self._setting.seed))

    def _ask(self, setting: EnvironmentSetting) -> None:
        self._settle.stop()
        # Stored before the engine answers, so that two quick key presses add up.
        self._setting = setting
        self._source.set_environment(setting)
        self._show()

    # Showing --------------------------------------------------------------------------------------------------------

    def _on_changed(self, event: EnvironmentChanged) -> None:
        if not self._settle.isActive() and not self.slider.isSliderDown():
            self._setting = event.setting
            self._show()

    def _show(self) -> None:
        on = dict(self._setting.effects)
        for name, button in self.buttons.items():
            button.setChecked(name in on)
        if on and not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(100 * max(on.values())))
        self.back_button.setEnabled(bool(on))
        self._show_percent()
        if on:
            text = self.tr("The camera sees: {setting}. Shots enrolled now are marked with it.")
            self.words.say(text.format(setting=setting_words(self._setting)))
        else:
            self.words.say(self.tr("No effect: the picture is unchanged. Choose an effect."))

    def _show_percent(self) -> None:
        self.percent.setText(f"{self.slider.value()}\u00a0%")
