"""The button of one method: its number, its name, whether it decides, and whether it is compared."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from metaface_gui.gui.studio.plot_style import learner_colour
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font

HEIGHT = 36
_BADGE = 17
_PADDING, _COMPACT_PADDING = 6, 4
_GAP, _COMPACT_GAP = 5, 4
_CORNER = 15
"""Side of the top right corner that toggles comparison; the name avoids the dot in it."""
_DOT_RADIUS = 3.5
_UNDERLINE = 3.0


class MethodButton(QAbstractButton):
    """A click requests that the method decide (`clicked`); a click into the corner or with Ctrl, that it be compared.

    Shows the state set by `show_state` and changes nothing itself. Its text may be shorter than the name.
    """

    compare_toggled = Signal()

    def __init__(self, key: str, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._number = str(number)
        self._is_compared = False
        self._is_hovered = False
        self._is_compact = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setFont(font(FontSize.BODY))
        Theme.current().changed.connect(self.update)

    @property
    def is_compared(self) -> bool:
        """Return whether the method is marked as compared."""
        return self._is_compared

    def show_state(self, *, decides: bool, compared: bool) -> None:
        """Show the method's state in the engine."""
        self._is_compared = compared
        self.setChecked(decides)
        self.update()

    @property
    def compare_corner(self) -> QRect:
        """Return the corner that toggles comparison."""
        return QRect(self.width() - _CORNER - 1, 1, _CORNER, _CORNER)

    def show_text(self, text: str, *, is_compact: bool) -> None:
        """Show this form of the name; compact: small, tightly spaced letters."""
        self._is_compact = is_compact
        self.setText(text)
        self.update()

    def width_for(self, text: str, *, is_compact: bool) -> int:
        """Return the width needed for this text, whether the method decides (bold) or not."""
        padding, gap = (_COMPACT_PADDING, _COMPACT_GAP) if is_compact else (_PADDING, _GAP)
        metrics = QFontMetrics(font(FontSize.SMALL if is_compact else FontSize.BODY, bold=True))
        room = gap + metrics.horizontalAdvance(text) + Space.XS if text else 0
        return padding + _BADGE + room + padding

    def sizeHint(self) -> QSize:
        """Return the width that the text needs."""
        return QSize(self.width_for(self.text(), is_compact=self._is_compact), HEIGHT)

    def nextCheckState(self) -> None:
        """Keep the state: the check mark follows the engine."""

    # What the user does ---------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Handle clicks that toggle comparison; leave the others to the button."""
        if event.button() is Qt.MouseButton.LeftButton and self._means_compare(event):
            if not self.isChecked():
                self.compare_toggled.emit()
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the corner under the pointer."""
        super().mouseMoveEvent(event)
        in_corner = not self.isChecked() and self.compare_corner.contains(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if in_corner else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare on Ctrl+Space, as on Ctrl+click; choose on Return, as on Space."""
        if event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not self.isChecked():
                self.compare_toggled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the comparison dot."""
        self._is_hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the comparison dot."""
        self._is_hovered = False
        self.update()
        super().leaveEvent(event)

    def _means_compare(self, event: QMouseEvent) -> bool:
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return with_ctrl or (not self.isChecked() and self.compare_corner.contains(event.position().toPoint()))

    # Painting -------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw background, badge, name and marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_ground(painter)
        padding, gap = (_COMPACT_PADDING, _COMPACT_GAP) if self._is_compact else (_PADDING, _GAP)
        badge = QRect(padding, (self.height() - _BADGE) // 2, _BADGE, _BADGE)
        self._draw_badge(painter, badge)
        left = badge.right() + 1 + gap if self.text() else padding
        painter.setPen(self._ink("text"))
        painter.setFont(font(FontSize.SMALL if self._is_compact else FontSize.BODY, bold=self.isChecked()))
        place = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._is_compared:
            self._draw_underline(painter, left, padding)
        if self._is_compared or (self._is_offered() and not self.isChecked()):
            self._draw_dot(painter)

    def _is_offered(self) -> bool:
        return self.isEnabled() and (self._is_hovered or self.hasFocus())

    def _ink(self, token: str) -> QColor:
        return Theme.current().color(token if self.isEnabled() else "disabled")

    def _draw_ground(self, painter: QPainter) -> None:
        theme = Theme.current()
        ground, edge = "raised", "border"
        if self.isChecked() or self.isDown():
            ground, edge = "selection", "accent"
        elif not self.isEnabled():
            ground = "surface"
        elif self._is_hovered:
            ground, edge = "hover", "border_strong"
        width = 2.0 if self.hasFocus() else 1.0
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else edge), width))
        painter.setBrush(theme.color(ground))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), Radius.S, Radius.S)

    def _draw_badge(self, painter: QPainter, place: QRect) -> None:
        theme = Theme.current()
        painter.setPen(QPen(theme.color("border_strong" if self.isEnabled() else "border"), 1.0))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4.0, 4.0)
        painter.setPen(self._ink("muted"))
        painter.setFont(font(FontSize.SMALL - 1, bold=True, tabular=True))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._number)

    def _draw_underline(self, painter: QPainter, left: int, padding: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._mark_color())
        width = self.width() - left - padding
        painter.drawRoundedRect(QRectF(left, self.height() - _UNDERLINE - 4, width, _UNDERLINE), 1.5, 1.5)

    def _draw_dot(self, painter: QPainter) -> None:
        """Draw a filled dot if compared, an open circle as an offer."""
        centre = QPointF(self.compare_corner.center() + QPoint(1, 0))
        if self._is_compared:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._mark_color())
        else:
            painter.setPen(QPen(self._ink("muted"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, _DOT_RADIUS, _DOT_RADIUS)

    def _mark_color(self) -> QColor:
        return learner_colour(self.key) if self.isEnabled() else Theme.current().color("disabled")
