"""Qt's application, and whether there is anything to draw on. Light to import: no widgets, no models."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_PLATFORMS_NOBODY_SEES = ("offscreen", "minimal")


def has_display() -> bool:
    """Whether there is a screen to draw on; on Linux Qt would abort the process without one."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def is_seen() -> bool:
    """Whether anybody can see a window: there is a display, and Qt was not told to draw off screen."""
    return has_display() and os.environ.get("QT_QPA_PLATFORM") not in _PLATFORMS_NOBODY_SEES


def make_application() -> QApplication:
    """Make Qt's application.

    Raises:
        KnownError: if there is no screen, or a library that Qt links is missing.
    """
    if not has_display():
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "There is no display to open a window on. Run it in a desktop session, or try “metaface demo”, which "
                "needs none.",
            )
        )
    try:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - may fail for want of a system library
    except ImportError as error:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Qt cannot start: {reason}. On Debian or Ubuntu: apt-get install libegl1 libgl1 libxkbcommon0 "
                "libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1. On Fedora: dnf install "
                "mesa-libEGL mesa-libGL libxkbcommon xcb-util-cursor xcb-util-wm xcb-util-keysyms.",
            ),
            reason=error,
        ) from error
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("MetaFace")
    app.setApplicationDisplayName("MetaFace")
    app.setOrganizationName("metaface")
    app.setDesktopFileName("metaface")
    return app
