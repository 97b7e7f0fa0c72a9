"""A button whose text wraps, for whole sentences containing names, in any language, at a limited width."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from metaface_gui.gui.theme import Theme

_PADDING = QSize(13, 6)
"""Padding of the style sheet's buttons, including the border."""
_MIN_HEIGHT = 32
_SENTENCE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
_LONG_WORD = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWrapAnywhere)


class WrappedButton(QPushButton):
    """As wide as its text on one line, up to `widest`; beyond that the text wraps. Enter presses it."""

    def __init__(self, widest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widest = widest
        self._words = ""
        self.setAutoDefault(True)  # outside a dialog, only an auto-default button responds to Enter
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, words: str) -> None:
        """Show this text; an ampersand is shown literally."""
        self._words = words
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size that the text takes."""
        self.ensurePolished()
        line = self.fontMetrics().horizontalAdvance(self._words) + 2 * _PADDING.width() + 2
        width = min(line, self._widest)
        height = self._words_rect(width).height() + 2 * _PADDING.height()
        return QSize(width, max(height, _MIN_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: the text is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button in the style, with the wrapped text on it."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        is_primary = self.property("kind") == "primary"
        color = "disabled" if not self.isEnabled() else "on_primary" if is_primary else "text"
        painter.setPen(Theme.current().color(color))
        painter.setFont(self.font())
        painter.drawText(self._inside(self.width(), self.height()), self._flags(self.width()), self._words)

    def _inside(self, width: int, height: int) -> QRect:
        return QRect(_PADDING.width(), _PADDING.height(), width - 2 * _PADDING.width(), height - 2 * _PADDING.height())

    def _words_rect(self, width: int) -> QRect:
        return self.fontMetrics().boundingRect(self._inside(width, 10_000), self._flags(width), self._words)

    def _flags(self, width: int) -> int:
        """Return flags that wrap between words, or anywhere if a single word is too long."""
        room = self._inside(width, 0).width()
        is_too_long = any(self.fontMetrics().horizontalAdvance(word) > room for word in self._words.split())
        return _LONG_WORD if is_too_long else _SENTENCE
