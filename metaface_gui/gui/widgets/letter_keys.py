"""Tells keys that write from keys that command."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def is_letter(event: QEvent) -> bool:
    """Return whether a key event types a character, alone, with Shift or with AltGr."""
    if not isinstance(event, QKeyEvent) or event.modifiers() & _COMMANDING:
        return False
    return event.text().strip() != "" and event.text().isprintable()
