"""A placeholder for an empty view: an icon, what will appear there, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.theme import Space, Theme, font
from metaface_gui.gui.widgets.layouts import Stretch, column
from metaface_gui.gui.widgets.plain_label import plain_label

_ICON_SIDE = 32


class EmptyNote(QWidget):
    """A centred note; further widgets (such as a button for the next step) can be added below it with `add`."""

    def __init__(self, icon: str, title: str, next_step: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._icon = QLabel(self)
        self._title = plain_label(self, title, "heading")
        self._next_step = plain_label(self, next_step, "muted")
        for label in (self._title, self._next_step):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = column(
            Stretch(),
            (self._icon, 0, Qt.AlignmentFlag.AlignCenter),
            self._title,
            self._next_step,
            Stretch(),
            margins=(Space.S, 0, Space.S, 0),
            spacing=Space.XS,
        )
        self.setLayout(self._layout)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme = Theme.current()
        theme.changed.connect(self._show_icon)
        self._show_icon()

    @property
    def text(self) -> str:
        """Return the title and the next step."""
        return f"{self._title.text()}\n{self._next_step.text()}"

    def add(self, widget: QWidget) -> None:
        """Add a widget below the text."""
        self._layout.insertSpacing(self._layout.count() - 1, Space.S)
        self._layout.insertWidget(self._layout.count() - 1, widget, alignment=Qt.AlignmentFlag.AlignCenter)

    def say(self, title: str, next_step: str) -> None:
        """Change the title and the next step."""
        self._title.setText(title)
        self._next_step.setText(next_step)

    def set_letters(self, letters_px: int) -> None:
        """Set the font size of the text, in pixels."""
        for label in (self._title, self._next_step):
            # The application's style sheet sets the size of every label; only the label's own sheet overrides it.
            label.setStyleSheet(f"font-size: {font(letters_px).pixelSize()}px;")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the icon where the text needs its space."""
        super().resizeEvent(event)
        words = self._layout.totalHeightForWidth(self.width())
        if not self._icon.isHidden():
            words -= _ICON_SIDE + Space.XS
        self._icon.setVisible(words + _ICON_SIDE + Space.XS <= self.height())

    def _show_icon(self) -> None:
        color = Theme.current().color("muted")
        self._icon.setPixmap(icon_pixmap(self._icon_name, _ICON_SIDE, color, self.devicePixelRatioF()))
