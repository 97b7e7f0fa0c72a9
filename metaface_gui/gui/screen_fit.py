"""Fits a window's remembered place to the available screens, so that no part of it is out of sight.

Must not import torch, directly or indirectly: the window that is shown while PyTorch loads uses this module.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.application import is_seen

USUAL_SIZE = QSize(1280, 800)
_SHARE = 0.85
"""Share of a large screen that a window takes when it is opened for the first time."""
_TITLE_BAR = 32
"""Assumed height in pixels of a window's title bar, which the desktop has not reported yet."""


def space_of(window: QWidget) -> QRect | None:
    """Return the area of its screen available to windows; None if Qt draws into memory, where there is no screen."""
    return window.screen().availableGeometry() if is_seen() else None


def place(window: QWidget, remembered: QByteArray, space: QRect | None) -> None:
    """Put a window, not shown yet, in its last place, or at its usual size, which is larger on larger screens.

    In either case it stays within `space`.
    """
    if not window.restoreGeometry(remembered):
        window.resize(USUAL_SIZE if space is None else USUAL_SIZE.expandedTo(space.size() * _SHARE))
    if space is not None and not (window.isMaximized() or window.isFullScreen()):
        placed = within(window.geometry(), space)
        if placed.size() != window.size():
            window.setGeometry(placed)


def within(wanted: QRect, available: QRect) -> QRect:
    """Shrink and shift a window's inner rectangle so that it and its title bar fit into `available`."""
    space = available.adjusted(0, min(_TITLE_BAR, available.height() // 4), 0, 0)
    size = wanted.size().boundedTo(space.size())
    left = min(max(wanted.left(), space.left()), space.left() + space.width() - size.width())
    top = min(max(wanted.top(), space.top()), space.top() + space.height() - size.height())
    return QRect(left, top, size.width(), size.height())
