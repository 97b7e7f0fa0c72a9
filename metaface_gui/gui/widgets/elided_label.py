"""Texts of any length in a place of fixed size: one line that is elided, or lines whose room is reserved."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from metaface_gui.gui.theme import FontSize, font


def set_role(widget: QWidget, role: str) -> None:
    """Give the widget another `role` of the style sheet and have it styled again."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


class ElidedLabel(QLabel):
    """One line of plain text that shrinks to any width; what does not fit ends in an ellipsis and is in the tooltip."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("role", role)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show this text; line breaks and tabs count as spaces."""
        super().setText(" ".join(text.split()))
        self._update_tooltip()

    def minimumSizeHint(self) -> QSize:
        """A few letters wide."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 4 * self.fontMetrics().averageCharWidth()), hint.height())

    def is_elided(self) -> bool:
        """Whether some of the text is left out at this width."""
        return self._shown() != self.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again."""
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the part that fits, with the style sheet's colour and font."""
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
    """A wrapped message that keeps room for `lines` lines, so that nothing below moves when it changes.

    The room is that of a font of `tallest_px`, the largest that any of its roles brings.
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
        """Show a message in one of the style sheet's roles; an empty one leaves the room empty."""
        set_role(self, role)
        if text != self.text():
            self.setText(text)
        self.setToolTip(text if self._wanted_height() > self._reserved_height() else "")

    def sizeHint(self) -> QSize:
        """As high as the reserved lines."""
        return QSize(super().sizeHint().width(), self._reserved_height())

    def minimumSizeHint(self) -> QSize:
        """Any width, all lines."""
        return QSize(0, self._reserved_height())

    def hasHeightForWidth(self) -> bool:
        """The height is the reserved one, whatever the text."""
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Reserve again in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tooltip where the lines are too few."""
        super().resizeEvent(event)
        self.setToolTip(self.text() if self._wanted_height() > self._reserved_height() else "")

    def _reserved_height(self) -> int:
        return self._lines * QFontMetrics(font(self._tallest_px, bold=True)).lineSpacing()

    def _wanted_height(self) -> int:
        return self.heightForWidth(self.width()) if self.text() else 0
