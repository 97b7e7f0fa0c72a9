"""Fits a window's remembered place to the available screens, so that no part of it is out of sight.

May not import what imports torch: the window that is shown while PyTorch loads uses it.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.application import is_seen

USUAL_SIZE = QSize(1280, 800)
_SHARE = 0.85
"""Of a large screen, for a window that is opened for the first time."""
_TITLE_BAR = 32
"""Pixels above the window that a desktop draws its title in, for as long as it has not said how many."""


def space_of(window: QWidget) -> QRect | None:
    """What its screen leaves to windows; None where Qt draws into memory, whose screen is nobody's."""
    return window.screen().availableGeometry() if is_seen() else None


def place(window: QWidget, remembered: QByteArray, space: QRect | None) -> None:
    """Put a window, not shown yet, where it was last time, or at its usual size, larger on a larger screen; in either
    case within that space."""
    if not window.restoreGeometry(remembered):
        window.resize(USUAL_SIZE if space is None else USUAL_SIZE.expandedTo(space.size() * _SHARE))
    if space is not None and not (window.isMaximized() or window.isFullScreen()):
        placed = within(window.geometry(), space)
        if placed.size() != window.size():
            window.setGeometry(placed)


def within(wanted: QRect, available: QRect) -> QRect:
    """Shrink and shift a window's inside so that it and its title lie in what a screen leaves to windows."""
    space = available.adjusted(0, min(_TITLE_BAR, available.height() // 4), 0, 0)
    size = wanted.size().boundedTo(space.size())
    left = min(max(wanted.left(), space.left()), space.left() + space.width() - size.width())
    top = min(max(wanted.top(), space.top()), space.top() + space.height() - size.height())
    return QRect(left, top, size.width(), size.height())
