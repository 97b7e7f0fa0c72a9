"""A combo box for narrow panels: it shrinks as far as possible and elides text that doesn't fit."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

_BESIDE = 24
"""Pixels for the arrow, and the same again for icon and padding."""


class ElidingComboBox(QComboBox):
    """A combo box that elides its text; `name` is the accessible name, `words` the tooltip."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(words)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def minimumSizeHint(self) -> QSize:
        """Return a width of a few letters, however long the current entry is."""
        hint = super().minimumSizeHint()
        least = self.minimumContentsLength() * self.fontMetrics().averageCharWidth() + 2 * _BESIDE
        return QSize(min(hint.width(), least), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box with elided text."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        text = option.currentText or self.placeholderText()
        style = self.style()
        field = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        margin = 2
        option.currentText = option.fontMetrics.elidedText(
            text, Qt.TextElideMode.ElideRight, field.width() - 2 * margin
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
