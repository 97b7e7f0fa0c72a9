"""The share of strangers that may be mistaken for somebody: a slider over three decades, in plain words."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.layouts import Stretch, column, row

_LEAST, _MOST = 0.001, 0.1
_STEPS = 80
"""Forty steps per decade: each step changes the share by 6 %."""
_SETTLE_MS = 120
"""While dragged, the slider asks the engine only after resting this long."""


def fpir_at(step: int) -> float:
    """Return the share of strangers (0..1) at a slider step, rounded to two significant digits, as displayed."""
    share = _LEAST * (_MOST / _LEAST) ** (step / _STEPS)
    digits = 1 - math.floor(math.log10(share))
    return float(round(share, digits))


def step_of(fpir: float) -> int:
    """Return the step whose rounded share has the nearest ratio to `fpir`; out-of-range shares are clamped."""
    wanted = math.log(max(fpir, 1e-9))
    return min(range(_STEPS + 1), key=lambda step: abs(math.log(fpir_at(step)) - wanted))


class FpirSlider(QWidget):
    """Left is strict, right is lenient."""

    chosen = Signal(float)
    """The share (0..1) that the user settled on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fpir = 0.01
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _STEPS)
        self.slider.setMinimumHeight(24)  # room for the handle, which is higher than the groove
        self.slider.setPageStep(_STEPS // 4)
        self.slider.setAccessibleName(self.tr("Strangers who may be taken for somebody"))
        self.slider.setToolTip(
            self.tr(
                "Left: strangers stay Unknown, and sometimes friends too. Right: friends are recognised more often."
            )
        )
        self.words = MessageLine(2, self)
        strict, lenient = QLabel(self.tr("strict"), self), QLabel(self.tr("lenient"), self)
        for label in (strict, lenient):
            label.setProperty("role", "muted")
        ends = row(strict, Stretch(), lenient, spacing=Space.XS)
        self.setLayout(column(self.slider, ends, self.words, spacing=Space.XS))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(lambda: self.chosen.emit(self._fpir))
        self.slider.valueChanged.connect(self._on_moved)
        self.show_fpir(self._fpir)

    @property
    def fpir(self) -> float:
        """Return the share shown."""
        return self._fpir

    def show_fpir(self, fpir: float) -> None:
        """Show the engine's value, unless the user is moving the slider."""
        if self._settle.isActive() or self.slider.isSliderDown():
            return
        self._fpir = fpir
        with QSignalBlocker(self.slider):
            self.slider.setValue(step_of(fpir))
        self._show_words()

    def _on_moved(self, step: int) -> None:
        self._fpir = fpir_at(step)
        self._show_words()
        self._settle.start()

    def _show_words(self) -> None:
        one_in = self.locale().toString(round(1 / self._fpir))
        percent = f"{self._fpir * 100:.2g}"
        text = self.tr("1 in {n} strangers may be taken for somebody ({percent}\u00a0%).")
        self.words.say(text.format(n=one_in, percent=percent))
        self.slider.setAccessibleDescription(self.words.text())
