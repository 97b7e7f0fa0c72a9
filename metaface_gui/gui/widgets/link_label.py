"""Text that is a link: activated by a click, or by Tab and Enter."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from metaface_gui.gui.theme import Theme


class LinkLabel(QLabel):
    """Emits `linkActivated` with `target`. Set again when the theme changes, as Qt keeps rich text's old colour."""

    def __init__(self, words: str, target: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words, self._target = words, target
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setAccessibleName(words)
        Theme.current().changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        colour = Theme.current().color("accent").name()
        self.setText(f'<a href="{self._target}" style="color: {colour}">{escape(self._words)}</a>')
