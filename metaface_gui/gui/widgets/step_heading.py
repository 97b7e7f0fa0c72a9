"""The heading of one form step: its number, or a tick once the step is done, and a title."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.theme import FontSize, Theme, font
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import row


class _Badge(QWidget):
    """A disc with a number or a tick."""

    SIDE = 22

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = number
        self.is_done = False
        self.setFixedSize(self.SIDE, self.SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.color("success" if self.is_done else "border_strong"), 1.4))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(disc)
        if self.is_done:
            tick = icon_pixmap("check", 14, theme.color("success"), self.devicePixelRatioF())
            painter.drawPixmap((self.SIDE - 14) // 2, (self.SIDE - 14) // 2, tick)
            return
        painter.setFont(font(FontSize.SMALL, bold=True))
        painter.setPen(theme.color("text"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, self.locale().toString(self._number))


class StepHeading(QWidget):
    """One heading line; `set_done` marks the step as finished, also for screen readers."""

    def __init__(self, number: int, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._badge = _Badge(number, self)
        label = ElidedLabel(title, self, role="heading")
        self.setLayout(row(self._badge, (label, 1)))
        self.setAccessibleName(title)

    @property
    def is_done(self) -> bool:
        """Return whether the step shows a tick."""
        return self._badge.is_done

    def set_done(self, is_done: bool) -> None:
        """Show a tick if the step is done, else its number."""
        if is_done != self._badge.is_done:
            self._badge.is_done = is_done
            self._badge.update()
            self.setAccessibleDescription(self.tr("done") if is_done else "")
