"""Labels for text of any length in a fixed space: one elided line, or wrapped lines with reserved height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from metaface_gui.gui.theme import FontSize, font


def set_role(widget: QWidget, role: str) -> None:
    """Set the widget's style-sheet `role` and re-polish it."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


class ElidedLabel(QLabel):
    """One line of plain text that shrinks to any width; text that doesn't fit is elided and shown in the tooltip."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("role", role)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Set the text; line breaks and tabs are shown as spaces."""
        super().setText(" ".join(text.split()))
        self._update_tooltip()

    def minimumSizeHint(self) -> QSize:
        """Return a minimum width of a few letters."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 4 * self.fontMetrics().averageCharWidth()), hint.height())

    def is_elided(self) -> bool:
        """Return whether the text is elided at the current width."""
        return self._shown() != self.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide the text again for the new width."""
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text that fits, in the style sheet's colour and font."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment() | Qt.TextFlag.TextSingleLine),
            self.palette(),
            self.isEnabled(),
            self._shown(),
            self.foregroundRole(),
        )

    def _shown(self) -> str:
        width = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)

    def _update_tooltip(self) -> None:
        self.setToolTip(self.text() if self.is_elided() else "")


class MessageLine(QLabel):
    """A wrapped message that always reserves height for `lines` lines, so that nothing below it moves when it changes.

    The height is computed for a font of `tallest_px`, the largest used by any of its roles.
    """

    def __init__(self, lines: int, parent: QWidget | None = None, *, tallest_px: int = FontSize.BODY) -> None:
        super().__init__(parent)
        self._lines = lines
        self._tallest_px = tallest_px
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("role", "muted")

    def say(self, text: str, role: str = "muted") -> None:
        """Show a message in one of the style sheet's roles; an empty text keeps the reserved space."""
        set_role(self, role)
        if text != self.text():
            self.setText(text)
        self.setToolTip(text if self._wanted_height() > self._reserved_height() else "")

    def sizeHint(self) -> QSize:
        """Return the natural width and the reserved height."""
        return QSize(super().sizeHint().width(), self._reserved_height())

    def minimumSizeHint(self) -> QSize:
        """Return zero width and the reserved height."""
        return QSize(0, self._reserved_height())

    def hasHeightForWidth(self) -> bool:
        """Return False: the height is fixed, whatever the text."""
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Recompute the reserved height when the font or style changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the full text as a tooltip if it doesn't fit into the reserved lines."""
        super().resizeEvent(event)
        self.setToolTip(self.text() if self._wanted_height() > self._reserved_height() else "")

    def _reserved_height(self) -> int:
        return self._lines * QFontMetrics(font(self._tallest_px, bold=True)).lineSpacing()

    def _wanted_height(self) -> int:
        return self.heightForWidth(self.width()) if self.text() else 0
