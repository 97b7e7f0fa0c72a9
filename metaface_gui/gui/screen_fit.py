"""A window's place on the screens that there are: no part of it out of sight, whatever was remembered.

May not import what imports torch: the window that is shown while PyTorch loads uses it.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtWidgets import QWidget

USUAL_SIZE = QSize(1280, 800)
_TITLE_BAR = 32
"""Pixels above the window that a desktop draws its title in, for as long as it has not said how many."""


def place(window: QWidget, remembered: QByteArray) -> None:
    """Put a window, not shown yet, where it was last time, or at its usual size; in either case within its screen."""
    if not window.restoreGeometry(remembered):
        window.resize(USUAL_SIZE)
    if not (window.isMaximized() or window.isFullScreen()):
        placed = within(window.geometry(), window.screen().availableGeometry())
        if placed.size() != window.size():
            window.setGeometry(placed)


def within(wanted: QRect, available: QRect) -> QRect:
    """Shrink and shift a window's inside so that it and its title lie in what a screen leaves to windows."""
    space = available.adjusted(0, min(_TITLE_BAR, available.height() // 4), 0, 0)
    size = wanted.size().boundedTo(space.size())
    left = min(max(wanted.left(), space.left()), space.left() + space.width() - size.width())
    top = min(max(wanted.top(), space.top()), space.top() + space.height() - size.height())
    return QRect(left, top, size.width(), size.height())
